// Public keys as MCP handshakes write them: the specification names no encoding, and implementations differ.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.hpp"
#include "decrypt/number.hpp"

namespace overhear {

enum class PublicKeyEncoding : std::uint8_t { HexLower, HexUpper, HexMixed, Base64, Base64Url, Decimal };

std::string_view to_string(PublicKeyEncoding encoding);  // "hex", "HEX", "mixed hex", "base64", "base64url", "decimal"

// All that must be known to write another key so that the reader of the first will understand it.
struct PublicKeyStyle {
  PublicKeyEncoding encoding = PublicKeyEncoding::HexLower;
  bool has_sign_byte = false;  // 00 before a first byte of 80 or more, as BigInteger.toByteArray() writes numbers
  bool is_padded = true;       // base64 with its '='
  std::size_t width = 0;       // digits or characters of the text, leading zeros and padding included

  friend bool operator==(const PublicKeyStyle&, const PublicKeyStyle&) = default;
};

struct PublicKeyText {
  Number number;
  PublicKeyStyle style;
};

inline constexpr std::size_t kMaxPublicKeyText = 4096;  // characters

// Hex before base64: a base64 text of a key's length that has only hex digits does not happen. Digits alone are decimal
// only where they are too many to be hex of this group. nullopt where it is none of them.
std::optional<PublicKeyText> parse_public_key(std::string_view text);

// Writes a number of the MCP group in the same style. Numbers are padded to the group's length (192 bytes), which every
// reader understands, with the sign byte where the style has it and the number needs it.
std::string format_public_key(Bytes number, const PublicKeyStyle& style);

}  // namespace overhear
