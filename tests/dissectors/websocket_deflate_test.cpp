// permessage-deflate (RFC 7692) behind a real opening handshake.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dissectors/http/http_layer.hpp"
#include "dissectors/websocket/deflate_extension.hpp"
#include "dissectors/websocket/ws_layer.hpp"
#include "tests/support/layer_script.hpp"
#include "tests/support/ws_wire.hpp"

namespace overhear::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const std::string kDeflate = "Sec-WebSocket-Extensions: permessage-deflate";
const std::string kNoTakeover = kDeflate + "; server_no_context_takeover; client_no_context_takeover";
const std::string kA = R"({"type":"a","n":1})";
const std::string kB = R"({"type":"b","text":"the same text, the same text"})";

LayerSetup http() {
  LayerSetup setup;
  setup.make = layer<HttpLayer>();
  return setup;
}

Script agreed(const std::string& extension) {
  Script script;
  script.client(upgrade_request(kDeflate + "; client_max_window_bits")).server(upgrade_response(extension));
  return script;
}

Heard hear(const std::string& extension, std::string_view frames, const LayerSetup& setup = http()) {
  Script script = agreed(extension);
  script.server(frames).fin();
  cut_anywhere(script, setup);
  return run(script, setup);
}

std::string compressed(std::string_view payload) {
  return frame(1, payload, {.reserved = 4});
}

TEST(WebSocketDeflate, ReadsTheExamplesOfRfc7692Section7_2_3) {
  struct Example {
    const char* section;
    std::string frames;
    std::vector<std::string> texts;
  };
  const Example table[] = {
      {"7.2.3.1, one block", hex("c1 07 f2 48 cd c9 c9 07 00"), {"Hello"}},
      {"7.2.3.1, fragments", hex("41 03 f2 48 cd 80 04 c9 c9 07 00"), {"Hello"}},
      {"7.2.3.2, taking the context over", hex("c1 07 f2 48 cd c9 c9 07 00 c1 05 f2 00 11 00 00"), {"Hello", "Hello"}},
      {"7.2.3.3, no compression", hex("c1 0b 00 05 00 fa ff 48 65 6c 6c 6f 00"), {"Hello"}},
      {"7.2.3.4, a final block", hex("c1 08 f3 48 cd c9 c9 07 00 00"), {"Hello"}},
      {"7.2.3.5, two blocks", hex("c1 0d f2 48 05 00 00 00 ff ff ca c9 c9 07 00"), {"Hello"}},
      {"7.2.3.6, an empty message", hex("c1 01 00"), {""}},
  };
  for (const auto& [section, frames, texts] : table) {
    const Heard heard = hear(kDeflate, frames);
    EXPECT_EQ(heard.messages(), texts) << section;
    EXPECT_THAT(heard.findings, IsEmpty()) << section;
    for (const Said& unit : heard.units) EXPECT_THAT(unit.findings, IsEmpty()) << section;
  }
}

TEST(WebSocketDeflate, BeginsAnewForEachMessageWithoutTakeover) {
  const std::string hello = hex("c1 07 f2 48 cd c9 c9 07 00");
  EXPECT_THAT(hear(kNoTakeover, hello + hello).messages(), ElementsAre("Hello", "Hello"));
  // Refers back into a context that no longer exists.
  const Heard heard = hear(kNoTakeover, hello + hex("c1 05 f2 00 11 00 00") + hello);
  EXPECT_THAT(heard.messages(), ElementsAre("Hello", "Hello"));
  EXPECT_TRUE(heard.units[1].has("ws.inflate"));
}

TEST(WebSocketDeflate, HasAContextForEachSide) {
  Script script = agreed(kDeflate);
  MessageDeflater client;
  MessageDeflater server;
  for (int i = 0; i < 3; ++i) {
    script.client(frame(1, client.deflate(kB), {.is_masked = true, .reserved = 4}));
    script.server(compressed(server.deflate(kB))).server(from_server(kA));
  }
  script.fin();
  cut_anywhere(script, http());
  EXPECT_THAT(run(script, http()).messages(), ElementsAre(kB, kB, kA, kB, kB, kA, kB, kB, kA));
}

TEST(WebSocketDeflate, GoesOnBehindAFinalBlock) {
  const std::string final_block = hex("c1 08 f3 48 cd c9 c9 07 00 00");
  MessageDeflater deflater;
  EXPECT_THAT(hear(kDeflate, final_block + compressed(deflater.deflate(kA)) + final_block).messages(),
              ElementsAre("Hello", kA, "Hello"));
}

