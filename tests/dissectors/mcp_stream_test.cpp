// MCP's encryption, opened: every variant, in both directions, however the bytes come.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dissectors/mcp/mcp_layer.hpp"
#include "tests/support/layer_script.hpp"
#include "tests/support/mcp_wire.hpp"

namespace overhear::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::ElementsAreArray;
using ::testing::IsEmpty;

constexpr auto kClient = Direction::Client;
constexpr auto kServer = Direction::Server;
const std::string kLogin = R"({"type":"Authentication.Login.1","data":{"login":"alice","password":"}{"}})";
const std::string kJoin = R"({"type":"Room.Join.2","data":{"room":7}})";
const std::string kText = R"({"type":"Message.TextMessage.3","data":{"text":"Привет \"you\"","room":7}})";
const std::string kError = R"({"type":"Error.PacketDataIncorrect","data":null})";

class McpStreams : public ::testing::Test {
 protected:
  LayerSetup opened() const { return with(keys_.get()); }
  static LayerSetup with(KeyStore* keys) {
    LayerSetup setup;
    setup.make = layer<mcp::McpLayer>();
    setup.keys = keys;
    return setup;
  }
  static Script handshakes(std::string_view line_end = "") {
    Script script;
    script.client(mcp_client_handshake().append(line_end)).server(mcp_server_handshake().append(line_end));
    return script;
  }

  const std::unique_ptr<KeyStore> keys_ = mcp_keys();
};

class NoSink final : public UnitSink {
 public:
  void on_unit(Unit&) override {}
  void on_finding(std::optional<Direction>, Finding&) override {}
  void on_event(Direction, std::string_view, std::string_view, std::optional<std::uint64_t>,
                std::string_view) override {}
  bool is_message(const JsonIndex&) const override { return true; }
};

// What was said behind the handshakes.
std::vector<std::string> said(const Heard& heard, Direction direction) {
  auto messages = heard.messages(direction);
  if (!messages.empty()) messages.erase(messages.begin());
  return messages;
}

// A package in clear that is wrong and never ends hides none of those that follow, in clear or encrypted.
TEST_F(McpStreams, AreReadOnBehindAClearPackageWithoutAnEnd) {
  for (const char* const name : {"raw", "base64-line"}) {
    McpSender client(name);
    Script script = handshakes("\n\n");
    script.client(client.seal(kLogin))
        .client(R"({"type":"Error.X","data":{"message":"not closed)"
                "\n");
    script.client(kError + "\n\n").client(client.seal(kJoin)).client(client.seal(kText)).fin();
    cut_anywhere(script, opened());
    const Heard heard = run(script, opened());
    EXPECT_THAT(said(heard, kClient), ElementsAre(kLogin, kError, kJoin, kText)) << name;
    EXPECT_TRUE(heard.has_finding("json.invalid")) << name;
  }
}

TEST_F(McpStreams, ShowAClearPackageThatIsWrongInside) {
  const std::string wrong = R"({"type":"Error.X","data":{"message":nope,"inner":{"type":"Room.Join.1"}}})";
  Script script = handshakes();
  script.client(wrong + kError).fin();
  cut_anywhere(script, opened());
  EXPECT_THAT(said(run(script, opened()), kClient), ElementsAre(wrong, kError));
}

// What is decrypted of a message under way counts where all sessions share a budget.
TEST_F(McpStreams, TellWhatTheyHoldOfAMessageUnderWay) {
  McpSender client("raw");
  const std::string large = R"({"type":"Message.TextMessage.9","data":{"text":")" + std::string(5000, 'x') + "\"}}";
  for (const bool is_first : {true, false}) {
    LayerSetup setup = opened();
    Streams streams;
    Workspace workspace;
    NoSink sink;
    LayerContext context{setup.limits, setup.keys, streams, sink, workspace};
    mcp::McpLayer layer(context);
    const auto say = [&](Direction direction, const std::string& bytes) {
      streams[direction].push(as_bytes(bytes), Stamp{});
      layer.on_data(direction);
      streams[direction].settle();
    };
    say(kClient, mcp_client_handshake());
    say(kServer, mcp_server_handshake());
    if (!is_first) say(kClient, client.seal(kLogin));
    EXPECT_EQ(layer.held(kClient), 0u);
    const std::string wire = client.seal(large);
    say(kClient, wire.substr(0, 4000));
    EXPECT_GE(layer.held(kClient), 4000u) << is_first;
    say(kClient, wire.substr(4000));
    EXPECT_EQ(layer.held(kClient), 0u) << is_first;
  }
}

