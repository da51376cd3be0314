#include "decrypt/tls_record_cipher.hpp"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include <algorithm>
#include <array>
#include <cassert>

namespace overhear {
namespace {

constexpr std::size_t kBlock = 16;           // AES
constexpr std::size_t kExplicitNonce = 8;    // RFC 5288, 3; RFC 6655, 3
constexpr std::size_t kMacHeaderBytes = 13;  // sequence number, type, version, length (RFC 5246, 6.2.3.1)

const EVP_CIPHER* evp_cipher(TlsCipher cipher) {
  switch (cipher) {
    case TlsCipher::Aes128Gcm: return EVP_aes_128_gcm();
    case TlsCipher::Aes256Gcm: return EVP_aes_256_gcm();
    case TlsCipher::Aes128Ccm:
    case TlsCipher::Aes128Ccm8: return EVP_aes_128_ccm();
    case TlsCipher::Aes256Ccm:
    case TlsCipher::Aes256Ccm8: return EVP_aes_256_ccm();
    case TlsCipher::ChaCha20Poly1305: return EVP_chacha20_poly1305();
    case TlsCipher::Aes128Cbc: return EVP_aes_128_cbc();
    case TlsCipher::Aes256Cbc: return EVP_aes_256_cbc();
  }
  return nullptr;
}

constexpr bool is_ccm(TlsCipher cipher) {
  return cipher == TlsCipher::Aes128Ccm || cipher == TlsCipher::Aes256Ccm || cipher == TlsCipher::Aes128Ccm8 ||
         cipher == TlsCipher::Aes256Ccm8;
}

constexpr std::size_t tag_bytes(TlsCipher cipher) {
  return cipher == TlsCipher::Aes128Ccm8 || cipher == TlsCipher::Aes256Ccm8 ? 8 : 16;
}

// What a MAC or an AEAD of TLS 1.2 covers before the content.
std::array<std::uint8_t, kMacHeaderBytes> mac_header(std::uint64_t sequence, Bytes record, std::size_t length) {
  std::array<std::uint8_t, kMacHeaderBytes> header{};
  for (std::size_t i = 0; i < 8; ++i) header[i] = static_cast<std::uint8_t>(sequence >> (56 - 8 * i));
  std::copy_n(record.begin(), 3, header.begin() + 8);
  header[11] = static_cast<std::uint8_t>(length >> 8);
  header[12] = static_cast<std::uint8_t>(length);
  return header;
}

}  // namespace

void TlsRecordCipher::MacDeleter::operator()(evp_mac_ctx_st* context) const {
  EVP_MAC_CTX_free(context);
}

TlsRecordCipher::TlsRecordCipher(const TlsSuite& suite, const TlsKeys& keys, bool encrypts_then_macs)
    : suite_(suite), keys_(keys), encrypts_then_macs_(encrypts_then_macs), cipher_(EVP_CIPHER_CTX_new()) {
  EVP_CIPHER_CTX* const context = cipher_.get();
  bool is_ready =
      context != nullptr && EVP_DecryptInit_ex(context, evp_cipher(suite.cipher), nullptr, nullptr, nullptr) == 1;
  if (is_cbc(suite.cipher)) {
    is_ready = is_ready && EVP_CIPHER_CTX_set_padding(context, 0) == 1;
    EVP_MAC* const hmac = EVP_MAC_fetch(nullptr, "HMAC", nullptr);
    mac_.reset(EVP_MAC_CTX_new(hmac));
    EVP_MAC_free(hmac);
    const OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, const_cast<char*>(openssl_name(suite.mac)), 0),
        OSSL_PARAM_construct_end()};
    is_ready = is_ready && mac_ && EVP_MAC_init(mac_.get(), keys_.mac.data(), hash_bytes(suite.mac), parameters) == 1;
  } else {
    const auto tag = static_cast<int>(tag_bytes(suite.cipher));
    is_ready = is_ready && EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_IVLEN, 12, nullptr) == 1;
    if (is_ccm(suite.cipher)) {
      is_ready = is_ready && EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, tag, nullptr) == 1;
    }
  }
  is_ready = is_ready && EVP_DecryptInit_ex(context, nullptr, nullptr, keys_.key.data(), nullptr) == 1;
  if (!is_ready) {
    ERR_clear_error();
    cipher_.reset();
  }
}

std::optional<TlsRecordCipher::Opened> TlsRecordCipher::open(std::uint64_t sequence, Bytes record,
                                                             std::span<std::uint8_t> out) {
  assert(record.size() >= kTlsHeaderBytes && out.size() >= record.size());
  if (!cipher_) return std::nullopt;
  const auto size = is_cbc(suite_.cipher) ? open_cbc(sequence, record, out) : open_aead(sequence, record, out);
  if (!size) {
    ERR_clear_error();  // that it does not open is an answer here
    return std::nullopt;
  }
  if (suite_.version == TlsVersion::Tls12) return Opened{record[0], *size};
  // TLSInnerPlaintext (RFC 8446, 5.2): content, type, zeros.
  const auto inner = out.first(*size);
  const auto last = std::find_if(inner.rbegin(), inner.rend(), [](std::uint8_t byte) { return byte != 0; });
  if (last == inner.rend()) return std::nullopt;
  return Opened{*last, static_cast<std::size_t>(inner.rend() - last) - 1};
}

