#include "tests/proxy/tls_talk.hpp"

#include <gtest/gtest.h>
#include <openssl/pem.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <map>
#include <utility>

#include "proxy/certificates.hpp"

namespace overhear::testing {
namespace {

using Path = std::filesystem::path;

// A folder as long as the program lives.
struct Folder {
  Folder() {
    std::string made = (std::filesystem::temp_directory_path() / "overhear-tls-XXXXXX").native();
    if (::mkdtemp(made.data()) != nullptr) path = made;
  }
  ~Folder() { std::filesystem::remove_all(path); }
  Path path;
};

// Three authorities: the proxy's, the one that it trusts in servers, and one that nobody trusts.
struct World {
  Folder folder;
  CertificateAuthority ours = *CertificateAuthority::open(folder.path / "ours");
  CertificateAuthority theirs = *CertificateAuthority::open(folder.path / "theirs");
  CertificateAuthority nobodys = *CertificateAuthority::open(folder.path / "nobodys");
};

World& world() {
  static World made;
  return made;
}

CertificateHandle expired(const CertificateHandle& good) {
  CertificateHandle made(X509_dup(good.get()));
  const Path file = world().theirs.directory() / "overhear-ca.pem";
  const BioHandle pem(BIO_new_file(file.c_str(), "r"));
  const PrivateKeyHandle key(PEM_read_bio_PrivateKey(pem.get(), nullptr, nullptr, nullptr));
  X509_gmtime_adj(X509_getm_notAfter(made.get()), -3600);
  EXPECT_GT(X509_sign(made.get(), key.get(), EVP_sha256()), 0);
  return made;
}

void present(SSL_CTX* context, Shown shown) {
  CertificateAuthority& authority = shown == Shown::Unknown ? world().nobodys : world().theirs;
  auto leaf = authority.leaf_for(shown == Shown::OtherName ? "other.example" : "chat.example");
  const CertificateHandle certificate = shown == Shown::Expired ? expired(leaf->certificate) : share(leaf->certificate);
  EXPECT_EQ(SSL_CTX_use_certificate(context, certificate.get()), 1);
  EXPECT_EQ(SSL_CTX_use_PrivateKey(context, leaf->key.get()), 1);
}

// Each has a key to make, so that one of a kind has to do.
TlsSetup& tls_setup(bool is_insecure, const std::vector<std::string>& passthrough) {
  static std::map<std::pair<bool, std::vector<std::string>>, std::unique_ptr<TlsSetup>> made;
  std::unique_ptr<TlsSetup>& one = made[{is_insecure, passthrough}];
  if (!one) {
    TlsOptions options;
    options.ca_directory = world().ours.directory();
    options.upstream_ca = world().theirs.certificate_file();
    options.is_insecure = is_insecure;
    options.passthrough = passthrough;
    one = *TlsSetup::make(options);
  }
  return *one;
}

std::size_t index(Side side) {
  return static_cast<std::size_t>(side);
}

std::string drained(SSL* ssl) {
  BIO* const bio = SSL_get_wbio(ssl);
  std::string bytes(BIO_ctrl_pending(bio), '\0');
  const int size = bytes.empty() ? 0 : BIO_read(bio, bytes.data(), static_cast<int>(bytes.size()));
  bytes.resize(static_cast<std::size_t>(size));
  return bytes;
}

}  // namespace

TlsTalk::TlsTalk(TlsTalkSetup setup) : setup_(std::move(setup)) {
  tls_ = &tls_setup(setup_.is_insecure, setup_.passthrough);
  intercept_ = std::make_unique<TlsIntercept>(*tls_, setup_.route, nullptr, static_cast<RewriterHost&>(*this));

  contexts_ = {SslContextPtr(SSL_CTX_new(TLS_client_method())), SslContextPtr(SSL_CTX_new(TLS_server_method()))};
  SSL_CTX* const client = contexts_[0].get();
  SSL_CTX* const server = contexts_[1].get();
  SSL_CTX_set_verify(client, SSL_VERIFY_PEER, nullptr);
  const CertificateAuthority& trusted = setup_.client_trusts ? world().ours : world().nobodys;
  EXPECT_EQ(SSL_CTX_load_verify_locations(client, trusted.certificate_file().c_str(), nullptr), 1);
  present(server, setup_.shown);
  setup_.with_client(client);
  setup_.with_server(server);
  for (const Side side : {Side::First, Side::Second}) {
    SSL* const ssl = SSL_new(contexts_[index(side)].get());
    ends_[index(side)].reset(ssl);
    SSL_set_bio(ssl, BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
    BIO_set_mem_eof_return(SSL_get_rbio(ssl), -1);
    SSL_set_app_data(ssl, this);
    SSL_set_info_callback(ssl, on_info);
  }
  SSL_set_connect_state(ssl(Side::First));
  SSL_set_accept_state(ssl(Side::Second));
  const std::string& name = setup_.server_name;
  if (!name.empty()) {
    SSL_set_tlsext_host_name(ssl(Side::First), name.c_str());
    SSL_set1_host(ssl(Side::First), name.c_str());
  } else {
    X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl(Side::First)), setup_.route.own_name.c_str());
  }
}

