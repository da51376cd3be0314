// A Diffie-Hellman key pair of our own in MCP's group, for who stands between two peers.
#pragma once

#include <cstddef>
#include <optional>

#include "base/bytes.hpp"
#include "decrypt/number.hpp"

namespace overhear {

struct McpKeyPair {
  Number private_key;
  Number public_key;  // fills the group's length: no leading zero digit, however it is written
};

// A fresh one. `has_top_bit`: whether the public key is one in front of which programs that write signed numbers put a
// zero byte. `peer`: the other side's public key, as far as it is known; the shared secret then begins with exactly so
// many zero digits of hex, or kMostZeroDigits where that would be more. nullopt: no random numbers.
std::optional<McpKeyPair> make_mcp_key_pair(bool has_top_bit, Bytes peer, std::size_t zero_digits = 0);

// A whole byte: with so many it shows whether a program leaves zero bytes or zero digits away, as it would with more.
// Each takes 16 times as long to find; these take some milliseconds, and a peer can choose its key so that they are
// needed.
inline constexpr std::size_t kMostZeroDigits = 2;
// The digits 0 in front where a secret is written in the group's length.
std::size_t zero_digits_of(Bytes secret);

}  // namespace overhear