TEST_F(McpStreams, AreOpenedInEveryVariant) {
  for (const McpVariant& variant : kMcpVariants) {
    const bool is_trimmed = variant.form == SecretForm::Trimmed;
    const McpSecret secret = is_trimmed ? mcp_short_secret() : mcp_secret();
    McpSender client(variant, secret);
    McpSender server(variant, secret);
    Script script;
    script.client(mcp_client_handshake()).server(is_trimmed ? mcp_third_handshake() : mcp_server_handshake());
    script.client(client.seal(kLogin)).server(server.seal_all({kJoin, kText}));
    script.client(client.seal(kJoin)).client(client.seal(kText)).server(server.seal(kLogin)).fin();
    const Heard heard = run(script, opened());
    EXPECT_THAT(said(heard, kClient), ElementsAre(kLogin, kJoin, kText)) << variant.name;
    EXPECT_THAT(said(heard, kServer), ElementsAre(kJoin, kText, kLogin)) << variant.name;
    EXPECT_EQ(heard.units.back().variant, variant.name);
    EXPECT_EQ(heard.units.back().decrypted, "mcp-shared-secret");
    EXPECT_THAT(heard.findings, IsEmpty()) << variant.name;
    same_bytewise(script, opened());
  }
}

// Where the continuous keystream has the same byte as at its start, the second message begins like one whose keystream
// starts anew.
TEST_F(McpStreams, WithOneKeystreamAreOpenedWhereTheSecondMessageBeginsLikeTheFirst) {
  const std::string zeros(600, '\0');
  const std::string keystream = McpSender("raw-continuous").seal(zeros);
  const std::string head = R"({"type":"Message.TextMessage.3","data":{"text":")";
  const std::string tail = R"("}})";
  const std::size_t same = keystream.find(keystream.front(), head.size() + tail.size());
  ASSERT_NE(same, std::string::npos);
  const std::string first = head + std::string(same - head.size() - tail.size(), 'x') + tail;
  McpSender client("raw-continuous");
  Script script = handshakes();
  script.client(client.seal_all({first, kJoin, kText})).fin();
  EXPECT_THAT(said(run(script, opened()), kClient), ElementsAre(first, kJoin, kText));
  same_bytewise(script, opened());
}

TEST_F(McpStreams, MayUseAnotherVariantInEachDirection) {
  const std::pair<const char*, const char*> pairs[] = {{"raw", "base64-line"},
                                                       {"base64-line-aes192", "raw-sha256"},
                                                       {"raw-continuous", "raw"},
                                                       {"base64-line-aes128-continuous", "raw-hex-ascii-continuous"}};
  for (const auto& [one, two] : pairs) {
    McpSender client(one);
    McpSender server(two);
    Script script = handshakes("\n\n");
    script.client(client.seal(kLogin)).server(server.seal(kJoin)).client(client.seal(kText));
    script.server(server.seal_all({kText, kLogin})).fin();
    cut_anywhere(script, opened());
    const Heard heard = run(script, opened());
    EXPECT_THAT(said(heard, kClient), ElementsAre(kLogin, kText)) << one;
    EXPECT_THAT(said(heard, kServer), ElementsAre(kJoin, kText, kLogin)) << two;
  }
}

TEST_F(McpStreams, MayBeOneMessageOverManySegmentsAndManyInOne) {
  const std::string large =
      fmt::format(R"({{"type":"Message.TextMessage.3","data":{{"text":"{}"}}}})", std::string(3000, 'x'));
  for (const char* const variant : {"raw", "base64-line", "raw-continuous", "base64-line-continuous"}) {
    McpSender sender(variant);
    Script script = handshakes();
    const std::string wire = sender.seal(large);
    for (std::size_t at = 0; at < wire.size(); at += 700) script.client(wire.substr(at, 700));
    std::string many;
    for (int i = 0; i < 20; ++i) many += sender.seal(i % 2 == 0 ? kJoin : kText);
    script.client(many).fin();
    const Heard heard = run(script, opened());
    const auto messages = said(heard, kClient);
    ASSERT_EQ(messages.size(), 21u) << variant;
    EXPECT_EQ(messages[0], large);
    EXPECT_EQ(messages[20], kText);
    same_bytewise(script, opened());
  }
}

TEST_F(McpStreams, CarryErrorsInClearBetweenEncryptedMessages) {
  for (const char* const variant : {"raw", "base64-line", "base64-line-aes192"}) {
    McpSender client(variant);
    McpSender server(variant);
    Script script = handshakes("\n\n");
    script.client(client.seal(kLogin)).server(kError + "\n\n").client(client.seal(kJoin));
    script.server(server.seal(kJoin) + kError + "\n\n").server(server.seal(kText)).fin();
    cut_anywhere(script, opened());
    const Heard heard = run(script, opened());
    EXPECT_THAT(said(heard, kServer), ElementsAre(kError, kJoin, kError, kText)) << variant;
    EXPECT_THAT(said(heard, kClient), ElementsAre(kLogin, kJoin)) << variant;
    EXPECT_THAT(heard.findings, IsEmpty()) << variant;
  }
}

