// A failure of the environment (not of the traffic: that is a Finding). One sentence that names the thing and the mend.
// What it quotes (a file's name, its first bytes) is as it came: who prints it makes it printable.
#pragma once

#include <cstdint>
#include <string>

namespace overhear {

enum class ErrorKind : std::uint8_t {
  Usage,        // exit status 2
  Input,        // could not be opened, is no capture, was lost: exit status 3
  Environment,  // output, port, upstream, display: exit status 4
};

struct [[nodiscard]] Error {
  ErrorKind kind = ErrorKind::Environment;
  std::string message;
};

}  // namespace overhear
