// Captures as they are named on a command line: one, or several that are merged.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"

namespace overhear {

// Of the arguments that name them.
inline constexpr const char* kCapturesHelp = "pcap or pcapng files, several are merged by time; - for standard input";

// What is wrong with the paths beside each other, or nothing: one that is there twice would only repeat itself.
// `command`: who is asked.
std::optional<Error> check_captures(std::string_view command, const std::vector<std::string>& paths);

// What outputs call their source: the files' names without their folders, joined by commas; "-" is standard input.
std::string source_name(const std::vector<std::string>& paths);

}  // namespace overhear
