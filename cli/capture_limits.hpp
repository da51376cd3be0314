// When a capture ends by itself (-a) and when it goes on in another file (-b), as tshark and dumpcap write it:
// "duration:60", "filesize:1000" (in 1000 bytes), "packets:500", "files:5".
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <vector>

#include "base/error.hpp"

namespace overhear {

// 0: no such limit.
struct CaptureLimits {
  std::int64_t duration_ns = 0;
  std::uint64_t file_bytes = 0;
  std::uint64_t packets = 0;
  std::uint64_t files = 0;
};

// `option` ("-a", "-b") stands in the error, which is ErrorKind::Usage.
std::expected<CaptureLimits, Error> parse_capture_limits(const std::vector<std::string>& values,
                                                         const std::string& option);

}  // namespace overhear
