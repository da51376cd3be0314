// The next few segments on their way into reassembly, so that the memory of their connections can be on its way into
// the processor's cache meanwhile. Where a thousand connections take turns, what one of them needs has left the cache
// since its last segment. The order of the segments stays, and so does what is made of them.
#pragma once

#include <array>
#include <cassert>
#include <cstddef>

#include "capture/reassembly.hpp"
#include "capture/tcp_segment.hpp"

namespace overhear {

class LookAhead {
 public:
  // `reassembler` is the one that the segments are fed to in the end; it outlives this.
  explicit LookAhead(const Reassembler& reassembler) : reassembler_(reassembler) {}

  bool empty() const { return count_ == 0; }
  bool is_full() const { return count_ == kDepth; }
  // REQUIRES: !is_full(). The segment's bytes stay valid until it was fed.
  void push(const TcpSegment& segment) {
    assert(!is_full());
    for (std::size_t i = 0; i < count_; ++i) reassembler_.fetch_ahead(at(i).foreseen);
    at(count_++) = {segment, reassembler_.foresee(segment)};
  }
  // The one that came first; valid until the next push(). REQUIRES: !empty().
  const TcpSegment& pop() {
    assert(!empty());
    const TcpSegment& segment = at(0).segment;
    first_ = (first_ + 1) % kDepth;
    --count_;
    return segment;
  }

 private:
  // As many steps as the longest chain of pointers from a connection to what its bytes are read by has.
  static constexpr std::size_t kDepth = 5;

  struct Slot {
    TcpSegment segment;
    Reassembler::Foreseen foreseen;
  };

  Slot& at(std::size_t i) { return slots_[(first_ + i) % kDepth]; }

  const Reassembler& reassembler_;
  std::array<Slot, kDepth> slots_;
  std::size_t first_ = 0;
  std::size_t count_ = 0;
};

}  // namespace overhear
