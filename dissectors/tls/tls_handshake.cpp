#include "dissectors/tls/tls_handshake.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace overhear {
namespace {

// ExtensionType (RFC 8446, 4.2).
constexpr std::uint16_t kServerName = 0;
constexpr std::uint16_t kProtocolNegotiation = 16;  // application_layer_protocol_negotiation
constexpr std::uint16_t kEncryptThenMac = 22;
constexpr std::uint16_t kEarlyData = 42;
constexpr std::uint16_t kSupportedVersions = 43;

// SHA-256 of "HelloRetryRequest" (RFC 8446, 4.1.3).
constexpr TlsRandom kRetryRandom = {0xCF, 0x21, 0xAD, 0x74, 0xE5, 0x9A, 0x61, 0x11, 0xBE, 0x1D, 0x8C,
                                    0x02, 0x1E, 0x65, 0xB8, 0x91, 0xC2, 0xA2, 0x11, 0x16, 0x7A, 0xBB,
                                    0x8C, 0x5E, 0x07, 0x9E, 0x09, 0xE2, 0xC8, 0xA8, 0x33, 0x9C};

// Reads numbers and vectors (RFC 8446, 3.4) from the front. Once something is missing, all that follows is empty.
class Cursor {
 public:
  explicit Cursor(Bytes bytes) : left_(bytes) {}

  Bytes take(std::size_t size) {
    if (size > left_.size()) {
      is_good_ = false;
      left_ = {};
      return {};
    }
    const Bytes out = left_.first(size);
    left_ = left_.subspan(size);
    return out;
  }
  std::size_t number(std::size_t bytes) {
    std::size_t value = 0;
    for (const std::uint8_t byte : take(bytes)) value = value << 8 | byte;
    return value;
  }
  // A vector whose length stands before it in so many bytes.
  Bytes vector(std::size_t length_bytes) { return take(number(length_bytes)); }

  bool empty() const { return left_.empty(); }
  bool is_good() const { return is_good_; }

 private:
  Bytes left_;
  bool is_good_ = true;
};

// Calls with type and data of each extension. False where they are not well-formed.
template <typename OnExtension>
bool for_each_extension(Bytes extensions, OnExtension on_extension) {
  Cursor cursor(extensions);
  while (!cursor.empty()) {
    const auto type = static_cast<std::uint16_t>(cursor.number(2));
    const Bytes data = cursor.vector(2);
    if (cursor.is_good()) on_extension(type, data);
  }
  return cursor.is_good();
}

std::string parse_protocols(Bytes data) {
  std::string out;
  Cursor list(Cursor(data).vector(2));
  while (!list.empty()) {
    if (!out.empty()) out += ' ';
    out += as_text(list.vector(1));
  }
  return out;
}

std::string_view parse_protocol(Bytes data) {
  return as_text(Cursor(Cursor(data).vector(2)).vector(1));
}

TlsRandom take_random(Cursor& cursor) {
  TlsRandom random{};
  std::ranges::copy(cursor.take(random.size()), random.begin());
  return random;
}

std::string_view alert_name(std::uint8_t description) {
  switch (description) {
    case 0: return "close_notify";
    case 10: return "unexpected_message";
    case 20: return "bad_record_mac";
    case 22: return "record_overflow";
    case 40: return "handshake_failure";
    case 42: return "bad_certificate";
    case 43: return "unsupported_certificate";
    case 44: return "certificate_revoked";
    case 45: return "certificate_expired";
    case 46: return "certificate_unknown";
    case 47: return "illegal_parameter";
    case 48: return "unknown_ca";
    case 49: return "access_denied";
    case 50: return "decode_error";
    case 51: return "decrypt_error";
    case 70: return "protocol_version";
    case 71: return "insufficient_security";
    case 80: return "internal_error";
    case 86: return "inappropriate_fallback";
    case 90: return "user_canceled";
    case 100: return "no_renegotiation";
    case 109: return "missing_extension";
    case 110: return "unsupported_extension";
    case 112: return "unrecognized_name";
    case 113: return "bad_certificate_status_response";
    case 115: return "unknown_psk_identity";
    case 116: return "certificate_required";
    case 120: return "no_application_protocol";
    default: return {};
  }
}

}  // namespace

std::string_view parse_server_name(Bytes data) {
  Cursor list(Cursor(data).vector(2));
  while (!list.empty()) {
    const bool is_host_name = list.number(1) == 0;
    const Bytes name = list.vector(2);
    if (is_host_name) return as_text(name);
  }
  return {};
}

