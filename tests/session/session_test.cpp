// Roles, detection across directions, ends and losses: what a session makes of one connection.
#include "session/session.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dissectors/registry.hpp"
#include "tests/session/scene.hpp"
#include "tests/support/ws_wire.hpp"

namespace overhear::testing {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

// Only a server asks for a login.
constexpr std::string_view kAsksLogin = R"({"type":"request","data":{"request":"login"}})";
constexpr std::string_view kLogsIn = R"({"type":"command","data":{"command":"login","parameters":{"username":"ada"}}})";
constexpr std::string_view kJoins = R"({"type":"command","data":{"command":"join","parameters":{"channel":"x"}}})";
constexpr std::string_view kNobodys = R"({"colour":"blue"})";

// roles

TEST(Session, TheInitiatorIsTheClientWhateverThePortsSay) {
  Scene scene;
  Wire wire = scene.open({.first = "10.0.0.1:9000", .second = "10.0.0.2:55555", .initiator = Side::First});
  wire.first(kLogsIn);
  wire.close();
  ASSERT_EQ(scene.messages.size(), 1u);
  EXPECT_EQ(scene.messages[0].direction, Direction::Client);
  EXPECT_EQ(scene.closed[0].client, "10.0.0.1:9000");
}

TEST(Session, ASecondInitiatorIsTheClientToo) {
  Scene scene;
  Wire wire = scene.open({.first = "10.0.0.2:9000", .second = "10.0.0.1:40000", .initiator = Side::Second});
  wire.first(kAsksLogin);
  wire.second(kLogsIn);
  wire.close();
  ASSERT_EQ(scene.messages.size(), 2u);
  EXPECT_EQ(scene.messages[0].direction, Direction::Server);
  EXPECT_EQ(scene.messages[0].source, "10.0.0.2:9000");
  EXPECT_EQ(scene.messages[0].destination, "10.0.0.1:40000");
  EXPECT_EQ(scene.messages[1].direction, Direction::Client);
  EXPECT_EQ(scene.closed[0].server, "10.0.0.2:9000");
}

TEST(Session, WithoutAHandshakeTheMessagesShapeTellsTheClient) {
  Scene scene;
  // Both ports are high and unknown: only what is said tells.
  Wire wire = scene.open({.first = "10.0.0.2:50000", .second = "10.0.0.1:40000", .initiator = {}});
  wire.first(kAsksLogin);
  wire.second(kLogsIn);
  wire.close();
  ASSERT_EQ(scene.messages.size(), 2u);
  EXPECT_EQ(scene.messages[0].direction, Direction::Server);
  EXPECT_EQ(scene.messages[1].direction, Direction::Client);
  EXPECT_EQ(scene.opened[0].client, "10.0.0.1:40000");
}

TEST(Session, WithoutAHandshakeOrATellingMessageTheKnownPortIsTheServers) {
  for (const bool is_server_first : {true, false}) {
    Scene scene;
    Wire wire = scene.open({.first = is_server_first ? "10.0.0.2:9000" : "10.0.0.1:40000",
                            .second = is_server_first ? "10.0.0.1:40000" : "10.0.0.2:9000",
                            .initiator = {},
                            .is_midstream = true});
    wire.first(kNobodys);
    wire.close();
    ASSERT_EQ(scene.closed.size(), 1u);
    EXPECT_EQ(scene.closed[0].server, "10.0.0.2:9000");
  }
}

TEST(Session, ThePortOfADecodeAsRuleIsAServersToo) {
  AnalysisOptions options;
  options.decode_as.push_back({50000, find_protocol("chatmaster")});
  Scene scene(options);
  Wire wire = scene.open({.first = "10.0.0.2:50000", .second = "10.0.0.1:40000", .initiator = {}});
  wire.first(kNobodys);
  wire.close();
  EXPECT_EQ(scene.closed[0].server, "10.0.0.2:50000");
}

TEST(Session, AConnectionInSilenceStillHasEnds) {
  Scene scene;
  Wire wire = scene.open({.first = "10.0.0.2:9000", .second = "10.0.0.1:40000", .initiator = {}});
  wire.close(CloseReason::EndOfCapture);
  ASSERT_EQ(scene.closed.size(), 1u);
  EXPECT_EQ(scene.closed[0].server, "10.0.0.2:9000");
  EXPECT_EQ(scene.closed[0].messages, 0u);
  EXPECT_EQ(scene.closed[0].reason, "end of capture");
  EXPECT_THAT(scene.order, ElementsAre("opened 1", "closed 1"));
}

// detection

TEST(Session, WhatTheFirstSpeakerSaysTellsTheProtocolOnAnyPort) {
  Scene scene;
  Wire wire = scene.open({.second = "10.0.0.2:50123"});
  wire.second(kAsksLogin);
  wire.first(kJoins);
  wire.close();
  EXPECT_EQ(scene.messages[0].protocol, "chatmaster");
  EXPECT_EQ(scene.messages[1].protocol, "chatmaster");
  EXPECT_EQ(scene.messages[1].type, "command/join");
  EXPECT_EQ(scene.closed[0].protocol, "chatmaster");
}

TEST(Session, BytesThatWaitedWhileTheOtherSideToldTheProtocolAreReadFirst) {
  Scene scene;
  Wire wire = scene.open({.second = "10.0.0.2:50123"});
  wire.first(R"({"type":"comm)");  // too little to tell
  wire.second(kAsksLogin);
  wire.first(R"(and","data":{"command":"list"}})");
  wire.close();
  EXPECT_THAT(scene.bodies(1, Direction::Server), ElementsAre(kAsksLogin));
  EXPECT_THAT(scene.bodies(1, Direction::Client), ElementsAre(R"({"type":"command","data":{"command":"list"}})"));
}

