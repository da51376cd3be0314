// Frames to messages (RFC 6455, 5) on a connection that is WebSocket from its first byte.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dissectors/websocket/close_code.hpp"
#include "dissectors/websocket/frame_header.hpp"
#include "dissectors/websocket/ws_layer.hpp"
#include "tests/support/layer_script.hpp"
#include "tests/support/ws_wire.hpp"

namespace overhear::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr auto kServer = Direction::Server;
const std::string kA = R"({"type":"a","n":1})";
const std::string kB = R"({"type":"b","s":"text"})";

LayerSetup frames() {
  LayerSetup setup;
  setup.make = layer<WsLayer>();
  return setup;
}

Heard hear(Direction direction, std::string_view bytes, const LayerSetup& setup = frames()) {
  Script script;
  script.send(direction, bytes).fin();
  cut_anywhere(script, setup);
  return run(script, setup);
}

Heard hear_server(std::string_view bytes, const LayerSetup& setup = frames()) {
  return hear(kServer, bytes, setup);
}

TEST(WebSocket, ReadsTheExamplesOfRfc6455Section5_7) {
  EXPECT_THAT(hear_server(hex("81 05 48 65 6c 6c 6f")).messages(), ElementsAre("Hello"));
  EXPECT_THAT(hear(Direction::Client, hex("81 85 37 fa 21 3d 7f 9f 4d 51 58")).messages(), ElementsAre("Hello"));
  EXPECT_THAT(hear_server(hex("01 03 48 65 6c 80 02 6c 6f")).messages(), ElementsAre("Hello"));
  EXPECT_THAT(hear_server(hex("89 05 48 65 6c 6c 6f")).events, ElementsAre("server ws ping Hello"));
  EXPECT_THAT(hear(Direction::Client, hex("8a 85 37 fa 21 3d 7f 9f 4d 51 58")).events,
              ElementsAre("client ws pong Hello"));
  const std::string medium(256, 'm');
  EXPECT_THAT(hear_server(hex("82 7E 01 00") + medium).messages(), ElementsAre(medium));
  const std::string large(65536, 'l');
  Script script;
  script.server(hex("82 7F 00 00 00 00 00 01 00 00") + large).fin();
  EXPECT_THAT(run(script, frames()).messages(), ElementsAre(large));
  for (const Heard& heard :
       {hear_server(hex("01 03 48 65 6c 80 02 6c 6f")), hear_server(hex("82 7E 01 00") + medium)}) {
    EXPECT_THAT(heard.findings, IsEmpty());
    EXPECT_THAT(heard.units[0].findings, IsEmpty());
  }
}

TEST(WebSocket, ReadsEveryLengthAroundTheBordersOfItsForms) {
  for (const std::size_t size : {0u, 1u, 125u, 126u, 127u, 65535u, 65536u, 65537u}) {
    const std::string text(size, 't');
    Script script;
    script.client(from_client(text)).server(from_server(text)).fin();
    const Heard heard = run(script, frames());
    EXPECT_THAT(heard.messages(), ElementsAre(text, text));
    ASSERT_EQ(heard.units.size(), 2u);
    EXPECT_THAT(heard.units[0].findings, IsEmpty());
    EXPECT_EQ(heard.units[0].size, from_client(text).size());
  }
}

TEST(WebSocket, ReportsALengthThatIsNotInItsShortestForm) {
  for (const std::size_t form : {2u, 8u}) {
    const Heard heard = hear_server(frame(1, kA, {.length_bytes = form}) + from_server(kB));
    EXPECT_THAT(heard.messages(), ElementsAre(kA, kB));
    EXPECT_TRUE(heard.units[0].has("ws.length_form"));
    EXPECT_FALSE(heard.units[1].has("ws.length_form"));
  }
}

TEST(WebSocket, ReportsALengthThatCannotBeAndGoesOn) {
  for (const char* length : {"ff ff ff ff ff ff ff ff", "7f ff ff ff ff ff ff ff", "00 01 00 00 00 00 00 00"}) {
    const Heard heard = hear_server(from_server(kA) + hex("81 7f") + hex(length) + from_server(kB) + from_server(kA));
    EXPECT_THAT(heard.messages(), ElementsAre(kA, kB, kA)) << length;
    EXPECT_TRUE(heard.has_finding("ws.bad_length")) << length;
  }
}

