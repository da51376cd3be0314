// The cipher suites whose records can be opened: what a suite's number means for keys and records. How the parties
// came to their secret does not matter here, since the key log has the secret itself.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace overhear {

enum class TlsVersion : std::uint16_t { Tls12 = 0x0303, Tls13 = 0x0304 };

enum class TlsCipher : std::uint8_t {
  Aes128Gcm,
  Aes256Gcm,
  Aes128Ccm,
  Aes256Ccm,
  Aes128Ccm8,
  Aes256Ccm8,
  ChaCha20Poly1305,
  Aes128Cbc,
  Aes256Cbc,
};

enum class TlsHash : std::uint8_t { Sha1, Sha256, Sha384 };

struct TlsSuite {
  std::uint16_t id = 0;
  std::string_view name;  // as IANA has it
  TlsVersion version = TlsVersion::Tls12;
  TlsCipher cipher = TlsCipher::Aes128Gcm;
  TlsHash hash = TlsHash::Sha256;  // of the PRF, or of HKDF
  TlsHash mac = TlsHash::Sha256;   // of CBC records; an AEAD has none
};

// nullptr: none that can be opened.
const TlsSuite* find_tls_suite(std::uint16_t id);

constexpr bool is_cbc(TlsCipher cipher) {
  return cipher == TlsCipher::Aes128Cbc || cipher == TlsCipher::Aes256Cbc;
}

constexpr std::size_t key_bytes(TlsCipher cipher) {
  switch (cipher) {
    case TlsCipher::Aes128Gcm:
    case TlsCipher::Aes128Ccm:
    case TlsCipher::Aes128Ccm8:
    case TlsCipher::Aes128Cbc: return 16;
    case TlsCipher::Aes256Gcm:
    case TlsCipher::Aes256Ccm:
    case TlsCipher::Aes256Ccm8:
    case TlsCipher::Aes256Cbc:
    case TlsCipher::ChaCha20Poly1305: return 32;
  }
  return 0;
}

constexpr std::size_t hash_bytes(TlsHash hash) {
  switch (hash) {
    case TlsHash::Sha1: return 20;
    case TlsHash::Sha256: return 32;
    case TlsHash::Sha384: return 48;
  }
  return 0;
}

constexpr const char* openssl_name(TlsHash hash) {
  switch (hash) {
    case TlsHash::Sha1: return "SHA1";
    case TlsHash::Sha256: return "SHA256";
    case TlsHash::Sha384: return "SHA384";
  }
  return nullptr;
}

}  // namespace overhear
