// Keys that come behind the data: sessions wait, and say then what they would have said.
#include "session/key_wait.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/decrypt/test_keys.hpp"
#include "tests/session/scene.hpp"
#include "tests/support/mcp_wire.hpp"
#include "tests/support/tls_peers.hpp"

namespace overhear::testing {
namespace {

using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::Not;
using ::testing::StartsWith;

const std::string kLogin = R"({"type":"Authentication.Login.1","data":{"login":"alice","password":"x"}})";
const std::string kJoin = R"({"type":"Room.Join.2","data":{"room":7}})";
const std::string kError = R"({"type":"Error.PacketDataIncorrect","data":null})";
const std::string kRight = fmt::format("MCP_DH_PRIVATE_KEY - {}\n", test::kServerPrivate);
const std::string kWrong = fmt::format("MCP_KEY {} {}\n", test::kClientPublic, std::string(64, 'c'));
const std::string kOthers = fmt::format("MCP_DH_PRIVATE_KEY - {}\n", test::kThirdPrivate);

// A scene whose keys may still come.
struct KeyWaits : ::testing::Test {
  explicit KeyWaits(AnalysisOptions options = {}) : scene(std::move(options), &keys) { keys.set_may_grow(true); }

  void load(const std::string& lines) {
    KeyLogProblems problems;
    keys.load(as_bytes(lines), KeySource::SecretsBlock, "test", problems);
    EXPECT_EQ(problems.total, 0u);
  }
  Wire open_mcp(std::string first = "10.0.0.1:40000") {
    Wire wire = scene.open({.first = std::move(first), .second = "10.0.0.2:3072"});
    wire.first(mcp_client_handshake());
    wire.second(mcp_server_handshake());
    return wire;
  }
  // Every message as "direction number: body", sealed ones without their body.
  std::vector<std::string> said(std::uint32_t session = 1) const {
    std::vector<std::string> out;
    for (const HeardMessage& message : scene.messages) {
      if (message.session != session) continue;
      out.push_back(fmt::format("{} {}: {}", to_string(message.direction), message.number,
                                message.is_encrypted ? "sealed" : message.body));
    }
    return out;
  }

  KeyStore keys;
  Scene scene;
  McpSender client{"raw"};
  McpSender server{"base64-line"};
};

// The same session inside TLS.
struct KeyWaitsInTls : KeyWaits {
  KeyWaitsInTls() {
    peers.shake_hands();
    peers.say(Direction::Client, mcp_client_handshake());
    peers.say(Direction::Server, mcp_server_handshake());
    peers.say(Direction::Client, client.seal(kLogin));
    peers.say(Direction::Server, server.seal(kJoin) + kError + "\n");
    peers.say(Direction::Client, client.seal(kJoin));
  }
  void play(Wire& wire) {
    for (const Part& part : peers.parts()) play(wire, part);
  }
  void play(Wire& wire, const Part& part) {
    wire.say(part.direction == Direction::Client ? Side::First : Side::Second, part.wire);
    scene.wait(-2);  // no time passes
  }
  void expect_all() const {
    EXPECT_THAT(said(),
                ElementsAre("client 1: " + mcp_client_handshake(), "server 2: " + mcp_server_handshake(),
                            "client 3: " + kLogin, "server 4: " + kJoin, "server 5: " + kError, "client 6: " + kJoin));
    EXPECT_THAT(scene.finding_codes(), Each("app.unanswered"));  // nobody answers the second join
  }

