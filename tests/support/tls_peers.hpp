// A TLS client and server of OpenSSL, joined in memory: they produce the bytes of real connections and the key log.
//
//   TlsPeers peers({.suites = "TLS_AES_128_GCM_SHA256"});
//   peers.shake_hands();
//   peers.say(Direction::Client, R"({"type":"a"})");
//   run(peers.script(), {.make = over_tls(), .keys = peers.keys().get()});
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "decrypt/key_store.hpp"
#include "tests/support/layer_script.hpp"

namespace overhear::testing {

struct TlsSetup {
  bool is_tls13 = true;
  std::string suites = {};  // as OpenSSL names them; empty: its own choice
  std::string server_name = "chat.example";
  std::string server_groups = {};  // other than the client's first: HelloRetryRequest
  std::string protocol = {};       // RFC 7301
  bool encrypts_then_macs = true;
  bool has_tickets = true;  // TLS 1.2: else sessions are resumed by id
  bool takes_early_data = true;
};

class TlsPeers {
 public:
  // `before`: the connection whose session is resumed.
  explicit TlsPeers(const TlsSetup& setup = {}, const TlsPeers* before = nullptr);
  ~TlsPeers();
  TlsPeers(const TlsPeers&) = delete;

  // Each throws std::runtime_error where OpenSSL refuses.
  void shake_hands();
  void say(Direction sender, std::string_view text);  // in as many records as it takes
  void say_early(std::string_view text);              // 0-RTT, before shake_hands(); REQUIRES: a session is resumed
  void update_keys(Direction sender);                 // which asks the other side to do so too
  void renegotiate();                                 // TLS 1.2
  void close(Direction sender);                       // close_notify

  std::string suite() const;  // "TLS_AES_128_GCM_SHA256"
  bool is_resumed() const;

  // What went over the wire, in order; a part has a text where it was said by say().
  const std::vector<Part>& parts() const { return parts_; }
  Script script() const;
  const std::string& key_log() const { return key_log_; }
  std::unique_ptr<KeyStore> keys(KeySource source = KeySource::File) const;

 private:
  struct End;

  End& end(Direction direction);
  void move(Direction sender, std::string_view text = {});

  TlsSetup setup_;
  std::string key_log_;
  std::vector<Part> parts_;
  std::unique_ptr<End> client_;
  std::unique_ptr<End> server_;
};

// A key store of a key log's lines.
std::unique_ptr<KeyStore> key_store(std::string_view key_log, KeySource source = KeySource::File);

// What finds out by itself that a connection is TLS, and what that carries.
LayerMaker over_tls();

}  // namespace overhear::testing
