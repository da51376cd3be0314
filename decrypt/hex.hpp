// Hexadecimal text to bytes and back. Knows nothing of what the bytes mean.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"

namespace overhear {

enum class OddHex : std::uint8_t {
  Refuse,
  LeadingZero,  // "abc" is 0a bc, as programs print numbers
};

// Replaces `out`, whose memory is reused. Either case of digit. False (and `out` empty) where a character is no digit.
[[nodiscard]] bool decode_hex(std::string_view text, std::vector<std::uint8_t>& out, OddHex odd = OddHex::Refuse);

// Lower case, two digits a byte.
void append_hex(std::string& out, Bytes bytes);
std::string to_hex(Bytes bytes);

}  // namespace overhear
