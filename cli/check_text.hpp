// A check for people: findings by code, gravest first, with where they are; then budgets, then the verdict.
//
//   ✗ app.message_limit  2 errors  a message over the limit was cut
//       1.13    0.402412  packets 41 42  client  create_room
#pragma once

#include <cstddef>
#include <string>

#include "session/check/check_report.hpp"

namespace overhear {

// Safe for a terminal, in lines of at most so many columns where words allow it.
std::string describe_check(const CheckReport& report, std::size_t width, bool with_color);

}  // namespace overhear
