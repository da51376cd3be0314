// The connection to one MCP peer, as the proxy keeps it up: what the peer says is cut into pieces and opened, what it
// is told is sealed. Each leg has a Diffie-Hellman exchange of its own, with a key pair of the proxy's.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/limits.hpp"
#include "decrypt/key_store.hpp"
#include "decrypt/mcp_key_pair.hpp"
#include "dissectors/layer.hpp"
#include "dissectors/mcp/mcp_keys.hpp"
#include "dissectors/mcp/mcp_stream.hpp"

namespace overhear {

// What a peer has said, in order; every byte is in one piece. Valid during the call.
struct McpPiece {
  enum class Kind : std::uint8_t {
    Clear,      // a package or white space, as it stands
    Handshake,  // a package in clear with a public key
    Sealed,     // a package that was opened
    Space,      // white space that was encrypted behind it
    Unopened,   // bytes that nothing opens, or that are no package
  };
  Kind kind = Kind::Clear;
  std::string_view raw = {};            // as it came
  std::string_view plain = {};          // of Sealed and Space
  const McpVariant* variant = nullptr;  // the same
  std::string_view line_end = {};       // of Sealed, where packages are lines: what stands behind the base64
  std::string_view public_key = {};     // of Handshake, as it stands in `raw`
};

class McpPieceSink {
 public:
  virtual ~McpPieceSink() = default;
  virtual void on_piece(Direction from, const McpPiece& piece) = 0;
};

class McpLeg final : private UnitSink {
 public:
  // `peer`: what it is. The others outlive this.
  McpLeg(Direction peer, const Limits& limits, Workspace& workspace, McpPieceSink& sink);

  // What the peer says.
  void feed(Bytes bytes);
  void end();
  // Nothing has come for a while.
  void pause();
  std::size_t held() const { return raw_.size(); }

  // The peer's public key, empty while it has not said any.
  const Number& peer_key() const { return peer_key_; }
  // A new key pair towards the peer, whose secret begins with as many zeros as the other leg's (where there is one
  // yet), at most kMostZeroDigits: so it is seen whether peers leave them away, and each is told what the other takes
  // for the key. Nothing where there are no random numbers.
  const McpKeyPair* make_key_pair(bool has_top_bit, const std::optional<modp5::Secret>& others);
  // The secret that both have, once both keys are known.
  const std::optional<modp5::Secret>& secret() const { return secret_; }
  // What the peer knows the client of this leg by.
  const Number& client_key() const { return peer_ == Direction::Client ? peer_key_ : own_.public_key; }

  // Tells the peer the piece, which another leg's peer has said. Sealed pieces that cannot be sealed here, since there
  // is no exchange, become nothing; false then.
  bool tell(const McpPiece& piece, std::string& out);
  // The same for a handshake, with the proxy's key in it.
  void tell_handshake(const McpPiece& piece, std::string& out);

 private:
  // UnitSink
  void on_unit(Unit& unit) override;
  void on_finding(std::optional<Direction>, Finding&) override {}
  void on_event(Direction, std::string_view, std::string_view, std::optional<std::uint64_t>,
                std::string_view) override {}
  bool is_message(const JsonIndex& json) const override;

  // Where keystream is used: of all ciphertext, and within the package at hand.
  struct Position {
    std::uint64_t all = 0;
    std::uint64_t package = 0;

    void start_package() { package = 0; }
    std::uint64_t of(const McpVariant& variant) const {
      return variant.keystream == KeystreamUse::Continuous ? all : package;
    }
    void pass(std::size_t bytes) {
      all += bytes;
      package += bytes;
    }
  };

  void settle(bool is_end);
  void tell_line_end();
  void take(std::size_t length, McpPiece piece);
  void take_between(std::size_t length);
  void take_sealed_line(std::string_view raw, std::string_view package, const McpVariant& variant);
  bool take_encrypted_space();
  bool is_handshake(std::string_view text, std::string_view& key);
  void agree();
  Keystream* keystream(const McpVariant& variant);

  Direction peer_;
  McpPieceSink& sink_;
  KeyStore keys_;
  Streams streams_;
  LayerContext context_;
  mcp::ConnectionKeys connection_keys_;
  mcp::McpStream stream_;
  JsonIndex json_;

  std::string raw_;                      // what came and is in no piece yet
  std::size_t early_ = 0;                // so much of it was told already
  const McpVariant* variant_ = nullptr;  // of the last piece, where it was sealed without lines
  bool is_behind_clear_ = false;
  bool is_clear_new_ = false;  // the clear package ended in the bytes at hand
  bool is_greeted_ = false;    // the peer has been told a handshake, so that it may encrypt
  Position heard_;
  Position told_;

  McpKeyPair own_;
  Number peer_key_;
  std::optional<modp5::Secret> secret_;
  std::optional<mcp::SecretKeystreams> keystreams_;
};

}  // namespace overhear
