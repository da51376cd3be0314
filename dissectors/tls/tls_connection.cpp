#include "dissectors/tls/tls_connection.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "decrypt/hex.hpp"

namespace overhear {
namespace {

std::string version_name(std::uint16_t version) {
  switch (version) {
    case 0x0300: return "SSL 3.0";
    case 0x0301: return "TLS 1.0";
    case 0x0302: return "TLS 1.1";
    case 0x0303: return "TLS 1.2";
    case 0x0304: return "TLS 1.3";
    default: return fmt::format("TLS version 0x{:04x}", version);
  }
}

constexpr std::array kTls13Labels{TlsLabel::ClientHandshakeTrafficSecret, TlsLabel::ServerHandshakeTrafficSecret,
                                  TlsLabel::ClientTrafficSecret0, TlsLabel::ServerTrafficSecret0};
constexpr std::array kTls13Suites{std::uint16_t{0x1301}, std::uint16_t{0x1302}, std::uint16_t{0x1303},
                                  std::uint16_t{0x1304}, std::uint16_t{0x1305}};  // RFC 8446, B.4

}  // namespace

void TlsConnection::on_client_hello(const ClientHello& client) {
  const bool is_second = client.random == client_random_;  // the answer to a HelloRetryRequest
  hellos_[static_cast<std::size_t>(Direction::Client)] = Hello::Known;
  client_random_ = client.random;
  server_name_ = client.server_name;
  if (!is_second) {
    early_data_ = client.offers_early_data ? EarlyData::Offered : EarlyData::None;
    // In a renegotiation the server's answer is awaited again.
    auto& server = hellos_[static_cast<std::size_t>(Direction::Server)];
    if (server == Hello::Known) server = Hello::Awaited;
  }
}

void TlsConnection::on_server_hello(const ServerHello& server) {
  if (server.is_retry) {
    version_ = server.version;
    suite_id_ = server.suite;  // which its hello keeps to (RFC 8446, 4.1.4)
    suite_ = find_tls_suite(suite_id_);
    if (early_data_ == EarlyData::Offered) early_data_ = EarlyData::Rejected;
    return;
  }
  hellos_[static_cast<std::size_t>(Direction::Server)] = Hello::Known;
  server_random_ = server.random;
  version_ = server.version;
  suite_id_ = server.suite;
  suite_ = find_tls_suite(suite_id_);
  if (suite_ != nullptr && static_cast<std::uint16_t>(suite_->version) != version_) suite_ = nullptr;
  encrypts_then_macs_ = server.encrypts_then_macs;
  if (!server.protocol.empty()) protocol_ = server.protocol;
  if (!is_tls13() && early_data_ == EarlyData::Offered) early_data_ = EarlyData::Rejected;
}

void TlsConnection::on_encrypted_extensions(const EncryptedExtensions& extensions) {
  protocol_ = extensions.protocol;
  if (early_data_ != EarlyData::Offered) return;
  early_data_ = extensions.accepts_early_data ? EarlyData::Taken : EarlyData::Rejected;
}

void TlsConnection::on_hello_missing(Direction direction) {
  auto& mine = hellos_[static_cast<std::size_t>(direction)];
  if (mine == Hello::Awaited) mine = Hello::Missing;
  ask_key_log();
}

void TlsConnection::ask_key_log() {
  if (!is_version_unknown() || !has_hello(Direction::Client) || store_ == nullptr) return;
  const auto is_known = [this](TlsLabel label) { return store_->tls().find(client_random_, label).has_value(); };
  if (std::ranges::any_of(kTls13Labels, is_known)) version_ = static_cast<std::uint16_t>(TlsVersion::Tls13);
}

void TlsConnection::on_suite_found(const TlsSuite& suite) {
  suite_ = &suite;
  suite_id_ = suite.id;
}

void TlsConnection::on_early_data_unknown() {
  if (early_data_ == EarlyData::Offered) early_data_ = EarlyData::Taken;
}

bool TlsConnection::is_settled() const {
  const auto is_missing = [](Hello one) { return one == Hello::Missing; };
  const auto is_known = [](Hello one) { return one == Hello::Known; };
  return std::ranges::any_of(hellos_, is_missing) || std::ranges::all_of(hellos_, is_known);
}

TlsLabel TlsConnection::label(Direction direction, TlsEpoch epoch) const {
  if (!is_tls13()) return TlsLabel::ClientRandom;
  const bool is_client = direction == Direction::Client;
  switch (epoch) {
    case TlsEpoch::Early: return TlsLabel::ClientEarlyTrafficSecret;
    case TlsEpoch::Handshake:
      return is_client ? TlsLabel::ClientHandshakeTrafficSecret : TlsLabel::ServerHandshakeTrafficSecret;
    case TlsEpoch::Application: break;
  }
  return is_client ? TlsLabel::ClientTrafficSecret0 : TlsLabel::ServerTrafficSecret0;
}

std::optional<TlsKeys> TlsConnection::derive(const TlsSuite& suite, Direction direction, Bytes secret) const {
  if (is_tls13()) return derive_tls13_keys(suite, secret);
  const auto both = derive_tls12_keys(suite, secret, client_random_, server_random_);
  if (!both) return std::nullopt;
  return direction == Direction::Client ? both->client : both->server;
}

std::vector<const TlsSuite*> TlsConnection::possible_suites() const {
  if (suite_ != nullptr) return {suite_};
  if (has_hello(Direction::Server) || !is_tls13()) return {};
  std::vector<const TlsSuite*> suites;
  for (const std::uint16_t id : kTls13Suites) suites.push_back(find_tls_suite(id));
  return suites;
}

std::vector<TlsReadState> TlsConnection::read_states(Direction direction, TlsEpoch epoch) const {
  std::vector<TlsReadState> states;
  const bool is_asked = may_have_key() && !is_version_unknown() && store_ != nullptr;
  const auto secret = is_asked ? store_->find_tls(client_random_, label(direction, epoch)) : std::nullopt;
  if (secret) {
    for (const TlsSuite* const suite : possible_suites()) {
      // A secret that is not as long as the suite's hash is another's.
      const auto keys = derive(*suite, direction, secret->bytes);
      if (!keys) continue;
      TlsReadState& state = states.emplace_back();
      state.suite = suite;
      state.secret.assign(secret->bytes.begin(), secret->bytes.end());
      state.source = secret->source;
      state.cipher.emplace(*suite, *keys, encrypts_then_macs_);
    }
  }
  if (states.empty()) states.emplace_back();
  for (TlsReadState& state : states) state.epoch = epoch;
  return states;
}

TlsReadState TlsConnection::updated(const TlsReadState& state) const {
  TlsReadState next;
  next.epoch = state.epoch;
  next.suite = state.suite;
  next.source = state.source;
  if (!state.cipher) return next;
  next.secret = next_traffic_secret(*state.suite, state.secret);
  if (const auto keys = derive_tls13_keys(*state.suite, next.secret)) next.cipher.emplace(*state.suite, *keys, false);
  return next;
}

std::string TlsConnection::agreement() const {
  const TlsSuite* const named = find_tls_suite(suite_id_);
  return named != nullptr ? fmt::format("{}, {}", version_name(version_), named->name)
                          : fmt::format("{}, cipher suite 0x{:04x}", version_name(version_), suite_id_);
}

std::string TlsConnection::describe() const {
  std::string out = has_hello(Direction::Server) || suite_ != nullptr ? agreement() : std::string("TLS");
  if (!server_name_.empty()) out += fmt::format(", to {}", server_name_);
  if (!protocol_.empty()) out += fmt::format(", for {}", protocol_);
  if (!subject_.empty()) out += fmt::format(", certificate {}", subject_);
  return out;
}

std::string TlsConnection::why_unsupported() const {
  const bool is_old = version_ < static_cast<std::uint16_t>(TlsVersion::Tls12);
  return is_old ? "only TLS 1.2 and 1.3 are opened, whatever the key log has"
                : "a cipher suite that is not opened, whatever the key log has";
}

std::string TlsConnection::why_unknown(Direction direction, TlsEpoch epoch) const {
  if (!has_hello(Direction::Client)) return "the client's hello was not captured";
  if (is_version_unknown()) {
    return is_in_key_log() ? "the server's hello was not captured, without which TLS 1.2 is not opened"
                           : fmt::format(
                                 "the server's hello was not captured; TLS 1.3 is opened without it, but the key log "
                                 "lacks the lines of {}",
                                 to_hex(client_random_));
  }
  if (is_in_key_log() || !is_tls13()) {
    return fmt::format("the key log lacks {} {}", to_string(label(direction, epoch)), to_hex(client_random_));
  }
  return fmt::format(
      "the key log lacks CLIENT_TRAFFIC_SECRET_0, SERVER_TRAFFIC_SECRET_0 and the two "
      "HANDSHAKE_TRAFFIC_SECRETs of {}",
      to_hex(client_random_));
}

}  // namespace overhear
