#include "proxy/mcp_rekey.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "decrypt/key_log.hpp"
#include "decrypt/public_key_text.hpp"
#include "dissectors/json/json_index.hpp"
#include "proxy/sides.hpp"
#include "session/proxy_rules.hpp"

namespace overhear {

McpRekey::McpRekey(const Limits& limits, Workspace& workspace, const McpRekeyOptions& options,
                   Interception* interception, RewriterHost& host)
    : options_(options),
      host_(host),
      legs_{McpLeg(Direction::Client, limits, workspace, *this), McpLeg(Direction::Server, limits, workspace, *this)},
      interception_(interception) {
  if (interception == nullptr) return;
  gate_.emplace(*interception, host, static_cast<GateExit&>(*this));
  host.on_opened();
}

McpRekey::~McpRekey() {
  forget_proxied();
}

void McpRekey::forget_proxied() {
  if (!proxied_.empty()) interception_->analysis().forget_proxied(proxied_);
}

// What is shown is the client's side: what it says, and what it is told.
void McpRekey::on_bytes(Side from, Bytes bytes) {
  if (from == Side::First && !gate_) host_.show(from, bytes);
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
  if (from == Side::Second && !gate_ && !told.empty()) host_.show(from, told);
}

void McpRekey::on_piece(Direction from, const McpPiece& piece) {
  if (has_failed_) return;
  if (piece.kind == McpPiece::Kind::Unopened) {
    if (piece.raw.empty()) return;
    on_unopened(from, piece.raw.size());
    if (has_failed_) return;
  }
  if (gate_) return put(side_of(from), piece);
  pass_on(from, piece);
}

void McpRekey::pass_on(Direction from, const McpPiece& piece) {
  if (piece.kind == McpPiece::Kind::Handshake) return on_handshake(from, piece);
  std::string& out = host_.out(side_of(other(from)));
  if (leg(other(from)).tell(piece, out)) return;
  on_unopened(from, piece.raw.size());
  if (!has_failed_) out += piece.raw;
}

void McpRekey::put(Side from, const McpPiece& piece) {
  const bool is_sealed = piece.variant != nullptr;
  Parcel parcel{.raw = std::string(piece.raw),
                .body = std::string(is_sealed ? piece.plain : std::string_view()),
                .sealing = {piece.kind, piece.variant, std::string(piece.line_end), std::string(piece.public_key)}};
  if (piece.kind == McpPiece::Kind::Sealed) {
    Sealed& sealed = sealed_[static_cast<std::size_t>(from)];
    sealed.last = parcel.sealing;
    ++sealed.packages;
  }
  std::vector<Gate::Whole> whole = gate_->read(from, as_bytes(is_sealed ? piece.plain : piece.raw));
  for (std::size_t i = 1; i < whole.size(); ++i) gate_->tell_missed(whole[i]);
  gate_->put(from, std::move(parcel), whole.empty() ? nullptr : &whole.front());
}

void McpRekey::carry(Side from, const Parcel& parcel) {
  if (parcel.is_dropped || has_failed_) return;
  const auto& [kind, variant, line_end, public_key] = parcel.sealing;
  const std::string_view said = variant == nullptr ? parcel.raw : parcel.body;
  std::string text(parcel.text ? *parcel.text : said);
  flip(text, parcel.flips);
  McpPiece piece{.kind = kind, .raw = parcel.raw, .variant = variant, .line_end = line_end};
  (variant == nullptr ? piece.raw : piece.plain) = text;
  if (kind == McpPiece::Kind::Handshake) {
    const std::size_t at = text.find(public_key);
    if (at == text.npos) piece.kind = McpPiece::Kind::Clear;  // the key was taken out
    if (at != text.npos) piece.public_key = std::string_view(text).substr(at, public_key.size());
  }
  const std::size_t before = host_.out(other(from)).size();
  pass_on(direction_of(from), piece);
  // Of the two handshakes those that the client knows, whose secret opens what is sealed inside packages.
  const bool shows_told = piece.kind == McpPiece::Kind::Handshake && from == Side::Second;
  host_.show(from, shows_told ? as_bytes(host_.out(other(from))).subspan(before) : as_bytes(text));
}

std::string McpRekey::carry_new(Side to, std::string_view text) {
  const Side from = other(to);
  const McpLeg& receiver = leg(direction_of(to));
  if (!receiver.secret()) return "the session has no key yet: wait for its handshakes";
  auto sealing = sealing_for(from);
  if (!sealing) return "nothing was said yet that tells how packages are encrypted there";
  carry(from, {.body = std::string(text), .sealing = *std::move(sealing)});
  return {};
}

// How this side would say a package. Only the second one tells whether the keystream goes on from one to the next;
// until then the other side, which usually is the same program, may know better.
std::optional<McpSealing> McpRekey::sealing_for(Side from) const {
  const Sealed& own = sealed_[static_cast<std::size_t>(from)];
  const Sealed& others = sealed_[static_cast<std::size_t>(other(from))];
  if (own.packages == 0 && others.packages == 0) return std::nullopt;
  if (own.packages == 0) return others.last;
  McpSealing out = own.last;
  if (own.packages > 1 || others.packages <= 1) return out;
  const auto fits = [&](const McpVariant& variant) {
    const McpVariant& known = *own.last.variant;
    return variant.derivation == known.derivation && variant.form == known.form && variant.framing == known.framing &&
           variant.keystream == others.last.variant->keystream;
  };
  if (const auto* const found = std::ranges::find_if(kMcpVariants, fits); found != kMcpVariants.end()) {
    out.variant = found;
  }
  return out;
}

void McpRekey::on_time() {
  if (gate_) gate_->on_time();
}

std::string McpRekey::decide(const Decision& decision) {
  return gate_ ? gate_->decide(decision) : Rewriter::decide(decision);
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
    if (peer != Direction::Client) continue;
    host_.on_mcp_secret(known.client_key(), *told);
    if (interception_ == nullptr) continue;
    forget_proxied();
    proxied_ = known.client_key();
    interception_->analysis().add_proxied(proxied_, *told);
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
