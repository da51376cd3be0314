#include "dissectors/mcp/mcp_keys.hpp"

#include <fmt/format.h>

#include "decrypt/dh_group.hpp"
#include "decrypt/public_key_text.hpp"

namespace overhear::mcp {

std::string ConnectionKeys::on_public_key(Direction sender, std::string_view text) {
  auto parsed = parse_public_key(text);
  if (!parsed) return "is neither hexadecimal nor base64";
  Number& mine = public_keys_[static_cast<std::size_t>(sender)];
  mine = std::move(parsed->number);
  has_looked_ = false;
  return modp5::weakness(mine);
}

bool ConnectionKeys::is_known() {
  if (secret_) return true;
  if (has_looked_ || store_ == nullptr) return false;
  has_looked_ = true;
  const Number& client = public_keys_[static_cast<std::size_t>(Direction::Client)];
  const Number& server = public_keys_[static_cast<std::size_t>(Direction::Server)];
  if (client.empty() && server.empty()) return false;
  secret_ = store_->find_mcp(client, server);
  return secret_.has_value();
}

std::string ConnectionKeys::why_unknown() const {
  if (public_keys_[0].empty() && public_keys_[1].empty()) return "its handshake was not captured";
  const std::size_t held = store_ == nullptr ? 0 : store_->mcp_keys();
  if (held == 0) return "no MCP key was given (--keylog)";
  return held == 1 ? "the one MCP key given does not fit" : fmt::format("none of the {} MCP keys given fits", held);
}

Keystream* ConnectionKeys::keystream(const McpVariant& variant) {
  for (Derived& derived : derived_) {
    if (derived.derivation == variant.derivation && derived.form == variant.form) return &derived.stream;
  }
  const auto key = derive_mcp_key(*secret_, variant.derivation, variant.form);
  if (!key) return nullptr;
  return &derived_.emplace_back(variant.derivation, variant.form, Keystream(*key)).stream;
}

}  // namespace overhear::mcp
