// How many there were over time, where what is told is when that changes: in at most 128 intervals of the same length,
// each with what it was at its end. Where it goes beyond the last one, they are joined in pairs.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/time.hpp"

namespace overhear {

class LevelSeries {
 public:
  static constexpr std::size_t kMost = 128;

  // From this time on. What is of before the first call counts to the first interval.
  void set(Timestamp time, std::uint64_t level);

  std::vector<double> levels() const;
  std::int64_t interval_ns() const { return interval_ns_; }
  Timestamp begin() const { return begin_; }

 private:
  void join_pairs();

  std::array<std::optional<std::uint64_t>, kMost> levels_{};
  std::size_t used_ = 0;
  std::int64_t interval_ns_ = kSecond / 1000;
  Timestamp begin_;
};

}  // namespace overhear
