// Sequence numbers become 64-bit offsets once, on entry; nothing behind this file computes modulo 2^32.
#pragma once

#include <cstdint>
#include <limits>

#include "base/bytes.hpp"

namespace overhear {

// A place in a stream, in bytes from its first byte (the one behind the SYN, or the first that was seen). Bytes before
// that one have negative offsets.
using StreamOffset = std::int64_t;

constexpr StreamOffset size_of(Bytes bytes) {
  return static_cast<StreamOffset>(bytes.size());
}

inline constexpr StreamOffset kNoOffset = std::numeric_limits<StreamOffset>::max();

// The largest window that TCP can offer, RFC 7323, 2.3: no honest segment lies further from what its receiver expects.
inline constexpr StreamOffset kLargestWindow = StreamOffset{1} << 30;

// The offset of `sequence` that is nearest to `reference`, in a stream whose offset 0 has the number `base`
// (RFC 9293, 3.4). Exactly 2^31 away counts as behind.
constexpr StreamOffset unwrap(std::uint32_t sequence, std::uint32_t base, StreamOffset reference) {
  const std::uint32_t expected = base + static_cast<std::uint32_t>(reference);
  return reference + static_cast<std::int32_t>(sequence - expected);
}

}  // namespace overhear
