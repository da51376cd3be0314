#include "decrypt/mcp_key_pair.hpp"

#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <span>
#include <utility>

#include "decrypt/dh_group.hpp"

namespace overhear {
namespace {

constexpr std::size_t kPrivateBytes = 40;  // 320 bits: more than the group's own strength asks for
// Every second key does; with kMostZeroDigits one in some 600, of some microseconds each.
constexpr int kAttempts = 1 << 14;

bool fits(const Number& public_key, bool has_top_bit) {
  if (public_key.size() != modp5::kBytes || public_key.front() < 0x10) return false;
  return (public_key.front() >= 0x80) == has_top_bit;
}

void increase(std::span<std::uint8_t> number) {
  for (std::size_t at = number.size(); at > 0 && ++number[at - 1] == 0;) --at;
}

}  // namespace

std::size_t zero_digits_of(Bytes secret) {
  return 2 * modp5::kBytes - (bit_length(secret) + 3) / 4;
}

// From a random one on, each private key is tried: the next public key and secret are one multiplication away.
std::optional<McpKeyPair> make_mcp_key_pair(bool has_top_bit, Bytes peer, std::size_t zero_digits) {
  zero_digits = std::min(zero_digits, kMostZeroDigits);
  std::array<std::uint8_t, kPrivateBytes> key;
  if (RAND_bytes(key.data(), key.size()) != 1) return std::nullopt;
  constexpr std::uint8_t kGenerator[] = {2};
  // With a key that makes no secret (0, 1) there is nothing to look for.
  const bool has_secret = !peer.empty() && modp5::weakness(peer).empty();
  std::optional<Number> public_key = modp5::public_key(key);
  std::optional<Number> secret = has_secret ? power_mod(peer, key, modp5::prime()) : Number{};
  for (int attempt = 0; attempt < kAttempts && public_key && secret; ++attempt) {
    if (fits(*public_key, has_top_bit) && (!has_secret || zero_digits_of(*secret) == zero_digits)) {
      return McpKeyPair{to_number(key), *std::move(public_key)};
    }
    increase(key);
    public_key = product_mod(*public_key, kGenerator, modp5::prime());
    if (has_secret) secret = product_mod(*secret, peer, modp5::prime());
  }
  return std::nullopt;
}

}  // namespace overhear
