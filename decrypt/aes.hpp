// AES as these protocols use it, and SHA-256: the only door to OpenSSL's ciphers.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "base/bytes.hpp"

struct evp_cipher_ctx_st;  // OpenSSL's EVP_CIPHER_CTX; its headers stay in aes.cpp

namespace overhear {

struct AesKey {
  std::array<std::uint8_t, 32> bytes{};
  std::size_t size = 0;  // 16, 24 or 32

  Bytes view() const { return {bytes.data(), size}; }
  friend bool operator==(const AesKey&, const AesKey&) = default;
};

struct CipherContextDeleter {
  void operator()(evp_cipher_ctx_st* context) const;
};
using CipherContext = std::unique_ptr<evp_cipher_ctx_st, CipherContextDeleter>;

// AES-CTR with an initial counter block of zeros, big-endian (NIST SP 800-38A, 6.5), at any offset of the stream.
class AesCtr {
 public:
  explicit AesCtr(const AesKey& key, const std::array<std::uint8_t, 16>& counter = {});

  // out = in XOR keystream from `offset` on. `out` holds in.size() bytes and may be `in` itself.
  void xor_at(std::uint64_t offset, Bytes in, std::uint8_t* out);

 private:
  CipherContext context_;
  std::array<std::uint8_t, 16> counter_;
};

// AES-ECB with PKCS #7 padding removed. Replaces `out`. False (and `out` empty) where the length is no multiple of 16,
// or the padding is wrong.
[[nodiscard]] bool open_aes_ecb(const AesKey& key, Bytes ciphertext, std::vector<std::uint8_t>& out);

std::array<std::uint8_t, 32> sha256(Bytes bytes);

}  // namespace overhear
