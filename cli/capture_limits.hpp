// When a capture ends by itself (-a) and when it goes on in another file (-b), as tshark and dumpcap write it:
// "duration:60", "filesize:1000" (in 1000 bytes), "packets:500", "files:5".
#pragma once

#include <expected>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "capture/capture_thread.hpp"

namespace overhear {

// `option` ("-a", "-b") stands in the error, which is ErrorKind::Usage.
std::expected<CaptureLimits, Error> parse_capture_limits(const std::vector<std::string>& values,
                                                         const std::string& option);

}  // namespace overhear
