#include "cli/child_command.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <initializer_list>

namespace overhear {
namespace {

// What shells say.
constexpr int kCannotRun = 126;
constexpr int kNotFound = 127;
constexpr int kSignalled = 128;

struct Pipe {
  int reads = -1;
  int writes = -1;
};

// In the new process, which has one thread: waits until it may, and becomes the command.
[[noreturn]] void become(const std::vector<std::string>& arguments, int go, int failure, const sigset_t& mask) {
  char may_run = 0;
  ssize_t got = 0;
  ::sigprocmask(SIG_SETMASK, &mask, nullptr);
  std::signal(SIGPIPE, SIG_DFL);
  do got = ::read(go, &may_run, 1);
  while (got < 0 && errno == EINTR);
  if (got != 1) ::_exit(0);
  std::vector<char*> pointers;
  for (const std::string& argument : arguments) pointers.push_back(const_cast<char*>(argument.c_str()));
  pointers.push_back(nullptr);
  ::execvp(pointers.front(), pointers.data());
  const int why = errno;
  (void)!::write(failure, &why, sizeof why);
  ::_exit(kNotFound);
}

Error failed(std::string_view what) {
  return {ErrorKind::Environment, fmt::format("cannot {}: {}", what, std::strerror(errno))};
}

bool open_pipe(Pipe& pipe) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return false;
  pipe = {ends[0], ends[1]};
  return true;
}

}  // namespace

std::expected<std::unique_ptr<ChildCommand>, Error> ChildCommand::prepare(const std::vector<std::string>& arguments) {
  sigset_t ours;
  sigset_t before;
  sigemptyset(&ours);
  for (const int signal : {SIGINT, SIGTERM, SIGCHLD}) sigaddset(&ours, signal);
  ::sigprocmask(SIG_BLOCK, &ours, &before);
  std::signal(SIGCHLD, SIG_DFL);  // where it is ignored nobody learns how a command ended
  Pipe go;
  Pipe failure;
  const int signals = ::signalfd(-1, &ours, SFD_CLOEXEC | SFD_NONBLOCK);
  if (signals < 0 || !open_pipe(go) || !open_pipe(failure)) return std::unexpected(failed("make a pipe"));
  const pid_t process = ::fork();
  if (process < 0) return std::unexpected(failed("make a process"));
  if (process == 0) {
    ::close(go.writes);  // else it would wait for itself
    become(arguments, go.reads, failure.writes, before);
  }
  ::close(go.reads);
  ::close(failure.writes);
  return std::unique_ptr<ChildCommand>(new ChildCommand(process, go.writes, failure.reads, signals));
}

ChildCommand::~ChildCommand() {
  if (go_ >= 0) ::close(go_);
  if (!has_ended_) look_for_end(0);
  ::close(failure_);
  ::close(signals_);
}

int ChildCommand::start() {
  (void)!::write(go_, "", 1);
  ::close(go_);
  go_ = -1;
  int why = 0;
  ssize_t got = 0;
  do got = ::read(failure_, &why, sizeof why);
  while (got < 0 && errno == EINTR);
  if (got != sizeof why) return 0;  // closed by the exec
  look_for_end(0);
  status_ = why == ENOENT ? kNotFound : kCannotRun;
  return why;
}

Wait ChildCommand::wait(int descriptor, int milliseconds) {
  if (has_ended_) return Wait::Interrupted;
  std::array<pollfd, 2> inputs{pollfd{.fd = descriptor, .events = POLLIN, .revents = 0},
                               pollfd{.fd = signals_, .events = POLLIN, .revents = 0}};
  (void)::poll(inputs.data(), inputs.size(), milliseconds);
  if (inputs[1].revents != 0) take_signals();
  if (has_ended_) return Wait::Interrupted;
  return inputs[0].revents != 0 ? Wait::Input : Wait::Nothing;
}

void ChildCommand::take_signals() {
  signalfd_siginfo info{};
  while (::read(signals_, &info, sizeof info) == sizeof info) {
    const int signal = static_cast<int>(info.ssi_signo);
    const bool is_by_terminal = info.ssi_code > 0;  // by the kernel, to the whole group
    if (signal != SIGCHLD && !is_by_terminal && !has_ended_) ::kill(process_, signal);
    if (signal == SIGCHLD) look_for_end(WNOHANG);
  }
}

void ChildCommand::look_for_end(int options) {
  int status = 0;
  pid_t ended = 0;
  do ended = ::waitpid(process_, &status, options);
  while (ended < 0 && errno == EINTR);
  if (ended == 0) return;
  has_ended_ = true;
  if (ended != process_) return;
  status_ = WIFSIGNALED(status) ? kSignalled + WTERMSIG(status) : WEXITSTATUS(status);
}

}  // namespace overhear
