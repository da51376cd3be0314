// One connection: its two streams, its consumer, and the control bits that concern both directions. Decides whether a
// segment belongs to it at all; when a connection is opened, closed and forgotten is the Reassembler's to do.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <utility>

#include "base/prefetch.hpp"
#include "base/stream_event.hpp"
#include "capture/flow_key.hpp"
#include "capture/tcp_segment.hpp"
#include "capture/tcp_stream.hpp"

namespace overhear {

// Control bits that no TCP sends together (SYN with FIN or RST), or none of those that every segment has one of.
bool has_contradicting_flags(const TcpSegment& segment);

// Bytes of the stream that the segment carried, captured or not.
std::uint64_t length_of(const TcpSegment& segment);

// The handshake of another connection on the same endpoints.
struct NewIncarnation {
  bool initiator_is_low = false;
  std::uint32_t initiator_first = 0;             // sequence number of its first byte
  std::optional<std::uint32_t> responder_first;  // where the SYN-ACK was seen
};

// What a connection needs from around it while something happens.
struct ConnectionContext {
  const Limits& limits;
  ReassemblyMemory& memory;
  Timestamp now;
};

class TcpConnection {
 public:
  enum class Outcome : std::uint8_t {
    GoesOn,
    Reset,     // the segment is a RST that is to be believed
    Replaced,  // the segment belongs to a new connection on the same endpoints; announced() may know more of it
  };

  TcpConnection(const FlowKey& key, bool first_is_low, std::uint64_t number)
      : key_(key), number_(number), first_is_low_(first_is_low) {}

  const FlowKey& key() const { return key_; }
  std::uint64_t number() const { return number_; }  // in the order of opening
  std::uint64_t last_packet() const { return last_packet_; }
  Side side_of(bool is_low) const { return is_low == first_is_low_ ? Side::First : Side::Second; }
  TcpStream& stream(Side side) { return streams_[static_cast<std::size_t>(side)]; }
  const TcpStream& stream(Side side) const { return streams_[static_cast<std::size_t>(side)]; }

  void open(std::unique_ptr<StreamConsumer> consumer) { consumer_ = std::move(consumer); }
  void report(const Rule& rule, const Stamp& at);
  // Its consumer (see base/prefetch.hpp).
  void fetch_ahead(int step) const {
    if (step == 0) {
      prefetch(consumer_.get(), StreamConsumer::kFetched);
    } else if (consumer_ != nullptr) {
      consumer_->fetch_ahead(step - 1);
    }
  }

  // REQUIRES: open.
  Outcome feed(const TcpSegment& segment, Side from, const ConnectionContext& around);
  const std::optional<NewIncarnation>& announced() const { return announced_; }
  void expire(const ConnectionContext& around);
  Timestamp deadline(const Limits& limits) const;
  bool is_waiting() const { return streams_[0].is_waiting() || streams_[1].is_waiting(); }
  bool holds_bytes() const { return streams_[0].holds_bytes() || streams_[1].holds_bytes(); }
  void give_up_holes(const ConnectionContext& around);
  bool has_ended() const { return streams_[0].has_ended() && streams_[1].has_ended(); }
  // Ends both streams and tells the consumer, which is gone afterwards.
  void close(CloseReason reason, const Stamp& at, const ConnectionContext& around);

  bool is_closed() const { return consumer_ == nullptr; }
  // REQUIRES for these two: closed. Whether the segment begins another connection; if not, the rule that speaks of
  // bytes in it that nobody took, with their number.
  bool is_reopened_by(const TcpSegment& segment, Side from);
  struct Leftover {
    const Rule* rule = nullptr;
    std::uint64_t bytes = 0;
  };
  Leftover leftover_of(const TcpSegment& segment, Side from) const;

  // The Reassembler's notes.
  static constexpr std::int64_t kNotScheduled = std::numeric_limits<std::int64_t>::max();
  std::int64_t last_active = 0;  // count of the last segment, over all connections
  std::array<std::int64_t, 4> scheduled{kNotScheduled, kNotScheduled, kNotScheduled, kNotScheduled};

 private:
  enum class SynOutcome : std::uint8_t { Belongs, Ignored, Replaces };

  StreamContext context(Side side, const Stamp& at, const ConnectionContext& around) {
    return {*consumer_, side, around.limits, around.memory, at, around.now, packets_};
  }
  Outcome feed_reset(const TcpSegment& segment, Side from, const ConnectionContext& around);
  SynOutcome feed_syn(const TcpSegment& segment, Side from);
  SynOutcome feed_other_syn(const TcpSegment& segment, Side from);
  void report_end(CloseReason reason, const Stamp& at, const ConnectionContext& around);

  FlowKey key_;
  std::uint64_t number_;
  std::array<TcpStream, 2> streams_;
  std::unique_ptr<StreamConsumer> consumer_;
  std::optional<NewIncarnation> announced_;
  std::uint64_t last_packet_ = 0;
  std::uint32_t packets_ = 0;
  std::array<bool, 2> has_sent_{};
  bool first_is_low_;
  bool is_alive_ = false;  // went on after it was closed by a RST
  CloseReason reason_ = CloseReason::EndOfCapture;
  Side reset_by_ = Side::First;
};

}  // namespace overhear
