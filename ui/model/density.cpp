#include "ui/model/density.hpp"

#include <algorithm>

namespace overhear {
namespace {

void add(GravityCounts& to, const GravityCounts& counts) {
  for (std::size_t gravity = 0; gravity < kGravities; ++gravity) to[gravity] += counts[gravity];
}

}  // namespace

void Density::clear() {
  bins_.clear();
  width_ = 1;
}

void Density::widen_behind() {
  for (std::size_t i = 0; i < kBins / 2; ++i) {
    GravityCounts both = bins_[2 * i];
    overhear::add(both, bins_[2 * i + 1]);
    bins_[i] = both;
  }
  std::fill(bins_.begin() + kBins / 2, bins_.end(), GravityCounts{});
  width_ *= 2;
}

void Density::widen_before() {
  origin_ -= static_cast<std::int64_t>(kBins) * width_;
  widen_behind();
  std::rotate(bins_.begin(), bins_.begin() + kBins / 2, bins_.end());
}

void Density::add(std::int64_t time, std::size_t gravity) {
  time = bounded(time);
  if (bins_.empty()) {
    bins_.resize(kBins);
    origin_ = time;
  }
  while (time >= end()) widen_behind();
  while (time < origin_) widen_before();
  const std::int64_t bin = std::clamp<std::int64_t>((time - origin_) / width_, 0, kBins - 1);
  ++bins_[static_cast<std::size_t>(bin)][gravity];
}

std::vector<GravityCounts> Density::columns(const TimeWindow& window, std::size_t count) const {
  std::vector<GravityCounts> result(count);
  if (bins_.empty() || count == 0) return result;
  const double per_column = static_cast<double>(window.span()) / static_cast<double>(count);
  for (std::size_t i = 0; i < kBins; ++i) {
    if (bins_[i] == GravityCounts{}) continue;
    const std::int64_t begin = origin_ - window.begin + static_cast<std::int64_t>(i) * width_;
    const double first = static_cast<double>(begin) / per_column;
    const double last = static_cast<double>(begin + width_) / per_column;
    const bool is_wide = last - first > 1;
    const double from = is_wide ? first : (first + last) / 2;
    const double to = is_wide ? last - 1 : from;
    for (double column = std::max(from, 0.0); column <= to && column < static_cast<double>(count); ++column) {
      overhear::add(result[static_cast<std::size_t>(column)], bins_[i]);
    }
  }
  return result;
}

}  // namespace overhear