std::string to_string(HandshakeType type) {
  switch (type) {
    case HandshakeType::HelloRequest: return "hello_request";
    case HandshakeType::ClientHello: return "client_hello";
    case HandshakeType::ServerHello: return "server_hello";
    case HandshakeType::NewSessionTicket: return "new_session_ticket";
    case HandshakeType::EndOfEarlyData: return "end_of_early_data";
    case HandshakeType::EncryptedExtensions: return "encrypted_extensions";
    case HandshakeType::Certificate: return "certificate";
    case HandshakeType::ServerKeyExchange: return "server_key_exchange";
    case HandshakeType::CertificateRequest: return "certificate_request";
    case HandshakeType::ServerHelloDone: return "server_hello_done";
    case HandshakeType::CertificateVerify: return "certificate_verify";
    case HandshakeType::ClientKeyExchange: return "client_key_exchange";
    case HandshakeType::Finished: return "finished";
    case HandshakeType::KeyUpdate: return "key_update";
  }
  return fmt::format("handshake_{}", static_cast<unsigned>(type));
}

std::optional<ClientHello> parse_client_hello(Bytes body) {
  ClientHello hello;
  Cursor cursor(body);
  cursor.take(2);  // legacy_version
  hello.random = take_random(cursor);
  cursor.vector(1);  // legacy_session_id
  cursor.vector(2);  // cipher_suites
  cursor.vector(1);  // legacy_compression_methods
  const Bytes extensions = cursor.empty() ? Bytes() : cursor.vector(2);
  const bool is_whole = for_each_extension(extensions, [&hello](std::uint16_t type, Bytes data) {
    if (type == kServerName) hello.server_name = parse_server_name(data);
    if (type == kProtocolNegotiation) hello.protocols = parse_protocols(data);
    if (type == kEarlyData) hello.offers_early_data = true;
  });
  if (!cursor.is_good() || !cursor.empty() || !is_whole) return std::nullopt;
  return hello;
}

std::optional<ServerHello> parse_server_hello(Bytes body) {
  ServerHello hello;
  Cursor cursor(body);
  hello.version = static_cast<std::uint16_t>(cursor.number(2));
  hello.random = take_random(cursor);
  hello.is_retry = hello.random == kRetryRandom;
  cursor.vector(1);  // legacy_session_id_echo
  hello.suite = static_cast<std::uint16_t>(cursor.number(2));
  cursor.take(1);  // legacy_compression_method
  const Bytes extensions = cursor.empty() ? Bytes() : cursor.vector(2);
  const bool is_whole = for_each_extension(extensions, [&hello](std::uint16_t type, Bytes data) {
    if (type == kSupportedVersions) hello.version = static_cast<std::uint16_t>(Cursor(data).number(2));
    if (type == kProtocolNegotiation) hello.protocol = parse_protocol(data);
    if (type == kEncryptThenMac) hello.encrypts_then_macs = true;
  });
  if (!cursor.is_good() || !cursor.empty() || !is_whole) return std::nullopt;
  return hello;
}

std::optional<EncryptedExtensions> parse_encrypted_extensions(Bytes body) {
  EncryptedExtensions out;
  Cursor cursor(body);
  const bool is_whole = for_each_extension(cursor.vector(2), [&out](std::uint16_t type, Bytes data) {
    if (type == kProtocolNegotiation) out.protocol = parse_protocol(data);
    if (type == kEarlyData) out.accepts_early_data = true;
  });
  if (!cursor.is_good() || !cursor.empty() || !is_whole) return std::nullopt;
  return out;
}

std::optional<Bytes> parse_certificate(Bytes body, bool is_tls13) {
  Cursor cursor(body);
  if (is_tls13) cursor.vector(1);  // certificate_request_context
  Cursor list(cursor.vector(3));
  const Bytes first = list.empty() ? Bytes() : list.vector(3);
  if (!cursor.is_good() || !list.is_good()) return std::nullopt;
  return first;
}

std::string describe_alert(std::uint8_t level, std::uint8_t description) {
  const std::string_view name = alert_name(description);
  const std::string_view strength = level == 1 ? "warning" : level == 2 ? "fatal" : "unknown";
  return name.empty() ? fmt::format("{} {}", strength, description) : fmt::format("{} {}", strength, name);
}

}  // namespace overhear
