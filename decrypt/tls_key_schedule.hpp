// From a secret of the key log to the keys of a direction's records (RFC 5246, 6.3; RFC 8446, 7.3). OpenSSL's PRF and
// HKDF; nothing of messages.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/bytes.hpp"
#include "decrypt/tls_suites.hpp"

namespace overhear {

inline constexpr std::size_t kTlsRandomBytes = 32;

// What opens the records of one direction. How much of each array counts follows from the suite.
struct TlsKeys {
  std::array<std::uint8_t, 32> key{};
  std::array<std::uint8_t, 12> iv{};   // TLS 1.2: the first four bytes of a GCM or CCM nonce
  std::array<std::uint8_t, 48> mac{};  // of CBC suites
};

struct Tls12Keys {
  TlsKeys client;
  TlsKeys server;
};

// The key block of TLS 1.2. nullopt where OpenSSL lacks the means.
// REQUIRES: both randoms have kTlsRandomBytes.
std::optional<Tls12Keys> derive_tls12_keys(const TlsSuite& suite, Bytes master_secret, Bytes client_random,
                                           Bytes server_random);

// nullopt where the secret is not as long as the suite's hash: it belongs to another one.
std::optional<TlsKeys> derive_tls13_keys(const TlsSuite& suite, Bytes traffic_secret);

// The secret behind a KeyUpdate (RFC 8446, 7.2); empty where OpenSSL lacks the means.
std::vector<std::uint8_t> next_traffic_secret(const TlsSuite& suite, Bytes traffic_secret);

}  // namespace overhear
