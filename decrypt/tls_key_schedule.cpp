#include "decrypt/tls_key_schedule.hpp"

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/kdf.h>
#include <openssl/params.h>

#include <algorithm>
#include <cassert>
#include <memory>
#include <span>
#include <string_view>

namespace overhear {
namespace {

struct KdfDeleter {
  void operator()(EVP_KDF_CTX* context) const { EVP_KDF_CTX_free(context); }
};

OSSL_PARAM octets(const char* name, Bytes bytes) {
  return OSSL_PARAM_construct_octet_string(name, const_cast<std::uint8_t*>(bytes.data()), bytes.size());
}

OSSL_PARAM digest(TlsHash hash) {
  return OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, const_cast<char*>(openssl_name(hash)), 0);
}

bool derive(const char* name, std::span<const OSSL_PARAM> parameters, std::span<std::uint8_t> out) {
  EVP_KDF* const kdf = EVP_KDF_fetch(nullptr, name, nullptr);
  const std::unique_ptr<EVP_KDF_CTX, KdfDeleter> context(EVP_KDF_CTX_new(kdf));
  EVP_KDF_free(kdf);
  const bool is_done = context && EVP_KDF_derive(context.get(), out.data(), out.size(), parameters.data()) == 1;
  if (!is_done) ERR_clear_error();
  return is_done;
}

// RFC 5246, 5: PRF(secret, label, seed).
bool prf(TlsHash hash, Bytes secret, std::string_view label, Bytes seed, Bytes more_seed, std::span<std::uint8_t> out) {
  const OSSL_PARAM parameters[] = {digest(hash),
                                   octets(OSSL_KDF_PARAM_SECRET, secret),
                                   octets(OSSL_KDF_PARAM_SEED, as_bytes(label)),
                                   octets(OSSL_KDF_PARAM_SEED, seed),
                                   octets(OSSL_KDF_PARAM_SEED, more_seed),
                                   OSSL_PARAM_construct_end()};
  return derive("TLS1-PRF", parameters, out);
}

// RFC 8446, 7.1: HKDF-Expand-Label(secret, label, "", out.size()).
bool expand_label(TlsHash hash, Bytes secret, std::string_view label, std::span<std::uint8_t> out) {
  int mode = EVP_KDF_HKDF_MODE_EXPAND_ONLY;
  const OSSL_PARAM parameters[] = {OSSL_PARAM_construct_int(OSSL_KDF_PARAM_MODE, &mode),
                                   digest(hash),
                                   octets(OSSL_KDF_PARAM_KEY, secret),
                                   octets(OSSL_KDF_PARAM_PREFIX, as_bytes("tls13 ")),
                                   octets(OSSL_KDF_PARAM_LABEL, as_bytes(label)),
                                   OSSL_PARAM_construct_end()};
  return derive("TLS13-KDF", parameters, out);
}

// RFC 5246, 6.3; RFC 5288, 3; RFC 7905, 2. The nonce of CBC stands in the record.
constexpr std::size_t tls12_iv_bytes(TlsCipher cipher) {
  if (is_cbc(cipher)) return 0;
  return cipher == TlsCipher::ChaCha20Poly1305 ? 12 : 4;
}

}  // namespace

std::optional<Tls12Keys> derive_tls12_keys(const TlsSuite& suite, Bytes master_secret, Bytes client_random,
                                           Bytes server_random) {
  assert(client_random.size() == kTlsRandomBytes && server_random.size() == kTlsRandomBytes);
  const std::size_t mac = is_cbc(suite.cipher) ? hash_bytes(suite.mac) : 0;
  const std::size_t key = key_bytes(suite.cipher);
  const std::size_t iv = tls12_iv_bytes(suite.cipher);
  std::array<std::uint8_t, 2 * (48 + 32 + 12)> block{};
  const auto used = std::span(block).first(2 * (mac + key + iv));
  if (!prf(suite.hash, master_secret, "key expansion", server_random, client_random, used)) return std::nullopt;
  Tls12Keys keys;
  const std::uint8_t* from = block.data();
  const auto take = [&from](std::size_t size, auto& to) {
    std::copy_n(from, size, to.begin());
    from += size;
  };
  take(mac, keys.client.mac);
  take(mac, keys.server.mac);
  take(key, keys.client.key);
  take(key, keys.server.key);
  take(iv, keys.client.iv);
  take(iv, keys.server.iv);
  return keys;
}

std::optional<TlsKeys> derive_tls13_keys(const TlsSuite& suite, Bytes traffic_secret) {
  if (traffic_secret.size() != hash_bytes(suite.hash)) return std::nullopt;
  TlsKeys keys;
  const auto key = std::span(keys.key).first(key_bytes(suite.cipher));
  const bool is_done =
      expand_label(suite.hash, traffic_secret, "key", key) && expand_label(suite.hash, traffic_secret, "iv", keys.iv);
  if (!is_done) return std::nullopt;
  return keys;
}

std::vector<std::uint8_t> next_traffic_secret(const TlsSuite& suite, Bytes traffic_secret) {
  std::vector<std::uint8_t> next(traffic_secret.size());
  if (!expand_label(suite.hash, traffic_secret, "traffic upd", next)) next.clear();
  return next;
}

}  // namespace overhear