TEST(WebSocket, PassesOverAFrameOverTheLimitWithoutKeepingIt) {
  LayerSetup setup = frames();
  setup.limits.message_bytes = 100;
  setup.limits.opaque_run_bytes = 64;
  const Heard heard = hear_server(from_server(kA) + from_server(std::string(300, '{')) + from_server(kB), setup);
  EXPECT_THAT(heard.messages(), ElementsAre(kA, kB));
  EXPECT_TRUE(heard.has_finding("app.message_limit"));
}

TEST(WebSocket, PutsFragmentsTogetherAroundControlFrames) {
  const auto part = [](std::uint8_t opcode, std::string_view text, bool is_final) {
    return frame(opcode, text, {.is_final = is_final});
  };
  const Heard heard = hear_server(part(1, kA.substr(0, 3), false) + frame(9, "p") + part(0, "", false) +
                                  frame(10, "q") + part(0, kA.substr(3), true) + from_server(kB));
  EXPECT_THAT(heard.messages(), ElementsAre(kA, kB));
  EXPECT_THAT(heard.events, ElementsAre("server ws ping p", "server ws pong q"));
  EXPECT_EQ(heard.units[0].size, 2 + 3 + 2 + 2 + kA.size() - 3) << "the frames between are not the message's";
}

TEST(WebSocket, ShowsFragmentsThatFormNoMessageAsData) {
  const Heard heard = hear_server(frame(0, "stray") + frame(1, "begun", {.is_final = false}) + from_server(kA) +
                                  frame(1, "torn", {.is_final = false}));
  EXPECT_THAT(heard.messages(), ElementsAre(kA));
  ASSERT_EQ(heard.units.size(), 4u);
  EXPECT_TRUE(heard.units[0].has("ws.fragmentation"));
  EXPECT_EQ(heard.units[1].bytes, "begun");
  EXPECT_TRUE(heard.units[1].has("ws.fragmentation"));
  EXPECT_EQ(heard.units[3].bytes, "torn");
  EXPECT_TRUE(heard.units[3].has("app.partial"));
}

TEST(WebSocket, TellsWhatItKeepsOfAMessageUnderWay) {
  std::size_t held = 0;
  LayerSetup setup = frames();
  class Looking final : public Layer {
   public:
    Looking(LayerContext& context, std::size_t& most) : inner_(context), most_(most) {}
    void on_data(Direction direction) override {
      inner_.on_data(direction);
      most_ = std::max(most_, inner_.held(direction));
    }
    void on_gap(Direction direction, std::uint64_t missing) override { inner_.on_gap(direction, missing); }
    void on_end(Direction direction) override { inner_.on_end(direction); }

   private:
    WsLayer inner_;
    std::size_t& most_;
  };
  setup.make = [&held](LayerContext& context) { return std::make_unique<Looking>(context, held); };
  Script script;
  script.server(frame(1, kA.substr(0, 7), {.is_final = false})).server(frame(0, kA.substr(7))).fin();
  EXPECT_THAT(run(script, setup).messages(), ElementsAre(kA));
  EXPECT_EQ(held, 7u);
}

TEST(WebSocket, BoundsAMessageOfManyFragments) {
  LayerSetup setup = frames();
  setup.limits.message_bytes = 100;
  std::string bytes = frame(1, std::string(60, 'a'), {.is_final = false});
  bytes += frame(0, std::string(60, 'b'), {.is_final = false}) + frame(0, "c") + from_server(kA);
  const Heard heard = hear_server(bytes, setup);
  EXPECT_THAT(heard.messages(), ElementsAre(kA));
  EXPECT_TRUE(heard.has_finding("app.message_limit"));
}

TEST(WebSocket, ReportsFramesThatAreMaskedOnTheWrongSideOnce) {
  const Heard server = hear_server(from_client(kA) + from_client(kB));
  EXPECT_THAT(server.messages(), ElementsAre(kA, kB));
  EXPECT_THAT(server.findings, ElementsAre("server ws.mask"));
  const Heard client = hear(Direction::Client, from_server(kA) + from_server(kB));
  EXPECT_THAT(client.messages(), ElementsAre(kA, kB));
  EXPECT_THAT(client.findings, ElementsAre("client ws.mask"));
}

