// Chance that is the same on every run and every machine: what is drawn follows from a few numbers that name the place
// where it is drawn. (splitmix64, by Sebastiano Vigna.)
#pragma once

#include <cstdint>
#include <initializer_list>

namespace overhear {

class Dice {
 public:
  // Two dice of the same place roll the same.
  explicit Dice(std::initializer_list<std::uint64_t> place) {
    for (const std::uint64_t number : place) state_ = mix(state_ + number + kStep);
  }

  std::uint64_t roll() { return mix(state_ += kStep); }
  // REQUIRES: end > 0.
  std::uint64_t below(std::uint64_t end) { return below(roll(), end); }
  bool has(double probability) { return static_cast<double>(roll() >> 11) * 0x1p-53 < probability; }
  // Anything from `middle - around` to `middle + around`. REQUIRES: around <= middle.
  std::uint64_t near(std::uint64_t middle, std::uint64_t around) { return middle - around + below(2 * around + 1); }
  // The same, but always the same for one position, whatever was drawn before.
  std::uint64_t below_at(std::uint64_t position, std::uint64_t end) const {
    return below(mix(state_ ^ mix(position + kStep)), end);
  }

 private:
  static constexpr std::uint64_t kStep = 0x9e3779b97f4a7c15;

  static std::uint64_t mix(std::uint64_t number) {
    number = (number ^ (number >> 30)) * 0xbf58476d1ce4e5b9;
    number = (number ^ (number >> 27)) * 0x94d049bb133111eb;
    return number ^ (number >> 31);
  }
  static std::uint64_t below(std::uint64_t number, std::uint64_t end) { return number % end; }

  std::uint64_t state_ = 0;
};

}  // namespace overhear