TEST(Session, ContentOutranksThePort) {
  Scene scene;
  Wire wire = scene.open({.second = "10.0.0.2:3072"});  // MCP's
  wire.second(kAsksLogin);
  wire.close();
  EXPECT_EQ(scene.messages[0].protocol, "chatmaster");
}

// Whatever comes first, with the handshake or without it.
TEST(Session, ContentOutranksThePortInsideWebSocketsToo) {
  const Protocol& cchat = *find_protocol("cchat");
  for (const MessageType& row : cchat.messages) {
    const std::string json = fmt::format(R"({{"ver":1,"type":"{}","clientid":"a","chatroom":"r"}})", row.name);
    for (const bool is_midstream : {false, true}) {
      Scene scene;
      const bool is_open = !is_midstream;
      Wire wire = scene.open({.second = "10.0.0.2:8080",  // GradAgenda's
                              .initiator = is_open ? std::optional(Side::First) : std::nullopt,
                              .is_midstream = is_midstream});
      if (is_open) wire.first(upgrade_request());
      if (is_open) wire.second(upgrade_response());
      wire.first(from_client(json) + from_client(json));
      wire.close();
      ASSERT_EQ(scene.messages.size(), 2u) << row.name;
      EXPECT_EQ(scene.messages[0].protocol, "cchat") << row.name;
      EXPECT_EQ(scene.closed[0].protocol, "cchat");
    }
  }
}

// What nobody knows is taken for the port's only until a message is clear.
TEST(Session, ContentOutranksThePortBehindMessagesThatTellNothing) {
  Scene scene;
  Wire wire = scene.open({.second = "10.0.0.2:8080", .initiator = std::nullopt, .is_midstream = true});
  wire.first(from_client(R"({"cdid":"1","type":"authenticate-me"})") + from_client(kNobodys));
  wire.first(from_client(R"({"ver":1,"type":"message_0","clientid":"a","chatroom":"r","content":"x"})"));
  wire.first(from_client(R"({"cdid":"1","type":"authenticate","user-id":"u","device-id":"d","token":"t"})"));
  wire.close();
  std::vector<std::string> protocols;
  for (const HeardMessage& message : scene.messages) protocols.push_back(message.protocol);
  EXPECT_THAT(protocols, ElementsAre("gradagenda", "gradagenda", "cchat", "cchat"));
}

TEST(Session, TheUserOutranksContent) {
  AnalysisOptions options;
  options.decode_as.push_back({50123, find_protocol("gradagenda")});
  Scene scene(options);
  Wire wire = scene.open({.second = "10.0.0.2:50123"});
  wire.second(kAsksLogin);
  wire.close();
  EXPECT_EQ(scene.closed[0].protocol, "gradagenda");
}

