#include "cli/print_error.hpp"

#include <fmt/format.h>

#include <cstdio>

#include "cli/exit_status.hpp"
#include "cli/terminal.hpp"

namespace overhear {

int print_error(const Error& error) {
  std::string safe;
  append_printable(safe, error.message);
  fmt::print(stderr, "overhear: {}\n", safe);
  return exit_status(error.kind);
}

}  // namespace overhear
