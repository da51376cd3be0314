#include "cli/bars.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>

#include "base/time.hpp"

namespace overhear {
namespace {

constexpr std::array<std::string_view, 9> kAcross{"", "▏", "▎", "▍", "▌", "▋", "▊", "▉", "█"};
constexpr std::array<std::string_view, 9> kUpright{" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};

struct Unit {
  std::string_view name;
  std::uint64_t size;
};
constexpr std::array<Unit, 4> kDurations{Unit{"ns", 1}, Unit{"µs", 1000}, Unit{"ms", 1'000'000}, Unit{"s", kSecond}};
constexpr std::array<Unit, 5> kBytes{Unit{" B", 1}, Unit{" kB", 1000}, Unit{" MB", 1'000'000},
                                     Unit{" GB", 1'000'000'000}, Unit{" TB", 1'000'000'000'000}};
constexpr std::array<Unit, 4> kCounts{Unit{"", 1}, Unit{"k", 1000}, Unit{"M", 1'000'000}, Unit{"G", 1'000'000'000}};

// In the greatest unit of which there is one; below ten of a unit with a decimal, cut.
std::string in_units(std::uint64_t value, std::span<const Unit> units) {
  const Unit* unit = &units.front();
  for (const Unit& next : units) {
    if (value >= next.size) unit = &next;
  }
  const std::uint64_t whole = value / unit->size;
  if (whole >= 10 || unit->size == 1) return fmt::format("{}{}", whole, unit->name);
  return fmt::format("{}.{}{}", whole, value / (unit->size / 10) % 10, unit->name);
}

// Of `steps` those that the value fills; one at least, where there is anything.
std::size_t filled(std::uint64_t value, std::uint64_t most, std::size_t steps) {
  if (value == 0 || most == 0) return 0;
  const double part = static_cast<double>(std::min(value, most)) / static_cast<double>(most);
  return std::max<std::size_t>(1, static_cast<std::size_t>(std::lround(part * static_cast<double>(steps))));
}

}  // namespace

std::string short_duration(std::int64_t ns) {
  return in_units(static_cast<std::uint64_t>(std::max<std::int64_t>(0, ns)), kDurations);
}

std::string short_bytes(std::uint64_t bytes) {
  return in_units(bytes, kBytes);
}

std::string short_count(std::int64_t count) {
  return in_units(static_cast<std::uint64_t>(std::max<std::int64_t>(0, count)), kCounts);
}

std::string bar(std::uint64_t value, std::uint64_t most, std::size_t width) {
  const std::size_t eighths = filled(value, most, 8 * width);
  std::string out;
  for (std::size_t i = 0; i < eighths / 8; ++i) out += kAcross.back();
  out += kAcross[eighths % 8];
  return out;
}

std::string bar_row(std::span<const std::uint64_t> values) {
  std::uint64_t most = 0;
  for (const std::uint64_t value : values) most = std::max(most, value);
  std::string out;
  for (const std::uint64_t value : values) out += kUpright[filled(value, most, 8)];
  return out;
}

}  // namespace overhear