TEST(WebSocket, ReportsEveryReservedBitOfEveryFrame) {
  for (std::uint8_t bits = 1; bits < 8; ++bits) {
    for (const char opcode : {'\x01', '\x02', '\x09'}) {
      const Heard heard =
          hear_server(frame(static_cast<std::uint8_t>(opcode), kA, {.reserved = bits}) + from_server(kB));
      EXPECT_TRUE(heard.has_finding("ws.reserved_bits")) << int{bits} << " of opcode " << int{opcode};
      EXPECT_EQ(heard.messages().back(), kB);
      EXPECT_FALSE(heard.units.back().has("ws.reserved_bits"));
    }
  }
}

TEST(WebSocket, ReportsEveryReservedOpcodeAndShowsItsBytesAsData) {
  for (std::uint8_t opcode = 3; opcode < 16; opcode = opcode == 7 ? 11 : static_cast<std::uint8_t>(opcode + 1)) {
    const Heard heard = hear_server(frame(opcode, "12") + from_server(kB));
    ASSERT_EQ(heard.units.size(), 2u) << int{opcode};
    EXPECT_EQ(heard.units[0].bytes, "12");
    EXPECT_THAT(heard.units[0].findings, ElementsAre("ws.opcode"));
    EXPECT_THAT(heard.messages(), ElementsAre(kB));
  }
}

TEST(WebSocket, ReportsControlFramesThatAreTooLongOrFragmented) {
  EXPECT_TRUE(hear_server(frame(9, std::string(126, 'p'))).has_finding("ws.control_frame"));
  EXPECT_TRUE(hear_server(frame(9, "p", {.is_final = false})).has_finding("ws.control_frame"));
  EXPECT_FALSE(hear_server(frame(9, std::string(125, 'p'))).has_finding("ws.control_frame"));
}

// Frames that can be part of no message, many times over.
const std::string kUnusable[] = {
    hex("00 00"),     // a continuation of nothing, as a run of zeros reads
    hex("83 01 00"),  // reserved opcodes
    hex("8b 00"),
    hex("09 00"),     // a fragmented ping
    hex("91 01 7b"),  // RSV3
    hex("c1 00"),     // compressed, and nothing
};

TEST(WebSocket, LosesSyncAmongFramesThatCanBePartOfNoMessage) {
  for (const std::string& unusable : kUnusable) {
    std::string bytes = from_server(kA);
    for (int i = 0; i < 300; ++i) bytes += unusable;
    // Behind it a message stands at no frame's end.
    bytes += '\0' + from_server(kB) + from_server(kA);
    LayerSetup setup = frames();
    setup.limits.opaque_run_bytes = 256;
    const Heard heard = hear_server(bytes, setup);
    EXPECT_THAT(heard.messages(), ElementsAre(kA, kB, kA)) << unusable;
    EXPECT_TRUE(heard.has_finding("ws.lost_sync")) << unusable;
    EXPECT_LE(heard.log.size(), 20u) << unusable;
  }
}

TEST(WebSocket, LosesSyncAtBytesThatAreNoFrame) {
  for (const std::string& garbage : {hex("de ad be ef de ad be ef"), std::string("hello there"),
                                     std::string("GET / HTTP/1.1\r\n\r\n"), std::string("\xEF\xBB\xBF")}) {
    const Heard heard = hear(Direction::Client, from_client(kA) + garbage + from_client(kB) + from_client(kA));
    EXPECT_THAT(heard.messages(), ElementsAre(kA, kB, kA)) << garbage;
    EXPECT_THAT(heard.findings, ElementsAre("client ws.lost_sync")) << garbage;
  }
}

TEST(WebSocket, KeepsSyncAmongAFewFramesThatCanBePartOfNoMessage) {
  for (const std::string& unusable : kUnusable) {
    std::string bytes;
    for (int i = 0; i < 5; ++i) bytes += unusable + unusable + unusable + from_server(kA);
    const Heard heard = hear_server(bytes);
    EXPECT_EQ(heard.messages().size(), 5u);
    EXPECT_FALSE(heard.has_finding("ws.lost_sync"));
  }
}

