// "-d tcp.port==9100,chatmaster", as tshark writes it.
#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "session/options.hpp"

namespace overhear {

// The error is one sentence that says what was expected.
std::expected<DecodeAs, std::string> parse_decode_as(std::string_view text);

}  // namespace overhear