TEST(WebSocketDeflate, ReportsReservedBitsWhereNoExtensionWasAgreed) {
  const Heard heard = hear("", hex("c1 07 f2 48 cd c9 c9 07 00") + from_server(kA));
  EXPECT_TRUE(heard.has_finding("ws.reserved_bits"));
  EXPECT_THAT(heard.messages(), ElementsAre(kA)) << "compressed bytes are no text";
}

TEST(WebSocketDeflate, ReportsReservedBitsOnAContinuation) {
  const Heard heard = hear(kDeflate, frame(1, "{", {.is_final = false}) + frame(0, "}", {.reserved = 4}));
  EXPECT_TRUE(heard.has_finding("ws.reserved_bits"));
}

TEST(WebSocketDeflate, DoesNotOpenABomb) {
  LayerSetup setup = http();
  setup.limits.message_bytes = 10'000;
  MessageDeflater deflater(false);
  const Heard heard = hear(
      kNoTakeover, compressed(deflater.deflate(std::string(1'000'000, ' '))) + compressed(deflater.deflate(kA)), setup);
  EXPECT_THAT(heard.messages(), ElementsAre(kA));
  EXPECT_TRUE(heard.has_finding("ws.inflate_limit"));
}

TEST(WebSocketDeflate, ShowsNothingOfAMessageThatEndsInsideItsCompression) {
  MessageDeflater deflater(false);
  const std::string whole = deflater.deflate(kB);
  for (std::size_t size = 0; size + 1 < whole.size(); ++size) {
    const Heard heard = hear(kNoTakeover, compressed(whole.substr(0, size)) + compressed(whole));
    EXPECT_THAT(heard.messages(), ElementsAre(kB)) << "cut at " << size << " of " << whole.size();
    EXPECT_TRUE(heard.has_finding("ws.inflate"));
  }
}

TEST(WebSocketDeflate, ShowsNothingThatWasCompressedBehindADamagedMessage) {
  MessageDeflater deflater;
  const std::string first = deflater.deflate(kA);
  const Heard heard = hear(
      kDeflate, compressed(first) + compressed(hex("ff ff ff")) + compressed(deflater.deflate(kB)) + from_server(kB));
  EXPECT_THAT(heard.messages(), ElementsAre(kA, kB));
  EXPECT_TRUE(heard.units[1].has("ws.inflate"));
  EXPECT_TRUE(heard.units[2].has("ws.inflate"));
  EXPECT_TRUE(heard.units[2].is_opaque);
}

std::vector<std::string> findings_of(const Heard& heard, Direction direction) {
  std::vector<std::string> out;
  for (const Said& unit : heard.units) {
    if (unit.direction == direction) out.insert(out.end(), unit.findings.begin(), unit.findings.end());
  }
  return out;
}

// Twice each: the second refers to the first.
Script offered_only(const std::string& offer) {
  MessageDeflater client;
  MessageDeflater server;
  Script script;
  script.client(upgrade_request(offer)).gap(Direction::Server, 200);
  for (int i = 0; i < 2; ++i) {
    script.client(frame(1, client.deflate(kB), {.is_masked = true, .reserved = 4}));
    script.server(compressed(server.deflate(kB)));
  }
  return script.fin();
}

TEST(WebSocketDeflate, AssumesWhatWasOfferedWhereTheAnswerWasNotSeen) {
  const Script script = offered_only(kDeflate + "; client_max_window_bits");
  cut_anywhere(script, http());
  const Heard heard = run(script, http());
  EXPECT_THAT(heard.messages(), ElementsAre(kB, kB, kB, kB));
  EXPECT_THAT(findings_of(heard, Direction::Client), ElementsAre("ws.extension_assumed"));
  EXPECT_THAT(findings_of(heard, Direction::Server), ElementsAre("ws.extension_assumed"));
}

TEST(WebSocketDeflate, AssumesNothingThatWasNotOffered) {
  const Heard heard = run(offered_only("X: y"), http());
  EXPECT_THAT(heard.messages(), IsEmpty());
  EXPECT_THAT(findings_of(heard, Direction::Client), ElementsAre("ws.reserved_bits", "ws.reserved_bits"));
}

