// Stands in a TLS connection: the client's ends here, with a certificate that the proxy's own CA makes for the name
// that the client asks for, and another goes on to the server, which asks for the same and is verified. What both carry
// is passed on and shown in clear.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "proxy/interception.hpp"
#include "proxy/rewriter.hpp"
#include "proxy/tls_channel.hpp"
#include "proxy/tls_setup.hpp"

namespace overhear {

// Where the connection leads.
struct TlsRoute {
  std::string server;            // whom the server has to be: the name or address that it was reached by
  bool is_server_fixed = false;  // the server is asked for by that name; else by the one that the client says
  std::string own_name;          // whom the client asks for that names nobody: the address that it connected to
  bool is_optional = false;      // the connection may be none of TLS, and passes as it is then
};

class TlsIntercept final : public Rewriter, private RewriterHost {
 public:
  // All but `route` outlive this. `interception`: what is opened stops there; null: it does not.
  TlsIntercept(TlsSetup& setup, TlsRoute route, Interception* interception, RewriterHost& host);

  void on_bytes(Side from, Bytes bytes) override;
  void on_pause(Side from) override;
  void on_end(Side from) override;
  Legs shown_on() const override { return stage_ == Stage::Passing && !inner_ ? Legs::Both : Legs::None; }
  std::size_t held() const override;
  bool has_failed() const override { return stage_ == Stage::Failed; }
  bool keeps_end(Side from) const override {
    return (from == Side::Second && keeps_end_ && stage_ == Stage::Accepting) || (inner_ && inner_->keeps_end(from));
  }
  bool has_room(Side from) const override { return !inner_ || inner_->has_room(from); }
  std::string decide(const Decision& decision) override;
  std::optional<std::chrono::steady_clock::time_point> next_due() const override {
    return inner_ ? inner_->next_due() : std::nullopt;
  }
  void on_time() override;

  // What a context for clients needs for this.
  static void set_callbacks(SSL_CTX* context);
  // What either needs whose keys are told to the host.
  static void tell_keys(SSL_CTX* context);

 private:
  enum class Stage : std::uint8_t {
    Undecided,   // nothing has come that tells whether it is TLS
    Hello,       // the client begins
    Connecting,  // to the server, by TLS
    Accepting,   // the client, now that it is known what the server speaks
    Open,
    Passing,  // everything as it is
    Failed,
  };

  static int on_client_hello(SSL* ssl, int* alert, void*);
  static int on_alpn(SSL* ssl, const unsigned char** chosen, unsigned char* length, const unsigned char* offered,
                     unsigned int offered_length, void*);
  int look_at_hello(SSL* ssl, int* alert);

  void advance();
  bool step();
  bool begin();
  bool connect();
  bool accept();
  // RewriterHost, of what is opened
  std::string& out(Side to) override { return inner_out_[static_cast<std::size_t>(to)]; }
  bool listens(Side to) const override { return host_.listens(to); }
  bool is_over(Side to) const override { return host_.is_over(to); }
  void show(Side from, Bytes bytes) override { host_.show(from, bytes); }
  void on_opened() override {}
  void tell(const Rule& rule, std::string_view text) override { host_.tell(rule, text); }
  void on_mcp_secret(Bytes, Bytes) override {}
  void on_keys(std::string_view) override {}
  Conversation conversation() override { return host_.conversation(); }
  Timestamp now() override { return host_.now(); }
  std::chrono::steady_clock::time_point clock() override { return host_.clock(); }
  void hang_up(bool is_reset) override { host_.hang_up(is_reset); }

  void relay(Side from);
  void deliver(Side from, Bytes clear);
  void finish(Side from);
  void end_clear(Side from);
  void send_inner();
  void send_clear(Side to, Bytes clear);
  void pass(Side from, Bytes bytes);
  void on_early_end();
  void fail_server(std::string_view why);
  void fail_client(std::string_view why);
  const std::string& wanted_server() const;
  std::string server_problem() const;
  bool present(std::string_view host);
  TlsChannel& channel(Side side) { return side == Side::First ? client_ : *server_; }

  TlsSetup& setup_;
  TlsRoute route_;
  RewriterHost& host_;
  Stage stage_;
  std::string first_;  // of the client, while it may still pass as it is
  TlsChannel client_;
  std::optional<TlsChannel> server_;
  std::string early_;                // of the server, read before the client could hear it
  std::string asked_for_;            // the client's SNI
  std::vector<unsigned char> alpn_;  // that the client offers, as it does
  bool has_hello_ = false;
  bool may_accept_ = false;
  bool keeps_end_ = false;                 // the server's
  bool is_refused_ = false;                // by the server: the client is told
  bool has_finished_[2] = {false, false};  // by Side
  bool keeps_finish_[2] = {false, false};  // by Side: the other is not told yet
  std::unique_ptr<Rewriter> inner_;        // null: what is opened goes on as it is
  std::array<std::string, 2> inner_out_;   // by Side of who gets it
};

}  // namespace overhear