TEST_F(McpStreams, MayHaveEmptyLinesBetweenLines) {
  McpSender sender("base64-line");
  Script script = handshakes("\n\n");
  script.client("\n" + sender.seal(kLogin) + "\r\n\n").client(sender.seal(kJoin) + "\n\n").fin();
  cut_anywhere(script, opened());
  EXPECT_THAT(said(run(script, opened()), kClient), ElementsAre(kLogin, kJoin));
}

TEST_F(McpStreams, MayEndWithAnEncryptedLineEnd) {
  for (const char* const variant : {"raw", "raw-continuous", "raw-aes192"}) {
    McpSender sender(variant);
    Script script = handshakes();
    script.client(sender.seal(kLogin + "\n")).client(sender.seal_all({kJoin + "\n", kText + "\n"})).fin();
    cut_anywhere(script, opened());
    const Heard heard = run(script, opened());
    EXPECT_THAT(said(heard, kClient), ElementsAre(kLogin, kJoin, kText)) << variant;
    EXPECT_EQ(heard.units.size(), 5u);
  }
}

TEST_F(McpStreams, OfHandshakesAloneAreNotFoundUndecodable) {
  Script script = handshakes("\n\n");
  script.fin();
  cut_anywhere(script, opened());
  EXPECT_EQ(run(script, opened()).log.size(), 2u);
}

TEST_F(McpStreams, ReportAPublicKeyThatProtectsNothing) {
  Script script;
  script.client(mcp_handshake("01")).fin();
  const Heard heard = run(script, opened());
  ASSERT_EQ(heard.units.size(), 1u);
  EXPECT_TRUE(heard.units[0].has("mcp.weak_key"));
}

TEST_F(McpStreams, WithoutAKeyShowEachLineAsOneEncryptedMessage) {
  McpSender sender("base64-line");
  Script script = handshakes("\n\n");
  script.client(sender.seal_all({kLogin, kJoin})).server(kError + "\n").client(sender.seal(kText)).fin();
  cut_anywhere(script, with(nullptr));
  const Heard heard = run(script, with(nullptr));
  EXPECT_THAT(heard.messages(), ElementsAre(mcp_client_handshake(), mcp_server_handshake(), kError));
  EXPECT_THAT(heard.findings, ElementsAre("- mcp.no_key"));
  int encrypted = 0;
  for (const Said& unit : heard.units) {
    if (!unit.is_encrypted) continue;
    ++encrypted;
    EXPECT_FALSE(unit.boundaries_unknown);
    const std::size_t plain[] = {kLogin.size(), kJoin.size(), kText.size()};
    EXPECT_EQ(unit.bytes.size(), plain[encrypted - 1] + 1) << "decoded, with its line end";
  }
  EXPECT_EQ(encrypted, 3);
}

TEST_F(McpStreams, WithoutAKeyShowRawCiphertextAsOneRecordARun) {
  McpSender sender("raw");
  Script script = handshakes();
  script.client(sender.seal(kLogin)).client(sender.seal(kJoin)).server(sender.seal(kText)).client(sender.seal(kText));
  script.fin();
  cut_anywhere(script, with(nullptr));
  const Heard heard = run(script, with(nullptr));
  std::vector<std::size_t> sizes;
  for (const Said& unit : heard.units) {
    if (!unit.is_encrypted) continue;
    EXPECT_TRUE(unit.boundaries_unknown);
    sizes.push_back(unit.bytes.size());
  }
  EXPECT_THAT(sizes, ElementsAre(kLogin.size() + kJoin.size(), kText.size(), kText.size()));
  EXPECT_THAT(heard.findings, ElementsAre("- mcp.no_key"));
}

TEST_F(McpStreams, WithoutAKeyLoseNoByteThatLooksLikeWhiteSpace) {
  Script script = handshakes("\n");
  script.client("\n \xff\xfe").server(kError + "\n").client("\t\x80").server("\n\n").fin();
  cut_anywhere(script, with(nullptr));
  const Heard heard = run(script, with(nullptr));
  std::vector<std::size_t> sizes;
  for (const Said& unit : heard.units) {
    if (unit.is_encrypted) sizes.push_back(unit.bytes.size());
  }
  EXPECT_THAT(sizes, ElementsAre(2, 2)) << "what stands right behind a handshake belongs to it";
}

