// One direction of a connection: puts its bytes in order and passes each on exactly once, or says that it is missing.
//
//        begin          next                    highest_end
//          |  delivered  |   hole   | waiting | hole | waiting |
//          |  and gaps   |                         ^ acknowledged (by the peer; may lie anywhere)
//
// A hole becomes a gap when the peer has acknowledged past it and Limits::hole_packets of the connection or
// Limits::hole_time_ns have gone by since, at a buffer limit, or when the stream ends. A stream whose beginning was not
// seen is held for a moment at the first bytes, in case the packets before and after them were captured in the wrong
// order.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "base/limits.hpp"
#include "base/stream_event.hpp"
#include "capture/given_up.hpp"
#include "capture/overlap_history.hpp"
#include "capture/sequence.hpp"
#include "capture/waiting_segments.hpp"

namespace overhear {

// What a stream needs from around it while something happens.
struct StreamContext {
  StreamConsumer& consumer;
  Side side;
  const Limits& limits;
  ReassemblyMemory& memory;
  Stamp at;               // of the packet that is being handled: what it makes deliverable is available as of its time
  Timestamp now;          // capture time, never smaller than before
  std::uint32_t packets;  // of the connection so far, this one included
  bool is_ahead = false;  // as in Stamp
};

// Reports `rule` about the stream; `bytes` says how many bytes the fact is about, 0 that it is about none.
void report(const StreamContext& context, const Rule& rule, std::uint64_t bytes, std::uint64_t packet,
            std::string_view text = {});

class TcpStream {
 public:
  bool is_known() const { return is_known_; }
  // The handshake says that the first byte has the number `sequence`.
  void start_at(std::uint32_t sequence);
  // Whether a handshake that says so is the one of this stream.
  bool begins_with(std::uint32_t sequence) const { return is_known_ && base_ == sequence; }
  bool has_handshake() const { return has_handshake_; }
  // Nothing but a handshake was seen of it, and the peer has acknowledged nothing.
  bool is_untouched() const { return !has_acknowledgment_ && highest_end_ == 0 && fin_at_ == kNoOffset; }
  bool has_bytes() const { return highest_end_ > begin_; }
  bool has_fin() const { return fin_at_ != kNoOffset; }
  bool has_ended() const { return has_ended_; }

  // REQUIRES for the rest: is_known(), except where it says otherwise.

  StreamOffset offset_of(std::uint32_t sequence) const { return unwrap(sequence, base_, furthest()); }
  bool expects(std::uint32_t sequence) const { return is_known_ && offset_of(sequence) == next_; }
  // Whether a segment at `start` can belong to this stream.
  bool can_hold(StreamOffset start) const;
  // Whether a RST at `start` is to be believed (RFC 5961, 3; wider, for a capture may lack what came just before).
  bool can_reset_at(StreamOffset start) const;
  // Whether an ACK may speak of it: at most a little beyond what was seen.
  bool can_acknowledge(std::uint32_t acknowledgment) const;
  // Whether an ACK speaks of bytes behind all that was seen, though not far behind.
  bool is_acknowledged_beyond(std::uint32_t acknowledgment) const;
  // One side has spoken of `place`, which is nowhere near this stream. Where the other did so too, and no byte has been
  // seen yet, it was the handshake that was damaged: then the stream is not known any more, and the result is true.
  bool dispute(std::uint32_t place, bool by_peer);
  // Far from where this stream ended: rather a new connection on the same ports than an echo of this one.
  bool is_far_from_end(std::uint32_t sequence) const;

  // A segment of this stream. Its first one starts a stream that is not known yet. REQUIRES: can_hold(), if known.
  void receive(const StreamContext& context, std::uint32_t sequence, Bytes payload, std::uint32_t missing_tail,
               bool fin);
  // The peer sent an acknowledgment. Has no effect if the stream is not known or the number is not plausible.
  void acknowledge(const StreamContext& context, std::uint32_t acknowledgment);

