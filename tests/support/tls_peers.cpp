#include "tests/support/tls_peers.hpp"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <algorithm>
#include <cstring>
#include <stdexcept>

#include "dissectors/detecting_layer.hpp"

namespace overhear::testing {
namespace {

constexpr std::string_view kPsk = "a key that both know";

void check(bool is_good, const char* what) {
  if (is_good) return;
  const unsigned long error = ERR_peek_last_error();
  throw std::runtime_error(std::string(what) + ": " + (error == 0 ? "?" : ERR_reason_error_string(error)));
}

template <typename T>
using Owned = std::unique_ptr<T, void (*)(T*)>;

struct Identity {
  Owned<EVP_PKEY> key{nullptr, EVP_PKEY_free};
  Owned<X509> certificate{nullptr, X509_free};
};

Identity make_identity(EVP_PKEY* key) {
  Identity made;
  made.key.reset(key);
  made.certificate.reset(X509_new());
  X509* const certificate = made.certificate.get();
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate), 0);
  X509_gmtime_adj(X509_getm_notAfter(certificate), 86400);
  X509_set_pubkey(certificate, key);
  X509_NAME* const name = X509_get_subject_name(certificate);
  X509_NAME_add_entry_by_txt(name, "O", MBSTRING_UTF8, reinterpret_cast<const unsigned char*>("Bücher"), -1, -1, 0);
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, reinterpret_cast<const unsigned char*>("chat.example"), -1, -1,
                             0);
  X509_set_issuer_name(certificate, name);
  check(X509_sign(certificate, key, EVP_sha256()) > 0, "X509_sign");
  return made;
}

const Identity& ecdsa_identity() {
  static const Identity kIdentity = make_identity(EVP_EC_gen("P-256"));
  return kIdentity;
}

const Identity& rsa_identity() {
  static const Identity kIdentity = make_identity(EVP_RSA_gen(2048));
  return kIdentity;
}

unsigned psk_of_client(SSL*, const char*, char* identity, unsigned, unsigned char* psk, unsigned) {
  std::strcpy(identity, "me");
  std::ranges::copy(kPsk, psk);
  return kPsk.size();
}

unsigned psk_of_server(SSL*, const char*, unsigned char* psk, unsigned) {
  std::ranges::copy(kPsk, psk);
  return kPsk.size();
}

// The one protocol that both know.
int choose_protocol(SSL*, const unsigned char** out, unsigned char* size, const unsigned char* in, unsigned, void*) {
  *out = in + 1;
  *size = in[0];
  return SSL_TLSEXT_ERR_OK;
}

void keep_key_log(const SSL* ssl, const char* line) {
  auto* const log = static_cast<std::string*>(SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl)));
  *log += line;
  *log += '\n';
}

}  // namespace

struct TlsPeers::End {
  std::shared_ptr<SSL_CTX> context;
  Owned<SSL> ssl{nullptr, SSL_free};

  explicit End(std::shared_ptr<SSL_CTX> on) : context(std::move(on)) {}

