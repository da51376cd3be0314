#include "proxy/stream_player.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "capture/ip_packet.hpp"
#include "proxy/stream_record.hpp"
#include "session/proxy_rules.hpp"

namespace overhear {
namespace {

using Head = RecordHead;
using Kind = RelayedKind;

}  // namespace

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
    case Kind::Data: play_bytes(consumer, head, body); break;
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
    case Kind::Data:
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
