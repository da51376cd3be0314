#include "capture/overlap_history.hpp"

#include <algorithm>
#include <bit>
#include <cassert>
#include <cstring>
#include <utility>

namespace overhear {

namespace {

// Most chat consists of small segments: a thousand connections should not write over a thousand full rings in turn,
// which no cache holds.
constexpr std::size_t kSmallestRing = 512;

}  // namespace

void OverlapHistory::grow(std::size_t wanted, std::size_t limit, std::size_t& total, std::size_t total_limit) {
  const std::size_t capacity = std::min(limit, std::max(kSmallestRing, std::bit_ceil(wanted)));
  if (capacity <= capacity_ || total + (capacity - capacity_) > total_limit) return;
  auto ring = std::make_unique_for_overwrite<std::uint8_t[]>(capacity);
  const std::uint32_t tail = std::min(size_, end_);
  if (size_ != 0) {
    std::memcpy(ring.get(), ring_.get() + capacity_ - (size_ - tail), size_ - tail);
    std::memcpy(ring.get() + (size_ - tail), ring_.get() + end_ - tail, tail);
  }
  total += capacity - capacity_;
  ring_ = std::move(ring);
  capacity_ = static_cast<std::uint32_t>(capacity);
  end_ = size_;
}

void OverlapHistory::append(Bytes bytes, std::size_t limit, std::size_t& total, std::size_t total_limit) {
  if (bytes.empty()) return;
  if (bytes.size() > capacity_ && capacity_ < limit) grow(bytes.size(), limit, total, total_limit);
  if (capacity_ == 0) return;
  const auto count = static_cast<std::uint32_t>(std::min<std::size_t>(bytes.size(), capacity_));
  const std::uint8_t* from = bytes.data() + (bytes.size() - count);
  const std::uint32_t first = std::min(count, capacity_ - end_);
  std::memcpy(ring_.get() + end_, from, first);
  std::memcpy(ring_.get(), from + first, count - first);
  end_ = first == count ? end_ + first : count - first;
  size_ = std::min(capacity_, size_ + count);
}

void OverlapHistory::release(std::size_t& total) {
  total -= capacity_;
  ring_.reset();
  capacity_ = size_ = end_ = 0;
}

bool OverlapHistory::equals(std::size_t distance, Bytes bytes) const {
  assert(distance <= size_ && bytes.size() <= distance);
  if (distance > size_ || bytes.size() > distance || bytes.empty()) return bytes.empty();
  const std::size_t at = end_ >= distance ? end_ - distance : end_ + capacity_ - distance;
  const std::size_t first = std::min(bytes.size(), capacity_ - at);
  return std::memcmp(ring_.get() + at, bytes.data(), first) == 0 &&
         (first == bytes.size() || std::memcmp(ring_.get(), bytes.data() + first, bytes.size() - first) == 0);
}

}  // namespace overhear
