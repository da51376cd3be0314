#include "cli/interrupt.hpp"

#include <poll.h>

#include <csignal>
#include <initializer_list>

namespace overhear {
namespace {

volatile std::sig_atomic_t has_come = 0;
bool is_caught = false;

void note(int) {
  has_come = 1;
}

}  // namespace

void catch_interrupts() {
  struct sigaction action{};
  action.sa_handler = note;
  sigset_t caught;
  sigemptyset(&caught);
  for (const int signal : {SIGINT, SIGTERM}) {
    sigaction(signal, &action, nullptr);
    sigaddset(&caught, signal);
  }
  // Delivered in ppoll() alone: none is missed between a look at the flag and the wait.
  sigprocmask(SIG_BLOCK, &caught, nullptr);
  is_caught = true;
}

bool was_interrupted() {
  return is_caught && wait_for_input(-1, 0) == Wait::Interrupted;
}

Wait wait_for_input(int descriptor, int milliseconds) {
  sigset_t none;
  sigemptyset(&none);
  pollfd input{.fd = descriptor, .events = POLLIN, .revents = 0};
  const timespec limit{.tv_sec = milliseconds / 1000, .tv_nsec = milliseconds % 1000 * 1'000'000L};
  const int ready = ::ppoll(&input, 1, &limit, &none);
  if (has_come != 0) return Wait::Interrupted;
  return ready > 0 ? Wait::Input : Wait::Nothing;
}

}  // namespace overhear
