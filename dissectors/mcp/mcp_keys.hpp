// The keys of one MCP connection: what the two handshakes said, the secrets that the key store has for it, and the
// keystreams that a secret makes. Both directions ask here; each finds out for itself which secret opens its messages,
// so that what one says never depends on when the other came.
#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "decrypt/key_store.hpp"
#include "decrypt/keystream.hpp"
#include "decrypt/mcp_cipher.hpp"
#include "dissectors/message.hpp"

namespace overhear::mcp {

class ConnectionKeys {
 public:
  // Beyond that many no other line is tried: whoever writes keys into a capture must not choose how much work it is.
  static constexpr std::size_t kMostCandidates = 16;

  // `store` may be null.
  explicit ConnectionKeys(const KeyStore* store) : store_(store) {}

  // The public key of a handshake that this side sent; what is wrong with it, or nothing.
  std::string on_public_key(Direction sender, std::string_view text);

  // Whether a handshake has told a public key. Without one no secret is this connection's.
  bool has_public_key() const {
    return !side(Direction::Client).public_key.empty() || !side(Direction::Server).public_key.empty();
  }
  // The secrets that may open what follows the handshakes, in the order in which they should be tried; nullptr where
  // there is no `index`-th, until keys or a handshake come. The next one is looked for when it is asked for. Valid
  // until the next call.
  const McpSecret* candidate(std::size_t index);
  // Grows when a handshake says another public key: the candidates begin anew.
  std::uint64_t generation() const { return generation_; }
  // Why there is no candidate, for people.
  std::string why_unknown() const;
  // True once in the connection's life: who has to say that there is no key says it for both directions.
  bool take_report() { return !std::exchange(has_reported_, true); }

 private:
  struct Side {
    bool has_spoken = false;
    Number public_key;  // empty: not known, or of no use
  };

  const Side& side(Direction direction) const { return sides_[static_cast<std::size_t>(direction)]; }

  const KeyStore* store_;
  Side sides_[2];  // by Direction
  std::uint64_t generation_ = 0;
  std::vector<McpSecret> candidates_;
  std::uint64_t revision_ = 0;  // of the store, when it was asked
  std::size_t ways_asked_ = 0;  // of kMcpWays, at that revision
  bool has_reported_ = false;
};

// The keystreams of one secret, one a derivation.
class SecretKeystreams {
 public:
  explicit SecretKeystreams(const McpSecret& secret);

  std::string_view origin() const { return origin_; }
  // nullptr where the variant does not apply to this secret. Addresses stay.
  Keystream* find(const McpVariant& variant);

 private:
  struct Derived {
    KeyDerivation derivation;
    SecretForm form;
    Keystream stream;
  };

  std::string_view origin_;
  std::list<Derived> derived_;
};

// What opens one direction's messages.
struct Opening {
  const McpVariant* variant;
  std::string_view origin;  // the key's kind
  Keystream keystream;
};

}  // namespace overhear::mcp
