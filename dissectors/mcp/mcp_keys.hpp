// The keys of one MCP connection: what the two handshakes said, what the key store has for it, and the keystreams.
#pragma once

#include <list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "decrypt/key_store.hpp"
#include "decrypt/keystream.hpp"
#include "decrypt/mcp_cipher.hpp"
#include "dissectors/message.hpp"

namespace overhear::mcp {

class ConnectionKeys {
 public:
  explicit ConnectionKeys(const KeyStore* store) : store_(store) {}

  // The public key of a handshake that this side sent; what is wrong with it, or nothing.
  std::string on_public_key(Direction sender, std::string_view text);

  // Whether the session can be opened; looks for the key when asked first after a handshake.
  bool is_known();
  // Why not, for people.
  std::string why_unknown() const;
  std::string_view origin() const { return to_string(secret_->origin); }

  // The keystream of a variant; nullptr where the variant does not apply to this secret. REQUIRES: is_known().
  Keystream* keystream(const McpVariant& variant);

 private:
  struct Derived {
    KeyDerivation derivation;
    SecretForm form;
    Keystream stream;
  };

  const KeyStore* store_;
  Number public_keys_[2];
  bool has_looked_ = false;
  std::optional<McpSecret> secret_;
  std::list<Derived> derived_;  // made when first asked for; addresses stay
};

}  // namespace overhear::mcp
