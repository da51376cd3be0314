#include "proxy/stream_queue.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <type_traits>
#include <utility>
#include <vector>

#include "capture/ip_packet.hpp"
#include "session/proxy_rules.hpp"

namespace overhear {
namespace {

enum class Kind : std::uint8_t { Opened, Bytes, End, Closed, McpSecret, Finding, Keys, LegsOpened, Wire, Reset };

}  // namespace

struct RecordHead {
  Kind kind = Kind::Bytes;
  Side from = Side::First;
  CloseReason reason = CloseReason::Fin;
  Leg leg = Leg::Client;
  Legs legs = Legs::None;
  std::uint64_t connection = 0;
  Timestamp time;
  // Of McpSecret the first one: how long the public key is, which stands before the secret.
  StreamQueue::Missing missing = {};
  const Rule* rule = nullptr;
};

namespace {

using Head = RecordHead;

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

bool StreamQueue::bytes(std::uint64_t connection, Side from, const Missing& missing, Legs legs, Bytes bytes,
                        Timestamp time) {
  const Head head{
      .kind = Kind::Bytes, .from = from, .legs = legs, .connection = connection, .time = time, .missing = missing};
  return push(bytes_of(head), bytes);
}

void StreamQueue::gap(std::uint64_t connection, Side from, std::uint64_t missing, Timestamp time) {
  const Head head{
      .kind = Kind::Bytes, .from = from, .connection = connection, .time = time, .missing = {.shown = missing}};
  push_always(bytes_of(head));
}

void StreamQueue::end(std::uint64_t connection, Side from, Timestamp time) {
  push_always(bytes_of(Head{.kind = Kind::End, .from = from, .connection = connection, .time = time}));
}

void StreamQueue::close(std::uint64_t connection, CloseReason reason, Timestamp time) {
  push_always(bytes_of(Head{.kind = Kind::Closed, .reason = reason, .connection = connection, .time = time}));
}

void StreamQueue::mcp_secret(std::uint64_t connection, Bytes client_public, Bytes secret, Timestamp time) {
  const Head head{
      .kind = Kind::McpSecret, .connection = connection, .time = time, .missing = {.shown = client_public.size()}};
  std::vector<std::uint8_t> both(client_public.begin(), client_public.end());
  both.insert(both.end(), secret.begin(), secret.end());
  push_always(bytes_of(head), both);
}

void StreamQueue::keys(std::string_view key_log, Timestamp time) {
  push_always(bytes_of(Head{.kind = Kind::Keys, .time = time}), as_bytes(key_log));
}

void StreamQueue::open_legs(std::uint64_t connection, const LegEnds& ends, Timestamp time) {
  push_always(bytes_of(Head{.kind = Kind::LegsOpened, .connection = connection, .time = time}), bytes_of(ends));
}

bool StreamQueue::wire(std::uint64_t connection, Leg leg, Side from, std::uint64_t missing, Bytes bytes,
                       Timestamp time) {
  const Head head{.kind = Kind::Wire,
                  .from = from,
                  .leg = leg,
                  .connection = connection,
                  .time = time,
                  .missing = {.shown = missing}};
  return push(bytes_of(head), bytes);
}

void StreamQueue::wire_gap(std::uint64_t connection, Leg leg, Side from, std::uint64_t missing, Timestamp time) {
  push_always(bytes_of(Head{.kind = Kind::Wire,
                            .from = from,
                            .leg = leg,
                            .connection = connection,
                            .time = time,
                            .missing = {.shown = missing}}));
}

void StreamQueue::reset(std::uint64_t connection, Leg leg, Side from, Timestamp time) {
  push_always(bytes_of(Head{.kind = Kind::Reset, .from = from, .leg = leg, .connection = connection, .time = time}));
}

void StreamQueue::tell(std::uint64_t connection, const Rule& rule, std::string_view text, Timestamp time) {
  const Head head{.kind = Kind::Finding, .connection = connection, .time = time, .rule = &rule};
  push_always(bytes_of(head), as_bytes(text));
}

WireTap::WireTap(StreamQueue& queue, std::uint64_t connection, const LegEnds& ends, Timestamp time)
    : queue_(queue), connection_(connection) {
  queue_.open_legs(connection, ends, time);
}

void WireTap::on_bytes(Leg leg, Side from, Bytes bytes, Timestamp time) {
  std::uint64_t& missed = missing(leg, from);
  const bool has_room = queue_.wire(connection_, leg, from, missed, bytes, time);
  missed = has_room ? 0 : missed + bytes.size();
  if (has_room) queue_.wake();
}

void WireTap::on_reset(Leg leg, Side from, Timestamp time) {
  tell_missing(from, time);
  queue_.reset(connection_, leg, from, time);
}

void WireTap::tell_missing(Side from, Timestamp time) {
  for (const Leg leg : kLegs) {
    const std::uint64_t missed = std::exchange(missing(leg, from), 0);
    if (missed > 0) queue_.wire_gap(connection_, leg, from, missed, time);
  }
}

StreamTap::StreamTap(StreamQueue& queue, std::uint64_t connection, const Connection& ends, Timestamp time,
                     WireTap* wire)
    : queue_(queue), connection_(connection), wire_(wire) {
  queue_.open(connection, ends, time);
  queue_.wake();
}

void StreamTap::on_bytes(Side from, Bytes bytes, Timestamp time, Legs legs) {
  auto& missing = missing_[static_cast<std::size_t>(from)];
  StreamQueue::Missing before{.shown = missing};
  if (wire_ == nullptr) legs = Legs::None;
  for (const Leg leg : kLegs) {
    if (has(legs, leg)) before.on_wire[static_cast<std::size_t>(leg)] = wire_->missing(leg, from);
  }
  const bool has_room = queue_.bytes(connection_, from, before, legs, bytes, time);
  missing = has_room ? 0 : missing + bytes.size();
  for (const Leg leg : kLegs) {
    if (!has(legs, leg)) continue;
    std::uint64_t& missed = wire_->missing(leg, from);
    missed = has_room ? 0 : missed + bytes.size();
  }
  if (has_room) queue_.wake();
}

void StreamTap::tell_missing(Side from, Timestamp time) {
  const std::uint64_t missing = std::exchange(missing_[static_cast<std::size_t>(from)], 0);
  if (missing > 0) queue_.gap(connection_, from, missing, time);
  if (wire_ != nullptr) wire_->tell_missing(from, time);
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
  const Stamp before = stamp(head.connection, head.from, head.time);
  if (play_wire(head, body)) return;
  const Stamp at = head.kind == Kind::Closed ? before : stamp(head.connection, head.from, head.time);
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
  const std::size_t key_length = head.missing.shown;
  switch (head.kind) {
    case Kind::Bytes: play_bytes(consumer, head, body); break;
    case Kind::End: consumer.on_end(head.from, at); break;
    case Kind::Closed: on_closed(head.connection, head.reason, at); break;
    case Kind::McpSecret:
      if (keys_ == nullptr) break;
      if (!found->second.mcp_client.empty()) keys_->forget_mcp(found->second.mcp_client);
      found->second.mcp_client.assign(body.begin(), body.begin() + static_cast<std::ptrdiff_t>(key_length));
      keys_->add_mcp(body.first(key_length), body.subspan(key_length));
      break;
    case Kind::Opened:
    case Kind::Finding:
    case Kind::Keys:
    case Kind::LegsOpened:
    case Kind::Wire:
    case Kind::Reset: break;
  }
}

// True: it is the wire's alone.
bool StreamPlayer::play_wire(const Head& head, Bytes body) {
  switch (head.kind) {
    case Kind::Keys:
      if (keys_ != nullptr) keys_->add_keys(as_text(body));
      return true;
    case Kind::LegsOpened: {
      LegEnds ends;
      std::memcpy(static_cast<void*>(&ends), body.data(), sizeof ends);
      if (wire_ != nullptr) wire_->on_opened(head.connection, ends, head.time);
      return true;
    }
    case Kind::Wire:
      if (wire_ != nullptr) wire_->on_bytes(head.connection, head.leg, head.from, head.missing.shown, body, head.time);
      return true;
    case Kind::Reset:
      if (wire_ != nullptr) wire_->on_reset(head.connection, head.leg, head.from, head.time);
      return true;
    case Kind::End:
      if (wire_ != nullptr) wire_->on_end(head.connection, head.from, head.time);
      return false;
    case Kind::Closed:
      if (wire_ != nullptr) wire_->on_closed(head.connection, head.time);
      return false;
    case Kind::Opened:
    case Kind::Bytes:
    case Kind::McpSecret:
    case Kind::Finding: return false;
  }
  return false;
}

// In parts of one packet each, so that every message knows its own.
void StreamPlayer::play_bytes(StreamConsumer& consumer, const Head& head, Bytes body) {
  if (head.missing.shown > 0)
    on_missing(consumer, head.from, head.missing.shown, stamp(head.connection, head.from, head.time));
  auto missing = head.missing.on_wire;
  const bool is_wire = wire_ != nullptr && head.legs != Legs::None;
  while (!body.empty()) {
    const Bytes part = body.first(is_wire ? std::min(body.size(), kMostSynthesised) : body.size());
    body = body.subspan(part.size());
    for (const Leg leg : {leg_of(head.from), leg_of(other(head.from))}) {
      if (!is_wire || !has(head.legs, leg)) continue;
      const std::uint64_t before = std::exchange(missing[static_cast<std::size_t>(leg)], 0);
      wire_->on_bytes(head.connection, leg, head.from, before, part, head.time);
    }
    consumer.on_bytes(head.from, part, stamp(head.connection, head.from, head.time));
  }
}

Stamp StreamPlayer::stamp(std::uint64_t connection, Side from, Timestamp time) const {
  return {.time = time, .packet = wire_ == nullptr ? 0 : wire_->packet(connection, from)};
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
    on_closed(connection, CloseReason::EndOfCapture, stamp(connection, Side::First, last_));
  }
}

}  // namespace overhear
