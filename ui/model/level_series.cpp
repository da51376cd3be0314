#include "ui/model/level_series.hpp"

#include <algorithm>

namespace overhear {

void LevelSeries::set(Timestamp time, std::uint64_t level) {
  if (used_ == 0) begin_ = time;
  const auto since = time <= begin_ ? 0 : static_cast<std::uint64_t>(time.ns) - static_cast<std::uint64_t>(begin_.ns);
  while (since / static_cast<std::uint64_t>(interval_ns_) >= kMost) join_pairs();
  const std::size_t at = since / static_cast<std::uint64_t>(interval_ns_);
  used_ = std::max(used_, at + 1);
  levels_[at] = level;
}

void LevelSeries::join_pairs() {
  for (std::size_t i = 0; i < kMost / 2; ++i) {
    levels_[i] = levels_[2 * i + 1] ? levels_[2 * i + 1] : levels_[2 * i];
  }
  std::fill(levels_.begin() + kMost / 2, levels_.end(), std::nullopt);
  used_ = (used_ + 1) / 2;
  interval_ns_ *= 2;
}

std::vector<double> LevelSeries::levels() const {
  std::vector<double> all;
  std::uint64_t level = 0;
  for (std::size_t i = 0; i < used_; ++i) {
    level = levels_[i].value_or(level);
    all.push_back(static_cast<double>(level));
  }
  return all;
}

}  // namespace overhear
