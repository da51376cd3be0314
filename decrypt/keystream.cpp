#include "decrypt/keystream.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <utility>

namespace overhear {
namespace {

constexpr std::size_t kFirst = 512;  // most chat messages end before

// Whole vectors first, through copies: in place or not, the compiler may then load all before it stores.
void xor_bytes(const std::uint8_t* in, const std::uint8_t* stream, std::uint8_t* out, std::size_t size) {
  using Chunk = std::array<std::uint64_t, 4>;
  std::size_t at = 0;
  for (; size - at >= sizeof(Chunk); at += sizeof(Chunk)) {
    Chunk a, b;
    std::memcpy(&a, in + at, sizeof a);
    std::memcpy(&b, stream + at, sizeof b);
    for (std::size_t i = 0; i < a.size(); ++i) a[i] ^= b[i];
    std::memcpy(out + at, &a, sizeof a);
  }
  for (; size - at >= sizeof(std::uint64_t); at += sizeof(std::uint64_t)) {
    std::uint64_t a, b;
    std::memcpy(&a, in + at, sizeof a);
    std::memcpy(&b, stream + at, sizeof b);
    a ^= b;
    std::memcpy(out + at, &a, sizeof a);
  }
  for (; at < size; ++at) out[at] = in[at] ^ stream[at];
}

}  // namespace

Keystream::Keystream(const AesKey& key, std::size_t kept) : cipher_(key), kept_(kept) {}

void Keystream::xor_at(std::uint64_t offset, Bytes in, std::uint8_t* out) {
  if (offset >= kept_) return cipher_.xor_at(offset, in, out);
  const auto start = static_cast<std::size_t>(offset);
  const std::size_t size = std::min(in.size(), kept_ - start);
  if (start + size > stream_.size()) extend(start + size);
  xor_bytes(in.data(), stream_.data() + start, out, size);
  if (size < in.size()) cipher_.xor_at(offset + size, in.subspan(size), out + size);
}

void Keystream::extend(std::size_t size) {
  // Exactly so much is reserved: growing by itself the vector could take twice.
  const std::size_t target = std::min(kept_, std::max(kFirst, std::bit_ceil(size)));
  const std::size_t have = stream_.size();
  std::vector<std::uint8_t> longer(target);
  std::ranges::copy(stream_, longer.begin());
  const Bytes zeros = Bytes(longer).subspan(have);
  cipher_.xor_at(have, zeros, longer.data() + have);
  stream_ = std::move(longer);
}

}  // namespace overhear
