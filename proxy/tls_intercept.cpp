#include "proxy/tls_intercept.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>

#include <utility>

#include "proxy/sides.hpp"
#include "proxy/stream_gate.hpp"
#include "proxy/tls_hello.hpp"
#include "session/proxy_rules.hpp"

namespace overhear {
namespace {

bool is_address(const std::string& host) {
  in6_addr ignored;
  return ::inet_pton(AF_INET, host.c_str(), &ignored) == 1 || ::inet_pton(AF_INET6, host.c_str(), &ignored) == 1;
}

// What failed is that the peer has sent an alert; else we did not like what it said.
bool is_alert(int reason) {
  return reason > SSL_AD_REASON_OFFSET;
}

// The client's alert says that it does not like the certificate.
bool is_distrust(int reason) {
  switch (reason) {
    case SSL_R_TLSV1_ALERT_UNKNOWN_CA:
    case SSL_R_SSLV3_ALERT_CERTIFICATE_UNKNOWN:
    case SSL_R_SSLV3_ALERT_BAD_CERTIFICATE:
    case SSL_R_SSLV3_ALERT_UNSUPPORTED_CERTIFICATE:
    case SSL_R_TLSV1_ALERT_ACCESS_DENIED: return true;
    default: return false;
  }
}

}  // namespace

TlsIntercept::TlsIntercept(TlsSetup& setup, TlsRoute route, Interception* interception, RewriterHost& host)
    : setup_(setup),
      route_(std::move(route)),
      host_(host),
      stage_(route_.is_optional ? Stage::Undecided : Stage::Hello),
      client_(setup.to_client(), TlsChannel::Role::Server) {
  SSL_set_app_data(client_.ssl(), this);
  if (interception != nullptr) inner_ = std::make_unique<StreamGate>(*interception, static_cast<RewriterHost&>(*this));
}

void TlsIntercept::on_bytes(Side from, Bytes bytes) {
  if (stage_ == Stage::Failed) return;
  if (stage_ == Stage::Undecided) {
    // Who speaks first behind TLS is the client; a server that does is not spoken to by TLS.
    if (from == Side::Second) return pass(from, bytes);
    first_ += as_text(bytes);
    const std::optional<bool> is_tls = is_hello(as_bytes(first_));
    if (!is_tls) return;
    if (!*is_tls) return pass(from, {});
    stage_ = Stage::Hello;
    client_.receive(as_bytes(first_));
    return advance();
  }
  if (stage_ == Stage::Passing || (from == Side::Second && !server_)) return pass(from, bytes);
  if (stage_ == Stage::Hello) first_ += as_text(bytes);
  channel(from).receive(bytes);
  advance();
}

// From here on everything goes on as it is, and what was held back before.
void TlsIntercept::pass(Side from, Bytes bytes) {
  stage_ = Stage::Passing;
  const std::string first = std::exchange(first_, {});
  if (!first.empty()) deliver(Side::First, as_bytes(first));
  if (!bytes.empty()) deliver(from, bytes);
}

void TlsIntercept::advance() {
  while (step()) continue;
  if (stage_ == Stage::Passing) return;
  client_.take(host_.out(Side::First));
  if (server_) server_->take(host_.out(Side::Second));
}

// False: more has to come first.
bool TlsIntercept::step() {
  switch (stage_) {
    case Stage::Hello: return begin();
    case Stage::Connecting: return connect();
    case Stage::Accepting: return accept();
    case Stage::Open:
      for (const Side side : {Side::First, Side::Second}) relay(side);
      return false;
    case Stage::Undecided:
    case Stage::Passing:
    case Stage::Failed: return false;
  }
  return false;
}

bool TlsIntercept::begin() {
  const TlsChannel::Status status = client_.handshake();
  if (status == TlsChannel::Status::NeedMore) return false;
  if (!has_hello_ && route_.is_optional) {
    pass(Side::First, {});
    return false;
  }
  if (!has_hello_) {
    fail_client(fmt::format("the client does not speak TLS: {}", client_.problem()));
    return false;
  }
  if (setup_.is_left_alone(asked_for_.empty() ? route_.server : asked_for_)) {
    pass(Side::First, {});
    return false;
  }
  first_ = {};
  server_.emplace(setup_.to_server(), TlsChannel::Role::Client);
  SSL* const ssl = server_->ssl();
  SSL_set_app_data(ssl, this);
  const std::string& name = wanted_server();
  const bool is_named = !is_address(name) && (route_.is_server_fixed || !asked_for_.empty());
  if (is_named) (void)SSL_set_tlsext_host_name(ssl, name.c_str());
  if (!is_address(name)) {
    (void)SSL_set1_host(ssl, name.c_str());
  } else {
    (void)X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), name.c_str());
  }
  if (!alpn_.empty()) (void)SSL_set_alpn_protos(ssl, alpn_.data(), static_cast<unsigned>(alpn_.size()));
  stage_ = Stage::Connecting;
  return true;
}

