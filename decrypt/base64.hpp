// Base64 (RFC 4648) to bytes and back, table driven, into memory of the caller's that is used again.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"

namespace overhear {

enum class Base64 : std::uint8_t {
  Strict,   // RFC 4648, 4: standard alphabet, padding as it must be, unused bits zero, nothing else
  Lenient,  // both alphabets, padding or none, spaces and line breaks anywhere, unused bits ignored
};

// Replaces `out`. False (and `out` empty) where the text is not base64 in this reading. Empty text is no bytes.
[[nodiscard]] bool decode_base64(std::string_view text, std::vector<std::uint8_t>& out, Base64 reading);

enum class Base64Alphabet : std::uint8_t { Standard, Url };

// Appends. Padded with '=' unless told otherwise.
void append_base64(std::string& out, Bytes bytes, Base64Alphabet alphabet = Base64Alphabet::Standard,
                   bool is_padded = true);

}  // namespace overhear
