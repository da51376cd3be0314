// What a connection speaks where its first bytes tell nothing or something else: behind bytes that nobody claims, and
// behind HTTP.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "dissectors/detecting_layer.hpp"
#include "dissectors/registry.hpp"
#include "tests/support/layer_script.hpp"
#include "tests/support/mcp_wire.hpp"
#include "tests/support/ws_wire.hpp"

namespace overhear::testing {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::ElementsAreArray;
using ::testing::IsEmpty;

constexpr auto kClient = Direction::Client;
constexpr auto kServer = Direction::Server;
const std::string kNoise = "\x01\x80{noise\r\n\xff";
const std::string kCommand = R"({"type":"command","data":{"command":"login","parameters":{"username":"ann"}}})";
const std::string kRequest = R"({"data": {"request": "login"}, "type": "request"})";
const std::string kSaid = R"({"type":"message","data":{"username":"ann","message":"hello"}})";
const std::string kLogin = R"({"req_id":1,"method":"LOG_IN","user_id":"a","user_password":"b"})";
const std::string kTime = R"({"req_id":2,"method":"GET_TIME"})";
const std::string kAnswer = R"({"resp_id":1,"err":900})";
const std::string kGet = "GET / HTTP/1.1\r\nHost: chat\r\n\r\n";
const std::string kPage = "HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\nnone";

std::string prefixed(const std::string& json) {
  return std::string(3, '\0') + static_cast<char>(json.size()) + json;
}

LayerSetup detecting(std::string_view by_port = {}, bool is_midstream = false) {
  const Protocol* const protocol = by_port.empty() ? nullptr : find_protocol(by_port);
  Hints hints;
  hints.by_port = protocol;
  hints.is_midstream = is_midstream;
  LayerSetup setup;
  setup.is_midstream = is_midstream;
  setup.make =
      layer<DetectingLayer>(hints, DetectingLayer::OnDetected([](Direction sender, const Verdict&) { return sender; }));
  setup.is_message = [protocol](const JsonIndex& json) { return recognize(json, protocol).protocol != nullptr; };
  return setup;
}

Heard hear(Script script, const LayerSetup& setup) {
  script.fin();
  cut_anywhere(script, setup);
  return run(script, setup);
}

// Data in brackets, in the order of the units.
std::vector<std::string> shown(const Heard& heard, Direction direction) {
  std::vector<std::string> out;
  for (const Said& unit : heard.units) {
    if (unit.direction == direction) out.push_back(unit.is_message() ? unit.bytes : "[" + unit.bytes + "]");
  }
  return out;
}

// The same messages with the data in front of them, if there is any.
std::vector<std::string> behind(const std::string& data, std::vector<std::string> messages) {
  if (!data.empty()) messages.insert(messages.begin(), "[" + data + "]");
  return messages;
}

TEST(LateDetection, FindsTheFirstMessageBehindNoiseOnAnyPort) {
  const Heard heard = hear(Script().client(kNoise + kCommand + kSaid).server(kRequest), detecting());
  EXPECT_THAT(shown(heard, kClient), ElementsAre("[" + kNoise + "]", kCommand, kSaid));
  EXPECT_THAT(heard.messages(kServer), ElementsAre(kRequest));
  EXPECT_THAT(heard.units[0].findings, ElementsAre("app.skipped"));
}

TEST(LateDetection, FindsItWhereNoiseHasGoneBothWays) {
  const Heard heard = hear(
      Script().client(kNoise).server("220 hello\r\n").client(kNoise).server(kRequest).client(kCommand), detecting());
  EXPECT_THAT(shown(heard, kClient), ElementsAre("[" + kNoise + "]", "[" + kNoise + "]", kCommand));
  EXPECT_THAT(shown(heard, kServer), ElementsAre("[220 hello\r\n]", kRequest));
}

TEST(LateDetection, FindsAMessageBehindItsLength) {
  const Heard heard =
      hear(Script().client(kNoise + prefixed(kLogin) + prefixed(kTime)).server(prefixed(kAnswer)), detecting());
  EXPECT_THAT(shown(heard, kClient), ElementsAre("[" + kNoise + "]", kLogin, kTime));
  EXPECT_THAT(heard.messages(kServer), ElementsAre(kAnswer));
}

TEST(LateDetection, FindsAnMcpHandshake) {
  const std::string joined = R"({"type":"Room.Join.2","data":{"room":7}})";
  LayerSetup setup = detecting();
  const auto keys = mcp_keys();
  setup.keys = keys.get();
  McpSender sender("raw");
  Script script;
  script.client(kNoise + mcp_client_handshake()).server(mcp_server_handshake()).client(sender.seal(joined));
  EXPECT_THAT(hear(script, setup).messages(kClient), ElementsAre(mcp_client_handshake(), joined));
}

TEST(LateDetection, TearsNoMessageThatIsUnderWayWhenTheOtherSideSpeaks) {
  for (const std::string& first : {kCommand, prefixed(kLogin)}) {
    Script script;
    script.client(kNoise + first.substr(0, 30)).server("hello\r\n").client(first.substr(30)).server("hello\r\n");
    const Heard heard = hear(script, detecting());
    EXPECT_EQ(heard.messages(kClient).size(), 1u);
    EXPECT_EQ(shown(heard, kClient)[0], "[" + kNoise + "]");
  }
}

TEST(LateDetection, FindsMessagesInAStreamPickedUpInsideOne) {
  const Heard heard = hear(Script().client(kSaid.substr(20) + kCommand).server(kRequest), detecting({}, true));
  EXPECT_THAT(shown(heard, kClient), ElementsAre("[" + kSaid.substr(20) + "]", kCommand));
  EXPECT_THAT(heard.messages(kServer), ElementsAre(kRequest));
}

TEST(LateDetection, FindsARequestForAWebSocket) {
  const std::string cchat = R"({"ver":1,"type":"join","clientid":"c","chatroom":"r"})";
  const std::string error = R"({"ver":1,"type":"error","errcode":0})";
  Script script;
  script.client(kNoise + "GET /x\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n" + upgrade_request());
  script.server(upgrade_response() + from_server(error)).client(from_client(cchat));
  const Heard heard = hear(script, detecting());
  EXPECT_THAT(heard.messages(kClient), ElementsAre(cchat));
  EXPECT_THAT(heard.messages(kServer), ElementsAre(error));
  EXPECT_TRUE(heard.units[0].has("app.skipped"));
}

// Where another protocol's bytes hold something like a message.
TEST(LateDetection, ClaimsNothingThatIsNotClearlyAMessage) {
  for (const std::string bytes :
       {R"(\x01 {"type":"text","data":1})", R"(log: [{"type":"command","data":{"command":1}}])",
        R"(log: {"type":"command","data":{"command")"}) {
    const Heard heard = hear(Script().client("\x01" + bytes).server("ok"), detecting());
    EXPECT_THAT(heard.messages(), IsEmpty()) << bytes;
    EXPECT_FALSE(heard.has_finding("app.skipped"));
  }
}

TEST(LateDetection, LooksNoFurtherThanTheLimit) {
  LayerSetup setup = detecting();
  setup.limits.opaque_run_bytes = 64;
  setup.limits.detection_bytes = 512;
  for (const std::size_t size : {450, 600}) {
    const std::string noise = "\x01" + std::string(size, '.');
    const Heard heard = hear(Script().client(noise + kCommand), setup);
    EXPECT_EQ(heard.messages().size(), size < 512 ? 1u : 0u) << size;
  }
}

TEST(LateDetection, LosesNoByteOfNoise) {
  std::mt19937 random(7);
  LayerSetup setup = detecting();
  setup.limits.opaque_run_bytes = 32;
  for (int round = 0; round < 20; ++round) {
    std::string noise = "\x01";
    for (int i = 0; i < 200; ++i) noise += std::string("\0{\"x:,7\x9c }", 10)[random() % 10];
    noise.insert(100, "GET / HTTP/1.1\n");
    Script script;
    script.client(noise).server(noise).client(noise).fin();
    same_bytewise(script, setup);
    std::string all;
    for (const Said& unit : run(script, setup).units) {
      if (unit.direction == kClient) all += unit.bytes;
    }
    EXPECT_EQ(all, noise + noise);
  }
}

TEST(BehindHttp, AChatIsReadOnItsPortAndOnAny) {
  for (const char* const port : {"", "chatmaster", "mcp", "scrp"}) {
    SCOPED_TRACE(port);
    const Heard heard =
        hear(Script().client(kGet).server(kPage).server(kRequest).client(kCommand + kSaid), detecting(port));
    EXPECT_THAT(heard.messages(kServer), ElementsAre(kRequest));
    EXPECT_THAT(heard.messages(kClient), ElementsAre(kCommand, kSaid));
    EXPECT_THAT(heard.events, ElementsAre("client http request GET /", "server http response 404 Not Found"));
    EXPECT_THAT(heard.findings, ElementsAre("server http.malformed"));
  }
}

TEST(BehindHttp, TheServerMayAnswerWithAMessage) {
  const Heard heard = hear(Script().client(kGet).server(kRequest).client(kCommand), detecting("chatmaster"));
  EXPECT_THAT(heard.messages(), ElementsAre(kRequest, kCommand));
}

TEST(BehindHttp, WhatComesBeforeTheAnswersEndWaitsForIt) {
  const Heard heard =
      hear(Script().client(kGet).server(kPage.substr(0, 40)).client(kCommand).server(kPage.substr(40) + kRequest),
           detecting("chatmaster"));
  EXPECT_THAT(heard.messages(kClient), ElementsAre(kCommand));
  EXPECT_THAT(heard.messages(kServer), ElementsAre(kRequest));
}

TEST(BehindHttp, NoiseAndThenAChat) {
  const Heard heard = hear(Script().client(kGet).server(kPage).client(kNoise + kCommand).server(kRequest), detecting());
  EXPECT_THAT(heard.messages(kClient), ElementsAre(kCommand));
  EXPECT_THAT(heard.messages(kServer), ElementsAre(kRequest));
}

TEST(BehindHttp, AnotherConnectionThatATunnelCarries) {
  Script script;
  script.client("CONNECT chat:9000 HTTP/1.1\r\n\r\n").server("HTTP/1.1 200 OK\r\n\r\n").client(kCommand);
  script.server(kRequest).client(kSaid);
  const Heard heard = hear(script, detecting());
  EXPECT_THAT(heard.messages(kClient), ElementsAre(kCommand, kSaid));
  EXPECT_THAT(heard.messages(kServer), ElementsAre(kRequest));
}

TEST(BehindHttp, HttpIsLeftOnce) {
  Script script;
  script.client(kGet);
  for (int i = 0; i < 50; ++i) script.server("{").client(kGet);
  EXPECT_THAT(hear(script, detecting()).messages(), IsEmpty());
}

TEST(BareOnAPortOfLengths, IsReadBehindNoise) {
  for (const std::string& noise :
       {kNoise, std::string("hello\r\n"), std::string("\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 16)}) {
    const Heard heard =
        hear(Script().client(noise + kLogin + kTime).server(prefixed(kAnswer)).client(kTime), detecting("scrp"));
    EXPECT_THAT(heard.messages(kClient), ElementsAre(kLogin, kTime, kTime));
    EXPECT_THAT(heard.messages(kServer), ElementsAre(kAnswer));
    EXPECT_TRUE(heard.has_finding("scrp.bad_length"));
  }
}

TEST(BareOnAPortOfLengths, IsReadWherePickedUpInsideAMessage) {
  const Heard heard = hear(Script().client(kLogin.substr(9) + kTime + kLogin), detecting("scrp", true));
  EXPECT_THAT(heard.messages(kClient), ElementsAre(kTime, kLogin));
}

TEST(BareOnAPortOfLengths, IsNotAssumedWhereALengthIsTorn) {
  const std::string wire = prefixed(kLogin) + prefixed(kTime) + prefixed(kLogin);
  for (const std::size_t cut : {1, 2, 3}) {
    const Heard heard = hear(Script().client(wire.substr(cut)), detecting("scrp", true));
    EXPECT_THAT(heard.messages(kClient), ElementsAre(kTime, kLogin)) << cut;
    EXPECT_EQ(heard.units.back().size, kLogin.size() + 4);
  }
}

// Whose own beginning is lost is read as the other side is, where that writes lengths.
TEST(LengthsOfOneSide, TellHowTheOtherIsReadBehindALoss) {
  for (const std::string_view port : {"", "scrp", "chatmaster"}) {
    for (const std::string& torn : {std::string(), kLogin.substr(9), prefixed(kLogin).substr(2)}) {
      for (const bool is_midstream : {false, true}) {
        Script script;
        script.server(prefixed(kAnswer));
        if (!is_midstream) script.gap(kClient, 50);
        script.client(torn + prefixed(kTime)).server(prefixed(kAnswer)).client(prefixed(kLogin) + prefixed(kTime));
        const Heard heard = hear(script, detecting(port, is_midstream));
        EXPECT_THAT(shown(heard, kClient), ElementsAreArray(behind(torn, {kTime, kLogin, kTime}))) << port << torn;
        EXPECT_EQ(heard.units.back().size, kTime.size() + 4);
        EXPECT_EQ(heard.has_finding("app.partial"), !torn.empty());
        EXPECT_FALSE(heard.has_finding("json.nul"));
      }
    }
  }
}

}  // namespace
}  // namespace overhear::testing
