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
// many zero digits of hex (none where it would have to be more than kMostZeroDigits). nullopt: no random numbers.
std::optional<McpKeyPair> make_mcp_key_pair(bool has_top_bit, Bytes peer, std::size_t zero_digits = 0);

inline constexpr std::size_t kMostZeroDigits = 4;  // each takes 16 times as long to find
// The digits 0 in front where a secret is written in the group's length.
std::size_t zero_digits_of(Bytes secret);

}  // namespace overhear
