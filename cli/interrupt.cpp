#include "cli/interrupt.hpp"

#include <poll.h>
#include <unistd.h>

#include <csignal>
#include <ctime>
#include <initializer_list>
#include <string_view>
#include <thread>

#include "cli/exit_status.hpp"

namespace overhear {
namespace {

volatile std::sig_atomic_t has_come = 0;
bool is_caught = false;
bool ends_at_second = false;
std::time_t first = 0;

std::time_t seconds() {
  timespec time{};
  ::clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec;
}

// Some send one signal twice (timeout, to the program and its group).
void note(int) {
  if (has_come == 0) first = seconds();
  if (has_come != 0 && ends_at_second && seconds() > first) {
    constexpr std::string_view kText = "overhear: ended at once, by a second signal: the output is cut\n";
    (void)!::write(STDERR_FILENO, kText.data(), kText.size());
    ::_exit(kExitEnvironment);
  }
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

void end_at_second_interrupt() {
  ends_at_second = true;
  std::thread([] {
    sigset_t none;
    sigemptyset(&none);
    while (true) ::ppoll(nullptr, 0, nullptr, &none);
  }).detach();
}

bool was_interrupted() {
  return is_caught && wait_for_input(-1, 0) == Wait::Interrupted;
}

Wait wait_for_input(int descriptor, int milliseconds) {
  pollfd input{.fd = descriptor, .events = POLLIN, .revents = 0};
  return wait_for_any({&input, 1}, milliseconds);
}

Wait wait_for_any(std::span<pollfd> descriptors, int milliseconds) {
  sigset_t none;
  sigemptyset(&none);
  const timespec limit{.tv_sec = milliseconds / 1000, .tv_nsec = milliseconds % 1000 * 1'000'000L};
  const int ready = ::ppoll(descriptors.data(), descriptors.size(), milliseconds < 0 ? nullptr : &limit, &none);
  if (has_come != 0) return Wait::Interrupted;
  return ready > 0 ? Wait::Input : Wait::Nothing;
}

}  // namespace overhear
