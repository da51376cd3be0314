#include "ui/model/time_window.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "base/time.hpp"

namespace overhear {
namespace {

constexpr std::int64_t kMinute = 60 * kSecond;
constexpr std::int64_t kHour = 60 * kMinute;
constexpr std::int64_t kDay = 24 * kHour;
constexpr double kRoom = 0.02;       // at each side of everything
constexpr double kShownRoom = 0.08;  // beside what is to be in sight

struct Unit {
  std::int64_t ns;
  const char* name;
};
constexpr Unit kUnits[] = {{1, "ns"}, {1'000, "µs"}, {1'000'000, "ms"}, {kSecond, "s"}};

int places(std::int64_t step, std::int64_t unit) {
  int count = 0;
  for (; unit > step && count < 9; unit /= 10) ++count;
  return count;
}

std::string clock(std::int64_t ns, std::int64_t step) {
  const std::int64_t size = std::abs(ns);
  const char* const sign = ns < 0 ? "-" : "";
  const std::int64_t seconds = size % kMinute / kSecond;
  std::string text = size >= kHour
                         ? fmt::format("{}{}:{:02}:{:02}", sign, size / kHour, size % kHour / kMinute, seconds)
                         : fmt::format("{}{}:{:02}", sign, size / kMinute, seconds);
  const int digits = places(step, kSecond);
  if (digits > 0) text += fmt::format("{:.{}f}", static_cast<double>(size % kSecond) / 1e9, digits).substr(1);
  return text;
}

}  // namespace

TimeWindow window_around(std::int64_t first, std::int64_t last) {
  constexpr std::int64_t kOfOneMoment = 1'000'000;
  const std::int64_t span = std::max<std::int64_t>(last - first, 0);
  const std::int64_t room = span == 0 ? kOfOneMoment : static_cast<std::int64_t>(static_cast<double>(span) * kRoom);
  return {first - std::max(room, kLeastSpan), first + span + std::max(room, kLeastSpan)};
}

TimeWindow clamped(TimeWindow window, const TimeWindow& whole) {
  const std::int64_t span = std::clamp(window.span(), std::min(kLeastSpan, whole.span()), whole.span());
  window.begin = std::clamp(window.begin, whole.begin, whole.end - span);
  window.end = window.begin + span;
  return window;
}

TimeWindow zoomed(const TimeWindow& window, const TimeWindow& whole, double fraction, double factor) {
  const double span = std::clamp(static_cast<double>(window.span()) * factor, static_cast<double>(kLeastSpan),
                                 static_cast<double>(whole.span()));
  const double fixed = static_cast<double>(window.span()) * fraction;
  TimeWindow result;
  result.begin = window.begin + static_cast<std::int64_t>(std::llround(fixed - span * fraction));
  result.end = result.begin + static_cast<std::int64_t>(std::llround(span));
  return clamped(result, whole);
}

TimeWindow panned(const TimeWindow& window, const TimeWindow& whole, std::int64_t by) {
  const std::int64_t most = whole.span();
  by = std::clamp(by, -most, most);
  return clamped({window.begin + by, window.end + by}, whole);
}

TimeWindow showing(const TimeWindow& window, const TimeWindow& whole, std::int64_t time) {
  const auto room = static_cast<std::int64_t>(static_cast<double>(window.span()) * kShownRoom);
  if (time < window.begin) return panned(window, whole, time - room - window.begin);
  if (time > window.end) return panned(window, whole, time + room - window.end);
  return window;
}

std::int64_t axis_step(std::int64_t span, double most) {
  const double least = static_cast<double>(span) / std::max(most, 1.0);
  for (std::int64_t power = 1; power <= 10 * kSecond; power *= 10) {
    for (const std::int64_t round : {1, 2, 5}) {
      if (round * power <= 10 * kSecond && static_cast<double>(round * power) >= least) return round * power;
    }
  }
  constexpr std::int64_t kClock[] = {15 * kSecond, 30 * kSecond, kMinute,   2 * kMinute, 5 * kMinute, 10 * kMinute,
                                     30 * kMinute, kHour,        2 * kHour, 6 * kHour,   12 * kHour,  kDay};
  for (const std::int64_t step : kClock) {
    if (static_cast<double>(step) >= least) return step;
  }
  std::int64_t days = 1;
  while (static_cast<double>(days) * static_cast<double>(kDay) < least && days < 100'000) days *= 10;
  return days * kDay;
}

std::string axis_text(std::int64_t ns, std::int64_t step, std::int64_t largest) {
  if (ns == 0) return "0";
  if (std::abs(largest) >= 2 * kMinute) return clock(ns, step);
  Unit unit = kUnits[0];
  for (const Unit& other : kUnits) {
    if (std::abs(largest) >= other.ns) unit = other;
  }
  return fmt::format("{:.{}f} {}", static_cast<double>(ns) / static_cast<double>(unit.ns), places(step, unit.ns),
                     unit.name);
}

}  // namespace overhear
