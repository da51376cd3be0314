// The bytes of one stream that wait behind a hole: ordered, without overlap, each with the packet that carried it.
// Where two segments bring the same byte, the one that came first is kept.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>

#include "base/bytes.hpp"
#include "base/time.hpp"
#include "capture/sequence.hpp"

namespace overhear {

// When it was that the peer acknowledged past a hole: in packets of the connection and in capture time.
struct AcknowledgedSince {
  bool is_set = false;
  std::uint32_t packets = 0;
  Timestamp time;
};

class WaitingSegments {
 public:
  struct Segment {
    std::unique_ptr<std::uint8_t[]> data;
    std::uint32_t size = 0;
    std::uint64_t packet = 0;
    AcknowledgedSince acknowledged;  // concerns the hole before this segment, if there is one

    Bytes bytes() const { return {data.get(), size}; }
  };

  // What keeping one segment costs beyond its bytes, so that a limit on bytes is one on memory.
  static constexpr std::size_t kOverhead = 128;

  // Keeps what is new of `bytes`. Returns how many of them lie over earlier bytes in stretches that differ.
  std::size_t insert(StreamOffset start, Bytes bytes, std::uint64_t packet);
  // Everything from `end` on is dropped; returns how many bytes that were.
  std::size_t truncate(StreamOffset end);
  // The peer's acknowledgment went on from `from` to `to`: holes that end there are acknowledged as of `since`.
  void acknowledge(StreamOffset from, StreamOffset to, const AcknowledgedSince& since);

  std::size_t cost() const { return cost_; }
  bool empty() const { return segments_.empty(); }
  // REQUIRES for the rest: !empty().
  StreamOffset end() const;  // behind the last byte that waits
  StreamOffset front_offset() const { return segments_.begin()->first; }
  const Segment& front() const { return segments_.begin()->second; }
  Segment take_front();

 private:
  using Map = std::map<StreamOffset, Segment>;
  void add(Map::iterator before, StreamOffset start, Bytes bytes, std::uint64_t packet);

  Map segments_;
  std::size_t cost_ = 0;
};

}  // namespace overhear