TEST(Session, JsonThatNoProtocolClaimsIsDataInFull) {
  Scene scene;
  Wire wire = scene.open({.second = "10.0.0.2:50123"});
  wire.first(kNobodys);
  wire.second(kNobodys);
  wire.close();
  ASSERT_EQ(scene.messages.size(), 2u);
  EXPECT_EQ(scene.messages[0].protocol, "data");
  EXPECT_EQ(scene.messages[0].body, kNobodys);
}

TEST(Session, BytesThatAreNoJsonStayVisible) {
  Scene scene;
  Wire wire = scene.open({.second = "10.0.0.2:50123"});
  wire.first("\x01\x02 whatever this is, it goes on for some time and is no chat of ours\n");
  wire.close();
  ASSERT_FALSE(scene.messages.empty());
  EXPECT_EQ(scene.messages[0].protocol, "data");
  EXPECT_THAT(scene.messages[0].body, ::testing::HasSubstr("whatever this is"));
}

// ends

TEST(Session, WhatFollowsNoiseTellsTheProtocol) {
  Scene scene;
  Wire wire = scene.open({.second = "10.0.0.2:5555"});
  wire.first("\x01noise\xff");
  wire.second("hello");
  wire.first(std::string("\x02") + std::string(kLogsIn));
  wire.second(kAsksLogin);
  wire.close();
  std::vector<std::string> protocols;
  for (const HeardMessage& message : scene.messages) protocols.push_back(message.protocol);
  EXPECT_THAT(protocols, ElementsAre("data", "data", "data", "chatmaster", "chatmaster"));
  EXPECT_THAT(scene.messages[2].findings, ElementsAre("app.skipped"));
  EXPECT_EQ(scene.closed[0].protocol, "chatmaster");
}

TEST(Session, WhatFollowsHttpTellsTheProtocol) {
  Scene scene;
  Wire wire = scene.open({.second = "10.0.0.2:5555"});
  wire.first("GET / HTTP/1.1\r\n\r\n");
  wire.second("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
  wire.second(kAsksLogin);
  wire.first(kLogsIn);
  wire.close();
  EXPECT_EQ(scene.messages.back().type, "command/login");
  EXPECT_EQ(scene.closed[0].protocol, "chatmaster");
}

TEST(Session, AHalfClosedStreamLetsTheOtherSideFinish) {
  Scene scene;
  Wire wire = scene.open();
  wire.first(kLogsIn);
  wire.end(Side::First);
  wire.second(kAsksLogin);
  wire.second(kAsksLogin);
  wire.end(Side::Second);
  wire.close(CloseReason::Fin);
  EXPECT_EQ(scene.bodies(1, Direction::Client).size(), 1u);
  EXPECT_EQ(scene.bodies(1, Direction::Server).size(), 2u);
}

TEST(Session, AHalfCloseBeforeAnythingIsKnownWaitsForTheOtherSide) {
  Scene scene;
  Wire wire = scene.open({.second = "10.0.0.2:50123"});
  wire.first(R"({"type":"command","da)");
  wire.end(Side::First);
  EXPECT_THAT(scene.messages, IsEmpty());
  wire.second(kAsksLogin);
  wire.close();
  EXPECT_THAT(scene.bodies(1, Direction::Server), ElementsAre(kAsksLogin));
  EXPECT_THAT(scene.bodies(1, Direction::Client), ElementsAre(R"({"type":"command","da)"));
}

TEST(Session, AMessageTornByAFinIsShownAsWhatCame) {
  Scene scene;
  Wire wire = scene.open();
  wire.first(kLogsIn);
  wire.first(R"({"type":"mess)");
  wire.close(CloseReason::Fin);
  ASSERT_EQ(scene.messages.size(), 2u);
  EXPECT_EQ(scene.messages[1].body, R"({"type":"mess)");
  EXPECT_FALSE(scene.messages[1].is_json);
  // All that the peer said: its message, though none that is whole.
  EXPECT_EQ(scene.messages[1].protocol, "chatmaster");
  EXPECT_THAT(scene.messages[1].findings, Contains("json.invalid"));
}

TEST(Session, AMessageTornByAResetSaysThatTheRestIsMissing) {
  for (const CloseReason reason : {CloseReason::Reset, CloseReason::Timeout, CloseReason::EndOfCapture}) {
    Scene scene;
    Wire wire = scene.open();
    wire.first(kLogsIn);
    wire.first(R"({"type":"mess)");
    wire.close(reason);
    ASSERT_EQ(scene.messages.size(), 2u);
    EXPECT_EQ(scene.messages[1].body, R"({"type":"mess)");
    EXPECT_FALSE(scene.messages[1].is_json);
    // Nobody knows what more was said.
    EXPECT_EQ(scene.messages[1].protocol, "data");
    EXPECT_THAT(scene.messages[1].findings, Contains("app.partial"));
    EXPECT_EQ(scene.closed[0].reason, to_string(reason));
  }
}

// losses

TEST(Session, AMessageWithAHoleIsNeverShownAsSaid) {
  Scene scene;
  Wire wire = scene.open();
  wire.first(R"({"type":"message","username":"ada","data":{"message":"I owe you )");
  wire.lose(Side::First, 4);
  wire.first(R"(nothing"}})");
  wire.first(kJoins);
  wire.close();
  for (const HeardMessage& message : scene.messages) {
    EXPECT_TRUE(message.body.find("owe you nothing") == std::string::npos);
    if (message.is_json) {
      EXPECT_EQ(message.body, kJoins);
    }
  }
  EXPECT_THAT(scene.bodies(1, Direction::Client), Contains(kJoins));
}

