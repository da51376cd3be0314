// Where memory is scattered over many connections, fetching an object's lines at once costs one wait instead of many,
// and fetching them before they are needed costs none. fetch_ahead(step) of whoever belongs to a connection does so for
// what its next bytes will touch. Steps are counted from 0 on and some time apart: each follows pointers into what the
// step before has fetched.
#pragma once

#include <cstddef>

namespace overhear {

inline constexpr std::size_t kCacheLine = 64;

// Any address will do, also a null or wrong one.
inline void prefetch(const void* address, std::size_t bytes) {
  const auto* const from = static_cast<const char*>(address);
  for (std::size_t at = 0; at < bytes; at += kCacheLine) __builtin_prefetch(from + at);
  // GCC takes a function that does nothing but this for one without effect, and leaves out its calls.
  asm volatile("");
}

}  // namespace overhear