  TlsPeers peers;
};

struct SmallKeyWaits : KeyWaits {
  static AnalysisOptions small() {
    AnalysisOptions options;
    options.limits.key_wait_bytes = 40'000;
    return options;
  }
  SmallKeyWaits() : KeyWaits(small()) {}
};

TEST_F(KeyWaits, ASessionSaysInTheEndWhatItWouldHaveSaid) {
  Wire wire = open_mcp();
  wire.first(client.seal(kLogin));
  wire.second(server.seal(kJoin) + kError + "\n");
  wire.first(client.seal(kJoin));
  EXPECT_EQ(scene.messages.size(), 2u);
  load(kRight);
  wire.second(server.seal(kLogin));
  const std::vector<std::string> all = said();
  EXPECT_THAT(all, ElementsAre("client 1: " + mcp_client_handshake(), "server 2: " + mcp_server_handshake(),
                               "client 3: " + kLogin, "server 4: " + kJoin, "server 5: " + kError, "client 6: " + kJoin,
                               "server 7: " + kLogin));
  EXPECT_EQ(scene.messages[2].time, 4) << "the time at which it was said";
  EXPECT_THAT(scene.messages[2].packets, ElementsAre(4u));
  EXPECT_THAT(scene.finding_codes(), Not(Contains("mcp.no_key")));
  wire.close();
}

TEST_F(KeyWaits, AreOverAfterFiveSecondsAndLaterBytesDoNotWait) {
  Wire wire = open_mcp();  // 2 s and 3 s
  wire.first(client.seal(kLogin));
  scene.wait(3);
  EXPECT_EQ(scene.messages.size(), 2u);
  wire.first(client.seal(kLogin));
  scene.wait(0);
  wire.second(kError);
  EXPECT_THAT(said(), ::testing::IsSupersetOf({std::string("server 4: ") + kError}));
  EXPECT_EQ(scene.messages[2].packets, (std::vector<std::uint64_t>{4, 6})) << "one run, as if nothing had waited";
  EXPECT_THAT(scene.finding_codes(), Contains("mcp.no_key"));
  wire.second(server.seal(kJoin));
  EXPECT_EQ(said().back(), "server 5: sealed");
  wire.close();
}

TEST(LateKeys, OpenWhatComesAfterThem) {
  for (const char* const variant : {"raw", "base64-line"}) {
    KeyStore late;
    late.set_may_grow(true);
    Scene scene_of_late({}, &late);
    McpSender sender(variant);
    Wire wire = scene_of_late.open({.second = "10.0.0.2:3072"});
    wire.first(mcp_client_handshake());
    wire.second(mcp_server_handshake());
    wire.first(sender.seal(kLogin));
    scene_of_late.wait(6);
    wire.second(kError);
    KeyLogProblems problems;
    late.load(as_bytes(kOthers), KeySource::SecretsBlock, "test", problems);
    wire.first(sender.seal(kLogin));
    wire.second(kError);
    late.load(as_bytes(kRight), KeySource::SecretsBlock, "test", problems);
    wire.first(sender.seal(kJoin));
    wire.close();
    const auto bodies = scene_of_late.bodies(1, Direction::Client);
    EXPECT_THAT(bodies.back(), StartsWith(kJoin)) << variant;
    EXPECT_THAT(bodies, Not(Contains(StartsWith(kLogin)))) << variant;
    scene_of_late.finish();
  }
}

TEST_F(KeyWaits, GoOnWhenTheConnectionIsClosed) {
  Wire wire = open_mcp();
  wire.first(client.seal(kLogin));
  wire.close();
  EXPECT_TRUE(scene.closed.empty());
  load(kRight);
  scene.wait(6);
  EXPECT_EQ(said().back(), "client 3: " + kLogin);
  EXPECT_EQ(scene.order.back(), "closed 1");
}

TEST_F(KeyWaits, EndWithTheCapture) {
  Wire wire = open_mcp();
  wire.first(client.seal(kLogin));
  wire.close(CloseReason::EndOfCapture);
  load(kRight);
  scene.finish();
  EXPECT_EQ(said().back(), "client 3: " + kLogin);
  EXPECT_EQ(scene.closed.at(0).reason, "end of capture");
}

TEST_F(KeyWaits, HoldNoOtherSession) {
  Wire waiting = open_mcp("10.0.0.1:1");
  waiting.first(client.seal(kLogin));
  Wire other = scene.open({.first = "10.0.0.1:2"});
  other.first(R"({"type":"command","data":{"command":"list"}})");
  EXPECT_EQ(said(2).size(), 1u);
  other.close();
  waiting.close();
  EXPECT_THAT(scene.order, Contains("closed 2"));
}

TEST_F(KeyWaits, AKeyThatDoesNotFitChangesNothing) {
  Wire wire = open_mcp();
  wire.first(client.seal(kLogin));
  load(kOthers);
  wire.first(client.seal(kJoin));
  load(kWrong);
  wire.second(server.seal(kJoin));
  EXPECT_EQ(scene.messages.size(), 2u);
  load(kRight);
  wire.close();
  EXPECT_EQ(said().size(), 5u);
  EXPECT_THAT(said(), Contains("client 3: " + kLogin));
  EXPECT_THAT(scene.finding_codes(), Each("app.unanswered"));
}

TEST_F(KeyWaits, BytesLostMeanwhileAreLostInTheirPlace) {
  Wire wire = open_mcp();
  wire.first(client.seal(kLogin));
  wire.lose(Side::First, 10);
  wire.first(client.seal(kJoin));
  load(kRight);
  wire.close();
  EXPECT_THAT(said(),
              ElementsAre(StartsWith("client 1"), StartsWith("server 2"), "client 3: " + kLogin, "client 4: " + kJoin));
}

TEST_F(KeyWaits, WithoutAHandshakeNothingWaits) {
  Wire wire = scene.open({.second = "10.0.0.2:3072", .initiator = {}, .is_midstream = true});
  wire.first(client.seal(kLogin));
  wire.second(kError + "\n" + kError);
  EXPECT_THAT(scene.bodies(1, Direction::Server), Contains(kError));
  wire.close();
}

TEST_F(KeyWaitsInTls, EndWithTheKeyOfWhatIsInside) {
  load(peers.key_log());
  Wire wire = scene.open({.second = "10.0.0.2:3072"});
  play(wire);
  EXPECT_EQ(said().size(), 2u);
  load(kOthers);
  peers.say(Direction::Server, server.seal(kLogin));
  wire.second(peers.parts().back().wire);
  EXPECT_EQ(said().size(), 2u);
  load(kRight);
  wire.close();
  EXPECT_EQ(said().back(), "server 7: " + kLogin);
}

TEST_F(KeyWaitsInTls, MayBeForBothKeysOneAfterTheOther) {
  Wire wire = scene.open({.second = "10.0.0.2:3072"});
  const Part& last = peers.parts().back();
  for (const Part& part : peers.parts()) {
    if (&part != &last) play(wire, part);
  }
  EXPECT_TRUE(said().empty());
  load(peers.key_log());
  play(wire, last);
  EXPECT_EQ(said().size(), 2u);
  load(kRight);
  wire.close();
  expect_all();
}

TEST_F(KeyWaitsInTls, HoldRecordsOfOneSegmentInTheirOrder) {
  load(peers.key_log());
  Wire wire = scene.open({.second = "10.0.0.2:3072"});
  std::string last;
  for (std::size_t i = 0; i < peers.parts().size(); ++i) {
    const Part& part = peers.parts()[i];
    const bool is_first = part.direction == Direction::Client;
    if (i + 3 >= peers.parts().size() && is_first) {
      last += part.wire;
    } else {
      wire.say(is_first ? Side::First : Side::Second, part.wire);
    }
  }
  wire.first(last);
  EXPECT_EQ(said().size(), 2u);
  load(kRight);
  wire.close();
  EXPECT_THAT(said(), ElementsAre(StartsWith("client 1"), StartsWith("server 2"), "server 3: " + kJoin,
                                  "server 4: " + kError, "client 5: " + kLogin, "client 6: " + kJoin));
}

TEST_F(KeyWaitsInTls, AreOverAfterFiveSeconds) {
  load(peers.key_log());
  Wire wire = scene.open({.second = "10.0.0.2:3072"});
  play(wire);
  EXPECT_EQ(said().size(), 2u);
  scene.wait(6);
  EXPECT_THAT(said(), Contains("client 3: sealed"));
  EXPECT_THAT(said(), Contains(::testing::EndsWith(": " + kError)));
  EXPECT_THAT(scene.finding_codes(), Contains("mcp.no_key"));
  wire.close();
  scene.finish();
}

TEST_F(SmallKeyWaits, GiveUpTheLongestWhenTogetherTheyHoldTooMuch) {
  Wire one = open_mcp("10.0.0.1:1");
  Wire two = open_mcp("10.0.0.1:2");
  one.first(client.seal(kLogin));
  two.first(client.seal(kLogin));
  const std::string much = client.seal(R"({"type":"Message.TextMessage","data":")" + std::string(20'000, 'x') + "\"}");
  two.first(much);
  EXPECT_EQ(said(1).size(), 2u);
  two.first(much);
  one.second(kError);
  EXPECT_EQ(said(1).size(), 4u) << "its wait is over";
  EXPECT_EQ(said(2).size(), 2u) << "what is left is little enough";
  load(kRight);
  two.close();
  EXPECT_EQ(said(2).size(), 5u);
  one.close();
}

TEST_F(SmallKeyWaits, OfClosedConnectionsAreBoundedToo) {
  for (int i = 0; i < 100; ++i) {
    Wire wire = open_mcp(fmt::format("10.0.0.1:{}", 1000 + i));
    wire.first(client.seal(kLogin));
    wire.close();
    scene.wait(-6);  // no time passes
  }
  EXPECT_GT(scene.closed.size(), 90u);
  scene.finish();
  EXPECT_EQ(scene.closed.size(), 100u);
}

TEST(HeldEvents, AreToldAgainAsTheyHappened) {
  class Log final : public StreamConsumer {
   public:
    void on_bytes(Side from, Bytes bytes, const Stamp& at) override { add("bytes", from, at, as_text(bytes)); }
    void on_gap(Side from, std::uint64_t missing, const Stamp& at) override {
      add("gap", from, at, std::to_string(missing));
    }
    void on_end(Side from, const Stamp& at) override { add("end", from, at, ""); }
    void on_closed(CloseReason reason, const Stamp& at) override { add("closed", {}, at, to_string(reason)); }
    void on_finding(std::optional<Side> from, Finding& finding, const Stamp& at) override {
      add("finding", from, at, finding.text);
    }
    std::vector<std::string> lines;

   private:
    void add(std::string_view what, std::optional<Side> from, const Stamp& at, std::string_view more) {
      lines.push_back(
          fmt::format("{} {} {}@{} {}", what, from ? static_cast<int>(*from) : -1, at.packet, at.time.ns, more));
    }
  };
  const auto tell = [](StreamConsumer& to) {
    std::string bytes = "abc";
    to.on_bytes(Side::First, as_bytes(bytes), {{10}, 1});
    bytes = "xxx";
    to.on_gap(Side::Second, 7, {{20}, 2});
    Finding finding{.rule = nullptr, .spec = {}, .text = "a fact", .field = {}, .bytes = {}};
    to.on_finding({}, finding, {{20}, 3});
    to.on_end(Side::Second, {{30}, 4});
    to.on_closed(CloseReason::Reset, {{40}, 5});
  };
  Log direct, later;
  HeldEvents held;
  tell(direct);
  tell(held);
  EXPECT_GT(held.memory(), 3u);
  while (!held.empty()) held.tell_first(later);
  EXPECT_EQ(later.lines, direct.lines);
  EXPECT_EQ(held.memory(), 0u);
}

}  // namespace
}  // namespace overhear::testing
