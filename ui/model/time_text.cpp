#include "ui/model/time_text.hpp"

#include <fmt/format.h>

#include <chrono>

namespace overhear {
namespace {

struct Parts {
  std::chrono::year_month_day date;
  std::chrono::hh_mm_ss<std::chrono::nanoseconds> time;
};

Parts parts_of(Timestamp time) {
  const std::chrono::sys_time<std::chrono::nanoseconds> at{std::chrono::nanoseconds(time.ns)};
  const auto day = std::chrono::floor<std::chrono::days>(at);
  return {std::chrono::year_month_day(day), std::chrono::hh_mm_ss<std::chrono::nanoseconds>(at - day)};
}

}  // namespace

std::string seconds_text(std::int64_t ns) {
  const std::uint64_t size = ns < 0 ? 0 - static_cast<std::uint64_t>(ns) : static_cast<std::uint64_t>(ns);
  return fmt::format("{}{}.{:06}", ns < 0 ? "-" : "", size / kSecond, size % kSecond / 1000);
}

std::string clock_text(Timestamp time) {
  const auto clock = parts_of(time).time;
  return fmt::format("{:02}:{:02}:{:02}.{:06}", clock.hours().count(), clock.minutes().count(), clock.seconds().count(),
                     clock.subseconds().count() / 1000);
}

std::string full_time_text(Timestamp time) {
  const Parts parts = parts_of(time);
  return fmt::format("{}-{:02}-{:02} {:02}:{:02}:{:02}.{:09} UTC", static_cast<int>(parts.date.year()),
                     static_cast<unsigned>(parts.date.month()), static_cast<unsigned>(parts.date.day()),
                     parts.time.hours().count(), parts.time.minutes().count(), parts.time.seconds().count(),
                     parts.time.subseconds().count());
}

}  // namespace overhear
