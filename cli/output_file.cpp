#include "cli/output_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "cli/message_output.hpp"
#include "cli/print_output.hpp"

namespace overhear {

std::expected<std::unique_ptr<OutputFile>, Error> OutputFile::open(const std::string& path,
                                                                   const std::vector<std::string>& inputs) {
  if (path == "-") return std::unique_ptr<OutputFile>(new OutputFile(path, STDOUT_FILENO));
  const int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
  if (descriptor < 0) {
    return std::unexpected(Error{ErrorKind::Environment, fmt::format("{}: {}", path, std::strerror(errno))});
  }
  std::unique_ptr<OutputFile> output(new OutputFile(path, descriptor));
  for (const std::string& input : inputs) {
    if (!is_same_file(path, input)) continue;
    return std::unexpected(Error{ErrorKind::Usage, fmt::format("-o: {} is what is read: it would be lost", input)});
  }
  return output;
}

OutputFile::~OutputFile() {
  if (descriptor_ > STDERR_FILENO) ::close(descriptor_);
}

int OutputFile::write(std::string_view text) {
  struct stat status{};
  const bool is_file = ::fstat(descriptor_, &status) == 0 && S_ISREG(status.st_mode);
  // Standard output may be a file that others append to.
  if (descriptor_ > STDERR_FILENO && is_file) (void)!::ftruncate(descriptor_, 0);
  Output output(descriptor_);
  output.buffer() += text;
  output.flush();
  return check_output(output, name_);
}

}  // namespace overhear
