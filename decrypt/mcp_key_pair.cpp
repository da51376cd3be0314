#include "decrypt/mcp_key_pair.hpp"

#include <openssl/rand.h>

#include <array>

#include "decrypt/dh_group.hpp"

namespace overhear {
namespace {

constexpr std::size_t kPrivateBytes = 40;  // 320 bits: more than the group's own strength asks for
constexpr int kAttempts = 1000;            // every second key does

bool fits(const Number& public_key, bool has_top_bit, Bytes peer, Bytes private_key) {
  if (public_key.size() != modp5::kBytes || public_key.front() < 0x10) return false;
  if ((public_key.front() >= 0x80) != has_top_bit) return false;
  modp5::Secret secret;
  return peer.empty() || (modp5::shared_secret(peer, private_key, secret) && secret.front() >= 0x10);
}

}  // namespace

std::optional<McpKeyPair> make_mcp_key_pair(bool has_top_bit, Bytes peer) {
  // With a key that makes no secret (0, 1) there is nothing to look for.
  const bool is_usable = modp5::weakness(peer).empty();
  std::array<std::uint8_t, kPrivateBytes> random;
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    if (RAND_bytes(random.data(), random.size()) != 1) return std::nullopt;
    McpKeyPair pair{to_number(random), modp5::public_key(random)};
    if (fits(pair.public_key, has_top_bit, is_usable ? peer : Bytes{}, random)) return pair;
  }
  return std::nullopt;
}

}  // namespace overhear
