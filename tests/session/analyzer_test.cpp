// Several connections at once: numbering, places of findings, order of what is told.
#include "session/analyzer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/session/scene.hpp"

namespace overhear::testing {
namespace {

using ::testing::ElementsAre;

constexpr std::string_view kJoins = R"({"type":"command","data":{"command":"join","parameters":{"channel":"x"}}})";
constexpr Rule kFact{"tcp.test_fact", Severity::Warning, "RFC 9293", "a fact"};

TEST(Analyzer, SessionsAreNumberedInTheOrderOfTheirFirstPackets) {
  Scene scene;
  Wire one = scene.open({.first = "10.0.0.1:1"});
  Wire two = scene.open({.first = "10.0.0.1:2"});
  two.first(kJoins);
  one.first(kJoins);
  Wire three = scene.open({.first = "10.0.0.1:3"});
  three.close();
  one.close();
  two.close();
  ASSERT_EQ(scene.messages.size(), 2u);
  EXPECT_EQ(scene.messages[0].session, 2u);
  EXPECT_EQ(scene.messages[0].source, "10.0.0.1:2");
  EXPECT_EQ(scene.messages[1].session, 1u);
  EXPECT_EQ(scene.closed[0].client, "10.0.0.1:3");
  EXPECT_EQ(scene.closed[0].session, 3u);
}

TEST(Analyzer, ARejectedOrReusedPortIsANewSession) {
  Scene scene;
  Wire before = scene.open();
  before.first(kJoins);
  before.close(CloseReason::Reset);
  Wire after = scene.open();
  after.first(kJoins);
  after.close();
  ASSERT_EQ(scene.messages.size(), 2u);
  EXPECT_EQ(scene.messages[0].session, 1u);
  EXPECT_EQ(scene.messages[1].session, 2u);
  EXPECT_EQ(scene.messages[1].number, 1u);
}

TEST(Analyzer, MessagesAreNumberedWithinTheirSessionOverBothDirections) {
  Scene scene;
  Wire one = scene.open({.first = "10.0.0.1:1"});
  Wire two = scene.open({.first = "10.0.0.1:2"});
  one.first(kJoins);
  two.first(std::string(kJoins) + std::string(kJoins));
  one.second(kJoins);
  one.close();
  two.close();
  std::vector<std::string> names;
  for (const HeardMessage& message : scene.messages) {
    names.push_back(std::to_string(message.session) + "." + std::to_string(message.number));
  }
  EXPECT_THAT(names, ElementsAre("1.1", "2.1", "2.2", "1.2"));
}

TEST(Analyzer, AFindingStandsWhereItBelongs) {
  Scene scene;
  scene.observe(kFact);  // packet 1
  Wire wire = scene.open();
  wire.observe(Side::Second, kFact);
  wire.observe({}, kFact);
  wire.close();
  ASSERT_EQ(scene.findings.size(), 3u);
  EXPECT_EQ(scene.findings[0].session, 0u);
  EXPECT_EQ(scene.findings[0].packet, 1u);
  EXPECT_FALSE(scene.findings[0].direction);
  EXPECT_EQ(scene.findings[1].session, 1u);
  EXPECT_EQ(scene.findings[1].direction, Direction::Server);
  EXPECT_EQ(scene.findings[1].packet, 3u);
  EXPECT_EQ(scene.findings[1].time, 3);
  EXPECT_EQ(scene.findings[1].text, "a fact");
  EXPECT_EQ(scene.findings[2].session, 1u);
  EXPECT_FALSE(scene.findings[2].direction);
}

TEST(Analyzer, AFindingHasNoDirectionWhileNobodyKnowsTheClient) {
  Scene scene;
  Wire wire = scene.open({.initiator = {}});
  wire.observe(Side::First, kFact);
  wire.first(kJoins);
  wire.observe(Side::First, kFact);
  wire.close();
  ASSERT_EQ(scene.findings.size(), 3u);
  EXPECT_FALSE(scene.findings[0].direction);
  EXPECT_EQ(scene.findings[1].direction, Direction::Client);
}

TEST(Analyzer, ThingsAreToldInTheOrderInWhichTheyHappen) {
  Scene scene;
  Wire one = scene.open({.first = "10.0.0.1:1"});
  one.first(kJoins.substr(0, 30));
  Wire two = scene.open({.first = "10.0.0.1:2"});
  two.first(kJoins);
  one.observe(Side::First, kFact);
  one.first(kJoins.substr(30));
  two.close();
  one.close();
  EXPECT_THAT(scene.order, ElementsAre("opened 1", "opened 2", "message 2.1", "finding tcp.test_fact", "message 1.1",
                                       "finding app.unanswered", "closed 2", "finding app.unanswered", "closed 1"));
}

TEST(Analyzer, ASessionIsOpenedBeforeItsFirstMessageAlsoWhereRolesAreGuessed) {
  Scene scene;
  Wire wire = scene.open({.initiator = {}});
  wire.first(kJoins);
  wire.close();
  EXPECT_THAT(scene.order, ElementsAre("opened 1", "message 1.1", "finding app.unanswered", "closed 1"));
}

TEST(Analyzer, WebSocketPingsAndUpgradesAreEvents) {
  Scene scene;
  Wire wire = scene.open({.second = "10.0.0.2:8080"});
  wire.first(
      "GET /chat HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n");
  wire.second(
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
      "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n");
  wire.second(std::string_view("\x89\x02hi", 4));
  wire.second(std::string_view("\x88\x00", 2));
  wire.close();
  EXPECT_THAT(scene.events, ElementsAre("http upgrade", "http upgrade", "ws ping", "ws close"));
  EXPECT_TRUE(scene.messages.empty());
}

}  // namespace
}  // namespace overhear::testing
