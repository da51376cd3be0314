#include "capture/tcp_stream.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <utility>

#include "capture/tcp_rules.hpp"

namespace overhear {

namespace {

// An ACK of up to so much that was not captured is taken at its word: a burst that a capture drops. Beyond it a second
// witness is wanted, so that one forged or damaged packet cannot declare half a gigabyte missing.
constexpr StreamOffset kPlausibleLoss = StreamOffset{1} << 20;
// How far before the first bytes seen a packet may lie that was captured after them and still belongs in front.
constexpr StreamOffset kPickUpReach = StreamOffset{1} << 16;
// The reordering that TCP itself allows for before it speaks of loss (RFC 5681, 3.2).
constexpr std::uint32_t kPickUpPackets = 3;
// Behind a stream's end: what still counts as an echo of it.
constexpr StreamOffset kEchoBehind = StreamOffset{1} << 24;
constexpr StreamOffset kEchoAhead = StreamOffset{1} << 16;
constexpr std::size_t kGapsRemembered = 16;
// The histories of all streams together take no more than this part of Limits::reassembly_bytes.
constexpr std::size_t kHistoryShare = 4;

StreamOffset length_of(Bytes bytes) {
  return static_cast<StreamOffset>(bytes.size());
}

Timestamp later(Timestamp time, std::int64_t by) {
  return time.ns > INT64_MAX - by ? Timestamp{INT64_MAX} : Timestamp{time.ns + by};
}

bool has_passed(const StreamContext& context, const AcknowledgedSince& since, std::uint32_t packets) {
  return context.packets - since.packets >= packets || later(since.time, context.limits.hole_time_ns) <= context.now;
}

}  // namespace

void report(const StreamContext& context, const Rule& rule, std::uint64_t bytes, std::uint64_t packet,
            std::string_view text) {
  Finding finding;
  finding.rule = &rule;
  finding.text = text;
  if (bytes != 0) finding.bytes = bytes;
  context.consumer.on_finding(context.side, finding, Stamp{context.at.time, packet});
}

void TcpStream::start_at(std::uint32_t sequence) {
  base_ = sequence;
  is_known_ = true;
  has_handshake_ = true;
}

// --- what may be believed

bool TcpStream::can_hold(StreamOffset start, std::uint64_t length) const {
  if (is_picking_up_) return start >= -kPickUpReach && start <= highest_end_ + kLargestWindow;
  if (has_handshake_ && start < -1) return false;  // -1 is the SYN's number: keep-alives use it
  const auto size = static_cast<StreamOffset>(length);
  if (start + size <= next_ - kLargestWindow || start <= next_ - kLargestWindow) return false;
  if (start <= furthest() + kLargestWindow) return true;
  // A hole beyond the largest window: only where the peer's ACK and the sender's bytes agree on the place.
  return doubtful_ack_ != kNoOffset && start >= doubtful_ack_ - kPlausibleLoss &&
         start <= doubtful_ack_ + kPlausibleLoss;
}

bool TcpStream::can_reset_at(StreamOffset start) const {
  // A host without the connection answers with the number that was acknowledged to it (RFC 9293, 3.5.2).
  const StreamOffset lowest = has_acknowledgment_ ? std::min(next_, acknowledged_) - 1 : next_ - kPickUpReach;
  return start >= lowest && start <= std::max(highest_end_, furthest()) + kPlausibleLoss;
}

bool TcpStream::can_acknowledge(std::uint32_t acknowledgment) const {
  const StreamOffset to = offset_of(acknowledgment);
  return to >= begin_ - 1 && to <= std::max(highest_end_, furthest()) + kPlausibleLoss;
}

bool TcpStream::is_far_from_end(std::uint32_t sequence) const {
  if (!is_known_) return true;
  const StreamOffset start = offset_of(sequence);
  return start < next_ - kEchoBehind || start > furthest() + kEchoAhead;
}

std::uint64_t TcpStream::new_bytes(std::uint32_t sequence, std::uint64_t length) const {
  if (!is_known_) return length;
  const StreamOffset start = offset_of(sequence);
  const StreamOffset end = start + static_cast<StreamOffset>(length);
  // The FIN's own number carries no byte, and keep-alives of a closed end use it.
  if (length <= 1 && start <= next_) return 0;
  return end <= next_ ? 0 : static_cast<std::uint64_t>(end - std::max(start, next_));
}

// RFC 9293, 3.8.4: a keep-alive repeats the last number, with no byte or with one of garbage. After the end that is the
// number of the FIN, before the first byte that of the SYN.
bool TcpStream::is_keep_alive(StreamOffset start, StreamOffset end) const {
  return end - start <= 1 && (start + 1 == highest_end_ || start == fin_at_ || (has_handshake_ && start == -1));
}

// --- the sender's side

void TcpStream::receive(const StreamContext& context, std::uint32_t sequence, Bytes payload, std::uint32_t missing_tail,
                        bool fin) {
  if (!is_known_) {
    if (payload.empty() && missing_tail == 0 && !fin) return;
    base_ = sequence;
    is_known_ = is_picking_up_ = true;
    picked_up_ = {true, context.packets, context.now};
  }
  const StreamOffset start = offset_of(sequence);
  const bool is_plain = missing_tail == 0 && !fin && fin_at_ == kNoOffset && waiting_ == nullptr && !is_picking_up_ &&
                        doubtful_ack_ == kNoOffset;
  if (!is_plain || start != next_) return receive_slowly(context, start, payload, missing_tail, fin);
  if (payload.empty()) return;
  highest_end_ = std::max(highest_end_, next_ + length_of(payload));
  deliver(context, payload, context.at.packet);
}

void TcpStream::receive_slowly(const StreamContext& context, StreamOffset start, Bytes payload,
                               std::uint32_t missing_tail, bool fin) {
  const StreamOffset sent_end = start + length_of(payload) + missing_tail;
  if (fin) note_fin(context, sent_end);
  if (doubtful_ack_ != kNoOffset && sent_end + kPlausibleLoss >= doubtful_ack_) {
    count_acknowledgment(context, doubtful_ack_);
  }
  if (sent_end > start && !is_keep_alive(start, sent_end)) receive_data(context, start, payload, sent_end);
  finish_if_complete(context);
}

void TcpStream::receive_data(const StreamContext& context, StreamOffset start, Bytes payload, StreamOffset sent_end) {
  if (sent_end > fin_at_) {
    const StreamOffset end = std::max(start, fin_at_);
    report(context, tcp_rules::kDataAfterFin, static_cast<std::uint64_t>(sent_end - end), context.at.packet);
    payload = payload.first(static_cast<std::size_t>(std::min(end - start, length_of(payload))));
    sent_end = end;
    if (sent_end == start) return;
  }
  highest_end_ = std::max(highest_end_, sent_end);
  if (is_picking_up_) {
    begin_ = std::min(begin_, start);
    if (!has_acknowledgment_) acknowledged_ = begin_;
    if (!payload.empty()) keep(context, start, payload);
    return;
  }
  if (start < next_) {
    const Bytes again = payload.first(static_cast<std::size_t>(std::min(next_ - start, length_of(payload))));
    compare_again(context, start, again);
    payload = payload.subspan(again.size());
    start += length_of(again);
  }
  if (payload.empty()) return;
  if (start == next_ && (waiting_ == nullptr || waiting_->front_offset() >= start + length_of(payload))) {
    deliver(context, payload, context.at.packet);
  } else {
    keep(context, start, payload);
  }
  drain(context);
}

void TcpStream::note_fin(const StreamContext& context, StreamOffset at) {
  if (at == fin_at_) return;
  const StreamOffset earliest = is_picking_up_ ? begin_ : next_;
  if (fin_at_ != kNoOffset || at < earliest || (has_acknowledgment_ && at + 1 < acknowledged_)) {
    return report(context, tcp_rules::kFinOutOfPlace, 0, context.at.packet);
  }
  fin_at_ = at;
  fin_packet_ = context.at.packet;
  drop_beyond(context, at);
  highest_end_ = at;
  acknowledged_ = std::min(acknowledged_, at);
  if (has_acknowledgment_ && acknowledged_ == at) fin_acknowledged_ = {true, context.packets, context.now};
}

void TcpStream::compare_again(const StreamContext& context, StreamOffset start, Bytes payload) {
  const StreamOffset end = start + length_of(payload);
  const StreamOffset from = std::max(start, next_ - static_cast<StreamOffset>(history_.size()));
  if (from < end) {
    const Bytes again = payload.subspan(static_cast<std::size_t>(from - start));
    if (!history_.equals(static_cast<std::size_t>(next_ - from), again)) {
      report(context, tcp_rules::kOverlapConflict, again.size(), context.at.packet);
    }
  }
  std::uint64_t late = gaps_.empty() ? 0 : forget_gaps_within({start, end});
  if (start < begin_ && !has_handshake_) {
    late += static_cast<std::uint64_t>(std::min(end, begin_) - start);
    begin_ = start;
  }
  if (late != 0) report(context, tcp_rules::kLateSegment, late, context.at.packet);
}

// How many bytes of `range` had been given up. A second copy of them is none of news.
std::uint64_t TcpStream::forget_gaps_within(Range range) {
  std::uint64_t bytes = 0;
  std::vector<Range> left;
  for (const Range& gap : gaps_) {
    const StreamOffset begin = std::max(gap.begin, range.begin);
    const StreamOffset end = std::min(gap.end, range.end);
    if (begin >= end) {
      left.push_back(gap);
      continue;
    }
    bytes += static_cast<std::uint64_t>(end - begin);
    if (gap.begin < begin) left.push_back({gap.begin, begin});
    if (end < gap.end) left.push_back({end, gap.end});
  }
  if (left.size() > kGapsRemembered) left.erase(left.begin());
  gaps_ = std::move(left);
  return bytes;
}

// --- the receiver's side

void TcpStream::acknowledge(const StreamContext& context, std::uint32_t acknowledgment) {
  if (!is_known_) return;
  StreamOffset to = offset_of(acknowledgment);
  if (fin_at_ != kNoOffset && to == fin_at_ + 1) to = fin_at_;
  if (to <= acknowledged_) {
    if (to >= begin_) has_acknowledgment_ = true;
    doubtful_ack_ = kNoOffset;
    return;
  }
  if (to > fin_at_) return;
  const bool is_plausible = to <= std::max(highest_end_, furthest()) + kPlausibleLoss;
  const bool is_second_witness =
      doubtful_ack_ != kNoOffset && to > doubtful_ack_ && to <= doubtful_ack_ + kPlausibleLoss;
  if (is_plausible || is_second_witness) {
    count_acknowledgment(context, to);
  } else {
    doubtful_ack_ = to;
  }
}

void TcpStream::count_acknowledgment(const StreamContext& context, StreamOffset to) {
  const AcknowledgedSince now{true, context.packets, context.now};
  if (waiting_ != nullptr) waiting_->acknowledge(acknowledged_, to, now);
  acknowledged_ = to;
  has_acknowledgment_ = true;
  doubtful_ack_ = kNoOffset;
  if (to == fin_at_ && !fin_acknowledged_.is_set) fin_acknowledged_ = now;
}

// --- what waits

void TcpStream::keep(const StreamContext& context, StreamOffset start, Bytes payload) {
  if (waiting_ == nullptr) waiting_ = std::make_unique<WaitingSegments>();
  const std::size_t before = waiting_->cost();
  const std::size_t conflicting = waiting_->insert(start, payload, context.at.packet);
  context.memory.waiting += waiting_->cost() - before;
  if (has_acknowledgment_ && start <= acknowledged_) {
    const StreamOffset to = std::min(acknowledged_, start + length_of(payload));
    waiting_->acknowledge(start, to, {true, context.packets, context.now});
  }
  if (conflicting != 0) report(context, tcp_rules::kOverlapConflict, conflicting, context.at.packet);
  while (waiting_ != nullptr && waiting_->cost() > context.limits.hole_bytes) give_up_hole_at_limit(context);
}

void TcpStream::drop_beyond(const StreamContext& context, StreamOffset end) {
  if (waiting_ == nullptr) return;
  const std::size_t before = waiting_->cost();
  const std::size_t dropped = waiting_->truncate(end);
  context.memory.waiting -= before - waiting_->cost();
  if (waiting_->empty()) waiting_.reset();
  if (dropped != 0) report(context, tcp_rules::kDataAfterFin, dropped, context.at.packet);
}

void TcpStream::deliver(const StreamContext& context, Bytes bytes, std::uint64_t packet) {
  history_.append(bytes, context.limits.overlap_history, context.memory.history,
                  context.limits.reassembly_bytes / kHistoryShare);
  next_ += length_of(bytes);
  context.consumer.on_bytes(context.side, bytes, Stamp{context.at.time, packet});
}

void TcpStream::drain(const StreamContext& context) {
  while (waiting_ != nullptr && waiting_->front_offset() == next_) {
    const WaitingSegments::Segment segment = waiting_->take_front();
    context.memory.waiting -= segment.size + WaitingSegments::kOverhead;
    if (waiting_->empty()) waiting_.reset();
    deliver(context, segment.bytes(), segment.packet);
  }
}

void TcpStream::skip_to(const StreamContext& context, StreamOffset to, std::uint64_t packet) {
  const auto missing = static_cast<std::uint64_t>(to - next_);
  if (gaps_.size() == kGapsRemembered) gaps_.erase(gaps_.begin());
  gaps_.push_back({next_, to});
  history_.forget();
  next_ = to;
  highest_end_ = std::max(highest_end_, to);
  report(context, tcp_rules::kGap, missing, packet,
         missing == 1 ? "1 byte was not captured" : fmt::format("{} bytes were not captured", missing));
  context.consumer.on_gap(context.side, missing, Stamp{context.at.time, packet});
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

void TcpStream::stop_picking_up(const StreamContext& context) {
  if (!is_picking_up_) return;
  is_picking_up_ = false;
  next_ = begin_;
  drain(context);
}

void TcpStream::finish_if_complete(const StreamContext& context) {
  if (has_ended_ || is_picking_up_ || next_ != fin_at_) return;
  has_ended_ = true;
  context.consumer.on_end(context.side, Stamp{context.at.time, fin_packet_});
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

void TcpStream::end(const StreamContext& context, bool peer_has_ended) {
  if (!is_known_ || has_ended_) return;
  stop_picking_up(context);
  while (waiting_ != nullptr) give_up_hole(context);
  StreamOffset last = fin_at_ != kNoOffset ? fin_at_ : std::max(highest_end_, acknowledged_);
  if (fin_at_ == kNoOffset && peer_has_ended && last == highest_end_ + 1) last = highest_end_;
  if (next_ < last) skip_to(context, last, fin_at_ != kNoOffset ? fin_packet_ : context.at.packet);
  finish_if_complete(context);
}

void TcpStream::release(ReassemblyMemory& memory) {
  if (waiting_ != nullptr) memory.waiting -= waiting_->cost();
  waiting_.reset();
  history_.release(memory.history);
  gaps_ = {};
}

}  // namespace overhear
