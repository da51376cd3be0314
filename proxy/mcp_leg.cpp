#include "proxy/mcp_leg.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "decrypt/base64.hpp"
#include "decrypt/hex.hpp"
#include "decrypt/public_key_text.hpp"
#include "dissectors/json/json_boundary.hpp"
#include "dissectors/mcp/mcp_text.hpp"

namespace overhear {
namespace {

McpSecret as_secret(const modp5::Secret& bytes) {
  return {McpKeyOrigin::Proxy, bytes, bytes.size()};
}

std::uint8_t* writable(std::string& text, std::size_t at) {
  return reinterpret_cast<std::uint8_t*>(text.data()) + at;
}

}  // namespace

McpLeg::McpLeg(Direction peer, const Limits& limits, Workspace& workspace, McpPieceSink& sink)
    : peer_(peer),
      sink_(sink),
      keys_(limits),
      context_{limits, &keys_, streams_, static_cast<UnitSink&>(*this), workspace},
      connection_keys_(&keys_),
      stream_(context_, connection_keys_, peer) {}

bool McpLeg::is_message(const JsonIndex& json) const {
  return mcp::is_package(json);
}

void McpLeg::feed(Bytes bytes) {
  is_clear_new_ = false;
  raw_ += as_text(bytes);
  streams_[peer_].push(bytes, Stamp{});
  stream_.on_data();
  stream_.hand_on();
  settle(false);
  streams_[peer_].settle();
}

void McpLeg::end() {
  stream_.on_end();
  settle(true);
}

void McpLeg::pause() {
  tell_line_end();
}

// What was consumed behind the last unit, and what must not wait.
void McpLeg::settle(bool is_end) {
  take_between(raw_.size() - streams_[peer_].size());
  if (is_end) return take(raw_.size(), {.kind = McpPiece::Kind::Unopened});
  // White space alone behind a clear package may also be the first byte of an encrypted one: not where it came together
  // with the package, nor from who cannot encrypt yet.
  if (is_clear_new_ || !is_greeted_) tell_line_end();
}

// A peer that reads lines waits for the end of this one.
void McpLeg::tell_line_end() {
  if (!is_behind_clear_ || raw_.size() == early_ || !std::ranges::all_of(raw_, is_json_separator)) return;
  sink_.on_piece(peer_, {.kind = McpPiece::Kind::Clear, .raw = std::string_view(raw_).substr(early_)});
  early_ = raw_.size();
}

// Hands on the first bytes of raw_ as this piece.
void McpLeg::take(std::size_t length, McpPiece piece) {
  piece.raw = std::string_view(raw_).substr(0, length);
  if (length > early_ || piece.kind != McpPiece::Kind::Clear) {
    if (piece.kind == McpPiece::Kind::Clear) piece.raw.remove_prefix(early_);
    sink_.on_piece(peer_, piece);
  }
  early_ -= std::min(early_, length);
  raw_.erase(0, length);
}

// White space between two units: in clear, or encrypted behind a package.
void McpLeg::take_between(std::size_t length) {
  while (length > 0) {
    if (variant_ != nullptr && take_encrypted_space()) {
      --length;
      continue;
    }
    variant_ = nullptr;
    take(length, {.kind = McpPiece::Kind::Clear});
    length = 0;
  }
}

bool McpLeg::take_encrypted_space() {
  Keystream* const stream = keystream(*variant_);
  if (stream == nullptr) return false;
  std::uint8_t plain = 0;
  stream->xor_at(heard_.of(*variant_), as_bytes(std::string_view(raw_).substr(0, 1)), &plain);
  const char separator = static_cast<char>(plain);
  if (!is_json_separator(separator)) return false;
  heard_.pass(1);
  take(1, {.kind = McpPiece::Kind::Space, .plain = {&separator, 1}, .variant = variant_});
  return true;
}

void McpLeg::on_unit(Unit& unit) {
  take_between(raw_.size() - streams_[peer_].size());
  const std::string_view raw = std::string_view(raw_).substr(0, unit.size);
  is_behind_clear_ = false;
  if (unit.is_opaque || unit.is_encrypted) {
    std::vector<std::uint8_t> cipher;
    const bool is_line = unit.is_encrypted && !unit.boundaries_unknown;
    heard_.pass(is_line && decode_base64(mcp::without_space_behind(raw), cipher, Base64::Lenient) ? cipher.size()
                                                                                                  : raw.size());
    return take(raw.size(), {.kind = McpPiece::Kind::Unopened});
  }
  if (unit.decrypted.empty()) {
    is_behind_clear_ = true;
    is_clear_new_ = true;
    variant_ = nullptr;
    std::string_view key;
    if (!is_handshake(raw, key)) return take(raw.size(), {.kind = McpPiece::Kind::Clear});
    agree();
    return take(raw.size(), {.kind = McpPiece::Kind::Handshake, .public_key = key});
  }
  const McpVariant& variant = *find_mcp_variant(unit.variant);
  heard_.start_package();
  if (variant.framing == Framing::Base64Line) return take_sealed_line(raw, unit.bytes, variant);
  variant_ = &variant;
  heard_.pass(raw.size());
  take(raw.size(), {.kind = McpPiece::Kind::Sealed, .plain = unit.bytes, .variant = &variant});
}

// With white space that was encrypted behind the package, which its reader may count on.
void McpLeg::take_sealed_line(std::string_view raw, std::string_view package, const McpVariant& variant) {
  const std::string_view line = mcp::without_space_behind(raw);
  std::vector<std::uint8_t> cipher;
  (void)decode_base64(line, cipher, Base64::Lenient);
  if (Keystream* const stream = keystream(variant)) stream->xor_at(heard_.of(variant), cipher, cipher.data());
  heard_.pass(cipher.size());
  variant_ = nullptr;
  take(raw.size(), {.kind = McpPiece::Kind::Sealed,
                    .plain = as_text(cipher).starts_with(package) ? as_text(cipher) : package,
                    .variant = &variant,
                    .line_end = raw.substr(line.size())});
}

bool McpLeg::is_handshake(std::string_view text, std::string_view& key) {
  if (json_.parse(text, context_.limits) != JsonIndex::Status::Valid) return false;
  const JsonNode* const type = json_.find("type");
  if (type == nullptr || !json_.value(*type).starts_with("Handshake.Handshake")) return false;
  const JsonNode* const node = json_.find(json_.find("data"), "publicKey");
  if (node == nullptr || node->kind != JsonKind::String) return false;
  const auto number = parse_public_key(unescaped(json_.value(*node)));
  if (!number) return false;
  key = json_.value(*node);
  peer_key_ = *number;
  return true;
}

const McpKeyPair* McpLeg::make_key_pair(bool has_top_bit, const std::optional<modp5::Secret>& others) {
  auto pair = make_mcp_key_pair(has_top_bit, peer_key_, others ? zero_digits_of(*others) : 0);
  if (!pair) return nullptr;
  own_ = *std::move(pair);
  (void)connection_keys_.on_public_key(other(peer_), to_hex(own_.public_key));
  told_ = {};
  agree();
  return &own_;
}

// Both public keys may be there now.
void McpLeg::agree() {
  if (peer_key_.empty() || own_.public_key.empty()) return;
  modp5::Secret secret;
  if (!modp5::shared_secret(peer_key_, own_.private_key, secret)) return;
  if (secret_ && *secret_ == secret) return;
  secret_ = secret;
  keystreams_.emplace(as_secret(secret));
  keys_.add_proxied(client_key(), secret);
  heard_ = {};
}

Keystream* McpLeg::keystream(const McpVariant& variant) {
  if (!keystreams_) return nullptr;
  Keystream* const found = keystreams_->find(variant);
  if (found != nullptr || variant.form == SecretForm::Padded) return found;
  McpVariant padded = variant;  // this secret has no zeros to leave away
  padded.form = SecretForm::Padded;
  return keystreams_->find(padded);
}

void McpLeg::tell_handshake(const McpPiece& piece, std::string& out) {
  is_greeted_ = true;
  const auto before = static_cast<std::size_t>(piece.public_key.data() - piece.raw.data());
  out += piece.raw.substr(0, before);
  out += write_public_key_like(unescaped(piece.public_key), own_.public_key);
  out += piece.raw.substr(before + piece.public_key.size());
}

bool McpLeg::tell(const McpPiece& piece, std::string& out) {
  if (piece.variant == nullptr) {
    if (piece.kind == McpPiece::Kind::Unopened) told_.pass(piece.raw.size());
    out += piece.raw;
    return true;
  }
  Keystream* const stream = keystream(*piece.variant);
  if (stream == nullptr) return false;
  if (piece.kind == McpPiece::Kind::Sealed) told_.start_package();
  const std::uint64_t at = told_.of(*piece.variant);
  told_.pass(piece.plain.size());
  if (piece.variant->framing == Framing::Raw) {
    const std::size_t begin = out.size();
    out.resize(begin + piece.plain.size());
    stream->xor_at(at, as_bytes(piece.plain), writable(out, begin));
    return true;
  }
  std::vector<std::uint8_t> cipher(piece.plain.size());
  stream->xor_at(at, as_bytes(piece.plain), cipher.data());
  append_base64(out, cipher);
  out += piece.line_end;
  return true;
}

}  // namespace overhear
