#include "session/statistics/time_series.hpp"

#include <algorithm>

namespace overhear {

void TimeSeries::add(Timestamp time, std::uint64_t bytes) {
  if (used_ == 0) begin_ = time;
  // Of times from strange captures the difference may not fit.
  const auto since = time <= begin_ ? 0 : static_cast<std::uint64_t>(time.ns) - static_cast<std::uint64_t>(begin_.ns);
  while (since / static_cast<std::uint64_t>(interval_ns_) >= kMost) join_pairs();
  const std::size_t at = since / static_cast<std::uint64_t>(interval_ns_);
  used_ = std::max(used_, at + 1);
  ++intervals_[at].messages;
  intervals_[at].bytes += bytes;
}

void TimeSeries::join_pairs() {
  for (std::size_t i = 0; i < kMost; ++i) {
    const Interval one = intervals_[i];
    if (i % 2 == 0) {
      intervals_[i / 2] = one;
    } else {
      intervals_[i / 2].messages += one.messages;
      intervals_[i / 2].bytes += one.bytes;
    }
  }
  std::fill(intervals_.begin() + kMost / 2, intervals_.end(), Interval{});
  used_ = kMost / 2;  // at most: what is added next stands behind them
  interval_ns_ *= 2;
}

}  // namespace overhear
