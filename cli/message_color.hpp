// Which colors tell protocols and severities apart on a terminal.
#pragma once

#include <string_view>

#include "base/finding.hpp"

namespace overhear {

// Escape sequences of cli/text_line.hpp; empty for none.
std::string_view color_of_protocol(std::string_view protocol);
std::string_view color_of(Severity severity);

}  // namespace overhear
