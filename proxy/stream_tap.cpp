#include "proxy/stream_tap.hpp"

#include <utility>

namespace overhear {

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

}  // namespace overhear
