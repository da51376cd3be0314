#include "decrypt/sha1.hpp"

#include <openssl/evp.h>

namespace overhear {

std::array<std::uint8_t, 20> sha1(Bytes bytes) {
  std::array<std::uint8_t, 20> digest{};
  EVP_Digest(bytes.data(), bytes.size(), digest.data(), nullptr, EVP_sha1(), nullptr);
  return digest;
}

}  // namespace overhear
