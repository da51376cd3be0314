// The exit status of every command.
#pragma once

#include "base/error.hpp"

namespace overhear {

inline constexpr int kExitDone = 0;         // also for a capture that is cut or damaged: that is a finding
inline constexpr int kExitFailed = 1;       // a check that was asked for failed
inline constexpr int kExitUsage = 2;        // the command line
inline constexpr int kExitInput = 3;        // an input could not be opened, is no capture, or was lost
inline constexpr int kExitEnvironment = 4;  // anything else outside: the output, a port, a display

constexpr int exit_status(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::Usage: return kExitUsage;
    case ErrorKind::Input: return kExitInput;
    case ErrorKind::Environment: return kExitEnvironment;
  }
  return kExitEnvironment;
}

}  // namespace overhear
