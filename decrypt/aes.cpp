#include "decrypt/aes.hpp"

#include <openssl/err.h>
#include <openssl/evp.h>

#include <algorithm>
#include <cassert>

namespace overhear {
namespace {

constexpr std::size_t kBlock = 16;

enum class Mode : std::uint8_t { Ctr, Ecb };

const EVP_CIPHER* cipher(Mode mode, std::size_t key_size) {
  switch (key_size) {
    case 16: return mode == Mode::Ctr ? EVP_aes_128_ctr() : EVP_aes_128_ecb();
    case 24: return mode == Mode::Ctr ? EVP_aes_192_ctr() : EVP_aes_192_ecb();
    case 32: return mode == Mode::Ctr ? EVP_aes_256_ctr() : EVP_aes_256_ecb();
    default: return nullptr;
  }
}

// counter + blocks, as one big-endian number of 128 bits that wraps.
std::array<std::uint8_t, kBlock> advanced(std::array<std::uint8_t, kBlock> counter, std::uint64_t blocks) {
  std::uint64_t carry = 0;
  for (std::size_t i = kBlock; i-- > 0 && (blocks != 0 || carry != 0); blocks >>= 8) {
    const std::uint64_t sum = counter[i] + (blocks & 0xff) + carry;
    counter[i] = static_cast<std::uint8_t>(sum);
    carry = sum >> 8;
  }
  return counter;
}

bool update(EVP_CIPHER_CTX* context, Bytes in, std::uint8_t* out) {
  constexpr std::size_t kMaxUpdate = 1u << 30;  // EVP counts in int
  while (!in.empty()) {
    const Bytes piece = in.first(std::min(in.size(), kMaxUpdate));
    int written = 0;
    if (EVP_EncryptUpdate(context, out, &written, piece.data(), static_cast<int>(piece.size())) != 1) return false;
    out += piece.size();
    in = in.subspan(piece.size());
  }
  return true;
}

}  // namespace

void CipherContextDeleter::operator()(evp_cipher_ctx_st* context) const {
  EVP_CIPHER_CTX_free(context);
}

AesCtr::AesCtr(const AesKey& key, const std::array<std::uint8_t, 16>& counter)
    : context_(EVP_CIPHER_CTX_new()), counter_(counter) {
  const EVP_CIPHER* type = cipher(Mode::Ctr, key.size);
  assert(type != nullptr);
  if (type == nullptr || !context_ ||
      EVP_EncryptInit_ex(context_.get(), type, nullptr, key.bytes.data(), counter.data()) != 1) {
    context_.reset();
  }
}

void AesCtr::xor_at(std::uint64_t offset, Bytes in, std::uint8_t* out) {
  // Without a cipher (no memory) the text stays what it is, which nobody takes for something that was said.
  const auto give_up = [&] { std::copy(in.begin(), in.end(), out); };
  if (in.empty()) return;
  if (!context_) return give_up();
  const auto start = advanced(counter_, offset / kBlock);
  if (EVP_EncryptInit_ex(context_.get(), nullptr, nullptr, nullptr, start.data()) != 1) return give_up();
  std::array<std::uint8_t, kBlock> skipped{};
  if (!update(context_.get(), Bytes(skipped).first(offset % kBlock), skipped.data())) return give_up();
  if (!update(context_.get(), in, out)) give_up();
}

bool open_aes_ecb(const AesKey& key, Bytes ciphertext, std::vector<std::uint8_t>& out) {
  out.clear();
  const EVP_CIPHER* type = cipher(Mode::Ecb, key.size);
  constexpr std::size_t kMaxUpdate = 1u << 30;
  if (type == nullptr || ciphertext.empty() || ciphertext.size() % kBlock != 0 || ciphertext.size() > kMaxUpdate) {
    return false;
  }
  const CipherContext context(EVP_CIPHER_CTX_new());
  out.resize(ciphertext.size() + kBlock);
  int written = 0;
  int last = 0;
  const bool is_open = context && EVP_DecryptInit_ex(context.get(), type, nullptr, key.bytes.data(), nullptr) == 1 &&
                       EVP_DecryptUpdate(context.get(), out.data(), &written, ciphertext.data(),
                                         static_cast<int>(ciphertext.size())) == 1 &&
                       EVP_DecryptFinal_ex(context.get(), out.data() + written, &last) == 1;
  // Wrong padding is an answer here, no error that somebody else should find in the queue.
  if (!is_open) ERR_clear_error();
  out.resize(is_open ? static_cast<std::size_t>(written + last) : 0);
  return is_open;
}

std::array<std::uint8_t, 32> sha256(Bytes bytes) {
  std::array<std::uint8_t, 32> digest{};
  EVP_Digest(bytes.data(), bytes.size(), digest.data(), nullptr, EVP_sha256(), nullptr);
  return digest;
}

}  // namespace overhear
