#include "cli/print_output.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "cli/exit_status.hpp"
#include "cli/print_error.hpp"

namespace overhear {

int check_output(const Output& output, std::string_view name) {
  if (output.error() == 0 || output.error() == EPIPE) return kExitDone;
  return print_error({ErrorKind::Environment,
                      fmt::format("{}: {}", name == "-" ? "standard output" : name, std::strerror(output.error()))});
}

int print_output(std::string_view text) {
  Output output(STDOUT_FILENO);
  output.buffer() += text;
  output.flush();
  return check_output(output, "-");
}

}  // namespace overhear
