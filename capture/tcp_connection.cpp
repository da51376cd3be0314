#include "capture/tcp_connection.hpp"

#include <algorithm>

#include "capture/tcp_rules.hpp"

namespace overhear {

namespace {

// How far before the first bytes seen a SYN may lie that was captured behind them.
constexpr StreamOffset kLateSynReach = StreamOffset{1} << 16;

bool has(const TcpSegment& segment, std::uint8_t flag) {
  return (segment.flags & flag) != 0;
}

}  // namespace

std::uint64_t length_of(const TcpSegment& segment) {
  return std::uint64_t{segment.payload.size()} + segment.missing_tail;
}

bool has_contradicting_flags(const TcpSegment& segment) {
  if (has(segment, TcpFlags::kSyn)) return has(segment, TcpFlags::kFin | TcpFlags::kRst);
  return !has(segment, TcpFlags::kAck | TcpFlags::kRst);
}

void TcpConnection::report(const Rule& rule, const Stamp& at) {
  Finding finding;
  finding.rule = &rule;
  consumer_->on_finding(std::nullopt, finding, at);
}

TcpConnection::Outcome TcpConnection::feed(const TcpSegment& segment, Side from, const ConnectionContext& around) {
  ++packets_;
  has_sent_[static_cast<std::size_t>(from)] = true;
  last_packet_ = segment.at.packet;
  StreamContext sending = context(from, segment.at, around);
  const StreamContext receiving = context(other(from), segment.at, around);
  TcpStream& sender = stream(from);
  TcpStream& receiver = stream(other(from));

  if (has_contradicting_flags(segment)) [[unlikely]] {
    overhear::report(sending, tcp_rules::kBadFlags, length_of(segment), segment.at.packet);
    return Outcome::GoesOn;
  }
  if (has(segment, TcpFlags::kRst)) [[unlikely]]
    return feed_reset(segment, from, around);
  std::uint32_t sequence = segment.sequence;
  if (has(segment, TcpFlags::kSyn)) [[unlikely]] {
    const SynOutcome outcome = feed_syn(segment, from);
    if (outcome == SynOutcome::Replaces) return Outcome::Replaced;
    if (outcome == SynOutcome::Ignored) {
      overhear::report(sending, tcp_rules::kUnexpectedSyn, length_of(segment), segment.at.packet);
      return Outcome::GoesOn;
    }
    ++sequence;  // the SYN has the first number, RFC 9293, 3.4
  } else if (announced_ && from == side_of(announced_->initiator_is_low) && sequence == announced_->initiator_first &&
             !sender.expects(sequence)) {
    return Outcome::Replaced;
  }
  if (sender.is_known() && !sender.can_hold(sender.offset_of(sequence)) && !sender.dispute(sequence, false)) {
    overhear::report(sending, tcp_rules::kOutOfWindow, length_of(segment), segment.at.packet);
    return Outcome::GoesOn;
  }

  // What the acknowledgment sets free was said before what this segment says.
  if (has(segment, TcpFlags::kAck)) receiver.acknowledge(receiving, segment.acknowledgment);
  if (receiver.is_waiting()) receiver.expire(receiving);
  // Of a side that was never seen nobody knows what it has said.
  sending.is_ahead = receiver.lacks_bytes() || !receiver.is_known();
  sender.receive(sending, sequence, segment.payload, segment.missing_tail, has(segment, TcpFlags::kFin));
  if (sender.is_waiting()) sender.expire(sending);
  return Outcome::GoesOn;
}

TcpConnection::Outcome TcpConnection::feed_reset(const TcpSegment& segment, Side from,
                                                 const ConnectionContext& around) {
  const TcpStream& sender = stream(from);
  const TcpStream& receiver = stream(other(from));
  bool is_credible = true;
  if (sender.is_known()) {
    is_credible = sender.can_reset_at(sender.offset_of(segment.sequence));
  } else if (has(segment, TcpFlags::kAck)) {
    // The answer to a SYN where nobody listens has sequence number 0 (RFC 9293, 3.5.2).
    is_credible = !receiver.is_known() || receiver.can_acknowledge(segment.acknowledgment);
  }
  if (!is_credible) {
    overhear::report(context(from, segment.at, around), tcp_rules::kResetOutOfWindow, 0, segment.at.packet);
    return Outcome::GoesOn;
  }
  reset_by_ = from;
  return Outcome::Reset;
}

TcpConnection::SynOutcome TcpConnection::feed_syn(const TcpSegment& segment, Side from) {
  TcpStream& sender = stream(from);
  TcpStream& receiver = stream(other(from));
  const bool is_answer = has(segment, TcpFlags::kAck);
  const std::uint32_t first = segment.sequence + 1;

  bool belongs = sender.begins_with(first);
  if (!belongs && is_answer && (!sender.is_known() || sender.is_untouched())) {
    // A server that uses SYN cookies may answer a repeated SYN with another number; until one is acknowledged, the
    // last counts.
    belongs = !receiver.is_known() || receiver.can_acknowledge(segment.acknowledgment);
    if (belongs) sender.start_at(first);
  } else if (!belongs && !is_answer && !sender.is_known()) {
    belongs = !receiver.is_known() || receiver.is_untouched();  // both sides open at the same time
    if (belongs) sender.start_at(first);
  }
  if (!belongs) return feed_other_syn(segment, from);
  if (is_answer && !receiver.is_known()) receiver.start_at(segment.acknowledgment);
  return SynOutcome::Belongs;
}

// A SYN with other numbers. Where this connection is alive, one packet does not end it (RFC 5961, 4): the new one
// becomes real when the other side answers it, or when its initiator goes on with it.
TcpConnection::SynOutcome TcpConnection::feed_other_syn(const TcpSegment& segment, Side from) {
  const TcpStream& sender = stream(from);
  const TcpStream& receiver = stream(other(from));
  const bool is_answer = has(segment, TcpFlags::kAck);
  const std::uint32_t first = segment.sequence + 1;

  if (sender.is_known() && !sender.has_handshake()) {
    const StreamOffset offset = sender.offset_of(first);
    if (offset <= 0 && offset >= -kLateSynReach) return SynOutcome::Ignored;
  }
  const bool was_never_answered = sender.is_untouched() && receiver.is_untouched();
  if (sender.has_fin() || receiver.has_fin() || was_never_answered) {
    announced_.reset();
    return SynOutcome::Replaces;
  }
  const Side initiator = is_answer ? other(from) : from;
  NewIncarnation handshake;
  handshake.initiator_is_low = side_of(true) == initiator;
  handshake.initiator_first = is_answer ? segment.acknowledgment : first;
  if (is_answer) handshake.responder_first = first;
  const bool is_the_other_half = announced_ && announced_->initiator_is_low == handshake.initiator_is_low &&
                                 announced_->initiator_first == handshake.initiator_first &&
                                 announced_->responder_first.has_value() != is_answer;
  if (!is_the_other_half) {
    announced_ = handshake;
    return SynOutcome::Ignored;
  }
  return SynOutcome::Replaces;
}

void TcpConnection::expire(const ConnectionContext& around) {
  const Stamp at{around.now, last_packet_};
  for (const Side side : {Side::First, Side::Second}) {
    if (stream(side).is_waiting()) stream(side).expire(context(side, at, around));
  }
}

Timestamp TcpConnection::deadline(const Limits& limits) const {
  return std::min(streams_[0].deadline(limits), streams_[1].deadline(limits));
}

void TcpConnection::give_up_holes(const ConnectionContext& around) {
  const Stamp at{around.now, last_packet_};
  for (const Side side : {Side::First, Side::Second}) {
    if (stream(side).holds_bytes()) stream(side).give_up_hole_at_limit(context(side, at, around));
  }
}

void TcpConnection::close(CloseReason reason, const Stamp& at, const ConnectionContext& around) {
  for (const Side side : {Side::First, Side::Second}) {
    stream(side).end(context(side, at, around), stream(other(side)).has_fin());
  }
  // Where only gaps were in the way of both ends, it did end properly.
  if (reason == CloseReason::EndOfCapture && has_ended()) reason = CloseReason::Fin;
  report_end(reason, at, around);
  consumer_->on_closed(reason, at);
  consumer_.reset();
  for (TcpStream& ended : streams_) ended.release(around.memory);
  announced_.reset();
  reason_ = reason;
}

void TcpConnection::report_end(CloseReason reason, const Stamp& at, const ConnectionContext& around) {
  const bool has_bytes = streams_[0].has_bytes() || streams_[1].has_bytes();
  if (has_bytes && has_sent_[0] != has_sent_[1]) report(tcp_rules::kOneSided, at);
  if (reason != CloseReason::Reset) return;
  const TcpStream& resetting = stream(reset_by_);
  const StreamContext resetter = context(reset_by_, at, around);
  if (streams_[0].has_fin() || streams_[1].has_fin()) {
    overhear::report(resetter, tcp_rules::kResetAfterFin, 0, at.packet);
  } else if (!resetting.is_known() && stream(other(reset_by_)).is_untouched()) {
    overhear::report(resetter, tcp_rules::kReset, 0, at.packet, "the connection was refused");
  } else {
    overhear::report(resetter, tcp_rules::kReset, 0, at.packet);
  }
}

bool TcpConnection::is_reopened_by(const TcpSegment& segment, Side from) {
  if (has_contradicting_flags(segment) || has(segment, TcpFlags::kRst)) return false;
  const TcpStream& sender = stream(from);
  const TcpStream& receiver = stream(other(from));
  if (has(segment, TcpFlags::kSyn)) {
    const bool is_answer = has(segment, TcpFlags::kAck);
    if (is_answer) return !sender.begins_with(segment.sequence + 1) && !receiver.begins_with(segment.acknowledgment);
    if (!sender.begins_with(segment.sequence + 1)) return true;
    // Windows knocks again with the same number where it was refused.
    return reason_ == CloseReason::Reset && !receiver.is_known();
  }
  // Who acknowledges bytes that were sent behind the RST never got it: it was forged, or damaged in the capture.
  if (reason_ == CloseReason::Reset && receiver.is_acknowledged_beyond(segment.acknowledgment)) is_alive_ = true;
  if (length_of(segment) == 0) return false;
  return is_alive_ || (sender.is_far_from_end(segment.sequence) && receiver.is_far_from_end(segment.acknowledgment));
}

TcpConnection::Leftover TcpConnection::leftover_of(const TcpSegment& segment, Side from) const {
  const TcpStream& sender = stream(from);
  const std::uint64_t length = length_of(segment);
  if (length == 0 || has(segment, TcpFlags::kRst)) return {};
  if (has_contradicting_flags(segment)) return {&tcp_rules::kBadFlags, length};
  const std::uint32_t sequence = has(segment, TcpFlags::kSyn) ? segment.sequence + 1 : segment.sequence;
  if (sender.is_known() && sender.is_far_from_end(sequence)) return {&tcp_rules::kOutOfWindow, length};
  const std::uint64_t bytes = sender.new_bytes(sequence, length);
  if (bytes == 0) return {};
  return {reason_ == CloseReason::Reset ? &tcp_rules::kDataAfterReset : &tcp_rules::kDataAfterFin, bytes};
}

}  // namespace overhear
