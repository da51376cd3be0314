// Public keys as MCP handshakes write them: the specification names no encoding, and implementations differ.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "decrypt/number.hpp"

namespace overhear {

inline constexpr std::size_t kMaxPublicKeyText = 4096;  // characters

// Hex before base64: a base64 text of a key's length that has only hex digits does not happen. Digits alone are decimal
// only where they are too many to be hex of this group. nullopt where it is none of them.
std::optional<Number> parse_public_key(std::string_view text);

// Whether `text` is a public key with a zero byte in front, as programs write signed numbers.
bool has_sign_byte(std::string_view text);
// `key` as the writer of `text` would write it: in hex of either case, base64 of either alphabet or decimal, with or
// without a zero byte in front. REQUIRES: parse_public_key(text), and that `key` has the group's length.
std::string write_public_key_like(std::string_view text, Bytes key);

}  // namespace overhear
