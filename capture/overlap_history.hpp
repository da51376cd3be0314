// The last bytes that a stream delivered, kept to tell a retransmission from a forgery. Grows with what it is given.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "base/bytes.hpp"
#include "base/prefetch.hpp"

namespace overhear {

// What reassembly holds, all connections together.
struct ReassemblyMemory {
  std::size_t waiting = 0;  // bytes behind holes, with the cost of keeping them
  std::size_t history = 0;  // delivered bytes kept for comparison
};

class OverlapHistory {
 public:
  OverlapHistory() = default;
  OverlapHistory(OverlapHistory&&) = default;
  OverlapHistory& operator=(OverlapHistory&&) = default;

  // Remembers the last bytes: as many as the longest call had, since what is sent again are segments, some hundred at
  // least and `limit` at most. Allocates while `total` is below `total_limit`, and accounts for it there.
  void append(Bytes bytes, std::size_t limit, std::size_t& total, std::size_t total_limit);

  // Gets the memory that append() of so many bytes will write to into the cache.
  void prefetch(std::size_t count) const {
    for (std::size_t at = 0; at < count && end_ + at < capacity_; at += kCacheLine) {
      __builtin_prefetch(ring_.get() + end_ + at, 1);
    }
  }

  // The next byte does not follow the last.
  void forget() { size_ = 0; }
  void release(std::size_t& total);

  std::size_t size() const { return size_; }
  // Whether `bytes` equals what was delivered `distance` bytes before the end.
  // REQUIRES: bytes.size() <= distance <= size().
  bool equals(std::size_t distance, Bytes bytes) const;

 private:
  void grow(std::size_t wanted, std::size_t limit, std::size_t& total, std::size_t total_limit);

  std::unique_ptr<std::uint8_t[]> ring_;
  std::uint32_t capacity_ = 0;
  std::uint32_t size_ = 0;
  std::uint32_t end_ = 0;  // where the next byte goes
};

}  // namespace overhear
