// Seeded pseudo-random numbers (SplitMix64, Steele et al. 2014). The same seed gives the same capture on every machine,
// which the distributions of <random> do not promise.
#pragma once

#include <cstdint>

namespace overhear::bench {

class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}

  std::uint64_t next() {
    state_ += 0x9e3779b97f4a7c15u;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
  }

  // 0 <= result < bound. REQUIRES: bound > 0.
  std::uint32_t below(std::uint32_t bound) { return static_cast<std::uint32_t>(((next() >> 32) * bound) >> 32); }

  // low <= result <= high.
  std::uint32_t between(std::uint32_t low, std::uint32_t high) { return low + below(high - low + 1); }

  bool one_in(std::uint32_t n) { return below(n) == 0; }

  // Draws nothing at probability 0, so that an unused disturbance leaves the rest of the capture as it was.
  bool chance(double probability) {
    return probability > 0 && static_cast<double>(next() >> 11) * 0x1.0p-53 < probability;
  }

  // An independent sequence, named by `label`.
  Random fork(std::uint64_t label) const {
    Random child(state_ ^ (label * 0xd6e8feb86659fd93u));
    child.next();
    return child;
  }

 private:
  std::uint64_t state_;
};

}  // namespace overhear::bench
