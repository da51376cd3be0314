#include "proxy/stream_queue.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <type_traits>
#include <utility>
#include <vector>

#include "session/proxy_rules.hpp"

namespace overhear {
namespace {

enum class Kind : std::uint8_t { Opened, Bytes, End, Closed, McpSecret, Finding };

struct Head {
  Kind kind = Kind::Bytes;
  Side from = Side::First;
  CloseReason reason = CloseReason::Fin;
  std::uint64_t connection = 0;
  Timestamp time;
  std::uint64_t missing = 0;  // of McpSecret: how long the public key is, which stands before the secret
  const Rule* rule = nullptr;
};

template <typename T>
Bytes bytes_of(const T& value) {
  static_assert(std::is_trivially_copyable_v<T>);
  return {reinterpret_cast<const std::uint8_t*>(&value), sizeof value};
}

}  // namespace

void StreamQueue::open(std::uint64_t connection, const Connection& ends, Timestamp time) {
  const Head head{.kind = Kind::Opened, .connection = connection, .time = time};
  push_always(bytes_of(head), bytes_of(ends));
}

bool StreamQueue::bytes(std::uint64_t connection, Side from, std::uint64_t missing, Bytes bytes, Timestamp time) {
  const Head head{.kind = Kind::Bytes, .from = from, .connection = connection, .time = time, .missing = missing};
  return push(bytes_of(head), bytes);
}

void StreamQueue::gap(std::uint64_t connection, Side from, std::uint64_t missing, Timestamp time) {
  push_always(
      bytes_of(Head{.kind = Kind::Bytes, .from = from, .connection = connection, .time = time, .missing = missing}));
}

void StreamQueue::end(std::uint64_t connection, Side from, Timestamp time) {
  push_always(bytes_of(Head{.kind = Kind::End, .from = from, .connection = connection, .time = time}));
}

void StreamQueue::close(std::uint64_t connection, CloseReason reason, Timestamp time) {
  push_always(bytes_of(Head{.kind = Kind::Closed, .reason = reason, .connection = connection, .time = time}));
}

void StreamQueue::mcp_secret(std::uint64_t connection, Bytes client_public, Bytes secret, Timestamp time) {
  const Head head{.kind = Kind::McpSecret, .connection = connection, .time = time, .missing = client_public.size()};
  std::vector<std::uint8_t> both(client_public.begin(), client_public.end());
  both.insert(both.end(), secret.begin(), secret.end());
  push_always(bytes_of(head), both);
}

void StreamQueue::tell(std::uint64_t connection, const Rule& rule, std::string_view text, Timestamp time) {
  const Head head{.kind = Kind::Finding, .connection = connection, .time = time, .rule = &rule};
  push_always(bytes_of(head), as_bytes(text));
}

StreamTap::StreamTap(StreamQueue& queue, std::uint64_t connection, const Connection& ends, Timestamp time)
    : queue_(queue), connection_(connection) {
  queue_.open(connection, ends, time);
  queue_.wake();
}

void StreamTap::on_bytes(Side from, Bytes bytes, Timestamp time) {
  auto& missing = missing_[static_cast<std::size_t>(from)];
  const bool has_room = queue_.bytes(connection_, from, missing, bytes, time);
  missing = has_room ? 0 : missing + bytes.size();
  if (has_room) queue_.wake();
}

void StreamTap::tell_missing(Side from, Timestamp time) {
  const std::uint64_t missing = std::exchange(missing_[static_cast<std::size_t>(from)], 0);
  if (missing > 0) queue_.gap(connection_, from, missing, time);
}

void StreamTap::on_end(Side from, Timestamp time) {
  tell_missing(from, time);
  queue_.end(connection_, from, time);
  queue_.wake();
}

void StreamTap::on_closed(CloseReason reason, Timestamp time) {
  for (const Side side : {Side::First, Side::Second}) tell_missing(side, time);
  queue_.close(connection_, reason, time);
  queue_.wake();
}

void StreamTap::on_mcp_secret(Bytes client_public, Bytes secret, Timestamp time) {
  queue_.mcp_secret(connection_, client_public, secret, time);
}

void StreamTap::tell(const Rule& rule, std::string_view text, Timestamp time) {
  queue_.tell(connection_, rule, text, time);
  queue_.wake();
}

bool StreamPlayer::play(const OnTime& on_time) {
  return queue_.take([&](Bytes record) {
    Head head;
    std::memcpy(&head, record.data(), sizeof head);
    if (head.time > last_) on_time(last_ = head.time);
    play(record);
  });
}

void StreamPlayer::play(Bytes record) {
  Head head;
  std::memcpy(&head, record.data(), sizeof head);
  const Bytes body = record.subspan(sizeof head);
  const Stamp at{.time = head.time};
  if (head.kind == Kind::Opened) {
    Connection ends;
    std::memcpy(static_cast<void*>(&ends), body.data(), sizeof ends);
    open_.emplace(head.connection, Open{sink_.on_opened(ends, at), {}});
    return;
  }
  if (head.kind == Kind::Finding) {
    Finding finding{.rule = head.rule, .spec = {}, .text = std::string(as_text(body)), .field = {}, .bytes = {}};
    return tell(head.connection, finding, at);
  }
  const auto found = open_.find(head.connection);
  if (found == open_.end()) return;
  StreamConsumer& consumer = *found->second.consumer;
  switch (head.kind) {
    case Kind::Bytes:
      if (head.missing > 0) on_missing(consumer, head.from, head.missing, at);
      if (!body.empty()) consumer.on_bytes(head.from, body, at);
      break;
    case Kind::End: consumer.on_end(head.from, at); break;
    case Kind::Closed: on_closed(head.connection, head.reason, at); break;
    case Kind::McpSecret:
      if (keys_ == nullptr) break;
      if (!found->second.mcp_client.empty()) keys_->forget_mcp(found->second.mcp_client);
      found->second.mcp_client.assign(body.begin(), body.begin() + static_cast<std::ptrdiff_t>(head.missing));
      keys_->add_mcp(body.first(head.missing), body.subspan(head.missing));
      break;
    case Kind::Opened:
    case Kind::Finding: break;
  }
}

void StreamPlayer::on_missing(StreamConsumer& consumer, Side from, std::uint64_t missing, const Stamp& at) {
  Finding finding{.rule = &proxy_rules::kNotAnalysed,
                  .spec = {},
                  .text = fmt::format("{} bytes were relayed faster than they could be looked at", missing),
                  .field = {},
                  .bytes = missing};
  consumer.on_finding(from, finding, at);
  consumer.on_gap(from, missing, at);
}

void StreamPlayer::tell(std::uint64_t connection, Finding& finding, const Stamp& at) {
  const auto found = open_.find(connection);
  if (found == open_.end()) return sink_.on_finding(finding, at);
  found->second.consumer->on_finding(std::nullopt, finding, at);
}

void StreamPlayer::on_closed(std::uint64_t connection, CloseReason reason, const Stamp& at) {
  const auto found = open_.find(connection);
  found->second.consumer->on_closed(reason, at);
  if (!found->second.mcp_client.empty()) keys_->forget_mcp(found->second.mcp_client);
  open_.erase(found);
}

// In the order of their opening, whatever the table's is.
void StreamPlayer::finish() {
  std::vector<std::uint64_t> connections;
  for (const auto& [connection, consumer] : open_) connections.push_back(connection);
  std::ranges::sort(connections);
  for (const std::uint64_t connection : connections) {
    on_closed(connection, CloseReason::EndOfCapture, {.time = last_});
  }
}

}  // namespace overhear
