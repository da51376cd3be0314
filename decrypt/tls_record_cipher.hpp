// Opens the protected records of one direction under one set of keys (RFC 5246, 6.2.3; RFC 7366; RFC 8446, 5.2). What
// is opened has been authenticated: a record that was not sealed with these keys at this place is refused.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>

#include "base/bytes.hpp"
#include "decrypt/aes.hpp"
#include "decrypt/tls_key_schedule.hpp"
#include "decrypt/tls_suites.hpp"

struct evp_mac_ctx_st;  // OpenSSL's EVP_MAC_CTX

namespace overhear {

inline constexpr std::size_t kTlsHeaderBytes = 5;  // RFC 8446, 5.1: type, legacy_record_version, length

class TlsRecordCipher {
 public:
  struct Opened {
    std::uint8_t type = 0;  // ContentType; of TLS 1.3 the one inside
    std::size_t size = 0;   // of the content
  };

  // `encrypts_then_macs`: RFC 7366 was agreed on; only CBC suites care.
  TlsRecordCipher(const TlsSuite& suite, const TlsKeys& keys, bool encrypts_then_macs);

  // `record`: the header and all that it spans. `sequence`: how many records came before under these keys. The content
  // is written to `out`, which has room for as many bytes as the record.
  std::optional<Opened> open(std::uint64_t sequence, Bytes record, std::span<std::uint8_t> out);

 private:
  struct MacDeleter {
    void operator()(evp_mac_ctx_st* context) const;
  };
  using Nonce = std::array<std::uint8_t, 12>;

  std::optional<std::size_t> open_aead(std::uint64_t sequence, Bytes record, std::span<std::uint8_t> out);
  std::optional<std::size_t> open_cbc(std::uint64_t sequence, Bytes record, std::span<std::uint8_t> out);
  bool decrypt_aead(const Nonce& nonce, Bytes additional, Bytes sealed, Bytes tag, std::uint8_t* out);
  bool decrypt_cbc(Bytes iv, Bytes blocks, std::uint8_t* out);
  bool is_mac(Bytes header, Bytes content, Bytes mac);

  TlsSuite suite_;
  TlsKeys keys_;
  bool encrypts_then_macs_;
  CipherContext cipher_;                             // null where OpenSSL lacks the means: then nothing opens
  std::unique_ptr<evp_mac_ctx_st, MacDeleter> mac_;  // of CBC suites
};

}  // namespace overhear
