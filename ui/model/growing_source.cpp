#include "ui/model/growing_source.hpp"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/eventfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <filesystem>
#include <system_error>
#include <utility>

extern char** environ;

namespace overhear {
namespace {

std::string reason(int error) {
  return std::generic_category().message(error);
}

// The last line of what a program complained about, without its own name in front.
std::string last_line(std::string text) {
  while (text.ends_with('\n')) text.pop_back();
  text.erase(0, text.rfind('\n') + 1);
  constexpr std::string_view kName = "overhear: ";
  return text.starts_with(kName) ? text.substr(kName.size()) : text;
}

// Gives 0, or the error.
int spawn(const std::vector<std::string>& command, int output, int complaints, pid_t& process) {
  std::vector<char*> arguments;
  for (const std::string& argument : command) arguments.push_back(const_cast<char*>(argument.c_str()));  // POSIX
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
  ::posix_spawn_file_actions_adddup2(&actions, complaints, STDERR_FILENO);
  const int error = ::posix_spawnp(&process, arguments[0], &actions, nullptr, arguments.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  return error;
}

}  // namespace

std::string overhear_program() {
  std::error_code failed;
  const auto own = std::filesystem::read_symlink("/proc/self/exe", failed);
  const auto beside = own.parent_path() / "overhear";
  return !failed && ::access(beside.c_str(), X_OK) == 0 ? beside.string() : "overhear";
}

std::expected<std::shared_ptr<GrowingSource>, Error> GrowingSource::standard_input() {
  auto file = HiddenFile::make();
  if (!file) return std::unexpected(file.error());
  auto complaints = HiddenFile::make();
  if (!complaints) return std::unexpected(complaints.error());
  const int input = ::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
  return std::shared_ptr<GrowingSource>(
      new GrowingSource(std::move(*file), std::move(*complaints), input, -1, "standard input"));
}

std::expected<std::shared_ptr<GrowingSource>, Error> GrowingSource::program(const std::vector<std::string>& arguments,
                                                                            std::string title) {
  auto file = HiddenFile::make();
  if (!file) return std::unexpected(file.error());
  auto complaints = HiddenFile::make();
  if (!complaints) return std::unexpected(complaints.error());
  std::vector<std::string> command = {overhear_program()};
  command.insert(command.end(), arguments.begin(), arguments.end());
  std::array<int, 2> pipe{};
  if (::pipe2(pipe.data(), O_CLOEXEC) != 0) return std::unexpected(Error{ErrorKind::Environment, reason(errno)});
  pid_t process = -1;
  const int error = spawn(command, pipe[1], complaints->descriptor(), process);
  ::close(pipe[1]);
  if (error != 0) {
    ::close(pipe[0]);
    return std::unexpected(Error{ErrorKind::Environment, command.front() + ": " + reason(error)});
  }
  return std::shared_ptr<GrowingSource>(
      new GrowingSource(std::move(*file), std::move(*complaints), pipe[0], process, std::move(title)));
}

GrowingSource::GrowingSource(HiddenFile file, HiddenFile complaints, int input, pid_t process, std::string title)
    : file_(std::move(file)),
      complaints_(std::move(complaints)),
      input_(input),
      process_(process),
      title_(std::move(title)),
      stop_event_(::eventfd(0, EFD_CLOEXEC)),
      thread_([this] { run(); }) {}

GrowingSource::~GrowingSource() {
  stop();
  thread_.join();
  ::close(stop_event_);
  ::close(input_);
}

void GrowingSource::stop() {
  (void)::eventfd_write(stop_event_, 1);
}

void GrowingSource::run() {
  const bool is_whole = copy();
  if (process_ >= 0) {
    ::kill(process_, SIGINT);
    if (is_whole) (void)copy();  // what belongs to its end
    wait_for_program();
  }
  is_over_ = true;
}

// Until stop() or the end. False: the file takes nothing more.
bool GrowingSource::copy() {
  std::array<char, 64u << 10> buffer;
  const bool is_stopping = process_ >= 0 && is_asked_to_end_;
  while (true) {
    std::array<pollfd, 2> waited{pollfd{input_, POLLIN, 0}, pollfd{is_stopping ? -1 : stop_event_, POLLIN, 0}};
    if (::poll(waited.data(), waited.size(), -1) < 0 && errno != EINTR) return true;
    if (waited[1].revents != 0) break;
    const ssize_t got = ::read(input_, buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) trouble_ = title_ + ": " + reason(errno);
    if (got <= 0) return true;
    if (!write({buffer.data(), static_cast<std::size_t>(got)})) return false;
  }
  is_asked_to_end_ = true;
  return true;
}

bool GrowingSource::write(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(file_.descriptor(), bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) trouble_ = "what comes cannot be kept: " + reason(errno);
    if (written < 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

void GrowingSource::wait_for_program() {
  int status = 0;
  while (::waitpid(process_, &status, 0) < 0 && errno == EINTR) {
  }
  const bool was_well = WIFEXITED(status) && WEXITSTATUS(status) == 0;
  constexpr std::size_t kMostComplaints = 64u << 10;
  if (!was_well && trouble_.empty()) trouble_ = last_line(complaints_.read(kMostComplaints));
}

}  // namespace overhear
