// overhear view: the window, which is a program of its own (overhear-view), so that this one needs no graphics.
#pragma once

#include <CLI/CLI.hpp>
#include <optional>

namespace overhear {

void add_view_command(CLI::App& app);
// `overhear view ARGUMENTS...` becomes overhear-view with those, which knows what they mean. The exit status where that
// cannot be run; nothing where another command was named.
std::optional<int> run_view(int argc, char** argv);

}  // namespace overhear
