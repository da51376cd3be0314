// The sealing side of TLS 1.3 with TLS_AES_128_GCM_SHA256, for who writes records of its own.
#pragma once

#include <openssl/evp.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "decrypt/tls_key_schedule.hpp"

namespace overhear::testing {

class TlsSealer {
 public:
  // REQUIRES: 32 bytes.
  explicit TlsSealer(Bytes traffic_secret)
      : keys_(*derive_tls13_keys(*find_tls_suite(0x1301), traffic_secret)),
        cipher_(EVP_CIPHER_CTX_new(), &EVP_CIPHER_CTX_free) {
    EVP_EncryptInit_ex(cipher_.get(), EVP_aes_128_gcm(), nullptr, keys_.key.data(), nullptr);
  }

  // The next record (RFC 8446, 5.2). REQUIRES: at most 2^14 bytes.
  std::string seal(std::uint8_t type, std::string_view content) {
    constexpr std::size_t kHeader = 5;
    constexpr std::size_t kTag = 16;
    const std::size_t length = content.size() + 1 + kTag;
    std::string record = {23, 3, 3, static_cast<char>(length >> 8), static_cast<char>(length)};
    record.append(content);
    record += static_cast<char>(type);
    record.resize(kHeader + length);
    auto nonce = keys_.iv;
    for (std::size_t i = 0; i < 8; ++i) nonce[4 + i] ^= static_cast<std::uint8_t>(sequence_ >> (56 - 8 * i));
    ++sequence_;
    auto* const bytes = reinterpret_cast<std::uint8_t*>(record.data());
    int written = 0;
    EVP_EncryptInit_ex(cipher_.get(), nullptr, nullptr, nullptr, nonce.data());
    EVP_EncryptUpdate(cipher_.get(), nullptr, &written, bytes, kHeader);
    EVP_EncryptUpdate(cipher_.get(), bytes + kHeader, &written, bytes + kHeader, static_cast<int>(content.size() + 1));
    EVP_EncryptFinal_ex(cipher_.get(), bytes + kHeader, &written);
    EVP_CIPHER_CTX_ctrl(cipher_.get(), EVP_CTRL_AEAD_GET_TAG, kTag, bytes + record.size() - kTag);
    return record;
  }

 private:
  TlsKeys keys_;
  std::unique_ptr<EVP_CIPHER_CTX, void (*)(EVP_CIPHER_CTX*)> cipher_;
  std::uint64_t sequence_ = 0;
};

}  // namespace overhear::testing
