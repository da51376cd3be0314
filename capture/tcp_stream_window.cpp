// Which segments and acknowledgments a stream believes. Captures have holes of any size and forged or damaged packets;
// one packet alone must not be able to declare half a gigabyte missing.
#include <algorithm>

#include "capture/tcp_stream.hpp"

namespace overhear {

namespace {

// An ACK of up to so much that was not captured is taken at its word: a burst that the capture dropped. Beyond it a
// second witness is wanted, the sender's own bytes or another ACK.
constexpr StreamOffset kPlausibleLoss = StreamOffset{1} << 20;
// How far before the first bytes seen a packet may lie that was captured after them and still belongs in front.
constexpr StreamOffset kPickUpReach = StreamOffset{1} << 16;
// Around a stream's end: what still counts as an echo of it.
constexpr StreamOffset kEchoBehind = StreamOffset{1} << 24;
constexpr StreamOffset kEchoAhead = StreamOffset{1} << 16;

}  // namespace

bool TcpStream::can_hold(StreamOffset start) const {
  if (is_picking_up_) return start >= -kPickUpReach && start <= highest_end_ + kLargestWindow;
  if (has_handshake_ && start < -1) return false;  // -1 is the SYN's number: keep-alives use it
  if (start <= next_ - kLargestWindow) return false;
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

bool TcpStream::is_acknowledged_beyond(std::uint32_t acknowledgment) const {
  const StreamOffset seen = std::max(highest_end_, furthest()) + 1;  // a FIN may have a number of its own
  const StreamOffset to = offset_of(acknowledgment);
  return is_known_ && to > seen && to <= seen + kPlausibleLoss;
}

bool TcpStream::is_far_from_end(std::uint32_t sequence) const {
  if (!is_known_) return true;
  const StreamOffset start = offset_of(sequence);
  return start < next_ - kEchoBehind || start > furthest() + kEchoAhead;
}

bool TcpStream::is_out_of_reach(StreamOffset at) const {
  return has_acknowledgment_ && acknowledged_ < at && next_ + kPlausibleLoss < at;
}

void TcpStream::acknowledge(const StreamContext& context, std::uint32_t acknowledgment) {
  if (!is_known_) return;
  StreamOffset to = offset_of(acknowledgment);
  if (fin_at_ != kNoOffset && to == fin_at_ + 1) to = fin_at_;
  if (highest_end_ == 0 && !can_acknowledge(acknowledgment) && dispute(acknowledgment, true)) return;
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

bool TcpStream::dispute(std::uint32_t place, bool by_peer) {
  if (!has_handshake_ || highest_end_ != 0 || fin_at_ != kNoOffset || waiting_ != nullptr) return false;
  if (is_disputed_ && is_disputed_by_peer_ != by_peer) {
    const StreamOffset apart = static_cast<std::int32_t>(place - disputed_place_);
    if (apart >= -kPickUpReach && apart <= kPickUpReach) {
      *this = TcpStream();
      return true;
    }
  }
  is_disputed_ = true;
  is_disputed_by_peer_ = by_peer;
  disputed_place_ = place;
  return false;
}

void TcpStream::count_acknowledgment(const StreamContext& context, StreamOffset to) {
  const AcknowledgedSince now{true, context.packets, context.now};
  if (waiting_ != nullptr) waiting_->acknowledge(acknowledged_, to, now);
  acknowledged_ = to;
  has_acknowledgment_ = true;
  doubtful_ack_ = kNoOffset;
  if (to == fin_at_ && !fin_acknowledged_.is_set) fin_acknowledged_ = now;
}

void TcpStream::witness_sent(const StreamContext& context, StreamOffset end) {
  if (doubtful_ack_ != kNoOffset && end + kPlausibleLoss >= doubtful_ack_) count_acknowledgment(context, doubtful_ack_);
}

}  // namespace overhear