std::optional<std::size_t> TlsRecordCipher::open_aead(std::uint64_t sequence, Bytes record,
                                                      std::span<std::uint8_t> out) {
  const bool has_explicit_nonce = suite_.version == TlsVersion::Tls12 && suite_.cipher != TlsCipher::ChaCha20Poly1305;
  const std::size_t before = kTlsHeaderBytes + (has_explicit_nonce ? kExplicitNonce : 0);
  const std::size_t tag = tag_bytes(suite_.cipher);
  if (record.size() < before + tag) return std::nullopt;
  const Bytes sealed = record.subspan(before, record.size() - before - tag);
  Nonce nonce = keys_.iv;
  if (has_explicit_nonce) {
    std::copy_n(record.begin() + kTlsHeaderBytes, kExplicitNonce, nonce.begin() + 4);
  } else {
    for (std::size_t i = 0; i < 8; ++i) nonce[4 + i] ^= static_cast<std::uint8_t>(sequence >> (56 - 8 * i));
  }
  const auto header = mac_header(sequence, record, sealed.size());
  const Bytes additional = suite_.version == TlsVersion::Tls12 ? Bytes(header) : record.first(kTlsHeaderBytes);
  if (!decrypt_aead(nonce, additional, sealed, record.last(tag), out.data())) return std::nullopt;
  return sealed.size();
}

bool TlsRecordCipher::decrypt_aead(const Nonce& nonce, Bytes additional, Bytes sealed, Bytes tag, std::uint8_t* out) {
  EVP_CIPHER_CTX* const context = cipher_.get();
  const auto size = static_cast<int>(sealed.size());
  const auto set_tag = [&] {
    return EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, static_cast<int>(tag.size()),
                               const_cast<std::uint8_t*>(tag.data())) == 1;
  };
  int written = 0;
  if (is_ccm(suite_.cipher)) {
    // CCM wants the tag and the length first, and has checked the tag when it has decrypted.
    return set_tag() && EVP_DecryptInit_ex(context, nullptr, nullptr, nullptr, nonce.data()) == 1 &&
           EVP_DecryptUpdate(context, nullptr, &written, nullptr, size) == 1 &&
           EVP_DecryptUpdate(context, nullptr, &written, additional.data(), static_cast<int>(additional.size())) == 1 &&
           EVP_DecryptUpdate(context, out, &written, sealed.data(), size) == 1;
  }
  return EVP_DecryptInit_ex(context, nullptr, nullptr, nullptr, nonce.data()) == 1 &&
         EVP_DecryptUpdate(context, nullptr, &written, additional.data(), static_cast<int>(additional.size())) == 1 &&
         EVP_DecryptUpdate(context, out, &written, sealed.data(), size) == 1 && set_tag() &&
         EVP_DecryptFinal_ex(context, out + written, &written) == 1;
}

// GenericBlockCipher (RFC 5246, 6.2.3.2): an IV in clear, then content, MAC and padding, encrypted. With RFC 7366 the
// MAC stands behind what is encrypted, and covers it.
std::optional<std::size_t> TlsRecordCipher::open_cbc(std::uint64_t sequence, Bytes record,
                                                     std::span<std::uint8_t> out) {
  const std::size_t mac = hash_bytes(suite_.mac);
  Bytes fragment = record.subspan(kTlsHeaderBytes);
  if (encrypts_then_macs_) {
    if (fragment.size() < mac) return std::nullopt;
    const Bytes covered = fragment.first(fragment.size() - mac);
    if (!is_mac(mac_header(sequence, record, covered.size()), covered, fragment.last(mac))) return std::nullopt;
    fragment = covered;
  }
  if (fragment.size() < 2 * kBlock || fragment.size() % kBlock != 0) return std::nullopt;
  const Bytes blocks = fragment.subspan(kBlock);
  if (!decrypt_cbc(fragment.first(kBlock), blocks, out.data())) return std::nullopt;
  const Bytes plain = Bytes(out).first(blocks.size());
  const std::size_t padding = plain.back() + std::size_t{1};
  const std::size_t behind = padding + (encrypts_then_macs_ ? 0 : mac);
  if (behind > plain.size()) return std::nullopt;
  if (!std::ranges::all_of(plain.last(padding), [&](std::uint8_t byte) { return byte == plain.back(); })) {
    return std::nullopt;
  }
  const std::size_t size = plain.size() - behind;
  if (!encrypts_then_macs_ &&
      !is_mac(mac_header(sequence, record, size), plain.first(size), plain.subspan(size, mac))) {
    return std::nullopt;
  }
  return size;
}

bool TlsRecordCipher::decrypt_cbc(Bytes iv, Bytes blocks, std::uint8_t* out) {
  int written = 0;
  return EVP_DecryptInit_ex(cipher_.get(), nullptr, nullptr, nullptr, iv.data()) == 1 &&
         EVP_DecryptUpdate(cipher_.get(), out, &written, blocks.data(), static_cast<int>(blocks.size())) == 1;
}

bool TlsRecordCipher::is_mac(Bytes header, Bytes content, Bytes mac) {
  std::array<std::uint8_t, 48> right{};
  std::size_t size = 0;
  return EVP_MAC_init(mac_.get(), nullptr, 0, nullptr) == 1 &&
         EVP_MAC_update(mac_.get(), header.data(), header.size()) == 1 &&
         EVP_MAC_update(mac_.get(), content.data(), content.size()) == 1 &&
         EVP_MAC_final(mac_.get(), right.data(), &size, right.size()) == 1 && size == mac.size() &&
         CRYPTO_memcmp(right.data(), mac.data(), size) == 0;
}

}  // namespace overhear
