// The Diffie-Hellman group of MCP: "modp5", RFC 3526, 2 (1536 bits, generator 2).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

#include "base/bytes.hpp"
#include "decrypt/number.hpp"

namespace overhear::modp5 {

inline constexpr std::size_t kBytes = 192;
using Secret = std::array<std::uint8_t, kBytes>;

Bytes prime();
// 2^private mod p. Empty where the private key is too large to be one (over kMaxNumberBytes).
Number public_key(Bytes private_key);
// other's public ^ own private mod p, padded with zeros to the group's length as Node and Java do. False where one of
// them is too large.
[[nodiscard]] bool shared_secret(Bytes other_public, Bytes own_private, Secret& secret);

// Why an exchange with this public key protects nothing, as the rest of a sentence that begins "the public key"
// ("is 1, so that the shared secret is 1 too"); empty where nothing is wrong with it. Leading zeros do not count.
std::string weakness(Bytes public_key);

}  // namespace overhear::modp5
