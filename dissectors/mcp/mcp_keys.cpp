#include "dissectors/mcp/mcp_keys.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <ranges>
#include <utility>

#include "decrypt/dh_group.hpp"
#include "decrypt/public_key_text.hpp"

namespace overhear::mcp {

std::string ConnectionKeys::on_public_key(Direction sender, std::string_view text) {
  Side& mine = sides_[static_cast<std::size_t>(sender)];
  mine.has_spoken = true;
  auto parsed = parse_public_key(text);
  if (!parsed) return "is neither hexadecimal nor base64";
  if (*parsed != mine.public_key) {
    mine.public_key = std::move(*parsed);
    ++generation_;
    candidates_.clear();
    ways_asked_ = 0;
  }
  return modp5::weakness(mine.public_key);
}

const McpSecret* ConnectionKeys::candidate(std::size_t index) {
  if (store_ == nullptr || !has_public_key()) return nullptr;
  if (std::exchange(revision_, store_->revision()) != store_->revision()) ways_asked_ = 0;
  while (candidates_.size() <= index && ways_asked_ < kMcpWays.size() && candidates_.size() < kMostCandidates) {
    const auto secret = store_->find_mcp(kMcpWays[ways_asked_++], side(Direction::Client).public_key,
                                         side(Direction::Server).public_key);
    const auto is_same = [&](const McpSecret& held) { return std::ranges::equal(held.view(), secret->view()); };
    if (secret && std::ranges::none_of(candidates_, is_same)) candidates_.push_back(*secret);
  }
  return index < candidates_.size() ? &candidates_[index] : nullptr;
}

std::string ConnectionKeys::why_unknown() const {
  const std::size_t held = store_ == nullptr ? 0 : store_->mcp_keys();
  if (held == 0) {
    return fmt::format("no MCP key was given ({})", store_ == nullptr ? "--keylog" : store_->mcp_advice());
  }
  const bool has_client = side(Direction::Client).has_spoken;
  const bool has_server = side(Direction::Server).has_spoken;
  if (!has_client && !has_server) return "its handshakes were not captured";
  std::string fits =
      held == 1 ? "the one MCP key given does not fit" : fmt::format("none of the {} MCP keys given fits", held);
  if (const std::size_t beyond = store_->keys_beyond_derived(); beyond > 0) {
    fits += fmt::format(" (the last {} private keys were tried only where their line names the public key)", beyond);
  }
  if (has_client && has_server) return fits;
  return fmt::format("{}, and the {}'s handshake, which a private key needs too, was not captured", fits,
                     to_string(has_client ? Direction::Server : Direction::Client));
}

SecretKeystreams::SecretKeystreams(const McpSecret& secret) : origin_(to_string(secret.origin)) {
  for (const McpDerivedKey& key : derive_mcp_keys(secret)) {
    derived_.emplace_back(key.derivation, key.form, Keystream(key.key));
  }
}

Keystream* SecretKeystreams::find(const McpVariant& variant) {
  for (Derived& derived : derived_) {
    if (derived.derivation == variant.derivation && derived.form == variant.form) return &derived.stream;
  }
  return nullptr;
}

}  // namespace overhear::mcp
