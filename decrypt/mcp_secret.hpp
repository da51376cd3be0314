// What opens one MCP session, and where it came from.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/bytes.hpp"
#include "decrypt/dh_group.hpp"

namespace overhear {

// Which kind of line opened an MCP session, or that a proxy made the secret.
enum class McpKeyOrigin : std::uint8_t { DhPrivateKey, SharedSecret, Key, Proxy };

constexpr std::string_view to_string(McpKeyOrigin origin) {
  switch (origin) {
    case McpKeyOrigin::DhPrivateKey: return "mcp-dh-private-key";
    case McpKeyOrigin::SharedSecret: return "mcp-shared-secret";
    case McpKeyOrigin::Key: return "mcp-key";
    case McpKeyOrigin::Proxy: return "proxy";
  }
  return {};
}

struct McpSecret {
  McpKeyOrigin origin = McpKeyOrigin::DhPrivateKey;
  modp5::Secret bytes{};  // the shared secret with its leading zeros; of a ready key the first `size` bytes
  std::size_t size = 0;   // modp5::kBytes, or the key's 32, 24 or 16

  bool is_ready_key() const { return origin == McpKeyOrigin::Key; }
  Bytes view() const { return {bytes.data(), size}; }
};

}  // namespace overhear
