// Statistics for people: totals, a row of bars over time, then tables with what there is most of.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "session/statistics/statistics.hpp"

namespace overhear {

struct StatsTextOptions {
  std::size_t top = 10;     // lines of each table
  std::size_t width = 100;  // names give way where there is less
  bool with_color = false;
};

// Safe for a terminal.
std::string describe_statistics(const Statistics& statistics, std::string_view source, const StatsTextOptions& options);

}  // namespace overhear
