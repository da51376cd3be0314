// TLSPlaintext and TLSCiphertext (RFC 8446, 5.1 and 5.2; RFC 5246, 6.2): five bytes of header, then a fragment.
//
//   | type | legacy_record_version (03 0x) | length (2) | fragment ...
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "decrypt/tls_record_cipher.hpp"
#include "dissectors/message.hpp"

namespace overhear {

enum class ContentType : std::uint8_t { ChangeCipherSpec = 20, Alert = 21, Handshake = 22, ApplicationData = 23 };

// RFC 5246, 6.2.3: TLSCiphertext.length. TLS 1.3 allows less, which no reader needs to insist on.
inline constexpr std::size_t kMaxFragmentBytes = (1u << 14) + 2048;
inline constexpr std::size_t kMaxRecordBytes = kTlsHeaderBytes + kMaxFragmentBytes;

struct TlsRecordHeader {
  ContentType type = ContentType::ApplicationData;
  std::size_t length = 0;  // of the fragment

  std::size_t record_bytes() const { return kTlsHeaderBytes + length; }
};

// Whether `view`, of any length, begins as a record may begin.
bool may_begin_record(std::string_view view);
// nullopt: more is needed. REQUIRES: may_begin_record(view).
std::optional<TlsRecordHeader> parse_record_header(std::string_view view);

// Whether a stream begins with TLS: a hello, or, picked up in the middle, records that follow each other. nullopt: more
// is needed.
std::optional<bool> looks_like_tls(std::string_view text, bool is_midstream);
// Who has sent the hello that a stream begins with; nullopt where it begins with none.
std::optional<Direction> sender_of_hello(std::string_view text);

}  // namespace overhear
