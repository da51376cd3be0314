// Errors for people: one line on standard error, "overhear: …".
#pragma once

#include "base/error.hpp"

namespace overhear {

// Prints the error and gives the exit status that goes with it.
int print_error(const Error& error);

}  // namespace overhear
