// The packets that a TCP connection could have had, made from its streams: a handshake, segments in order,
// acknowledgments as far as a reader needs them, a FIN or RST where there was one. A few numbers, however much is said.
#pragma once

#include <array>
#include <cstdint>

#include "base/endpoint.hpp"
#include "base/stream_event.hpp"
#include "base/time.hpp"
#include "capture/tcp_segment.hpp"

namespace overhear {

class SegmentSink {
 public:
  virtual ~SegmentSink() = default;
  virtual void on_segment(Side from, const TcpSegment& segment) = 0;
};

class SyntheticConnection {
 public:
  // Side::First opens it. `number` is another one for each connection between the same ends.
  SyntheticConnection(const std::array<Endpoint, 2>& ends, std::uint64_t number);

  void open(Timestamp time, SegmentSink& sink);
  // So many bytes are not known: a hole in the stream, which the other side has got, as its acknowledgment says. One of
  // more than 2^30 bytes becomes one of just so many.
  void skip(Side from, std::uint64_t missing, Timestamp time, SegmentSink& sink);
  // One segment for each kMostSynthesised bytes. The last one carries the last byte.
  void say(Side from, Bytes bytes, Timestamp time, SegmentSink& sink);
  // Nothing more comes from there: a FIN, unless that has come already.
  void finish(Side from, Timestamp time, SegmentSink& sink);
  // Nothing more comes at all.
  void reset(Side from, Timestamp time, SegmentSink& sink);

 private:
  struct End {
    Endpoint place;
    std::uint32_t next = 0;          // sequence number
    std::uint32_t acknowledged = 0;  // by the other end
    bool has_finished = false;
  };

  End& end(Side side) { return ends_[static_cast<std::size_t>(side)]; }
  void send(Side from, std::uint8_t flags, Bytes payload, Timestamp time, SegmentSink& sink);
  void acknowledge(Side to, Timestamp time, SegmentSink& sink);

  std::array<End, 2> ends_;
  bool is_reset_ = false;
};

}  // namespace overhear
