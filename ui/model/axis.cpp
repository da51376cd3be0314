#include "ui/model/axis.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <string_view>

namespace overhear {
namespace {

constexpr double kSecondNs = 1e9;

// 1, 2 or 5 of a power of ten, at least so much.
double round_step(double least) {
  const double power = std::pow(10, std::floor(std::log10(std::max(least, 1e-300))));
  for (const double factor : {1.0, 2.0, 5.0}) {
    if (factor * power >= least * (1 - 1e-9)) return factor * power;
  }
  return 10 * power;
}

// Seconds come in dozens from a minute on.
double time_step(double least) {
  constexpr double kSteps[] = {1,   2,   5,    10,   15,   30,    60,    120,   300,
                               600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400};
  const double seconds = least / kSecondNs;
  if (seconds <= 0.5) return round_step(least);
  const auto* const found = std::ranges::lower_bound(kSteps, seconds);
  return kSecondNs * (found == std::end(kSteps) ? 86400 * round_step(seconds / 86400) : *found);
}

// Up to a minute as it is said, beyond in the largest unit of which the step is a whole number.
std::string duration_mark(double ns, double step) {
  struct Unit {
    double ns;
    std::string_view name;
  };
  constexpr Unit kUnits[] = {{86400e9, "d"}, {3600e9, "h"}, {60e9, "min"}, {1e9, "s"}, {1e6, "ms"}, {1e3, "µs"}};
  if (ns == 0) return "0";
  for (const Unit& unit : kUnits) {
    const double least = unit.ns > kSecondNs ? step : ns;
    if (least >= unit.ns * (1 - 1e-9)) return fmt::format("{:.6g}{}", ns / unit.ns, unit.name);
  }
  return fmt::format("{:.6g}ns", ns);
}

std::string count_mark(double count) {
  constexpr std::string_view kUnits[] = {"", "k", "M", "G", "T"};
  std::size_t unit = 0;
  for (; count >= 10'000 && unit + 1 < std::size(kUnits); ++unit) count /= 1000;
  return fmt::format("{:g}{}", count, kUnits[unit]);
}

std::string byte_mark(double bytes) {
  constexpr std::string_view kUnits[] = {" B", " KiB", " MiB", " GiB", " TiB"};
  if (bytes == 0) return "0";
  std::size_t unit = 0;
  for (; bytes >= 1024 && unit + 1 < std::size(kUnits); ++unit) bytes /= 1024;
  return fmt::format("{:g}{}", bytes, kUnits[unit]);
}

Axis stepped(double most, double step, std::string (*text)(double)) {
  const double count = std::max(1.0, std::ceil(most / step - 1e-9));
  Axis axis{.end = count * step, .marks = {}};
  for (double i = 0; i <= count; ++i) axis.marks.push_back({i / count, text(i * step)});
  return axis;
}

}  // namespace

Axis count_axis(double most, unsigned steps) {
  return stepped(most, std::max(1.0, round_step(most / steps)), count_mark);
}

Axis byte_axis(double most, unsigned steps) {
  return stepped(most, std::pow(2, std::ceil(std::log2(std::max(1.0, most / steps)) - 1e-9)), byte_mark);
}

Axis time_axis(double length, unsigned steps) {
  Axis axis{.end = std::max(1.0, length), .marks = {}};
  const double step = std::max(1.0, time_step(axis.end / steps));
  for (double at = 0; at <= axis.end * (1 + 1e-9); at += step) {
    axis.marks.push_back({at / axis.end, duration_mark(at, step)});
  }
  return axis;
}

Axis decade_axis(int first, int last) {
  Axis axis{.end = std::pow(10, last / 10.0), .marks = {}};
  const int length = std::max(1, last - first);
  for (int tenth = first; tenth <= last; ++tenth) {
    if (tenth % 10 != 0) continue;
    axis.marks.push_back({static_cast<double>(tenth - first) / length, duration_mark(std::pow(10, tenth / 10), 1)});
  }
  return axis;
}

}  // namespace overhear
