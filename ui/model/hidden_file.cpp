#include "ui/model/hidden_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <system_error>
#include <utility>

namespace overhear {

std::expected<HiddenFile, Error> HiddenFile::make() {
  const char* const named = std::getenv("TMPDIR");
  std::string path = std::string(named != nullptr && *named != '\0' ? named : "/var/tmp") + "/overhear-XXXXXX";
  const int descriptor = ::mkostemp(path.data(), O_CLOEXEC);
  if (descriptor < 0) {
    return std::unexpected(
        Error{ErrorKind::Environment, fmt::format("{}: {}", path, std::generic_category().message(errno))});
  }
  ::unlink(path.c_str());
  return HiddenFile(descriptor);
}

HiddenFile::HiddenFile(HiddenFile&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}

HiddenFile::~HiddenFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

std::string HiddenFile::path() const {
  return fmt::format("/proc/self/fd/{}", descriptor_);
}

std::string HiddenFile::read(std::size_t most) const {
  std::string text(most, '\0');
  const ssize_t got = ::pread(descriptor_, text.data(), text.size(), 0);
  text.resize(got < 0 ? 0 : static_cast<std::size_t>(got));
  return text;
}

}  // namespace overhear