TEST_F(McpStreams, AMessageWithoutAnEndHidesNoLaterOne) {
  const std::string unclosed[] = {
      R"({"type":"Message.TextMessage.3","data":{"text":"no end}})",
      R"({"type":"Message.TextMessage.3","data":{"text":"x")",
      fmt::format(R"({{"type":"Message.TextMessage.3","data":"{})", std::string(2000, 'x'))};
  for (const std::string& torn : unclosed) {
    for (const char* const variant : {"raw", "base64-line", "raw-aes192"}) {
      McpSender client(variant);
      for (const bool is_first : {false, true}) {
        Script script = handshakes();
        if (!is_first) script.client(client.seal(kLogin));
        script.client(client.seal(torn) + client.seal(kJoin)).client(client.seal(kText)).fin();
        const Heard heard = run(script, opened());
        const auto messages = said(heard, kClient);
        EXPECT_THAT(messages, ::testing::IsSupersetOf({kJoin, kText})) << variant << torn;
        EXPECT_FALSE(heard.has_finding("mcp.undecodable"));
        if (torn.size() < 100) cut_anywhere(script, opened());
      }
    }
  }
}

TEST_F(McpStreams, WithAWrongKeyAreUndecodableAndNothingIsInvented) {
  const auto wrong = wrong_mcp_keys();
  for (const McpVariant& variant : kMcpVariants) {
    if (variant.form == SecretForm::Trimmed) continue;
    McpSender sender(variant, mcp_secret());
    Script script = handshakes("\n");
    for (int i = 0; i < 5; ++i) script.client(sender.seal_all({kLogin, kJoin})).server(kError + "\n");
    script.fin();
    const Heard heard = run(script, with(wrong.get()));
    EXPECT_THAT(said(heard, kClient), IsEmpty()) << variant.name;
    EXPECT_EQ(said(heard, kServer).size(), 5u) << variant.name;
    EXPECT_TRUE(heard.has_finding("mcp.undecodable")) << variant.name;
    same_bytewise(script, with(wrong.get()));
  }
}

std::vector<Part> conversation(std::string_view variant, std::string_view line_end) {
  const std::string end(line_end);
  McpSender client(variant);
  McpSender server(variant);
  std::vector<Part> parts = {{kClient, mcp_client_handshake() + end, mcp_client_handshake()},
                             {kServer, mcp_server_handshake() + end, mcp_server_handshake()}};
  for (const std::string& text : {kLogin, kText, kJoin, kText}) {
    parts.push_back({kClient, client.seal(text), text});
    parts.push_back({kServer, server.seal(text), text});
  }
  return parts;
}

TEST_F(McpStreams, SurviveALossAtAnyPositionBehindTheHandshakes) {
  for (const char* const variant : {"raw", "base64-line", "raw-aes192"}) {
    SCOPED_TRACE(variant);
    lose_anywhere(conversation(variant, "\n\n"), opened(), {.lengths = {1, 5, 30}, .kept_parts = 2});
  }
}

TEST_F(McpStreams, WithOneKeystreamInventNothingBehindALoss) {
  for (const char* const variant : {"raw-continuous", "base64-line-continuous"}) {
    SCOPED_TRACE(variant);
    lose_anywhere(conversation(variant, "\n\n"), opened(),
                  {.finds_what_follows = false, .lengths = {1, 5, 30}, .kept_parts = 2});
  }
}

TEST_F(McpStreams, FindErrorsInClearBehindALoss) {
  for (const char* const variant : {"raw", "base64-line"}) {
    SCOPED_TRACE(variant);
    McpSender server(variant);
    const std::vector<Part> parts = {{kClient, mcp_client_handshake() + "\n\n", mcp_client_handshake()},
                                     {kServer, mcp_server_handshake() + "\n\n", mcp_server_handshake()},
                                     {kServer, server.seal(kLogin), kLogin},
                                     {kServer, kError + "\n\n", kError},
                                     {kServer, kError + "\n\n", kError},
                                     {kServer, server.seal(kText), kText}};
    lose_anywhere(parts, opened(), {.lengths = {1, 40}, .kept_parts = 2});
  }
}

TEST_F(McpStreams, WithoutAKeyInventNothingBehindALoss) {
  for (const char* const variant : {"raw", "base64-line"}) {
    auto parts = conversation(variant, "\n\n");
    for (std::size_t i = 2; i < parts.size(); ++i) parts[i].text.clear();
    lose_anywhere(parts, with(nullptr), {.finds_what_follows = false, .lengths = {1, 30}});
  }
}

TEST_F(McpStreams, PickedUpInTheMiddleInventNothing) {
  LayerSetup setup = opened();
  setup.is_midstream = true;
  McpSender sender("base64-line");
  Script script;
  script.client(sender.seal_all({kLogin, kJoin}).substr(20)).server(kError + "\n").fin();
  cut_anywhere(script, setup);
  for (const std::string& text : run(script, setup).messages()) EXPECT_EQ(text, kError);
}

}  // namespace
}  // namespace overhear::testing
