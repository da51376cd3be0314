#include "cli/draft_editor.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>

#include "cli/terminal.hpp"

namespace overhear {
namespace {

constexpr std::uintmax_t kLargest = 64u << 20;  // far beyond any message
constexpr int kNotRunnable = 126;               // what shells say; 127 where it is not found

class PrivateDirectory {
 public:
  PrivateDirectory() {
    std::error_code none;
    std::string pattern = (std::filesystem::temp_directory_path(none) / "overhear-XXXXXX").native();
    if (::mkdtemp(pattern.data()) != nullptr) path_ = pattern;
  }
  ~PrivateDirectory() {
    std::error_code none;
    if (!path_.empty()) std::filesystem::remove_all(path_, none);
  }
  PrivateDirectory(const PrivateDirectory&) = delete;

  const std::filesystem::path& path() const { return path_; }  // empty: it could not be made

 private:
  std::filesystem::path path_;
};

std::string editor() {
  for (const char* const name : {"VISUAL", "EDITOR"}) {
    const char* const value = std::getenv(name);
    if (value != nullptr && *value != '\0') return value;
  }
  return "$(command -v nano || echo vi)";
}

bool write_file(const std::filesystem::path& file, std::string_view text) {
  const int descriptor = ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
  bool is_good = descriptor >= 0;
  while (is_good && !text.empty()) {
    const ssize_t written = ::write(descriptor, text.data(), text.size());
    is_good = written > 0;
    if (is_good) text.remove_prefix(static_cast<std::size_t>(written));
  }
  return descriptor >= 0 && ::close(descriptor) == 0 && is_good;
}

std::optional<std::string> read_file(const std::filesystem::path& file) {
  std::error_code failed;
  if (std::filesystem::file_size(file, failed) > kLargest || failed) return std::nullopt;
  std::ifstream in(file, std::ios::binary);
  if (!in) return std::nullopt;
  return std::string(std::istreambuf_iterator<char>(in), {});
}

// In the new process.
[[noreturn]] void become_editor(const std::string& command, const std::filesystem::path& file) {
  sigset_t none;
  sigemptyset(&none);
  for (const int signal : {SIGINT, SIGTERM, SIGPIPE}) std::signal(signal, SIG_DFL);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  if (!is_terminal(STDIN_FILENO)) {
    int input = ::open("/dev/tty", O_RDWR);
    if (input < 0) input = ::open("/dev/null", O_RDWR);
    if (input >= 0) ::dup2(input, STDIN_FILENO);
  }
  ::execl("/bin/sh", "sh", "-c", command.c_str(), "sh", file.c_str(), nullptr);
  ::_exit(kNotRunnable);
}

// Ctrl-C on the terminal is the editor's as long as it runs.
class IgnoredInterrupt {
 public:
  IgnoredInterrupt() { sigaction(SIGINT, &ignore_, &before_); }
  ~IgnoredInterrupt() {
    sigaction(SIGINT, &ignore_, nullptr);  // forgets one that waits behind the mask
    sigaction(SIGINT, &before_, nullptr);
  }
  IgnoredInterrupt(const IgnoredInterrupt&) = delete;

 private:
  struct sigaction ignore_ = [] {
    struct sigaction action{};
    action.sa_handler = SIG_IGN;
    return action;
  }();
  struct sigaction before_{};
};

// Its status as a shell tells it.
int run_editor(const std::filesystem::path& file, const std::function<void()>& meanwhile) {
  // A shell that has got Ctrl-C, too, would end with it behind an editor that has not.
  const std::string command = fmt::format("trap : INT; {} \"$1\"", editor());
  const IgnoredInterrupt ignored;
  const pid_t process = ::fork();
  if (process < 0) return kNotRunnable;
  if (process == 0) become_editor(command, file);
  int status = 0;
  pid_t ended = 0;
  while ((ended = ::waitpid(process, &status, WNOHANG)) == 0 || (ended < 0 && errno == EINTR)) meanwhile();
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace

std::expected<std::string, std::string> edit_text(std::string_view text, const std::string& name,
                                                  const std::function<void()>& meanwhile) {
  const PrivateDirectory directory;
  const std::filesystem::path file = directory.path() / name;
  if (directory.path().empty() || !write_file(file, text)) {
    return std::unexpected(fmt::format("cannot write a file for the editor: {}", std::strerror(errno)));
  }
  const int status = run_editor(file, meanwhile);
  if (status == kNotRunnable || status == 127) return std::unexpected("no editor: set VISUAL or EDITOR");
  if (status != 0) return std::unexpected(fmt::format("the editor failed (status {})", status));
  auto edited = read_file(file);
  if (!edited) return std::unexpected("the editor left no file, or one over 64 MiB");
  return *std::move(edited);
}

}  // namespace overhear
