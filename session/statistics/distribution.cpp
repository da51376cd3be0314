#include "session/statistics/distribution.hpp"

#include <algorithm>
#include <bit>
#include <cassert>

namespace overhear {
namespace {

constexpr unsigned kShift = 6;
constexpr std::uint64_t kBuckets = 1u << kShift;  // of each power of two from here on; below, each value has its own

std::size_t bucket_of(std::uint64_t value) {
  if (value < kBuckets) return value;
  const unsigned shift = static_cast<unsigned>(std::bit_width(value)) - 1 - kShift;
  return kBuckets * shift + (value >> shift);
}

std::int64_t middle_of(std::size_t bucket) {
  if (bucket < 2 * kBuckets) return static_cast<std::int64_t>(bucket);
  const unsigned shift = static_cast<unsigned>(bucket / kBuckets - 1);
  const std::uint64_t low = (kBuckets + bucket % kBuckets) << shift;
  return static_cast<std::int64_t>(low + (1ull << shift) / 2);
}

}  // namespace

void Distribution::add(std::int64_t added) {
  const std::int64_t value = std::max<std::int64_t>(0, added);
  const std::size_t bucket = bucket_of(static_cast<std::uint64_t>(value));
  if (bucket >= buckets_.size()) buckets_.resize(bucket + 1);
  ++buckets_[bucket];
  ++count_;
  sum_ += static_cast<std::uint64_t>(value);
  least_ = std::min(least_, value);
  greatest_ = std::max(greatest_, value);
}

std::int64_t Distribution::mean() const {
  assert(count_ > 0);
  return static_cast<std::int64_t>(sum_ / std::max<std::uint64_t>(1, count_));
}

std::uint64_t Distribution::rank(unsigned per_mille) const {
  assert(per_mille <= 1000);
  const unsigned __int128 product = static_cast<unsigned __int128>(count_) * per_mille;
  return std::max<std::uint64_t>(1, static_cast<std::uint64_t>((product + 999) / 1000));
}

std::int64_t Distribution::percentile(unsigned per_mille) const {
  assert(count_ > 0);
  const std::uint64_t wanted = rank(per_mille);
  if (wanted == count_) return greatest_;
  std::uint64_t seen = 0;
  for (std::size_t bucket = 0; bucket < buckets_.size(); ++bucket) {
    seen += buckets_[bucket];
    if (seen >= wanted) return std::clamp(middle_of(bucket), least_, greatest_);
  }
  return greatest_;
}

}  // namespace overhear
