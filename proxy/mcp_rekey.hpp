// Stands in an MCP session: the Diffie-Hellman exchange of MCP is not authenticated, so each side makes one with the
// proxy instead, and what it says is sealed anew for the other, in the form in which it was said.
#pragma once

#include <array>
#include <optional>
#include <string>

#include "proxy/gate.hpp"
#include "proxy/mcp_leg.hpp"
#include "proxy/rewriter.hpp"

namespace overhear {

struct McpRekeyOptions {
  bool fails_closed = false;  // what cannot be opened ends the session, instead of passing as it is
};

class McpRekey final : public Rewriter, private McpPieceSink, private GateExit {
 public:
  // All outlive this. `interception`: packages stop there on their way; null: they do not.
  McpRekey(const Limits& limits, Workspace& workspace, const McpRekeyOptions& options, Interception* interception,
           RewriterHost& host);
  ~McpRekey() override;
  McpRekey(const McpRekey&) = delete;

  void on_bytes(Side from, Bytes bytes) override;
  void on_pause(Side from) override;
  void on_end(Side from) override;
  bool keeps_end(Side from) const override { return gate_ && gate_->is_waiting(from); }
  bool has_room(Side from) const override { return !gate_ || gate_->has_room(from); }
  std::string decide(const Decision& decision) override;
  std::optional<std::chrono::steady_clock::time_point> next_due() const override {
    return gate_ ? gate_->next_due() : std::nullopt;
  }
  void on_time() override;
  // With a gate what is shown is what comes out of it, opened.
  Legs shown_on() const override { return gate_ ? Legs::None : Legs::Client; }
  std::size_t held() const override { return legs_[0].held() + legs_[1].held() + (gate_ ? gate_->held() : 0); }
  bool has_failed() const override { return has_failed_; }

 private:
  void on_piece(Direction from, const McpPiece& piece) override;
  void pass_on(Direction from, const McpPiece& piece);
  void on_handshake(Direction from, const McpPiece& piece);
  void put(Side from, const McpPiece& piece);
  std::optional<McpSealing> sealing_for(Side from) const;
  // GateExit
  void carry(Side from, const Parcel& parcel) override;
  std::string carry_new(Side to, std::string_view text) override;
  void tell_secrets();
  void forget_proxied();
  void show_told(Side from, std::size_t before);
  void on_unopened(Direction from, std::size_t bytes);

  McpLeg& leg(Direction peer) { return legs_[static_cast<std::size_t>(peer)]; }

  const McpRekeyOptions& options_;
  RewriterHost& host_;
  std::array<McpLeg, 2> legs_;                        // by the peer's Direction
  std::array<std::optional<modp5::Secret>, 2> told_;  // the same
  Interception* interception_;
  Number proxied_;  // by which it knows the client's secret; empty: not at all
  std::optional<Gate> gate_;
  struct Sealed {
    McpSealing last = {};
    std::uint64_t packages = 0;
  };
  std::array<Sealed, 2> sealed_;  // by Side of who says it
  bool has_told_unopened_ = false;
  bool has_failed_ = false;
};

}  // namespace overhear
