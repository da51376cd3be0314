#include "capture/given_up.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace overhear {

namespace {

constexpr std::size_t kRemembered = 16;

}  // namespace

void GivenUpRanges::add(StreamOffset begin, StreamOffset end) {
  if (ranges_.size() >= kRemembered) ranges_.erase(ranges_.begin());
  ranges_.push_back({begin, end});
}

std::uint64_t GivenUpRanges::take_within(StreamOffset begin, StreamOffset end) {
  if (ranges_.empty() || end <= ranges_.front().begin || ranges_.back().end <= begin) return 0;
  std::uint64_t bytes = 0;
  std::vector<Range> left;
  for (const Range& range : ranges_) {
    const StreamOffset from = std::max(range.begin, begin);
    const StreamOffset to = std::min(range.end, end);
    if (from >= to) {
      left.push_back(range);
      continue;
    }
    bytes += static_cast<std::uint64_t>(to - from);
    if (range.begin < from) left.push_back({range.begin, from});
    if (to < range.end) left.push_back({to, range.end});
  }
  if (left.size() > kRemembered) left.erase(left.begin());
  ranges_ = std::move(left);
  return bytes;
}

}  // namespace overhear
