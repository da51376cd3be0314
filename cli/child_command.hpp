// A command that runs beside us with our standard streams, as a shell would run it: it has the signals and the rights
// that we were started with, and nothing that we open. Signals that reach us alone are handed on to it; those that the
// terminal sends it has got by itself.
#pragma once

#include <sys/types.h>

#include <expected>
#include <memory>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "cli/interrupt.hpp"

namespace overhear {

class ChildCommand {
 public:
  // Makes the process, which waits for start(). To be called while there is one thread, nothing is open that the
  // command must not have, and no right has been given up. From here on SIGINT and SIGTERM do not end us.
  static std::expected<std::unique_ptr<ChildCommand>, Error> prepare(const std::vector<std::string>& arguments);
  // One that was not started never runs.
  ~ChildCommand();
  ChildCommand(const ChildCommand&) = delete;

  // Runs it. An error, as errno, where it cannot be run; status() is then what a shell says about that.
  int start();

  // Until `descriptor` (or none: -1) has something to read, `milliseconds` are over, or the command has ended
  // (Interrupted; from then on at once).
  Wait wait(int descriptor, int milliseconds);

  // Behind its end: its exit status, or 128 and the signal that ended it.
  int status() const { return status_; }

 private:
  ChildCommand(pid_t process, int go, int failure, int signals)
      : process_(process), go_(go), failure_(failure), signals_(signals) {}

  void take_signals();
  void look_for_end(int options);

  pid_t process_;
  int go_;       // written to: it may run
  int failure_;  // read from: why it could not
  int signals_;
  bool has_ended_ = false;
  int status_ = 0;
};

}  // namespace overhear
