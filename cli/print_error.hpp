// What goes to standard error. Nothing here fails: a closed or full standard error is nobody's problem but its own.
#pragma once

#include <string_view>

#include "base/error.hpp"

namespace overhear {

// Text as it is.
void put_error_text(std::string_view text);
// One line, "overhear: …", safe for a terminal. Gives the exit status that goes with the error.
int print_error(const Error& error);

}  // namespace overhear