  // Applies the gap rule. Call after each packet and when deadline() is reached.
  void expire(const StreamContext& context);
  // When the gap rule wants to be looked at again, even without a packet; Timestamp{INT64_MAX} for never.
  Timestamp deadline(const Limits& limits) const;
  // Whether anything waits, or the end does: then expire() and deadline() matter.
  bool is_waiting() const { return waiting_ != nullptr || is_picking_up_ || (fin_at_ != kNoOffset && !has_ended_); }
  bool holds_bytes() const { return waiting_ != nullptr; }
  // The first hole becomes a gap now, because there is no room for what waits behind it. REQUIRES: holds_bytes().
  void give_up_hole_at_limit(const StreamContext& context);
  // Nothing follows: all holes become gaps, but for one so large that only a forged segment can be behind it.
  // `peer_has_ended`: one number that was acknowledged beyond the last byte is the FIN that was not captured.
  void end(const StreamContext& context, bool peer_has_ended);
  // Keeps only what tells late copies from new bytes.
  void release(ReassemblyMemory& memory);

  // How many bytes of a segment lie beyond what was delivered or given up.
  // Something before what the peer acknowledged, or before what waits here, has not come (yet).
  bool lacks_bytes() const { return is_waiting() || (has_acknowledgment_ && next_ < acknowledged_); }

  std::uint64_t new_bytes(std::uint32_t sequence, std::uint64_t length) const;

 private:
  // The furthest point up to which the stream is known to have come; sequence numbers are understood around it.
  StreamOffset furthest() const { return next_ > acknowledged_ ? next_ : acknowledged_; }
  // A place far ahead that the peer never acknowledged: whoever spoke of it was not the sender.
  bool is_out_of_reach(StreamOffset at) const;
  bool is_keep_alive(StreamOffset start, StreamOffset end) const;
  void receive_slowly(const StreamContext& context, StreamOffset start, Bytes payload, std::uint32_t missing_tail,
                      bool fin);
  void receive_data(const StreamContext& context, StreamOffset start, Bytes payload, StreamOffset sent_end);
  void note_fin(const StreamContext& context, StreamOffset at);
  void count_acknowledgment(const StreamContext& context, StreamOffset to);
  void compare_again(const StreamContext& context, StreamOffset start, Bytes payload);
  void witness_sent(const StreamContext& context, StreamOffset end);
  void keep(const StreamContext& context, StreamOffset start, Bytes payload);
  void drop_beyond(const StreamContext& context, StreamOffset end, const Rule& rule);
  void deliver(const StreamContext& context, Bytes bytes, std::uint64_t packet);
  void drain(const StreamContext& context);
  void skip_to(const StreamContext& context, StreamOffset to, std::uint64_t packet);
  void give_up_hole(const StreamContext& context);
  void stop_picking_up(const StreamContext& context);
  void finish_if_complete(const StreamContext& context);
  const AcknowledgedSince* first_hole_acknowledged() const;

  StreamOffset next_ = 0;          // the first byte that was neither delivered nor given up
  StreamOffset acknowledged_ = 0;  // what the peer has acknowledged, as far as that is plausible
  StreamOffset highest_end_ = 0;   // behind the last byte known to have been sent
  StreamOffset begin_ = 0;         // negative where a stream without handshake was picked up in the wrong order
  StreamOffset fin_at_ = kNoOffset;
  StreamOffset doubtful_ack_ = kNoOffset;  // far beyond all that was seen; counts once something confirms it
  std::uint32_t disputed_place_ = 0;       // see dispute()
  std::uint32_t base_ = 0;                 // sequence number of offset 0
  bool is_known_ = false;
  bool has_handshake_ = false;
  bool is_picking_up_ = false;
  bool has_acknowledgment_ = false;
  bool has_ended_ = false;
  bool is_disputed_ = false;
  bool is_disputed_by_peer_ = false;
  bool has_reported_limit_ = false;
  AcknowledgedSince picked_up_;         // when the first bytes came, while is_picking_up_
  AcknowledgedSince fin_acknowledged_;  // concerns the hole before the FIN where nothing waits
  std::uint64_t fin_packet_ = 0;
  std::unique_ptr<WaitingSegments> waiting_;  // null when empty
  GivenUpRanges given_up_;
  OverlapHistory history_;
};

}  // namespace overhear
