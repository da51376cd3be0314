// What the handshake messages say that is shown or needed to open records (RFC 8446, 4; RFC 5246, 7.4). Views point
// into the message. A message that is not well-formed gives nullopt.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.hpp"
#include "decrypt/tls_secrets.hpp"

namespace overhear {

// HandshakeType (RFC 8446, 4; RFC 5246, 7.4), as far as a reader treats them differently.
enum class HandshakeType : std::uint8_t {
  HelloRequest = 0,
  ClientHello = 1,
  ServerHello = 2,
  NewSessionTicket = 4,
  EndOfEarlyData = 5,
  EncryptedExtensions = 8,
  Certificate = 11,
  ServerKeyExchange = 12,
  CertificateRequest = 13,
  ServerHelloDone = 14,
  CertificateVerify = 15,
  ClientKeyExchange = 16,
  Finished = 20,
  KeyUpdate = 24,
};

// "certificate_request"; "handshake_99" for what has no name here.
std::string to_string(HandshakeType type);

using TlsRandom = ClientRandom;

struct ClientHello {
  TlsRandom random{};
  std::string_view server_name;  // RFC 6066, 3
  std::string protocols;         // RFC 7301, 3.1: what the client offers, with spaces between
  bool offers_early_data = false;
};

struct ServerHello {
  TlsRandom random{};
  std::uint16_t version = 0;  // the one chosen, wherever it stands
  std::uint16_t suite = 0;
  std::string_view protocol;        // RFC 7301, 3.1: of TLS 1.2
  bool is_retry = false;            // HelloRetryRequest (RFC 8446, 4.1.3)
  bool encrypts_then_macs = false;  // RFC 7366, 2
};

struct EncryptedExtensions {
  std::string_view protocol;
  bool accepts_early_data = false;
};

std::optional<ClientHello> parse_client_hello(Bytes body);
std::optional<ServerHello> parse_server_hello(Bytes body);
std::optional<EncryptedExtensions> parse_encrypted_extensions(Bytes body);
// The sender's own certificate (DER), which comes first; empty where it has none. `is_tls13`: RFC 8446, 4.4.2 rather
// than RFC 5246, 7.4.2.
std::optional<Bytes> parse_certificate(Bytes body, bool is_tls13);
// The host name that a server_name extension asks for (RFC 6066, 3); empty: none. A view into `data`.
std::string_view parse_server_name(Bytes data);

// "fatal handshake_failure" (RFC 8446, 6); the numbers of what has no name.
std::string describe_alert(std::uint8_t level, std::uint8_t description);

}  // namespace overhear
