// overhear stats: a capture in numbers.
#pragma once

#include <CLI/CLI.hpp>
#include <cstddef>
#include <string>
#include <vector>

#include "cli/message_output.hpp"

namespace overhear {

struct StatsArguments {
  std::vector<std::string> files;  // positional
  bool as_json = false;
  std::size_t top = 10;
  OutputArguments output;  // of it -Y, -d, --keylog and -o
};

void add_stats_command(CLI::App& app, StatsArguments& arguments);
// The exit status; errors have been printed.
int run_stats(const StatsArguments& arguments);

}  // namespace overhear
