#include "proxy/recorder.hpp"

#include <utility>

#include "capture/ip_packet.hpp"

namespace overhear {
namespace {

constexpr int kRaw = 101;  // LINKTYPE_RAW: an IP packet, without anything around it

}  // namespace

std::expected<std::unique_ptr<Recorder>, Error> Recorder::open(const std::string& path, std::string_view program) {
  auto writer = PcapngWriter::create(path, program);
  if (!writer) return std::unexpected(writer.error());
  std::unique_ptr<Recorder> recorder(new Recorder(std::move(*writer)));
  if (auto flushed = recorder->flush(); !flushed) return std::unexpected(flushed.error());
  return recorder;
}

Recorder::Recorder(PcapngWriter writer) : writer_(std::move(writer)) {
  for (const char* const name : {"client side", "server side"})
    writer_.add_interface({.name = name, .link_type = kRaw});
}

std::expected<void, Error> Recorder::flush() {
  write_keys();
  return writer_.flush();
}

void Recorder::write_keys() {
  if (keys_.empty()) return;
  writer_.write_secrets(keys_);
  keys_.clear();
}

template <typename Act>
void Recorder::act(std::uint64_t connection, Leg leg, const Act& act) {
  const auto found = relayed_.find(connection);
  if (found == relayed_.end()) return;
  acting_ = &found->second;
  leg_ = leg;
  act(acting_->legs[static_cast<std::size_t>(leg)]);
}

void Recorder::on_opened(std::uint64_t connection, const LegEnds& ends, Timestamp time) {
  relayed_.emplace(connection, Relayed{.legs = {SyntheticConnection(ends[0], connection),
                                                SyntheticConnection(ends[1], connection)}});
  for (const Leg leg : kLegs) {
    act(connection, leg, [&](SyntheticConnection& one) { one.open(time, *this); });
  }
}

void Recorder::on_bytes(std::uint64_t connection, Leg leg, Side from, std::uint64_t missing, Bytes bytes,
                        Timestamp time) {
  act(connection, leg, [&](SyntheticConnection& one) {
    one.skip(from, missing, time, *this);
    one.say(from, bytes, time, *this);
  });
}

void Recorder::on_end(std::uint64_t connection, Side from, Timestamp time) {
  for (const Leg leg : {leg_of(from), leg_of(other(from))}) {
    act(connection, leg, [&](SyntheticConnection& one) { one.finish(from, time, *this); });
  }
}

void Recorder::on_reset(std::uint64_t connection, Leg leg, Side from, Timestamp time) {
  act(connection, leg, [&](SyntheticConnection& one) { one.reset(from, time, *this); });
}

void Recorder::on_closed(std::uint64_t connection, Timestamp time) {
  act(connection, Leg::Client, [&](SyntheticConnection& one) { one.finish(Side::Second, time, *this); });
  act(connection, Leg::Server, [&](SyntheticConnection& one) { one.finish(Side::First, time, *this); });
  relayed_.erase(connection);
}

std::uint64_t Recorder::packet(std::uint64_t connection, Side from) const {
  const auto found = relayed_.find(connection);
  return found == relayed_.end() ? 0 : found->second.packets[static_cast<std::size_t>(from)];
}

void Recorder::on_segment(Side from, const TcpSegment& segment) {
  write_keys();
  packet_.clear();
  append_ip_packet(segment, packet_);
  const auto interface = static_cast<std::uint32_t>(leg_);
  writer_.write_packet(interface, {.number = ++packets_,
                                   .interface = interface,
                                   .time = segment.at.time,
                                   .link_type = kRaw,
                                   .bytes = packet_,
                                   .original_length = static_cast<std::uint32_t>(packet_.size())});
  const bool is_acknowledgment = segment.payload.empty() && segment.flags == TcpFlags::kAck;
  if (leg_ != Leg::Client || is_acknowledgment) return;
  acting_->packets[static_cast<std::size_t>(from)] = packets_;
}

}  // namespace overhear