TEST(Session, ALossBeforeAnythingIsKnownMakesItMidstream) {
  Scene scene;
  Wire wire = scene.open();
  wire.lose(Side::First, 100);
  wire.first(R"(tail of something"}})");
  wire.first(kJoins);
  wire.close();
  EXPECT_THAT(scene.bodies(1, Direction::Client), Contains(kJoins));
}

// what a session knows

TEST(Session, MessagesCarryTimesPacketsAndSizes) {
  Scene scene;
  Wire wire = scene.open();  // packet 1
  wire.first(kLogsIn.substr(0, 20));
  wire.second(kAsksLogin);
  wire.first(kLogsIn.substr(20));
  wire.close();
  ASSERT_EQ(scene.messages.size(), 2u);
  const HeardMessage& login = scene.messages[1];
  EXPECT_EQ(login.body, kLogsIn);
  EXPECT_EQ(login.time_first, 2);
  EXPECT_EQ(login.time, 4);
  EXPECT_THAT(login.packets, ElementsAre(2u, 4u));
  EXPECT_EQ(login.size, kLogsIn.size());
}

TEST(Session, ClosingTellsTheTotals) {
  Scene scene;
  Wire wire = scene.open();
  wire.second(kAsksLogin);
  wire.first(kLogsIn);
  wire.first(kJoins);
  wire.close();
  ASSERT_EQ(scene.closed.size(), 1u);
  EXPECT_EQ(scene.closed[0].messages, 3u);
  EXPECT_EQ(scene.closed[0].bytes_client, kLogsIn.size() + kJoins.size());
  EXPECT_EQ(scene.closed[0].bytes_server, kAsksLogin.size());
  EXPECT_EQ(scene.closed[0].reason, "fin");
}

TEST(Session, TheClientsNameComesFromItsOwnMessages) {
  Scene scene;
  Wire wire = scene.open();
  wire.second(kAsksLogin);
  wire.first(kLogsIn);
  wire.second(R"({"type":"message","username":"eve","data":{"message":"hi"}})");
  wire.close();
  EXPECT_EQ(scene.messages[0].client_name, "");
  EXPECT_EQ(scene.messages[1].client_name, "ada");
  EXPECT_EQ(scene.messages[2].client_name, "ada");
}

TEST(Session, AMessageThatTheSideMustNotSendIsReported) {
  Scene scene;
  Wire wire = scene.open();
  wire.first(kAsksLogin);
  wire.close();
  ASSERT_EQ(scene.messages.size(), 1u);
  EXPECT_THAT(scene.messages[0].findings, Contains("app.wrong_sender"));
}

TEST(Session, JsonThatIsNoObjectIsShownWithAWord) {
  AnalysisOptions options;
  options.decode_as.push_back({9000, find_protocol("chatmaster")});
  Scene scene(options);
  Wire wire = scene.open();
  wire.first(kLogsIn);
  wire.first(R"(["no","object"])");
  wire.close();
  const auto& last = scene.messages.back();
  EXPECT_THAT(last.body, ::testing::HasSubstr(R"(["no","object"])"));
  EXPECT_FALSE(last.findings.empty());
}

