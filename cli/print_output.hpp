// Standard output for commands that have all of their text at once, and what becomes of any output.
#pragma once

#include <string_view>

#include "session/export/output.hpp"

namespace overhear {

// The exit status that goes with the output to `name` ("-" is standard output); an error has been printed. A reader
// that went away is none.
int check_output(const Output& output, std::string_view name);
// Writes all of it to standard output, and checks that.
int print_output(std::string_view text);

}  // namespace overhear
