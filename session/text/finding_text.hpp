// What a finding says in one line. Texts from the wire stand in it as they came.
#pragma once

#include <string>
#include <string_view>

#include "base/finding.hpp"

namespace overhear {

// What is said of a field, with its place where the text has its name: "/data/room is a string, not an integer".
// `field` is a JSON pointer; empty: the text alone.
std::string placed_text(std::string_view field, std::string_view text);
// The same with where that is written: "/data/room is a string, not an integer (MCP 2.1.0, Room.Join)".
std::string cited_text(const Finding& finding);

}  // namespace overhear
