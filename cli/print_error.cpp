#include "cli/print_error.hpp"

#include <unistd.h>

#include <string>

#include "cli/exit_status.hpp"
#include "session/text/printable_text.hpp"

namespace overhear {

void put_error_text(std::string_view text) {
  // Nobody can be told that standard error is closed or full.
  (void)!::write(STDERR_FILENO, text.data(), text.size());
}

int print_error(const Error& error) {
  std::string line = "overhear: ";
  append_printable(line, error.message);
  line += '\n';
  put_error_text(line);
  return exit_status(error.kind);
}

}  // namespace overhear