bool TlsIntercept::connect() {
  switch (server_->handshake()) {
    case TlsChannel::Status::NeedMore:
    case TlsChannel::Status::Paused: return false;
    case TlsChannel::Status::Failed: fail_server(server_problem()); return false;
    case TlsChannel::Status::Done: break;
  }
  may_accept_ = true;
  if (!present(asked_for_.empty() ? route_.own_name : asked_for_)) return false;
  stage_ = Stage::Accepting;
  return true;
}

// Shows the client a certificate for this name.
bool TlsIntercept::present(std::string_view host) {
  const auto leaf = setup_.authority().leaf_for(host);
  if (!leaf) {
    fail_server(leaf.error().message);
    return false;
  }
  (void)SSL_use_certificate(client_.ssl(), leaf->certificate.get());
  (void)SSL_use_PrivateKey(client_.ssl(), leaf->key.get());
  (void)SSL_add1_chain_cert(client_.ssl(), leaf->issuer.get());
  return true;
}

bool TlsIntercept::accept() {
  switch (client_.handshake()) {
    case TlsChannel::Status::NeedMore:
    case TlsChannel::Status::Paused: return false;
    case TlsChannel::Status::Failed: {
      const bool is_distrusted = is_distrust(client_.reason());
      fail_client(fmt::format(
          "{}: {}{}",
          is_alert(client_.reason()) ? "the client refused the TLS handshake"
                                     : "the TLS handshake with the client failed",
          client_.problem(), is_distrusted ? "; it does not trust this proxy's CA: see overhear ca install-help" : ""));
      return false;
    }
    case TlsChannel::Status::Done: break;
  }
  stage_ = Stage::Open;
  host_.on_opened();
  return true;
}

// What one side has said goes to the other.
void TlsIntercept::relay(Side from) {
  auto& has_finished = has_finished_[static_cast<std::size_t>(from)];
  if (has_finished || stage_ != Stage::Open) return;
  std::string plain = from == Side::Second ? std::exchange(early_, {}) : std::string();
  const TlsChannel::Status status = channel(from).read(plain);
  if (!plain.empty()) deliver(from, as_bytes(plain));
  if (status == TlsChannel::Status::NeedMore) return;
  has_finished = true;
  if (inner_) {
    inner_->on_end(from);
    send_inner();
  }
  if (status == TlsChannel::Status::Done) return finish(from);
  const std::string why = fmt::format("TLS with the {} failed: {}", name_of(from), channel(from).problem());
  host_.tell(from == Side::First ? proxy_rules::kClientTls : proxy_rules::kUpstreamTls, why);
  stage_ = Stage::Failed;
}

void TlsIntercept::on_end(Side from) {
  switch (stage_) {
    case Stage::Undecided: pass(from, {}); return end_clear(from);
    case Stage::Hello:
      if (route_.is_optional) {
        pass(from, {});
        return end_clear(from);
      }
      if (from == Side::First && first_.empty()) return;  // it looked whether somebody listens
      [[fallthrough]];
    case Stage::Connecting:
    case Stage::Accepting:
      if (from == Side::Second && stage_ == Stage::Accepting) return on_early_end();
      if (from == Side::Second) return fail_server("the server left during the TLS handshake");
      return fail_client(
          "the client left during the TLS handshake; it may not trust this proxy's CA: see overhear ca install-help");
    case Stage::Open:
    case Stage::Passing: return end_clear(from);
    case Stage::Failed: return;
  }
}

// The server has said all while the client's handshake is not over: the client is still to hear it.
void TlsIntercept::on_early_end() {
  if (server_->read(early_) == TlsChannel::Status::Failed) return fail_server(server_problem());
  keeps_end_ = true;
}

const std::string& TlsIntercept::wanted_server() const {
  return route_.is_server_fixed || asked_for_.empty() ? route_.server : asked_for_;
}

std::string TlsIntercept::server_problem() const {
  const long verified = SSL_get_verify_result(server_->ssl());
  const std::string& name = wanted_server();
  if (verified == X509_V_OK || setup_.is_insecure())
    return fmt::format("the TLS handshake with the server {} failed: {}", name, server_->problem());
  return fmt::format(
      "the server is not {}, as far as can be verified: {}; --upstream-ca FILE names a CA to trust, "
      "--insecure trusts anybody",
      name, X509_verify_cert_error_string(verified));
}

void TlsIntercept::fail_server(std::string_view why) {
  host_.tell(proxy_rules::kUpstreamTls, why);
  if (server_) server_->take(host_.out(Side::Second));  // its alert
  is_refused_ = true;
  if (stage_ == Stage::Connecting) {
    (void)client_.handshake();  // which tells the client by an alert
    client_.take(host_.out(Side::First));
  }
  stage_ = Stage::Failed;
}

void TlsIntercept::fail_client(std::string_view why) {
  host_.tell(proxy_rules::kClientTls, why);
  client_.take(host_.out(Side::First));
  stage_ = Stage::Failed;
}

std::size_t TlsIntercept::held() const {
  return first_.size() + early_.size() + client_.held() + (server_ ? server_->held() : 0) +
         (inner_ ? inner_->held() : 0);
}

}  // namespace overhear
