// The last few stretches of a stream that were reported as gaps, to recognise bytes of theirs that come too late.
#pragma once

#include <cstdint>
#include <vector>

#include "capture/sequence.hpp"

namespace overhear {

class GivenUpRanges {
 public:
  // REQUIRES: begin < end, and not before any range added earlier.
  void add(StreamOffset begin, StreamOffset end);
  // How many bytes between `begin` and `end` had been given up. They are forgotten: a second copy is no news.
  std::uint64_t take_within(StreamOffset begin, StreamOffset end);

 private:
  struct Range {
    StreamOffset begin;
    StreamOffset end;
  };

  std::vector<Range> ranges_;
};

}  // namespace overhear
