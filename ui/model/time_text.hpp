// Times as the table shows them.
#pragma once

#include <optional>
#include <string>

#include "base/time.hpp"

namespace overhear {

// "0.001234": seconds since another time; "-0.5" before it.
std::string seconds_text(std::int64_t ns);
// "12:00:00.123456", UTC.
std::string clock_text(Timestamp time);
// "2026-11-20 12:00:00.123456789 UTC"
std::string full_time_text(Timestamp time);

}  // namespace overhear
