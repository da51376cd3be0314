// What the handshake messages and alerts of a stream do: the connection learns what was agreed on, keys change.
#include <fmt/format.h>

#include <utility>

#include "decrypt/certificate.hpp"
#include "dissectors/tls/tls_rules.hpp"
#include "dissectors/tls/tls_stream.hpp"

namespace overhear {

void TlsStream::on_handshake_fragment(std::string_view fragment) {
  handshake_.feed(
      fragment, [this](HandshakeType type, Bytes body) { on_handshake(type, body); },
      [this](HandshakeType type) { report(tls_rules::kHandshakeLimit, to_string(type)); });
}

void TlsStream::on_handshake(HandshakeType type, Bytes body) {
  const bool is_tls13 = connection_.is_tls13() && opener_.has_started();  // behind protected records
  switch (type) {
    case HandshakeType::ClientHello: return on_client_hello(body);
    case HandshakeType::ServerHello: return on_server_hello(body);
    case HandshakeType::Certificate: return on_certificate(body);
    case HandshakeType::EncryptedExtensions:
      if (const auto extensions = parse_encrypted_extensions(body)) {
        connection_.on_encrypted_extensions(*extensions);
        return event(to_string(type), body.size(), extensions->protocol);
      }
      report(tls_rules::kMalformed, to_string(type));
      return connection_.on_early_data_unknown();
    case HandshakeType::EndOfEarlyData:
      if (is_tls13 && opener_.epoch() == TlsEpoch::Early) opener_.enter(TlsEpoch::Handshake);
      break;
    case HandshakeType::Finished:
      if (is_tls13 && opener_.epoch() == TlsEpoch::Handshake) opener_.enter(TlsEpoch::Application);
      break;
    case HandshakeType::KeyUpdate:
      if (is_tls13 && opener_.epoch() == TlsEpoch::Application) opener_.update_keys();
      break;
    case HandshakeType::HelloRequest:
    case HandshakeType::NewSessionTicket:
    case HandshakeType::ServerKeyExchange:
    case HandshakeType::CertificateRequest:
    case HandshakeType::ServerHelloDone:
    case HandshakeType::CertificateVerify:
    case HandshakeType::ClientKeyExchange: break;
  }
  event(to_string(type), body.size());
}

void TlsStream::on_client_hello(Bytes body) {
  const auto hello = parse_client_hello(body);
  if (!hello || direction_ != Direction::Client) {
    return report(hello ? tls_rules::kUnexpected : tls_rules::kMalformed, "a ClientHello");
  }
  if (opener_.has_started()) report(tls_rules::kRenegotiation);
  connection_.on_client_hello(*hello);
  std::string detail(hello->server_name);
  if (!hello->protocols.empty()) detail += fmt::format("{}ALPN {}", detail.empty() ? "" : ", ", hello->protocols);
  if (hello->offers_early_data) detail += detail.empty() ? "early data" : ", early data";
  event("client_hello", body.size(), detail);
}

void TlsStream::on_server_hello(Bytes body) {
  const auto hello = parse_server_hello(body);
  if (!hello || direction_ != Direction::Server) {
    return report(hello ? tls_rules::kUnexpected : tls_rules::kMalformed, "a ServerHello");
  }
  connection_.on_server_hello(*hello);
  if (hello->is_retry) return event("hello_retry_request", body.size());
  event("server_hello", body.size(), connection_.agreement());
  if (!connection_.is_supported()) {
    report(tls_rules::kUnsupported, fmt::format("{}: {}", connection_.describe(), connection_.why_unsupported()));
  }
}

void TlsStream::on_certificate(Bytes body) {
  const auto certificate = parse_certificate(body, connection_.is_tls13());
  if (!certificate) return report(tls_rules::kMalformed, "a certificate");
  std::string subject = certificate->empty() ? std::string() : certificate_subject(*certificate);
  event("certificate", body.size(), subject);
  if (direction_ == Direction::Server) connection_.on_server_certificate(std::move(subject));
}

void TlsStream::on_alert(std::string_view alert) {
  if (alert.size() != 2) return event("encrypted_alert", alert.size());
  const auto level = static_cast<std::uint8_t>(alert[0]);
  const auto description = static_cast<std::uint8_t>(alert[1]);
  const std::string text = describe_alert(level, description);
  event("alert", alert.size(), text);
  const bool is_close_notify = description == 0;
  if (level == 2 && !is_close_notify) {
    report(tls_rules::kAlert, fmt::format("the {} ends the session: {}", to_string(direction_), text));
  }
}

}  // namespace overhear