TEST(WebSocket, LosesNoSyncAmongEmptyFragmentsOfAMessage) {
  std::string bytes = frame(1, kA.substr(0, 3), {.is_final = false});
  for (int i = 0; i < 100; ++i) bytes += frame(0, "", {.is_final = false});
  const Heard heard = hear_server(bytes + frame(0, kA.substr(3)));
  EXPECT_THAT(heard.messages(), ElementsAre(kA));
  EXPECT_THAT(heard.findings, IsEmpty());
}

TEST(WebSocket, KeepsAFindingWithItsMessage) {
  // Of a message that is given up, of the one behind it, and of a control frame between.
  const Heard heard = hear_server(frame(1, "begun", {.is_final = false, .length_bytes = 2}) +
                                  frame(9, "p", {.reserved = 1}) + from_server(kA));
  ASSERT_EQ(heard.units.size(), 2u);
  EXPECT_THAT(heard.units[0].findings, ElementsAre("ws.length_form", "ws.fragmentation"));
  EXPECT_THAT(heard.units[1].findings, IsEmpty());
  EXPECT_THAT(heard.findings, ElementsAre("server ws.reserved_bits"));

  const Heard whole = hear_server(frame(1, kA.substr(0, 3), {.is_final = false, .length_bytes = 2}) + frame(3, "x") +
                                  frame(0, kA.substr(3)));
  ASSERT_EQ(whole.units.size(), 2u);
  EXPECT_THAT(whole.units[0].findings, ElementsAre("ws.opcode"));
  EXPECT_THAT(whole.units[1].findings, ElementsAre("ws.length_form"));
}

TEST(WebSocket, ReportsTextThatIsNotUtf8) {
  const Heard heard = hear_server(frame(1, "\xC0\x80") + frame(2, "\xC0\x80"));
  ASSERT_EQ(heard.units.size(), 2u);
  EXPECT_TRUE(heard.units[0].has("ws.utf8"));
  EXPECT_FALSE(heard.units[1].has("ws.utf8"));
}

TEST(WebSocket, KnowsWhichCloseCodesMayStandInAFrame) {
  for (unsigned code = 0; code < 65536; ++code) {
    const bool is_registered = (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014);
    EXPECT_EQ(is_sendable_close_code(code), is_registered || (code >= 3000 && code < 5000)) << code;
  }
  for (const unsigned code : {0u, 999u, 1000u, 1003u, 1004u, 1005u, 1006u, 1015u, 2999u, 3000u, 4999u, 5000u, 65535u}) {
    const std::string payload = {static_cast<char>(code >> 8), static_cast<char>(code & 0xFF)};
    const Heard heard = hear_server(frame(8, payload));
    EXPECT_THAT(heard.events, ElementsAre(fmt::format("server ws close {}", code)));
    EXPECT_EQ(heard.has_finding("ws.close_code"), !is_sendable_close_code(code)) << code;
  }
}

TEST(WebSocket, ReadsClosePayloads) {
  EXPECT_THAT(hear_server(frame(8, "")).log, ElementsAre("server ws close (0)"));
  EXPECT_THAT(hear_server(frame(8, hex("03 e8") + "bye")).events, ElementsAre("server ws close 1000 bye"));
  EXPECT_TRUE(hear_server(frame(8, "\x03")).has_finding("ws.close_payload"));
  EXPECT_TRUE(hear_server(frame(8, hex("03 e8 ff"))).has_finding("ws.close_payload"));
}

TEST(WebSocket, ReportsDataBehindTheClose) {
  const Heard heard = hear_server(frame(8, hex("03 e8")) + from_server(kA));
  EXPECT_THAT(heard.messages(), ElementsAre(kA));
  EXPECT_TRUE(heard.units[0].has("ws.after_close"));
}

TEST(WebSocket, UnmasksAtEveryLengthAndAlignment) {
  std::string text;
  for (int i = 0; i < 40; ++i) {
    for (std::size_t skew = 0; skew < 8; ++skew) {
      std::string masked(skew, ' ');
      masked += frame(2, text, {.is_masked = true}).substr(6);
      std::string out(text.size(), '\0');
      unmask(std::string_view(masked).substr(skew), {0x37, 0xfa, 0x21, 0x3d}, out.data());
      EXPECT_EQ(out, text);
    }
    text += static_cast<char>(i * 37);
  }
}

}  // namespace
}  // namespace overhear::testing
