// A Diffie-Hellman key pair of our own in MCP's group, for who stands between two peers.
#pragma once

#include <optional>

#include "base/bytes.hpp"
#include "decrypt/number.hpp"

namespace overhear {

struct McpKeyPair {
  Number private_key;
  Number public_key;  // fills the group's length: no leading zero digit, however it is written
};

// A fresh one. `has_top_bit`: whether the public key is one in front of which programs that write signed numbers put a
// zero byte. `peer`: the other side's public key, as far as it is known; the shared secret then has no leading zero
// digits either, so that nobody has to know whether the peer would keep them. nullopt: no random numbers.
std::optional<McpKeyPair> make_mcp_key_pair(bool has_top_bit, Bytes peer);

}  // namespace overhear
