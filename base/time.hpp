// Time on the road: nanoseconds since the epoch, always taken from the data and never from a clock.
#pragma once

#include <compare>
#include <cstdint>

namespace overhear {

struct Timestamp {
  std::int64_t ns = 0;  // since 1970-01-01T00:00:00Z

  friend constexpr auto operator<=>(Timestamp, Timestamp) = default;
  // Difference in nanoseconds.
  friend constexpr std::int64_t operator-(Timestamp a, Timestamp b) { return a.ns - b.ns; }
};

inline constexpr std::int64_t kSecond = 1'000'000'000;

// Where in the input something stood: which packet carried it and when it became known.
struct Stamp {
  Timestamp time;            // of the packet that made the bytes available in order
  std::uint64_t packet = 0;  // 1-based number of the packet that carried them; 0 where there are no packets
  bool is_ahead = false;     // what the other side said before it, as its own acknowledgment tells, has not come (yet)
};

}  // namespace overhear
