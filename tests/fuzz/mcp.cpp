// MCP with a fixed key. Bit 2 of a part's kind encrypts it (raw), bit 3 makes a base64 line of it, bit 4 uses the key
// of another session; bit 5 puts a handshake there instead. So the fuzzer writes plaintext.
#include "dissectors/mcp/mcp_layer.hpp"
#include "tests/fuzz/input.hpp"
#include "tests/fuzz/targets.hpp"
#include "tests/support/mcp_wire.hpp"

namespace overhear::fuzz {

void fuzz_mcp(Bytes input) {
  static const auto kKeys = testing::mcp_keys();
  static testing::McpSender raw("raw");
  static testing::McpSender line("base64-line");
  static testing::McpSender strange(*find_mcp_variant("raw"), testing::mcp_short_secret());
  testing::LayerSetup setup;
  setup.make = testing::layer<mcp::McpLayer>();
  setup.keys = kKeys.get();
  check_layer(input, setup, [](std::uint8_t kind, Direction direction, std::string_view part) {
    if ((kind & 32) != 0) {
      return direction == Direction::Client ? testing::mcp_client_handshake() : testing::mcp_server_handshake();
    }
    if ((kind & 16) != 0) return strange.seal(part);
    if ((kind & 8) != 0) return line.seal(part);
    return (kind & 4) != 0 ? raw.seal(part) : std::string(part);
  });
}

}  // namespace overhear::fuzz
