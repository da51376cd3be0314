// The cryptography of one MCP connection: a Diffie-Hellman exchange over modp5 (RFC 3526, 2) between client and server,
// and AES-256-CTR under its secret's first 32 bytes, whose keystream starts again at every message.
#pragma once

#include <openssl/evp.h>

#include <array>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>

#include "bench/generator/conversation.hpp"

namespace overhear::bench {

inline constexpr std::size_t kGroupBytes = 192;
using GroupElement = std::array<std::uint8_t, kGroupBytes>;

class McpKeys {
 public:
  explicit McpKeys(Random random);

  const GroupElement& public_key(Party party) const { return public_[static_cast<std::size_t>(party)]; }
  // Appends the ciphertext.
  void encrypt(std::string_view plaintext, std::string& out);
  // One line in the key log's form.
  void log(std::FILE* key_log, KeyForm form) const;

 private:
  struct Free {
    void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
  };

  // 256 bits: enough for the group's strength, and what keeps generating fast.
  std::array<std::uint8_t, 32> client_private_{};
  std::array<GroupElement, 2> public_{};
  GroupElement secret_{};
  std::unique_ptr<EVP_CIPHER_CTX, Free> cipher_;
};

}  // namespace overhear::bench
