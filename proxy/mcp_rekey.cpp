#include "proxy/mcp_rekey.hpp"

#include <fmt/format.h>

#include "decrypt/key_log.hpp"
#include "decrypt/public_key_text.hpp"
#include "dissectors/json/json_index.hpp"
#include "session/proxy_rules.hpp"

namespace overhear {
namespace {

Direction direction_of(Side side) {
  return side == Side::First ? Direction::Client : Direction::Server;
}

Side side_of(Direction direction) {
  return direction == Direction::Client ? Side::First : Side::Second;
}

}  // namespace

McpRekey::McpRekey(const Limits& limits, Workspace& workspace, const McpRekeyOptions& options, RewriterHost& host)
    : options_(options),
      host_(host),
      legs_{McpLeg(Direction::Client, limits, workspace, *this), McpLeg(Direction::Server, limits, workspace, *this)} {}

// What is shown is the client's side: what it says, and what it is told.
void McpRekey::on_bytes(Side from, Bytes bytes) {
  if (from == Side::First) host_.show(from, bytes);
  const std::size_t before = host_.out(other(from)).size();
  leg(direction_of(from)).feed(bytes);
  show_told(from, before);
}

void McpRekey::on_pause(Side from) {
  const std::size_t before = host_.out(other(from)).size();
  leg(direction_of(from)).pause();
  show_told(from, before);
}

void McpRekey::on_end(Side from) {
  const std::size_t before = host_.out(other(from)).size();
  leg(direction_of(from)).end();
  show_told(from, before);
}

void McpRekey::show_told(Side from, std::size_t before) {
  const Bytes told = as_bytes(host_.out(other(from))).subspan(before);
  if (from == Side::Second && !told.empty()) host_.show(from, told);
}

void McpRekey::on_piece(Direction from, const McpPiece& piece) {
  if (has_failed_) return;
  std::string& out = host_.out(side_of(other(from)));
  switch (piece.kind) {
    case McpPiece::Kind::Handshake: return on_handshake(from, piece);
    case McpPiece::Kind::Unopened:
      if (piece.raw.empty()) return;
      on_unopened(from, piece.raw.size());
      if (has_failed_) return;
      break;
    case McpPiece::Kind::Clear:
    case McpPiece::Kind::Sealed:
    case McpPiece::Kind::Space: break;
  }
  if (leg(other(from)).tell(piece, out)) return;
  on_unopened(from, piece.raw.size());
  if (!has_failed_) out += piece.raw;
}

// What the other side gets is the proxy's key in place of the peer's.
void McpRekey::on_handshake(Direction from, const McpPiece& piece) {
  McpLeg& to = leg(other(from));
  std::string& out = host_.out(side_of(other(from)));
  if (to.make_key_pair(has_sign_byte(unescaped(piece.public_key)), leg(from).secret()) == nullptr) {
    on_unopened(from, piece.raw.size());
    if (!has_failed_) (void)to.tell(piece, out);
    return;
  }
  to.tell_handshake(piece, out);
  tell_secrets();
}

void McpRekey::tell_secrets() {
  for (const Direction peer : {Direction::Client, Direction::Server}) {
    const McpLeg& known = leg(peer);
    auto& told = told_[static_cast<std::size_t>(peer)];
    if (!known.secret() || known.secret() == told) continue;
    told = known.secret();
    std::string line;
    append_key_log_line(line, KeyLabel::McpDhSharedSecret, known.client_key(), *told);
    host_.on_keys(line);
    if (peer == Direction::Client) host_.on_mcp_secret(known.client_key(), *told);
  }
}

void McpRekey::on_unopened(Direction from, std::size_t bytes) {
  has_failed_ = options_.fails_closed;
  if (has_told_unopened_ && !has_failed_) return;
  has_told_unopened_ = true;
  host_.tell(proxy_rules::kNotRekeyed,
             fmt::format("{} bytes of the {} could not be opened{}", bytes, to_string(from),
                         has_failed_ ? ": the connection was closed" : " and were passed on as they came"));
}

}  // namespace overhear
