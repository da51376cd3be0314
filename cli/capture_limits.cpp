#include "cli/capture_limits.hpp"

#include <fmt/format.h>

#include <charconv>
#include <string_view>

#include "base/time.hpp"

namespace overhear {
namespace {

constexpr std::uint64_t kKilobyte = 1000;

// A whole number from 1 up; 0 for anything else.
std::uint64_t parse_count(std::string_view text) {
  std::uint64_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  constexpr std::uint64_t kMost = UINT64_MAX / 2 / kKilobyte;
  return error == std::errc() && end == text.data() + text.size() && count <= kMost ? count : 0;
}

// Seconds, which may have a fraction.
std::int64_t parse_seconds(std::string_view text) {
  double seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  const bool is_number = error == std::errc() && end == text.data() + text.size();
  return is_number && seconds > 0 && seconds < 1e9 ? static_cast<std::int64_t>(seconds * kSecond) : 0;
}

bool take(std::string_view name, std::string_view value, CaptureLimits& limits) {
  if (name == "duration") return (limits.duration_ns = parse_seconds(value)) != 0;
  const std::uint64_t count = parse_count(value);
  if (name == "filesize") return (limits.file_bytes = count * kKilobyte) != 0;
  if (name == "packets") return (limits.packets = count) != 0;
  if (name == "files") return (limits.files = count) != 0;
  return false;
}

}  // namespace

std::expected<CaptureLimits, Error> parse_capture_limits(const std::vector<std::string>& values,
                                                         const std::string& option) {
  CaptureLimits limits;
  for (const std::string& text : values) {
    const std::size_t colon = text.find(':');
    const bool is_known = colon != std::string::npos && take(std::string_view(text).substr(0, colon),
                                                             std::string_view(text).substr(colon + 1), limits);
    if (is_known) continue;
    return std::unexpected(Error{
        ErrorKind::Usage,
        fmt::format("{}: '{}' should read duration:SECONDS, filesize:KILOBYTES, packets:N or files:N", option, text)});
  }
  return limits;
}

}  // namespace overhear
