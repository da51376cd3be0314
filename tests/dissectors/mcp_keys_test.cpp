// Which of the keys at hand opens an MCP connection: wrong lines, other sessions' keys, a second handshake.
#include "dissectors/mcp/mcp_keys.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dissectors/mcp/mcp_layer.hpp"
#include "tests/decrypt/test_keys.hpp"
#include "tests/support/layer_script.hpp"
#include "tests/support/mcp_wire.hpp"

namespace overhear::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const std::string kLogin = R"({"type":"Authentication.Login.1","data":{"login":"alice","password":"x"}})";
const std::string kJoin = R"({"type":"Room.Join.2","data":{"room":7}})";

const std::string kWrongKey = fmt::format("MCP_KEY {} {}\n", test::kClientPublic, std::string(64, 'c'));
const std::string kWrongSecret = fmt::format("MCP_DH_SHARED_SECRET {} {}\n", test::kClientPublic, test::kShortSecret);
const std::string kClientLine = fmt::format("MCP_DH_PRIVATE_KEY - {}\n", test::kClientPrivate);
const std::string kServerLine = fmt::format("MCP_DH_PRIVATE_KEY - {}\n", test::kServerPrivate);
const std::string kOthersLine = fmt::format("MCP_DH_PRIVATE_KEY - {}\n", test::kThirdPrivate);

LayerSetup with(const std::unique_ptr<KeyStore>& keys) {
  LayerSetup setup;
  setup.make = layer<mcp::McpLayer>();
  setup.keys = keys.get();
  return setup;
}

Script conversation(std::string_view client_variant, std::string_view server_variant) {
  McpSender client(client_variant);
  McpSender server(server_variant);
  Script script;
  script.client(mcp_client_handshake() + "\n").server(mcp_server_handshake() + "\n");
  script.client(client.seal(kLogin)).server(server.seal_all({kJoin, kLogin})).client(client.seal(kJoin)).fin();
  return script;
}

void expect_opened(const Heard& heard, std::string_view by) {
  EXPECT_THAT(heard.messages(Direction::Client), ElementsAre(mcp_client_handshake(), kLogin, kJoin));
  EXPECT_THAT(heard.messages(Direction::Server), ElementsAre(mcp_server_handshake(), kJoin, kLogin));
  EXPECT_EQ(heard.units.back().decrypted, by);
  EXPECT_THAT(heard.findings, IsEmpty());
}

TEST(McpKeys, WrongLinesForTheClientDoNotHideTheRightOnes) {
  for (const std::string& wrong : {kWrongKey, kWrongSecret, kWrongKey + kWrongSecret}) {
    for (const std::string& right : {kClientLine, kServerLine, kClientLine + kServerLine}) {
      const auto keys = mcp_keys_of(wrong + right);
      for (const auto& [client, server] :
           {std::pair("raw", "raw"), std::pair("base64-line", "raw-aes192"), std::pair("raw-sha256", "base64-line")}) {
        const Script script = conversation(client, server);
        expect_opened(run(script, with(keys)), "mcp-dh-private-key");
        same_bytewise(script, with(keys));
      }
    }
  }
  const auto keys = mcp_keys_of(kWrongKey + kWrongSecret + kServerLine);
  cut_anywhere(conversation("raw", "base64-line-aes192"), with(keys));
}

TEST(McpKeys, TheirDirectionsFindTheSameInAnyOrder) {
  const auto keys = mcp_keys_of(kWrongKey + kWrongSecret + kServerLine);
  McpSender client("base64-line");
  McpSender server("raw");
  const std::string from_client = client.seal_all({kLogin, kJoin});
  const std::string from_server = server.seal_all({kJoin, kLogin});
  for (std::size_t step = 1; step < 60; ++step) {
    Script script;
    script.client(mcp_client_handshake()).server(mcp_server_handshake());
    // The one is ahead of the other by every share of its bytes.
    for (std::size_t at = 0; at < from_client.size() || at < from_server.size(); at += 60) {
      const std::size_t ahead = std::min(at == 0 ? step : at + step, from_server.size());
      const std::size_t behind = std::min(at == 0 ? 0 : at - 60 + step, ahead);
      script.server(from_server.substr(behind, ahead - behind));
      if (at < from_client.size()) script.client(from_client.substr(at, 60));
    }
    script.fin();
    const Heard heard = run(script, with(keys));
    EXPECT_THAT(heard.messages(Direction::Client), ElementsAre(mcp_client_handshake(), kLogin, kJoin)) << step;
    EXPECT_THAT(heard.messages(Direction::Server), ElementsAre(mcp_server_handshake(), kJoin, kLogin)) << step;
  }
}

TEST(McpKeys, AreFoundBehindALossToo) {
  const auto keys = mcp_keys_of(kWrongKey + kWrongSecret + kServerLine);
  for (const char* const variant : {"raw", "base64-line"}) {
    McpSender client(variant);
    McpSender server(variant);
    std::vector<Part> parts = {{Direction::Client, mcp_client_handshake() + "\n", mcp_client_handshake()},
                               {Direction::Server, mcp_server_handshake() + "\n", mcp_server_handshake()}};
    for (const std::string& text : {kLogin, kJoin, kLogin}) {
      parts.push_back({Direction::Client, client.seal(text), text});
      parts.push_back({Direction::Server, server.seal(text), text});
    }
    lose_anywhere(parts, with(keys), {.lengths = {1, 30}, .kept_parts = 2});
  }
}

