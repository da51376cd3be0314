// How many things happened when, by gravity, over a stretch of time that grows with them: a fixed number of bins whose
// width doubles when one comes that has no place, so that adding one costs next to nothing.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "ui/model/time_window.hpp"

namespace overhear {

// Nothing found, a note, a warning, an error.
inline constexpr std::size_t kGravities = 4;
using GravityCounts = std::array<std::uint32_t, kGravities>;

class Density {
 public:
  static constexpr std::size_t kBins = 8192;

  void clear();
  void add(std::int64_t time, std::size_t gravity);
  bool is_empty() const { return bins_.empty(); }

  // How many in each of so many columns of a window. A bin counts for the column that its middle is in; where bins are
  // wider than columns, for all that it covers.
  std::vector<GravityCounts> columns(const TimeWindow& window, std::size_t count) const;

 private:
  void widen_behind();
  void widen_before();
  std::int64_t end() const { return origin_ + static_cast<std::int64_t>(kBins) * width_; }

  std::int64_t origin_ = 0;
  std::int64_t width_ = 1;  // of a bin, ns
  std::vector<GravityCounts> bins_;
};

}  // namespace overhear