TlsTalk::~TlsTalk() = default;

void TlsTalk::on_info(const SSL* ssl, int where, int value) {
  if ((where & SSL_CB_READ_ALERT) != SSL_CB_READ_ALERT) return;
  auto& self = *static_cast<TlsTalk*>(SSL_get_app_data(ssl));
  self.alerts_[ssl == self.ends_[0].get() ? 0 : 1] = SSL_alert_desc_string_long(value);
}

void TlsTalk::tell(const Rule& rule, std::string_view text) {
  told.push_back(std::string(rule.code) + ": " + std::string(text));
}

void TlsTalk::read(Side side) {
  std::array<char, 20'000> buffer;
  SSL* const end = ssl(side);
  if (!SSL_is_init_finished(end) && SSL_do_handshake(end) != 1) return;
  int size = 0;
  while ((size = SSL_read(end, buffer.data(), buffer.size())) > 0) {
    heard_[index(side)].append(buffer.data(), static_cast<std::size_t>(size));
  }
}

// What the interception has for this side arrives there.
void TlsTalk::deliver(Side to) {
  const std::string bytes = std::exchange(out_[index(to)], {});
  if (!bytes.empty()) BIO_write(SSL_get_rbio(ssl(to)), bytes.data(), static_cast<int>(bytes.size()));
}

bool TlsTalk::move_from(Side side) {
  read(side);
  std::string bytes = drained(ssl(side));
  if (setup_.change && !bytes.empty()) setup_.change(side, bytes);
  for (std::size_t at = 0; at < bytes.size(); at += std::min(setup_.step, bytes.size() - at)) {
    const std::string_view part = std::string_view(bytes).substr(at, setup_.step);
    intercept_->on_bytes(side, as_bytes(part));
    deliver(Side::First);
    deliver(Side::Second);
  }
  return !bytes.empty();
}

void TlsTalk::move() {
  bool has_moved = true;
  while (has_moved) {
    const bool first = move_from(Side::First);
    has_moved = move_from(Side::Second) || first;
  }
}

std::string TlsTalk::heard(Side side) {
  return std::exchange(heard_[index(side)], {});
}

std::string TlsTalk::say(Side from, std::string_view text) {
  EXPECT_EQ(SSL_write(ssl(from), text.data(), static_cast<int>(text.size())), static_cast<int>(text.size()));
  move();
  return heard(other(from));
}

void TlsTalk::close(Side from) {
  (void)SSL_shutdown(ssl(from));
  move();
}

void TlsTalk::end(Side from) {
  intercept_->on_end(from);
  deliver(Side::First);
  deliver(Side::Second);
  move();
}

std::string TlsTalk::say_raw(Side from, std::string_view bytes) {
  intercept_->on_bytes(from, as_bytes(bytes));
  return std::exchange(out_[index(other(from))], {});
}

std::string TlsTalk::take_flight(Side from) {
  read(from);
  return drained(ssl(from));
}

bool TlsTalk::is_open(Side side) const {
  return SSL_is_init_finished(ends_[index(side)].get()) == 1;
}

bool TlsTalk::has_got_close(Side side) const {
  return (SSL_get_shutdown(ends_[index(side)].get()) & SSL_RECEIVED_SHUTDOWN) != 0;
}

std::string TlsTalk::protocol(Side side) {
  const unsigned char* name = nullptr;
  unsigned length = 0;
  SSL_get0_alpn_selected(ssl(side), &name, &length);
  return {reinterpret_cast<const char*>(name), length};
}

}  // namespace overhear::testing
