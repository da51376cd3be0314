// A TLS client and a TLS server of OpenSSL with an interception between them, joined in memory.
//
//   TlsTalk talk({.server_name = "chat.example"});
//   talk.shake_hands();
//   EXPECT_EQ(talk.say(Side::First, "hello"), "hello");
#pragma once

#include <array>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "proxy/tls_intercept.hpp"

namespace overhear::testing {

// What the server shows; each is made once.
enum class Shown { Good, OtherName, Unknown, Expired };

struct TlsTalkSetup {
  std::string server_name = "chat.example";  // that the client says; empty: none
  Shown shown = Shown::Good;
  bool client_trusts = true;
  bool is_insecure = false;
  std::vector<std::string> passthrough = {};
  TlsRoute route = {.server = "chat.example", .is_server_fixed = false, .own_name = "127.0.0.1", .is_optional = false};
  std::size_t step = std::string::npos;                         // both sides' bytes come in parts of this size
  std::function<void(Side, std::string&)> change = {};          // of what a side sends
  std::function<void(SSL_CTX*)> with_client = [](SSL_CTX*) {};  // more settings
  std::function<void(SSL_CTX*)> with_server = [](SSL_CTX*) {};
};

class TlsTalk : private RewriterHost, private DecisionTaker {
 public:
  explicit TlsTalk(TlsTalkSetup setup = {});
  ~TlsTalk() override;
  TlsTalk(const TlsTalk&) = delete;

  // Until nothing moves any more.
  void shake_hands() { move(); }
  // What arrives on the other side of it.
  std::string say(Side from, std::string_view text);
  void close(Side from);                                    // close_notify
  void end(Side from);                                      // FIN
  void end_unseen(Side from) { intercept_->on_end(from); }  // before anything else moves
  // What this side's client or server has read and nobody has asked for.
  std::string heard(Side side);
  // Bytes that are none of TLS, and what the other side gets.
  std::string say_raw(Side from, std::string_view bytes);
  // What this side says next, kept from the interception.
  std::string take_flight(Side from);
  void move();
  // What this side has to say by now, and what that comes to on its way. False: it has nothing.
  bool move_from(Side side);

  bool is_open(Side side) const;
  bool has_got_close(Side side) const;                                                    // close_notify
  std::string alert(Side side) const { return alerts_[static_cast<std::size_t>(side)]; }  // that it got
  SSL* ssl(Side side) { return ends_[static_cast<std::size_t>(side)].get(); }
  std::string protocol(Side side);  // RFC 7301
  const TlsIntercept& intercept() const { return *intercept_; }

  std::array<std::string, 2> shown;  // by Side
  std::vector<std::string> told;     // "code: text"
  int opened = 0;

 private:
  std::string& out(Side to) override { return out_[static_cast<std::size_t>(to)]; }
  void show(Side from, Bytes bytes) override { shown[static_cast<std::size_t>(from)] += as_text(bytes); }
  void on_opened() override { ++opened; }
  void tell(const Rule& rule, std::string_view text) override;
  void on_keys(std::string_view) override {}
  void on_mcp_secret(Bytes, Bytes) override {}
  Conversation conversation() override { return {1, connection_, *this}; }
  Timestamp now() override { return {}; }
  std::chrono::steady_clock::time_point clock() override { return {}; }
  void hang_up(bool) override {}
  std::string take(const Decision& decision) override { return intercept_->decide(decision); }

  void deliver(Side to);
  void read(Side side);
  static void on_info(const SSL* ssl, int where, int value);

  TlsTalkSetup setup_;
  std::array<SslContextPtr, 2> contexts_;
  std::array<SslPtr, 2> ends_;
  std::array<std::string, 2> heard_;
  std::array<std::string, 2> alerts_;
  std::array<std::string, 2> out_;
  Connection connection_;
  TlsSetup* tls_ = nullptr;
  std::unique_ptr<TlsIntercept> intercept_;
};

}  // namespace overhear::testing
