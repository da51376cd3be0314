// Stands in an MCP session: the Diffie-Hellman exchange of MCP is not authenticated, so each side makes one with the
// proxy instead, and what it says is sealed anew for the other, in the form in which it was said.
#pragma once

#include <array>

#include "proxy/mcp_leg.hpp"
#include "proxy/rewriter.hpp"

namespace overhear {

struct McpRekeyOptions {
  bool fails_closed = false;  // what cannot be opened ends the session, instead of passing as it is
};

class McpRekey final : public Rewriter, private McpPieceSink {
 public:
  // All outlive this.
  McpRekey(const Limits& limits, Workspace& workspace, const McpRekeyOptions& options, RewriterHost& host);

  void on_bytes(Side from, Bytes bytes) override;
  void on_pause(Side from) override;
  void on_end(Side from) override;
  Legs shown_on() const override { return Legs::Client; }
  std::size_t held() const override { return legs_[0].held() + legs_[1].held(); }
  bool has_failed() const override { return has_failed_; }

 private:
  void on_piece(Direction from, const McpPiece& piece) override;
  void on_handshake(Direction from, const McpPiece& piece);
  void tell_secrets();
  void show_told(Side from, std::size_t before);
  void on_unopened(Direction from, std::size_t bytes);

  McpLeg& leg(Direction peer) { return legs_[static_cast<std::size_t>(peer)]; }

  const McpRekeyOptions& options_;
  RewriterHost& host_;
  std::array<McpLeg, 2> legs_;                        // by the peer's Direction
  std::array<std::optional<modp5::Secret>, 2> told_;  // the same
  bool has_told_unopened_ = false;
  bool has_failed_ = false;
};

}  // namespace overhear