TEST(McpKeys, ThatFitNoSessionAreToldOnceASession) {
  const auto several = mcp_keys_of(kOthersLine + "MCP_KEY ab " + std::string(64, 'c') + "\n");
  const auto one = mcp_keys_of(kOthersLine);
  const auto none = std::make_unique<KeyStore>();
  const Script script = conversation("raw", "base64-line");
  const std::pair<const std::unique_ptr<KeyStore>*, std::string> cases[] = {
      {&several, "none of the 2 MCP keys given fits"},
      {&one, "the one MCP key given does not fit"},
      {&none, "no MCP key was given (--keylog)"}};
  for (const auto& [keys, why] : cases) {
    const Heard heard = run(script, with(*keys));
    EXPECT_THAT(heard.findings, ElementsAre("- mcp.no_key"));
    EXPECT_THAT(heard.log,
                ::testing::Contains(HasSubstr("mcp.no_key: what follows the handshakes cannot be opened: " + why)));
    cut_anywhere(script, with(*keys));
  }
}

TEST(McpKeys, BeyondTheLimitAreNotSaidToHaveBeenTried) {
  Limits limits;
  limits.derived_keys = 1;
  const auto keys = std::make_unique<KeyStore>(limits);
  KeyLogProblems problems;
  keys->load(as_bytes(kOthersLine + kServerLine), KeySource::File, "test", problems);
  const Script script = conversation("raw", "raw");
  EXPECT_THAT(run(script, with(keys)).log,
              ::testing::Contains(HasSubstr("none of the 2 MCP keys given fits (the last 1")));
}

TEST(McpKeys, SayWhichHandshakeIsMissing) {
  const auto keys = mcp_keys_of(kServerLine);
  Script script;
  script.client(mcp_client_handshake()).client(McpSender("raw").seal(kLogin)).fin();
  EXPECT_THAT(
      run(script, with(keys)).log,
      ::testing::Contains(HasSubstr("the server's handshake, which a private key needs too, was not captured")));
}

TEST(McpKeys, ThatAllFailAreCounted) {
  const auto keys = mcp_keys_of(kWrongKey + kWrongSecret);
  const Script script = conversation("base64-line", "raw");
  const Heard heard = run(script, with(keys));
  EXPECT_THAT(heard.findings, ElementsAre("client mcp.undecodable", "server mcp.undecodable"));
  EXPECT_THAT(heard.log, ::testing::Contains(HasSubstr("none of the 2 keys for this session opens a package")));
  EXPECT_THAT(heard.messages(), ElementsAre(mcp_client_handshake(), mcp_server_handshake()));
  int lines = 0;
  for (const Said& unit : heard.units) lines += unit.is_encrypted && !unit.boundaries_unknown ? 1 : 0;
  EXPECT_EQ(lines, 2) << "lines are messages, whatever is in them";
  cut_anywhere(script, with(keys));
}

TEST(McpKeys, AreKnownByAFirstMessageThatIsWrongInside) {
  const auto keys = mcp_keys_of(kClientLine);
  const std::string wrong_inside = R"({"type":"Authentication.Login.1","data":{"login":"alice",}})";
  const std::string no_type = R"({"kind":"Authentication.Login.1","data":{"login":"alice"}})";
  for (const std::string& first : {wrong_inside, no_type}) {
    for (const char* const variant : {"raw", "base64-line"}) {
      McpSender client(variant);
      Script script;
      script.client(mcp_client_handshake()).server(mcp_server_handshake());
      script.client(client.seal(first)).client(client.seal(kJoin)).fin();
      const Heard heard = run(script, with(keys));
      ASSERT_EQ(heard.messages(Direction::Client).size(), 3u) << variant << first;
      EXPECT_EQ(heard.messages(Direction::Client)[1], first);
      EXPECT_EQ(heard.messages(Direction::Client)[2], kJoin);
      EXPECT_THAT(heard.findings, IsEmpty());
      cut_anywhere(script, with(keys));
    }
  }
}

TEST(McpKeys, OfASecondHandshakeReplaceThoseOfTheFirst) {
  const auto keys = mcp_keys_of(kClientLine);
  for (const char* const variant : {"raw", "base64-line", "raw-continuous"}) {
    McpSender client(variant), server(variant);
    McpSender client_again(*find_mcp_variant(variant), mcp_short_secret());
    McpSender server_again(*find_mcp_variant(variant), mcp_short_secret());
    Script script;
    script.client(mcp_client_handshake()).server(mcp_server_handshake());
    script.client(client.seal(kLogin)).server(server.seal(kJoin));
    // The client says the same key again and goes on with it until the server has said its new one.
    script.client(mcp_client_handshake()).client(client.seal(kJoin));
    script.server(mcp_third_handshake()).server(server_again.seal(kLogin)).server(server_again.seal(kJoin)).fin();
    const Heard heard = run(script, with(keys));
    EXPECT_THAT(heard.messages(Direction::Client),
                ElementsAre(mcp_client_handshake(), kLogin, mcp_client_handshake(), kJoin))
        << variant;
    EXPECT_THAT(heard.messages(Direction::Server),
                ElementsAre(mcp_server_handshake(), kJoin, mcp_third_handshake(), kLogin, kJoin))
        << variant;
    EXPECT_THAT(heard.findings, IsEmpty());
    cut_anywhere(script, with(keys));
  }
}

}  // namespace
}  // namespace overhear::testing
