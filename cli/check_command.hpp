// overhear check: judges a capture, or what a command says while it runs, for scripts and CI.
#pragma once

#include <CLI/CLI.hpp>
#include <cstddef>
#include <string>
#include <vector>

#include "cli/message_output.hpp"

namespace overhear {

struct CheckArguments {
  std::string file;                  // positional
  std::vector<std::string> command;  // what stands behind --
  std::string fail_on = "warning";
  std::vector<std::string> ignored;
  std::vector<std::string> budgets;
  std::size_t places = 5;
  // with a command
  std::string interface = "lo";
  std::string capture_filter;
  std::string record;      // -w
  OutputArguments output;  // of it the format, -Y, -d, --keylog, -o and --color
};

// `check … -- COMMAND ARGUMENTS`: takes the command and the dashes off the arguments, which CLI11 would read as ours.
std::vector<std::string> take_command(int& argc, char** argv);
CLI::App* add_check_command(CLI::App& app, CheckArguments& arguments);
// The exit status; errors have been printed.
int run_check(const CheckArguments& arguments, const CLI::App& given);

}  // namespace overhear
