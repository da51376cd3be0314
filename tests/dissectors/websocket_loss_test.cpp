// What a WebSocket conversation still says when bytes of it were lost, and what must not be read into it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dissectors/http/http_layer.hpp"
#include "dissectors/websocket/ws_layer.hpp"
#include "tests/support/layer_script.hpp"
#include "tests/support/ws_wire.hpp"

namespace overhear::testing {
namespace {

using ::testing::ElementsAre;

constexpr auto kClient = Direction::Client;
constexpr auto kServer = Direction::Server;
const std::string kA = R"({"type":"a","n":1,"text":"with some more text"})";
const std::string kB = R"({"type":"b","s":"text"})";
const std::string kC = R"({"type":"c","l":[1,2,3],"text":"last words"})";
// Cyrillic text is full of bytes that read as the first of a frame: 0x81, 0x82, 0x88 to 0x8A.
const std::string kRussian = R"({"type":"r","text":"с ас с ис с ос все в с сад, с ядс с осс с т с с"})";

LayerSetup http() {
  LayerSetup setup;
  setup.make = layer<HttpLayer>();
  return setup;
}

LayerSetup midstream() {
  LayerSetup setup;
  setup.make = layer<WsLayer>();
  setup.is_midstream = true;
  return setup;
}

std::vector<Part> conversation(const std::string& extension) {
  return {{kClient, upgrade_request(extension), {}}, {kServer, upgrade_response(extension), {}}};
}

TEST(WebSocketLoss, AtAnyPositionInventsNothing) {
  auto parts = conversation({});
  const Loss behind_the_heads{.kept_parts = 2};
  for (const std::string& text : {kA, kRussian, kB, kRussian, kC}) {
    parts.push_back({kClient, from_client(text), text});
    parts.push_back({kServer, from_server(text), text});
  }
  lose_anywhere(parts, http(), behind_the_heads);
}

TEST(WebSocketLoss, InTheHeadsInventsNothing) {
  auto parts = conversation({});
  for (const std::string& text : {kA, kRussian, kB}) {
    parts.push_back({kClient, from_client(text), text});
    parts.push_back({kServer, from_server(text), text});
  }
  lose_anywhere(parts, http(), {.finds_what_follows = false, .lengths = {1, 20}});
}

TEST(WebSocketLoss, AmongFragmentsAndControlFramesInventsNothing) {
  auto parts = conversation({});
  for (const std::string& text : {kA, kRussian, kC}) {
    parts.push_back({kServer,
                     frame(1, text.substr(0, 7), {.is_final = false}) + frame(9, "ping") + frame(0, text.substr(7)),
                     text});
    parts.push_back({kServer, frame(10, "pong"), {}});
    parts.push_back({kServer, from_server(text), text});
  }
  lose_anywhere(parts, http(), {.kept_parts = 2});
}

TEST(WebSocketLoss, OfUnmaskedClientsInventsNothing) {
  auto parts = conversation({});
  for (const std::string& text : {kA, kRussian, kB, kC}) parts.push_back({kClient, from_server(text), text});
  lose_anywhere(parts, http(), {.kept_parts = 2});
}

TEST(WebSocketLoss, WithCompressionAndTakeoverShowsOnlyWhatWasNotCompressed) {
  const std::string extension = "Sec-WebSocket-Extensions: permessage-deflate";
  auto parts = conversation(extension);
  MessageDeflater deflater;
  for (const std::string& text : {kA, kRussian, kA, kB, kC, kA}) {
    parts.push_back({kServer, frame(1, deflater.deflate(text), {.reserved = 4}), text});
  }
  lose_anywhere(parts, http(), {.finds_what_follows = false, .kept_parts = 2});
}

TEST(WebSocketLoss, WithCompressionWithoutTakeoverInventsNothing) {
  const std::string extension =
      "Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover; client_no_context_takeover";
  auto parts = conversation(extension);
  MessageDeflater deflater(false);
  for (const std::string& text : {kA, kRussian, kB, kC, kA}) {
    const std::string payload = deflater.deflate(text);
    parts.push_back({kServer, frame(1, payload, {.reserved = 4}), text});
    parts.push_back({kClient, frame(1, payload, {.is_masked = true, .reserved = 4}), text});
  }
  lose_anywhere(parts, http(), {.finds_what_follows = false, .kept_parts = 2});
}

TEST(WebSocketLoss, BetweenUncompressedMessagesHidesOnlyCompressedOnes) {
  Script script;
  const std::string extension = "Sec-WebSocket-Extensions: permessage-deflate";
  MessageDeflater deflater;
  script.client(upgrade_request(extension)).server(upgrade_response(extension) + from_server(kA));
  script.server(frame(1, deflater.deflate(kB), {.reserved = 4})).gap(kServer, 30);
  script.server(from_server(kC)).server(frame(1, deflater.deflate(kB), {.reserved = 4})).server(from_server(kA)).fin();
  cut_anywhere(script, http());
  const Heard heard = run(script, http());
  EXPECT_THAT(heard.messages(), ElementsAre(kA, kB, kC, kA));
  EXPECT_TRUE(heard.has_finding("ws.inflate"));
}

TEST(WebSocketLoss, InsideALargeFramePassesOverTheRestOfIt) {
  // The rest holds a frame, which is a part of the text.
  const std::string decoy = "0123456789" + from_server(kB) + from_server(kB) + "0123456789";
  const std::string wire = frame(2, decoy);
  Script script;
  script.client(upgrade_request()).server(upgrade_response() + wire.substr(0, 4)).gap(kServer, 5);
  script.server(wire.substr(9) + from_server(kA)).fin();
  cut_anywhere(script, http());
  EXPECT_THAT(run(script, http()).messages(), ElementsAre(kA));
}

TEST(WebSocketLoss, OfTheBeginningFindsTheFirstWholeMessage) {
  for (std::size_t lost = 1; lost < 30; ++lost) {
    Script script;
    script.client((from_client(kRussian)).substr(lost) + from_client(kA) + from_client(kB));
    script.server((from_server(kRussian)).substr(lost) + from_server(kA) + from_server(kB)).fin();
    cut_anywhere(script, midstream());
    const Heard heard = run(script, midstream());
    EXPECT_THAT(heard.messages(kClient), ElementsAre(kA, kB)) << lost;
    EXPECT_THAT(heard.messages(kServer), ElementsAre(kA, kB)) << lost;
  }
}

TEST(WebSocketLoss, OfTheBeginningOfAnUnmaskedClientFindsItsMessages) {
  Script script;
  script.client(from_server(kA).substr(9) + from_server(kB) + from_server(kC)).fin();
  cut_anywhere(script, midstream());
  const Heard heard = run(script, midstream());
  EXPECT_THAT(heard.messages(), ElementsAre(kB, kC));
  EXPECT_TRUE(heard.has_finding("ws.mask"));
}

TEST(WebSocketLoss, OfTheUpgradeStillShowsMessagesThatWereNotCompressed) {
  Script script;
  script.client(upgrade_request()).gap(kServer, 200).server(from_server(kA)).client(from_client(kB)).fin();
  cut_anywhere(script, http());
  EXPECT_THAT(run(script, http()).messages(), ElementsAre(kA, kB));
}

TEST(WebSocketLoss, BoundsWhatIsLookedAtInVain) {
  LayerSetup setup = midstream();
  setup.limits.message_bytes = 1000;
  setup.limits.opaque_run_bytes = 200;
  // A few bytes that inflate to the beginning of an object, which never ends.
  const std::string bomb = frame(1, MessageDeflater().deflate("{" + std::string(990, ' ')), {.reserved = 4});
  const std::string large = R"({"type":"a","text":")" + std::string(800, 'x') + "\"}";
  for (const bool has_bombs : {false, true}) {
    Script script;
    if (has_bombs) script.server(bomb + bomb + bomb + bomb);
    script.server(from_server(large)).fin();
    cut_anywhere(script, setup);
    EXPECT_EQ(run(script, setup).messages().empty(), has_bombs);
  }
}

}  // namespace
}  // namespace overhear::testing
