// The keystream of one MCP key. It is the same for every message of a session and for both directions (AES-CTR, zero
// IV), so it is computed once, as far as messages reach, and XORed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/bytes.hpp"
#include "base/prefetch.hpp"
#include "decrypt/aes.hpp"

namespace overhear {

class Keystream {
 public:
  // How much is kept: short messages are XORed from memory; from here on the cipher itself is as fast as the memory, so
  // a long message or a continuous stream costs no more memory than this.
  static constexpr std::size_t kKept = 64u << 10;

  explicit Keystream(const AesKey& key, std::size_t kept = kKept);

  // out = in XOR keystream from `offset` on. `out` holds in.size() bytes and may be `in` itself, not overlap otherwise.
  void xor_at(std::uint64_t offset, Bytes in, std::uint8_t* out);

  // What a short message at `offset` needs of it (see base/prefetch.hpp).
  void fetch_ahead(std::uint64_t offset) const {
    if (offset < stream_.size()) prefetch(stream_.data() + offset, 4 * kCacheLine);
  }

  std::size_t memory() const { return stream_.capacity(); }

 private:
  void extend(std::size_t size);

  AesCtr cipher_;
  std::size_t kept_;
  std::vector<std::uint8_t> stream_;
};

}  // namespace overhear