TEST(Session, DuplicateNamesAreReportedAndTheLastIsMeant) {
  Scene scene;
  Wire wire = scene.open();
  wire.first(R"({"type":"request","type":"command","data":{"command":"list"}})");
  wire.close();
  ASSERT_EQ(scene.messages.size(), 1u);
  EXPECT_EQ(scene.messages[0].type, "command/list");
  EXPECT_THAT(scene.messages[0].findings, Contains("json.duplicate_key"));
}

TEST(Session, TellsWhoIsBehindAProxyAndThatTheProxyIsTheClient) {
  Scene scene;
  Wire wire = scene.open({.first = "10.0.0.2:9000", .second = "10.0.0.1:40000", .initiator = {}});
  wire.second("PROXY TCP4 203.0.113.7 192.0.2.10 51234 8888\r\n");
  wire.second(kNobodys);
  wire.close();
  EXPECT_THAT(scene.finding_codes(), ElementsAre("tcp.proxied"));
  EXPECT_THAT(scene.findings[0].text, HasSubstr("203.0.113.7:51234"));
  EXPECT_EQ(scene.opened[0].client, "10.0.0.1:40000");
  EXPECT_THAT(scene.bodies(1, Direction::Client), ElementsAre(kNobodys));
}

TEST(Session, WaitsForAProxyHeaderNoLongerThanTheStreamLasts) {
  Scene scene;
  Wire wire = scene.open();
  wire.first("PRO");
  wire.close();
  EXPECT_THAT(scene.bodies(1, Direction::Client), ElementsAre("PRO"));
}

// Of many sessions that wait for the rest of a message the greedy ones give theirs up, and nobody else.
TEST(Session, GivesUpUnfinishedMessagesAtTheCommonLimit) {
  AnalysisOptions options;
  options.limits.unfinished_bytes = 10'000;
  Scene scene(options);
  std::vector<Wire> wires;
  for (int i = 0; i < 10; ++i) wires.push_back(scene.open({.first = fmt::format("10.0.0.{}:40000", i + 1)}));
  for (Wire& wire : wires) wire.first(R"({"type":"message","data":{"message":"small)");
  for (int i = 0; i < 400; ++i) wires.front().first(std::string(100, 'z'));
  EXPECT_THAT(scene.finding_codes(), Contains("app.memory_limit"));
  for (const HeardFinding& finding : scene.findings) EXPECT_EQ(finding.session, 1u);
  const std::string next = R"({"type":"message","data":{"message":"next"}})";
  for (Wire& wire : wires) wire.first("\"}}" + next);
  for (std::uint32_t session = 2; session <= 10; ++session) {
    EXPECT_THAT(scene.bodies(session, Direction::Client),
                ElementsAre(R"({"type":"message","data":{"message":"small"}})", next));
  }
  EXPECT_EQ(scene.bodies(1, Direction::Client).back(), next);
}

TEST(Session, HoldsNoMoreThanTwiceTheCommonLimitHoweverManySessionsAskForIt) {
  AnalysisOptions options;
  options.limits.unfinished_bytes = 10'000;
  Scene scene(options);
  std::vector<Wire> wires;
  std::uint64_t sent = 0;
  for (int i = 0; i < 100; ++i) wires.push_back(scene.open({.first = fmt::format("10.0.0.{}:40000", i + 1)}));
  for (int round = 0; round < 50; ++round) {
    for (Wire& wire : wires) {
      const std::string piece = (round == 0 ? R"({"type":"message","data":")" : "") + std::string(20, 'z');
      wire.first(piece);
      sent += piece.size();
    }
  }
  std::uint64_t told = 0;
  for (const HeardMessage& message : scene.messages) told += message.size;
  EXPECT_LT(sent - told, 2 * options.limits.unfinished_bytes);
}

// Logged in to MCP, with a heartbeat every second, at the fourth second of the scene.
Wire heartbeats_due(Scene& scene) {
  Wire wire = scene.open({.second = "10.0.0.2:3072"});
  wire.first(R"({"type":"Handshake.Handshake.1","data":{"version":"2.1.0","publicKey":"02"}})");
  wire.second(R"({"type":"Handshake.Handshake.1","data":{"version":"2.1.0","publicKey":"02"}})");
  wire.first(R"({"type":"Authentication.Login.2","data":{"username":"a","password":"b"}})");
  wire.second(R"({"type":"Authentication.Accepted.2","data":{"rooms":[],"heartbeatRate":1000}})");
  return wire;
}

