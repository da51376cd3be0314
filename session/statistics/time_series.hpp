// How much there was over time, in at most 64 intervals of the same length, however long it goes on: where it goes
// beyond the last one, intervals are joined in pairs and each is twice as long. They begin at 1 ms.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "base/time.hpp"

namespace overhear {

class TimeSeries {
 public:
  struct Interval {
    std::uint64_t messages = 0;
    std::uint64_t bytes = 0;
  };
  static constexpr std::size_t kMost = 64;

  // The first call tells when it begins; what is of before then counts to the first interval.
  void add(Timestamp time, std::uint64_t bytes);

  // Up to the last one in which there was something.
  std::span<const Interval> intervals() const { return {intervals_.data(), used_}; }
  std::int64_t interval_ns() const { return interval_ns_; }
  Timestamp begin() const { return begin_; }

 private:
  void join_pairs();

  std::array<Interval, kMost> intervals_{};
  std::size_t used_ = 0;
  std::int64_t interval_ns_ = kSecond / 1000;
  Timestamp begin_;
};

}  // namespace overhear
