#include "capture/tcp_stream.hpp"

#include <algorithm>

#include "capture/tcp_rules.hpp"

namespace overhear {

namespace {

// The histories of all streams together take no more than this part of Limits::reassembly_bytes.
constexpr std::size_t kHistoryShare = 4;

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
  if (end - start > 1) return false;
  if (start == fin_at_ || (has_handshake_ && start == -1)) return true;
  return start + 1 == highest_end_ && (start < next_ || (waiting_ != nullptr && waiting_->end() == highest_end_));
}

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
  highest_end_ = std::max(highest_end_, next_ + size_of(payload));
  deliver(context, payload, context.at.packet);
}

void TcpStream::receive_slowly(const StreamContext& context, StreamOffset start, Bytes payload,
                               std::uint32_t missing_tail, bool fin) {
  const StreamOffset sent_end = start + size_of(payload) + missing_tail;
  if (fin) note_fin(context, sent_end);
  witness_sent(context, sent_end);
  if (sent_end > start && !is_keep_alive(start, sent_end)) receive_data(context, start, payload, sent_end);
  finish_if_complete(context);
}

void TcpStream::receive_data(const StreamContext& context, StreamOffset start, Bytes payload, StreamOffset sent_end) {
  if (sent_end > fin_at_) {
    const StreamOffset end = std::max(start, fin_at_);
    report(context, tcp_rules::kDataAfterFin, static_cast<std::uint64_t>(sent_end - end), context.at.packet);
    payload = payload.first(static_cast<std::size_t>(std::min(end - start, size_of(payload))));
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
    const Bytes again = payload.first(static_cast<std::size_t>(std::min(next_ - start, size_of(payload))));
    compare_again(context, start, again);
    payload = payload.subspan(again.size());
    start += size_of(again);
  }
  if (payload.empty()) return;
  if (start == next_ && (waiting_ == nullptr || waiting_->front_offset() >= start + size_of(payload))) {
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
  drop_beyond(context, at, tcp_rules::kDataAfterFin);
  highest_end_ = at;
  acknowledged_ = std::min(acknowledged_, at);
  if (has_acknowledgment_ && acknowledged_ == at) fin_acknowledged_ = {true, context.packets, context.now};
}

void TcpStream::compare_again(const StreamContext& context, StreamOffset start, Bytes payload) {
  const StreamOffset end = start + size_of(payload);
  const StreamOffset from = std::max(start, next_ - static_cast<StreamOffset>(history_.size()));
  if (from < end) {
    const Bytes again = payload.subspan(static_cast<std::size_t>(from - start));
    if (!history_.equals(static_cast<std::size_t>(next_ - from), again)) {
      report(context, tcp_rules::kOverlapConflict, again.size(), context.at.packet);
    }
  }
  std::uint64_t late = given_up_.take_within(start, end);
  if (start < begin_ && !has_handshake_) {
    late += static_cast<std::uint64_t>(std::min(end, begin_) - start);
    begin_ = start;
  }
  if (late != 0) report(context, tcp_rules::kLateSegment, late, context.at.packet);
}

void TcpStream::deliver(const StreamContext& context, Bytes bytes, std::uint64_t packet) {
  // Among a thousand connections the history is never in the cache: it is fetched while the consumer works.
  history_.prefetch(bytes.size());
  next_ += size_of(bytes);
  context.consumer.on_bytes(context.side, bytes, Stamp{context.at.time, packet, context.is_ahead});
  history_.append(bytes, context.limits.overlap_history, context.memory.history,
                  context.limits.reassembly_bytes / kHistoryShare);
}

void TcpStream::finish_if_complete(const StreamContext& context) {
  if (has_ended_ || is_picking_up_ || next_ != fin_at_) return;
  has_ended_ = true;
  context.consumer.on_end(context.side, Stamp{context.at.time, fin_packet_});
}

void TcpStream::release(ReassemblyMemory& memory) {
  if (waiting_ != nullptr) memory.waiting -= waiting_->cost();
  waiting_.reset();
  history_.release(memory.history);
  given_up_ = {};
}

}  // namespace overhear
