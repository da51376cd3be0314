#include "cli/key_log_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace overhear {

std::expected<KeyLogFile, Error> KeyLogFile::open(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (descriptor >= 0) return KeyLogFile(descriptor, path);
  return std::unexpected(
      Error{ErrorKind::Environment, fmt::format("--keylog: cannot write {}: {}", path, std::strerror(errno))});
}

KeyLogFile::KeyLogFile(int descriptor, std::string path) : descriptor_(descriptor), path_(std::move(path)) {}

KeyLogFile::KeyLogFile(KeyLogFile&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)),
      path_(std::move(other.path_)),
      error_(std::move(other.error_)) {}

KeyLogFile::~KeyLogFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

void KeyLogFile::write(std::string_view lines) {
  while (!error_ && !lines.empty()) {
    const ssize_t put = ::write(descriptor_, lines.data(), lines.size());
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) {
      error_ = Error{ErrorKind::Environment,
                     fmt::format("--keylog: cannot write {} any further: {}", path_, std::strerror(errno))};
      return;
    }
    lines.remove_prefix(static_cast<std::size_t>(put));
  }
}

}  // namespace overhear