TEST(Session, JudgesItsConductUntilOneSideLeaves) {
  Scene scene;
  Wire wire = heartbeats_due(scene);
  scene.wait(100);
  wire.close();
  EXPECT_THAT(scene.finding_codes(), Contains("mcp.no_heartbeat"));
  Scene left;
  Wire half = heartbeats_due(left);
  half.end(Side::First);
  left.wait(100);
  half.end(Side::Second);
  half.close();
  EXPECT_THAT(left.finding_codes(), Not(Contains("mcp.no_heartbeat")));
}

TEST(Session, JudgesItsConductAsLongAsItWasSeen) {
  for (const CloseReason reason : {CloseReason::Timeout, CloseReason::EndOfCapture}) {
    Scene scene;
    Wire wire = heartbeats_due(scene);
    scene.wait(100);
    wire.close(reason);
    EXPECT_THAT(scene.finding_codes(), Not(Contains("mcp.no_heartbeat")));
  }
  Scene scene;
  Wire wire = heartbeats_due(scene);
  scene.wait(100);
  wire.close(CloseReason::Reset);
  EXPECT_THAT(scene.finding_codes(), Contains("mcp.no_heartbeat"));
}

// A stream that waited behind a hole brings what was said before things that are known by now.
TEST(Session, DoesNotTakeWhatComesLateForTheOrderInWhichThingsWereSaid) {
  const std::string leave = R"({"type":"Room.Leave.4","data":{"room":1}})";
  const std::string refusal = R"({"type":"Error.AccessDenied.4","data":{"message":"no"}})";
  for (const bool is_late : {false, true}) {
    Scene scene;
    Wire wire = heartbeats_due(scene);
    const Stamp early = scene.next();
    if (is_late) wire.second(refusal);
    wire.say_at(Side::First, leave, early);
    if (!is_late) wire.second(refusal);
    wire.first(leave);
    std::size_t found = 0;
    for (const HeardMessage& message : scene.messages)
      found += std::ranges::count(message.findings, "mcp.not_in_room") > 0 ? 1 : 0;
    EXPECT_EQ(found, is_late ? 0u : 2u);
  }
}

TEST(Session, DoesNotTakeWhatComesLateInPartForInOrder) {
  const std::string leave = R"({"type":"Room.Leave.4","data":{"room":1}})";
  Scene scene;
  Wire wire = heartbeats_due(scene);
  const Stamp early = scene.next();
  wire.second(R"({"type":"Error.AccessDenied.4","data":{"message":"no"}})");
  wire.say_at(Side::First, leave.substr(0, 9), early);
  wire.first(leave.substr(9));
  EXPECT_THAT(scene.messages.back().findings, Not(Contains("mcp.not_in_room")));
}

TEST(Session, IsClosedUnderTheNameThatItsClientHadLast) {
  Scene scene;
  Wire wire = scene.open({.first = "10.0.0.1:40000", .second = "10.0.0.2:8888"});
  wire.first(upgrade_request());
  wire.second(upgrade_response());
  wire.first(from_client(R"({"ver":1,"type":"join","clientid":"ann","chatroom":"tea"})"));
  wire.second(from_server(R"({"ver":1,"type":"error","errcode":"0x0","errdetail":""})"));
  wire.first(from_client(R"({"ver":1,"type":"leave"})"));
  wire.second(from_server(R"({"ver":1,"type":"error","errcode":"0x0","errdetail":""})"));
  wire.close();
  ASSERT_EQ(scene.messages.size(), 4u);
  EXPECT_EQ(scene.messages[3].client_name, "");
  EXPECT_EQ(scene.closed[0].user, "ann");
}

TEST(Session, WhatNoProtocolClaimsNeedNotBeJson) {
  for (const auto& [port, has_findings] : {std::pair{"5555", false}, std::pair{"8888", true}}) {
    Scene scene;
    Wire wire = scene.open({.first = "10.0.0.1:40000", .second = std::string("10.0.0.2:") + port});
    wire.first(upgrade_request());
    wire.second(upgrade_response());
    wire.first(from_client("42[\"chat\",\"hello\"]"));
    wire.second(from_server("2"));
    wire.close();
    ASSERT_EQ(scene.messages.size(), 2u) << port;
    for (const HeardMessage& message : scene.messages) EXPECT_EQ(!message.findings.empty(), has_findings) << port;
  }
}

}  // namespace
}  // namespace overhear::testing