  void set_up(const TlsSetup& setup) {
    SSL_CTX* const on = context.get();
    const int version = setup.is_tls13 ? TLS1_3_VERSION : TLS1_2_VERSION;
    SSL_CTX_set_min_proto_version(on, version);
    SSL_CTX_set_max_proto_version(on, version);
    SSL_CTX_set_security_level(on, 0);
    SSL_CTX_set_options(on, SSL_OP_ALLOW_CLIENT_RENEGOTIATION | SSL_OP_NO_ANTI_REPLAY);
    if (!setup.encrypts_then_macs) SSL_CTX_set_options(on, SSL_OP_NO_ENCRYPT_THEN_MAC);
    if (!setup.has_tickets) SSL_CTX_set_options(on, SSL_OP_NO_TICKET);
    if (!setup.suites.empty()) {
      const char* const suites = setup.suites.c_str();
      check((setup.is_tls13 ? SSL_CTX_set_ciphersuites(on, suites) : SSL_CTX_set_cipher_list(on, suites)) == 1, suites);
    }
    ssl.reset(SSL_new(on));
    SSL_set_bio(ssl.get(), BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
  }
};

TlsPeers::TlsPeers(const TlsSetup& setup, const TlsPeers* before) : setup_(setup) {
  const auto context = [](const SSL_METHOD* method) {
    return std::shared_ptr<SSL_CTX>(SSL_CTX_new(method), SSL_CTX_free);
  };
  client_ = std::make_unique<End>(context(TLS_client_method()));
  // Tickets and ids are good where they were made.
  server_ = std::make_unique<End>(before != nullptr ? before->server_->context : context(TLS_server_method()));

  SSL_CTX* const client = client_->context.get();
  SSL_CTX_set_app_data(client, &key_log_);
  SSL_CTX_set_keylog_callback(client, keep_key_log);
  const bool has_psk = setup.suites.find("PSK") != std::string::npos;
  if (has_psk) SSL_CTX_set_psk_client_callback(client, psk_of_client);
  client_->set_up(setup);
  SSL_set_tlsext_host_name(client_->ssl.get(), setup.server_name.c_str());
  if (!setup.protocol.empty()) {
    const std::string list = static_cast<char>(setup.protocol.size()) + setup.protocol;
    SSL_set_alpn_protos(client_->ssl.get(), reinterpret_cast<const unsigned char*>(list.data()),
                        static_cast<unsigned>(list.size()));
  }
  if (before != nullptr) SSL_set_session(client_->ssl.get(), SSL_get_session(before->client_->ssl.get()));
  SSL_set_connect_state(client_->ssl.get());

  SSL_CTX* const server = server_->context.get();
  SSL_CTX_set_session_id_context(server, reinterpret_cast<const unsigned char*>("test"), 4);
  for (const Identity* identity : {&ecdsa_identity(), &rsa_identity()}) {
    SSL_CTX_use_certificate(server, identity->certificate.get());
    SSL_CTX_use_PrivateKey(server, identity->key.get());
  }
  SSL_CTX_set_dh_auto(server, 1);
  if (has_psk) SSL_CTX_set_psk_server_callback(server, psk_of_server);
  SSL_CTX_set_alpn_select_cb(server, choose_protocol, nullptr);
  SSL_CTX_set_max_early_data(server, 1u << 14);
  if (!setup.server_groups.empty()) SSL_CTX_set1_groups_list(server, setup.server_groups.c_str());
  server_->set_up(setup);
  SSL_set_accept_state(server_->ssl.get());
}

TlsPeers::~TlsPeers() = default;

TlsPeers::End& TlsPeers::end(Direction direction) {
  return direction == Direction::Client ? *client_ : *server_;
}

// Carries what `sender` has written to the other end.
void TlsPeers::move(Direction sender, std::string_view text) {
  BIO* const out = SSL_get_wbio(end(sender).ssl.get());
  char* data = nullptr;
  const long size = BIO_get_mem_data(out, &data);
  if (size <= 0) return;
  const std::string wire(data, static_cast<std::size_t>(size));
  BIO_reset(out);
  BIO_write(SSL_get_rbio(end(other(sender)).ssl.get()), wire.data(), static_cast<int>(wire.size()));
  parts_.push_back({sender, wire, std::string(text)});
}

void TlsPeers::shake_hands() {
  for (int round = 0; round < 10; ++round) {
    for (const Direction direction : {Direction::Client, Direction::Server}) {
      SSL* const ssl = end(direction).ssl.get();
      if (direction == Direction::Server && SSL_get_early_data_status(client_->ssl.get()) != SSL_EARLY_DATA_NOT_SENT &&
          setup_.takes_early_data) {
        char text[1 << 14];
        std::size_t size = 0;
        while (SSL_read_early_data(ssl, text, sizeof text, &size) == SSL_READ_EARLY_DATA_SUCCESS) {
        }
      }
      const int done = SSL_do_handshake(ssl);
      check(done == 1 || SSL_get_error(ssl, done) == SSL_ERROR_WANT_READ, "SSL_do_handshake");
      move(direction);
    }
    if (SSL_is_init_finished(client_->ssl.get()) == 1 && SSL_is_init_finished(server_->ssl.get()) == 1) break;
  }
  check(SSL_is_init_finished(server_->ssl.get()) == 1, "the handshake does not end");
  char none = 0;
  SSL_read(client_->ssl.get(), &none, 1);  // takes the tickets
}

void TlsPeers::say(Direction sender, std::string_view text) {
  SSL* const ssl = end(sender).ssl.get();
  check(SSL_write(ssl, text.data(), static_cast<int>(text.size())) > 0, "SSL_write");
  move(sender, text);
  std::string read(text.size(), '\0');
  SSL* const reader = end(other(sender)).ssl.get();
  for (std::size_t had = 0; had < read.size();) {
    const int got = SSL_read(reader, read.data() + had, static_cast<int>(read.size() - had));
    check(got > 0, "SSL_read");
    had += static_cast<std::size_t>(got);
  }
  check(read == text, "what was read is what was written");
}

void TlsPeers::say_early(std::string_view text) {
  std::size_t written = 0;
  check(SSL_write_early_data(client_->ssl.get(), text.data(), text.size(), &written) == 1, "SSL_write_early_data");
  move(Direction::Client, text);
}

void TlsPeers::update_keys(Direction sender) {
  check(SSL_key_update(end(sender).ssl.get(), SSL_KEY_UPDATE_REQUESTED) == 1, "SSL_key_update");
  SSL_do_handshake(end(sender).ssl.get());
  move(sender);
  char none = 0;
  SSL_read(end(other(sender)).ssl.get(), &none, 1);  // answers with the next write
}

void TlsPeers::renegotiate() {
  check(SSL_renegotiate(client_->ssl.get()) == 1, "SSL_renegotiate");
  for (int round = 0; round < 6; ++round) {
    char none = 0;
    SSL_do_handshake(client_->ssl.get());
    move(Direction::Client);
    SSL_read(server_->ssl.get(), &none, 1);
    move(Direction::Server);
  }
  check(SSL_renegotiate_pending(client_->ssl.get()) == 0, "the renegotiation does not end");
}

void TlsPeers::close(Direction sender) {
  SSL_shutdown(end(sender).ssl.get());
  move(sender);
}

std::string TlsPeers::suite() const {
  return SSL_CIPHER_standard_name(SSL_get_current_cipher(client_->ssl.get()));
}

bool TlsPeers::is_resumed() const {
  return SSL_session_reused(client_->ssl.get()) == 1;
}

Script TlsPeers::script() const {
  Script script;
  for (const Part& part : parts_) script.send(part.direction, part.wire);
  return script;
}

std::unique_ptr<KeyStore> TlsPeers::keys(KeySource source) const {
  return key_store(key_log_, source);
}

std::unique_ptr<KeyStore> key_store(std::string_view key_log, KeySource source) {
  auto store = std::make_unique<KeyStore>();
  KeyLogProblems problems;
  store->load(as_bytes(key_log), source, "test", problems);
  return store;
}

LayerMaker over_tls() {
  return [](LayerContext& context) {
    return std::make_unique<DetectingLayer>(context, Hints{.is_midstream = context.is_midstream},
                                            [](Direction sender, const Verdict&) { return sender; });
  };
}

}  // namespace overhear::testing
