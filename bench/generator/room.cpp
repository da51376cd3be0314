#include "bench/generator/room.hpp"

namespace overhear::bench {
namespace {

// At most so much waits to share segments; with the longest message it stays below the receiver's window.
constexpr std::size_t kHeldBytes = 32u << 10;
constexpr std::uint32_t kServers = 0x0a140001;  // 10.20.0.1 and up, one per protocol
constexpr std::uint32_t kClients = 0x0a150000;  // 10.21.0.0/16

Host client_host(std::uint64_t connection) {
  const auto index = static_cast<std::uint32_t>(connection % 62'500);
  // 7919 is prime to the number of ports: an address meets each port once in 3.5 million connections.
  return {.address = kClients + (index / 250 << 8) + 1 + index % 250,
          .port = static_cast<std::uint16_t>(32'768 + connection * 7919 % 28'000)};
}

Host server_host(const Protocol& protocol) {
  return {.address = kServers + static_cast<std::uint32_t>(&protocol - kProtocols), .port = protocol.port};
}

}  // namespace

Room::Room(const Protocol& protocol, RoomSetup setup, std::uint64_t first_connection, const RoomSettings& settings,
           PacketWriter& packets, std::FILE* payloads)
    : settings_(settings), packets_(packets), random_(setup.random.fork(1)) {
  for (std::size_t member = 0; member < setup.members; ++member) {
    connections_.emplace_back(client_host(first_connection + member), server_host(protocol),
                              setup.random.fork(100 + member), settings.tcp, packets, payloads);
  }
  conversation_ = protocol.make(setup);
}

unsigned Room::step() {
  if (!sending_.empty()) {
    // A few at a time: long messages of different rooms interleave.
    if (!connections_[sending_.back()].send(random_.between(1, 4))) sending_.pop_back();
    return 0;
  }
  if (script_.empty()) conversation_->plan(script_, packets_.now());
  const Line& line = script_.front();
  // Whoever answers has received what was said before.
  if (!held_.empty() && (line.from != held_from_ || line.kind != LineKind::Message)) {
    release_held();
    return 0;
  }
  const bool is_message = line.kind != LineKind::Transport;
  say(line);
  script_.pop();
  said_ += is_message;
  return is_message;
}

void Room::say(const Line& line) {
  TcpConnection& connection = connections_[line.member];
  if (!connection.is_open()) connection.open();
  if (line.kind == LineKind::Transport) {
    connection.write(line.from, line.text, {});
  } else {
    bytes_.clear();
    conversation_->encode(line, bytes_);
    connection.write(line.from, bytes_, line.text);
  }
  hold_or_send(line);
}

void Room::hold_or_send(const Line& line) {
  TcpConnection& connection = connections_[line.member];
  std::erase(held_, line.member);
  if (line.kind == LineKind::Message && connection.waiting(line.from) < kHeldBytes &&
      random_.chance(settings_.coalesce)) {
    held_.push_back(line.member);
    held_from_ = line.from;
    return;
  }
  connection.cut(line.from, line.kind == LineKind::Message);
  if (connection.send(random_.between(1, 4))) sending_.push_back(line.member);
}

void Room::release_held() {
  for (const std::size_t member : held_) {
    connections_[member].cut(held_from_, true);
    sending_.push_back(member);
  }
  held_.clear();
}

void Room::drain() {
  release_held();
  while (!sending_.empty()) {
    if (!connections_[sending_.back()].send(64)) sending_.pop_back();
  }
}

void Room::finish() {
  drain();
  // What was planned but not said stays unsaid; only the layer below has something to add.
  Script ending;
  conversation_->plan_end(ending);
  for (; !ending.empty(); ending.pop()) {
    if (!connections_[ending.front().member].is_open()) continue;
    say(ending.front());
    drain();
  }
  for (TcpConnection& connection : connections_) {
    if (connection.is_open()) connection.close();
  }
}

}  // namespace overhear::bench
