// overhear intercept: decides what becomes of messages that `overhear proxy --intercept` holds.
#pragma once

#include <CLI/CLI.hpp>
#include <cstddef>
#include <string>

#include "cli/message_output.hpp"

namespace overhear {

struct InterceptArguments {
  std::string proxy;     // a port or the path of a socket; empty: the only one
  OutputArguments look;  // color, width, secrets
};

void add_intercept_command(CLI::App& app, InterceptArguments& arguments);
// The exit status; errors have been printed.
int run_intercept(const InterceptArguments& arguments);

}  // namespace overhear
