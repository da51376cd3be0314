// overhear check: judges a capture, or what a command says while it runs, for scripts and CI.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "cli/check_run.hpp"

namespace overhear {

// `check … -- COMMAND ARGUMENTS`: takes the command and the dashes off the arguments, which CLI11 would read as ours.
std::vector<std::string> take_command(int& argc, char** argv);
CLI::App* add_check_command(CLI::App& app, CheckArguments& arguments);
// The exit status; errors have been printed.
int run_check(const CheckArguments& arguments, const CLI::App& given);

}  // namespace overhear