TEST(WebSocketDeflate, ReadsWhatTheClientSaysWhereNothingOfTheServerWasSeen) {
  MessageDeflater client;
  Script script;
  script.client(upgrade_request(kDeflate));
  for (int i = 0; i < 2; ++i) script.client(frame(1, client.deflate(kB), {.is_masked = true, .reserved = 4}));
  cut_anywhere(script, http());
  EXPECT_THAT(run(script, http()).messages(), ElementsAre(kB, kB));
}

TEST(WebSocketDeflate, ShowsWhatDoesNotInflateAsDataWhereTheAnswerWasNotSeen) {
  Script script;
  script.client(upgrade_request(kDeflate)).gap(Direction::Server, 200);
  script.client(frame(1, "\xFF\xFF\xFF", {.is_masked = true, .reserved = 4}) + from_client(kA)).fin();
  cut_anywhere(script, http());
  const Heard heard = run(script, http());
  EXPECT_THAT(heard.messages(), ElementsAre(kA));
  EXPECT_TRUE(heard.units[0].is_opaque);
  EXPECT_TRUE(heard.units[0].has("ws.reserved_bits"));
  EXPECT_FALSE(heard.has_finding("ws.extension_assumed"));
}

TEST(WebSocketDeflate, ReadsInTheMiddleWhatRefersToNothingBeforeIt) {
  LayerSetup midstream;
  midstream.make = layer<WsLayer>();
  midstream.is_midstream = true;
  const std::string c = R"({"type":"c","text":"0123456789 abcdefghijklmnopqrstuvwxyz"})";
  MessageDeflater old;
  old.deflate(kA);
  MessageDeflater fresh;
  // No JSON, not readable; one that stands for itself, one that refers to it; then one that refers to what was not
  // seen.
  Script script;
  script.server(compressed(MessageDeflater().deflate("Hello")) + compressed(old.deflate(kA)));
  for (int i = 0; i < 2; ++i) script.server(compressed(fresh.deflate(c)));
  script.server(compressed(old.deflate(kA)) + from_server(kB)).fin();
  cut_anywhere(script, midstream);
  const Heard heard = run(script, midstream);
  EXPECT_THAT(heard.messages(), ElementsAre(c, c, kB));
  EXPECT_TRUE(heard.has_finding("ws.extension_assumed"));
  EXPECT_TRUE(heard.units[heard.units.size() - 2].has("ws.inflate"));
}

TEST(WebSocketDeflate, GoesOnBehindALossWhereTheSenderBeginsAnew) {
  MessageDeflater before;
  MessageDeflater behind;
  Script script = agreed(kDeflate);
  script.server(compressed(before.deflate(kB))).gap(Direction::Server, 50);
  script.server(compressed(before.deflate(kB)));
  for (int i = 0; i < 2; ++i) script.server(compressed(behind.deflate(kA)));
  script.fin();
  cut_anywhere(script, http());
  EXPECT_THAT(run(script, http()).messages(), ElementsAre(kB, kA, kA));
}

TEST(WebSocketDeflate, ReadsTheServersExtensions) {
  struct Header {
    const char* text;
    bool is_agreed;
    bool server_no_takeover;
    bool client_no_takeover;
  };
  const Header table[] = {
      {"", false, false, false},
      {"permessage-deflate", true, false, false},
      {"Permessage-Deflate", true, false, false},
      {"permessage-deflate; server_no_context_takeover", true, true, false},
      {"permessage-deflate;client_no_context_takeover;server_no_context_takeover", true, true, true},
      {"permessage-deflate; server_max_window_bits=12; client_max_window_bits=12", true, false, false},
      {"permessage-deflate; client_max_window_bits=\"10\" ; server_no_context_takeover", true, true, false},
      {"x-other; server_no_context_takeover, permessage-deflate", true, false, false},
      {"permessage-deflate, x-other; server_no_context_takeover", true, false, false},
      {"permessage-deflate-frame", false, false, false},
      {"x-webkit-deflate-frame", false, false, false},
      {",,;=;\"", false, false, false},
  };
  for (const auto& [text, is_agreed, server_no_takeover, client_no_takeover] : table) {
    const DeflateExtension extension = parse_extensions(text);
    EXPECT_EQ(extension.is_agreed(), is_agreed) << text;
    EXPECT_EQ(parse_extension_offer(text).is_expected(), is_agreed) << text;
    EXPECT_FALSE(parse_extension_offer(text).is_agreed()) << text;
    EXPECT_EQ(extension.server_no_context_takeover, server_no_takeover) << text;
    EXPECT_EQ(extension.client_no_context_takeover, client_no_takeover) << text;
  }
}

}  // namespace
}  // namespace overhear::testing
