#include "capture/synthetic_connection.hpp"

#include <algorithm>

#include "capture/ip_packet.hpp"

namespace overhear {
namespace {

// Without window scaling; what is in flight stays within it.
constexpr std::uint16_t kWindow = 65'535;
constexpr std::uint8_t kPush = 0x08;
// A sequence number does not tell how often it has wrapped, and no sender is further ahead (RFC 7323, 2.3).
constexpr std::uint64_t kLargestHole = 1u << 30;

// RFC 9293, 3.4.1: where ends meet again, another place for the numbers to start. The same on every run.
std::uint32_t initial_sequence(std::uint64_t number, Side side) {
  constexpr std::uint64_t kOdd = 0x9e3779b97f4a7c15;
  return static_cast<std::uint32_t>((2 * number + static_cast<std::uint64_t>(side) + 1) * kOdd >> 32);
}

}  // namespace

SyntheticConnection::SyntheticConnection(const std::array<Endpoint, 2>& ends, std::uint64_t number) {
  for (const Side side : {Side::First, Side::Second}) {
    end(side).place = ends[static_cast<std::size_t>(side)];
    end(side).next = end(side).acknowledged = initial_sequence(number, side);
  }
}

void SyntheticConnection::open(Timestamp time, SegmentSink& sink) {
  send(Side::First, TcpFlags::kSyn, {}, time, sink);
  ++end(Side::First).next;
  send(Side::Second, TcpFlags::kSyn | TcpFlags::kAck, {}, time, sink);
  ++end(Side::Second).next;
  acknowledge(Side::Second, time, sink);
}

void SyntheticConnection::send(Side from, std::uint8_t flags, Bytes payload, Timestamp time, SegmentSink& sink) {
  const bool acknowledges = (flags & TcpFlags::kAck) != 0;
  if (acknowledges) end(other(from)).acknowledged = end(other(from)).next;
  sink.on_segment(from, {.source = end(from).place,
                         .destination = end(other(from)).place,
                         .sequence = end(from).next,
                         .acknowledgment = acknowledges ? end(other(from)).next : 0,
                         .flags = flags,
                         .window = kWindow,
                         .payload = payload,
                         .missing_tail = 0,
                         .at = {.time = time}});
}

void SyntheticConnection::acknowledge(Side to, Timestamp time, SegmentSink& sink) {
  send(other(to), TcpFlags::kAck, {}, time, sink);
}

void SyntheticConnection::skip(Side from, std::uint64_t missing, Timestamp time, SegmentSink& sink) {
  if (missing == 0 || is_reset_ || end(from).has_finished) return;
  end(from).next += static_cast<std::uint32_t>(std::min(missing, kLargestHole));
  acknowledge(from, time, sink);
}

void SyntheticConnection::say(Side from, Bytes bytes, Timestamp time, SegmentSink& sink) {
  if (is_reset_ || end(from).has_finished) return;
  while (!bytes.empty()) {
    const Bytes part = bytes.first(std::min(bytes.size(), kMostSynthesised));
    bytes = bytes.subspan(part.size());
    const std::uint32_t in_flight = end(from).next - end(from).acknowledged;
    if (in_flight + part.size() >= kWindow) acknowledge(from, time, sink);
    send(from, kPush | TcpFlags::kAck, part, time, sink);
    end(from).next += static_cast<std::uint32_t>(part.size());
  }
}

void SyntheticConnection::finish(Side from, Timestamp time, SegmentSink& sink) {
  if (is_reset_ || end(from).has_finished) return;
  send(from, TcpFlags::kFin | TcpFlags::kAck, {}, time, sink);
  ++end(from).next;
  end(from).has_finished = true;
  acknowledge(from, time, sink);
}

void SyntheticConnection::reset(Side from, Timestamp time, SegmentSink& sink) {
  if (is_reset_) return;
  send(from, TcpFlags::kRst | TcpFlags::kAck, {}, time, sink);
  is_reset_ = true;
}

}  // namespace overhear
