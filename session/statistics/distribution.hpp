// How long things took (in nanoseconds) or how large they are (in bytes), in memory that does not grow with their
// number: each power of two is divided into 64 buckets, so that a percentile is at most 0.8 % from the true one. Count,
// least, greatest and mean are exact, and so are percentiles of less than 128.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace overhear {

class Distribution {
 public:
  // Less than nothing counts as nothing.
  void add(std::int64_t added);

  std::uint64_t count() const { return count_; }
  // REQUIRES: count() > 0.
  std::int64_t least() const { return least_; }
  std::int64_t greatest() const { return greatest_; }
  std::int64_t mean() const;
  // The nearest rank: what so many thousandths of the values do not exceed. REQUIRES: at most 1000.
  std::int64_t percentile(unsigned per_mille) const;
  // Which of the values in their order that is, from 1.
  std::uint64_t rank(unsigned per_mille) const;

 private:
  std::vector<std::uint64_t> buckets_;  // as far as there are values
  std::uint64_t count_ = 0;
  std::int64_t least_ = INT64_MAX;
  std::int64_t greatest_ = 0;
  unsigned __int128 sum_ = 0;
};

}  // namespace overhear
