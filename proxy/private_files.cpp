#include "proxy/private_files.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

namespace overhear {
namespace {

constexpr std::size_t kLargestFile = 1u << 20;
constexpr mode_t kOthers = S_IRWXG | S_IRWXO;
constexpr mode_t kAll = S_IRWXU | kOthers;

std::unexpected<Error> failure(const std::filesystem::path& path, std::string_view what) {
  return std::unexpected(Error{ErrorKind::Environment, fmt::format("{}: {}", path.native(), what)});
}

std::unexpected<Error> system_failure(const std::filesystem::path& path) {
  return failure(path, std::strerror(errno));
}

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  Descriptor(const Descriptor&) = delete;

  int get() const { return number_; }

 private:
  int number_;
};

bool write_all(int descriptor, std::string_view content) {
  while (!content.empty()) {
    const ssize_t written = ::write(descriptor, content.data(), content.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    content.remove_prefix(static_cast<std::size_t>(written));
  }
  return ::fsync(descriptor) == 0;
}

bool read_all(int descriptor, std::string& content) {
  while (content.size() <= kLargestFile) {
    char part[4096];
    const ssize_t size = ::read(descriptor, part, sizeof(part));
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) return false;
    if (size == 0) break;
    content.append(part, static_cast<std::size_t>(size));
  }
  return true;
}

}  // namespace

std::expected<void, Error> open_private_directory(const std::filesystem::path& directory) {
  if (::mkdir(directory.c_str(), S_IRWXU) != 0 && errno != EEXIST) return system_failure(directory);
  struct stat status{};
  if (::stat(directory.c_str(), &status) != 0) return system_failure(directory);
  if (!S_ISDIR(status.st_mode)) return failure(directory, "is no directory; name another: --ca-dir DIR");
  if (status.st_uid != ::geteuid()) {
    return failure(directory, "belongs to another user; name a directory of your own: --ca-dir DIR");
  }
  if ((status.st_mode & kOthers) != 0) {
    return failure(directory, fmt::format("others may use it (mode {:o}), and a key lies there: chmod 700 {}",
                                          status.st_mode & kAll, directory.native()));
  }
  return {};
}

std::expected<std::optional<std::string>, Error> read_private_file(const std::filesystem::path& file) {
  // What is no file, a pipe say, must not be waited for.
  const Descriptor descriptor(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (descriptor.get() < 0) {
    if (errno == ENOENT) return std::nullopt;
    return system_failure(file);
  }
  struct stat status{};
  if (::fstat(descriptor.get(), &status) != 0) return system_failure(file);
  if (!S_ISREG(status.st_mode)) return failure(file, "is no file; remove it");
  if (status.st_uid != ::geteuid()) {
    return failure(file, "belongs to another user; name a directory of your own: --ca-dir DIR");
  }
  if ((status.st_mode & kOthers) != 0) {
    return failure(file, fmt::format("others may use this key (mode {:o}): chmod 600 it, or remove it if they did",
                                     status.st_mode & kAll));
  }
  std::string content;
  if (!read_all(descriptor.get(), content)) return system_failure(file);
  if (content.size() > kLargestFile) return failure(file, "is too large for a key and a certificate; remove it");
  return content;
}

std::expected<bool, Error> write_whole_file(const std::filesystem::path& file, std::string_view content, mode_t mode,
                                            ExistingFile existing) {
  std::string beside = file.native() + ".XXXXXX";
  bool is_good = false;
  {
    const Descriptor descriptor(::mkostemp(beside.data(), O_CLOEXEC));
    if (descriptor.get() < 0) return system_failure(file);
    is_good = write_all(descriptor.get(), content) && ::fchmod(descriptor.get(), mode) == 0;
  }
  if (is_good && existing == ExistingFile::IsReplaced) {
    if (::rename(beside.c_str(), file.c_str()) == 0) return true;
    is_good = false;
  }
  // Unlike rename, link never replaces.
  const bool is_first = is_good && ::link(beside.c_str(), file.c_str()) == 0;
  const int reason = errno;
  ::unlink(beside.c_str());
  errno = reason;
  if (is_first) return true;
  if (is_good && errno == EEXIST) return false;
  return system_failure(file);
}

}  // namespace overhear
