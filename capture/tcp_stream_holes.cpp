// What waits behind a hole, and how a hole becomes a gap.
#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <utility>

#include "capture/tcp_rules.hpp"
#include "capture/tcp_stream.hpp"

namespace overhear {

namespace {

// The reordering that TCP itself allows for before it speaks of loss (RFC 5681, 3.2).
constexpr std::uint32_t kPickUpPackets = 3;

Timestamp later(Timestamp time, std::int64_t by) {
  return time.ns > INT64_MAX - by ? Timestamp{INT64_MAX} : Timestamp{time.ns + by};
}

bool has_passed(const StreamContext& context, const AcknowledgedSince& since, std::uint32_t packets) {
  return context.packets - since.packets >= packets || later(since.time, context.limits.hole_time_ns) <= context.now;
}

}  // namespace

void TcpStream::expire(const StreamContext& context) {
  if (is_picking_up_) {
    const bool is_acknowledged = has_acknowledgment_ && acknowledged_ >= highest_end_;
    if (!is_acknowledged && !has_passed(context, picked_up_, kPickUpPackets)) return;
    stop_picking_up(context);
  }
  for (const AcknowledgedSince* since = first_hole_acknowledged();
       since != nullptr && has_passed(context, *since, context.limits.hole_packets);
       since = first_hole_acknowledged()) {
    give_up_hole(context);
  }
  finish_if_complete(context);
}

Timestamp TcpStream::deadline(const Limits& limits) const {
  const AcknowledgedSince* since = is_picking_up_ ? &picked_up_ : first_hole_acknowledged();
  return since == nullptr ? Timestamp{INT64_MAX} : later(since->time, limits.hole_time_ns);
}

const AcknowledgedSince* TcpStream::first_hole_acknowledged() const {
  const AcknowledgedSince* since = nullptr;
  if (waiting_ != nullptr) {
    since = &waiting_->front().acknowledged;
  } else if (fin_at_ != kNoOffset && next_ < fin_at_) {
    since = &fin_acknowledged_;
  }
  return since != nullptr && since->is_set ? since : nullptr;
}

void TcpStream::keep(const StreamContext& context, StreamOffset start, Bytes payload) {
  if (waiting_ == nullptr) waiting_ = std::make_unique<WaitingSegments>();
  const std::size_t before = waiting_->cost();
  const std::size_t conflicting = waiting_->insert(start, payload, context.at.packet);
  context.memory.waiting += waiting_->cost() - before;
  if (has_acknowledgment_ && start <= acknowledged_) {
    const StreamOffset to = std::min(acknowledged_, start + size_of(payload));
    waiting_->acknowledge(start, to, {true, context.packets, context.now});
  }
  if (conflicting != 0) report(context, tcp_rules::kOverlapConflict, conflicting, context.at.packet);
  while (waiting_ != nullptr && waiting_->cost() > context.limits.hole_bytes) give_up_hole_at_limit(context);
}

void TcpStream::drop_beyond(const StreamContext& context, StreamOffset end, const Rule& rule) {
  if (waiting_ == nullptr) return;
  const std::size_t before = waiting_->cost();
  const std::size_t dropped = waiting_->truncate(end);
  context.memory.waiting -= before - waiting_->cost();
  if (waiting_->empty()) waiting_.reset();
  if (dropped != 0) report(context, rule, dropped, context.at.packet);
}

void TcpStream::drain(const StreamContext& context) {
  while (waiting_ != nullptr && waiting_->front_offset() == next_) {
    const WaitingSegments::Segment segment = waiting_->take_front();
    context.memory.waiting -= segment.size + WaitingSegments::kOverhead;
    if (waiting_->empty()) waiting_.reset();
    deliver(context, segment.bytes(), segment.packet);
  }
}

void TcpStream::give_up_hole(const StreamContext& context) {
  assert(waiting_ != nullptr || fin_at_ != kNoOffset);
  stop_picking_up(context);
  if (waiting_ != nullptr) {
    if (next_ < waiting_->front_offset()) skip_to(context, waiting_->front_offset(), waiting_->front().packet);
    drain(context);
  } else if (next_ < fin_at_) {
    skip_to(context, fin_at_, fin_packet_);
  }
  finish_if_complete(context);
}

void TcpStream::give_up_hole_at_limit(const StreamContext& context) {
  if (!std::exchange(has_reported_limit_, true)) report(context, tcp_rules::kHoleLimit, 0, context.at.packet);
  give_up_hole(context);
}

void TcpStream::skip_to(const StreamContext& context, StreamOffset to, std::uint64_t packet) {
  const auto missing = static_cast<std::uint64_t>(to - next_);
  given_up_.add(next_, to);
  history_.forget();
  next_ = to;
  highest_end_ = std::max(highest_end_, to);
  report(context, tcp_rules::kGap, missing, packet,
         missing == 1 ? "1 byte was not captured" : fmt::format("{} bytes were not captured", missing));
  context.consumer.on_gap(context.side, missing, Stamp{context.at.time, packet});
}

void TcpStream::stop_picking_up(const StreamContext& context) {
  if (!is_picking_up_) return;
  is_picking_up_ = false;
  next_ = begin_;
  drain(context);
}

void TcpStream::end(const StreamContext& context, bool peer_has_ended) {
  if (!is_known_ || has_ended_) return;
  stop_picking_up(context);
  while (waiting_ != nullptr && !is_out_of_reach(waiting_->front_offset())) give_up_hole(context);
  drop_beyond(context, next_, tcp_rules::kOutOfWindow);
  if (fin_at_ != kNoOffset && is_out_of_reach(fin_at_)) {
    report(context, tcp_rules::kFinOutOfPlace, 0, fin_packet_);
    fin_at_ = kNoOffset;
  }
  StreamOffset last = fin_at_ != kNoOffset ? fin_at_ : std::max(highest_end_, acknowledged_);
  if (is_out_of_reach(last)) last = std::max(next_, acknowledged_);
  if (fin_at_ == kNoOffset && peer_has_ended && last == highest_end_ + 1) last = highest_end_;
  if (next_ < last) skip_to(context, last, fin_at_ != kNoOffset ? fin_packet_ : context.at.packet);
  finish_if_complete(context);
}

}  // namespace overhear
