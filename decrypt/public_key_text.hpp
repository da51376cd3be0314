// Public keys as MCP handshakes write them: the specification names no encoding, and implementations differ.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "decrypt/number.hpp"

namespace overhear {

inline constexpr std::size_t kMaxPublicKeyText = 4096;  // characters

// Hex before base64: a base64 text of a key's length that has only hex digits does not happen. Digits alone are decimal
// only where they are too many to be hex of this group. nullopt where it is none of them.
std::optional<Number> parse_public_key(std::string_view text);

}  // namespace overhear
