// One TLS connection of the proxy's, as client or as server, on memory: records in and out, what they carry out and in.
#pragma once

#include <openssl/ssl.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/bytes.hpp"

namespace overhear {

struct SslDeleter {
  void operator()(SSL* ssl) const { SSL_free(ssl); }
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};
using SslPtr = std::unique_ptr<SSL, SslDeleter>;
using SslContextPtr = std::unique_ptr<SSL_CTX, SslDeleter>;

class TlsChannel {
 public:
  enum class Role : std::uint8_t { Client, Server };
  enum class Status : std::uint8_t {
    NeedMore,
    Paused,  // the ClientHello's callback asked for time
    Done,
    Failed,
  };

  // `context` outlives this.
  TlsChannel(SSL_CTX* context, Role role);

  SSL* ssl() const { return ssl_.get(); }

  // What has come from the peer.
  void receive(Bytes records);
  Status handshake();
  // Appends what the peer has said so far. NeedMore, Done behind its close_notify, or Failed.
  Status read(std::string& plain);
  void write(Bytes plain);
  // Says that nothing more is written (close_notify).
  void finish();
  // Moves to `out` what the peer is to get.
  void take(std::string& out);
  // Records that wait to be read.
  std::size_t held() const;

  // With Failed: OpenSSL's reason code (SSL_R_…; 0: none), and what it says.
  int reason() const { return reason_; }
  const std::string& problem() const { return problem_; }

 private:
  Status fail();

  SslPtr ssl_;
  BIO* in_;  // both are the connection's
  BIO* out_;
  int reason_ = 0;
  std::string problem_;
};

}  // namespace overhear
