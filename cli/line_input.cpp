#include "cli/line_input.hpp"

#include <unistd.h>

#include <cerrno>

namespace overhear {
namespace {

constexpr std::size_t kLongestLine = 1u << 20;

}  // namespace

void LineInput::receive() {
  char part[4096];
  const ssize_t size = ::read(descriptor_, part, sizeof part);
  if (size < 0 && (errno == EINTR || errno == EAGAIN)) return;
  if (size > 0) received_.append(part, static_cast<std::size_t>(size));
  has_ended_ = size <= 0 || received_.size() > kLongestLine;
}

std::optional<std::string> LineInput::take() {
  const std::size_t end = received_.find('\n');
  if (end == std::string::npos && (!has_ended_ || received_.empty())) return std::nullopt;
  std::string line = received_.substr(0, end);
  received_.erase(0, end == std::string::npos ? end : end + 1);
  constexpr const char* kSpace = " \t\r";
  line.erase(line.find_last_not_of(kSpace) + 1);
  line.erase(0, line.find_first_not_of(kSpace));
  return line;
}

}  // namespace overhear
