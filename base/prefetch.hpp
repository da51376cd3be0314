// Where memory is scattered over many connections, fetching an object's lines at once costs one wait instead of many.
#pragma once

#include <cstddef>

namespace overhear {

inline constexpr std::size_t kCacheLine = 64;

// Any address will do, also a null or wrong one.
inline void prefetch(const void* address, std::size_t bytes) {
  const auto* const from = static_cast<const char*>(address);
  for (std::size_t at = 0; at < bytes; at += kCacheLine) __builtin_prefetch(from + at);
}

}  // namespace overhear
