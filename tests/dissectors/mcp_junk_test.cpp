// Bytes on an MCP connection that are neither JSON nor encrypted packages: they hide nothing that follows, and none of
// them goes without a word.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dissectors/mcp/mcp_layer.hpp"
#include "tests/support/layer_script.hpp"
#include "tests/support/mcp_wire.hpp"

namespace overhear::testing {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;

constexpr auto kClient = Direction::Client;
constexpr auto kServer = Direction::Server;
const std::string kLogin = R"({"type":"Authentication.Login.1","data":{"login":"alice","password":"}{"}})";
const std::string kJoin = R"({"type":"Room.Join.2","data":{"room":7}})";
const std::string kText = R"({"type":"Message.TextMessage.3","data":{"text":"Привет","room":7}})";
const std::string kError = R"({"type":"Error.PacketDataIncorrect","data":null})";
const std::string kNoise = "\x80\x13{\xffnoise";

class McpJunk : public ::testing::Test {
 protected:
  static LayerSetup with(KeyStore* keys) {
    LayerSetup setup;
    setup.make = layer<mcp::McpLayer>();
    setup.keys = keys;
    return setup;
  }
  static Script handshakes() {
    Script script;
    script.client(mcp_client_handshake() + "\n").server(mcp_server_handshake() + "\n");
    return script;
  }

  const std::unique_ptr<KeyStore> keys_ = mcp_keys();
};

// "*hello" for what is shown as encrypted, "[hello]" for data, "hello" for what was said; without the handshakes.
std::vector<std::string> shown(const Heard& heard, Direction direction) {
  std::vector<std::string> out;
  for (const Said& unit : heard.units) {
    if (unit.direction != direction || unit.bytes.contains("Handshake.Handshake")) continue;
    out.push_back(unit.is_encrypted ? "*" + unit.bytes : unit.is_opaque ? "[" + unit.bytes + "]" : unit.bytes);
  }
  return out;
}

TEST_F(McpJunk, InALineHidesNoPackageInClearBehindTheHandshake) {
  Script script = handshakes();
  script.client("this is no JSON\n").client(kLogin + "\n").client("nor {this}\n" + kJoin + "\n" + kText + "\n").fin();
  cut_anywhere(script, with(nullptr));
  const Heard heard = run(script, with(nullptr));
  EXPECT_THAT(shown(heard, kClient), ElementsAre("*this is no JSON\n", kLogin, "*nor {this}\n", kJoin, kText));
  EXPECT_THAT(heard.findings, ElementsAre("- mcp.no_key"));
}

TEST_F(McpJunk, ThatCouldBeBase64HidesNoPackageInClear) {
  Script script = handshakes();
  script.client("hello\n" + kLogin + "\nhello\n").client(kJoin + "\n").fin();
  cut_anywhere(script, with(nullptr));
  const Heard heard = run(script, with(nullptr));
  EXPECT_THAT(heard.messages(kClient), ElementsAre(mcp_client_handshake(), kLogin, kJoin));
}

TEST_F(McpJunk, HidesNoLineOfCiphertext) {
  McpSender sender("base64-line");
  Script script = handshakes();
  script.client("!!!\n" + sender.seal_all({kLogin, kJoin})).client(kText + "\n").fin();
  cut_anywhere(script, with(nullptr));
  const Heard heard = run(script, with(nullptr));
  std::vector<std::size_t> sizes;
  for (const Said& unit : heard.units) {
    if (unit.is_encrypted) sizes.push_back(unit.bytes.size());
  }
  EXPECT_THAT(sizes, ElementsAre(4, kLogin.size() + 1, kJoin.size() + 1));
  EXPECT_THAT(heard.messages(kClient), ElementsAre(mcp_client_handshake(), kText));
}

TEST_F(McpJunk, HidesNoPackageWhoseKeyIsKnown) {
  McpSender sender("raw");
  Script script = handshakes();
  script.client("this is no JSON\n").client(sender.seal(kLogin)).server(kError + "\n").client(sender.seal(kJoin)).fin();
  cut_anywhere(script, with(keys_.get()));
  EXPECT_THAT(shown(run(script, with(keys_.get())), kClient), ElementsAre("*this is no JSON\n", kLogin, kJoin));
}

// Ciphertext is never taken for a package, and one that is under way when the other side speaks is not torn.
TEST_F(McpJunk, IsWhereAPackageMayStandAcrossATurn) {
  McpSender sender("raw");
  Script script = handshakes();
  script.client(sender.seal(kLogin) + kJoin.substr(0, 20)).server(kError + "\n").client(kJoin.substr(20) + "\n");
  script.client(sender.seal(kText) + "{").server(kError + "\n").client(sender.seal(kText)).fin();
  cut_anywhere(script, with(nullptr));
  const Heard heard = run(script, with(nullptr));
  EXPECT_THAT(heard.messages(kClient), ElementsAre(mcp_client_handshake(), kJoin));
  EXPECT_EQ(shown(heard, kClient)[2], "*" + sender.seal(kText) + "{");
}

TEST_F(McpJunk, BeforeTheHandshakeIsDataAndHidesNothing) {
  for (KeyStore* const keys : {static_cast<KeyStore*>(nullptr), keys_.get()}) {
    McpSender sender("raw");
    Script script;
    script.client(kNoise + mcp_client_handshake()).server("hello\n" + mcp_server_handshake());
    script.client(sender.seal(kLogin)).fin();
    cut_anywhere(script, with(keys));
    const Heard heard = run(script, with(keys));
    EXPECT_EQ(shown(heard, kClient)[0], "[" + kNoise + "]");
    EXPECT_EQ(shown(heard, kServer)[0], "[hello\n]");
    EXPECT_TRUE(heard.units[0].has("app.skipped"));
    EXPECT_EQ(shown(heard, kClient)[1] == kLogin, keys != nullptr);
  }
}

TEST_F(McpJunk, OfNulsIsToldOfWhereverTheyStand) {
  const std::string nul("\0\0", 2);
  for (const char* const variant : {"raw", "base64-line", "raw-continuous"}) {
    SCOPED_TRACE(variant);
    McpSender sender(variant);
    Script between = handshakes();
    between.client(nul + sender.seal(kLogin)).fin();
    Script inside = handshakes();
    McpSender inner(variant);
    inside.client(inner.seal_all({kLogin + nul, kJoin})).client(inner.seal(kText)).fin();
    for (const Script& script : {between, inside}) {
      cut_anywhere(script, with(keys_.get()));
      const Heard heard = run(script, with(keys_.get()));
      EXPECT_THAT(heard.findings, ElementsAre("client json.nul"));
      EXPECT_THAT(heard.messages(kClient), Contains(kLogin));
    }
  }
  Script clear;
  clear.client(mcp_client_handshake() + nul + mcp_client_handshake() + nul).fin();
  cut_anywhere(clear, with(nullptr));
  EXPECT_THAT(run(clear, with(nullptr)).findings, ElementsAre("client json.nul"));
}

}  // namespace
}  // namespace overhear::testing
