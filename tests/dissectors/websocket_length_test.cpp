// Frames whose header announces more than comes: nothing that follows is hidden, nothing inside a large frame invented.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dissectors/websocket/ws_layer.hpp"
#include "tests/support/layer_script.hpp"
#include "tests/support/ws_wire.hpp"

namespace overhear::testing {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr auto kClient = Direction::Client;
constexpr auto kServer = Direction::Server;
const std::string kA = R"({"type":"a","n":1,"text":"with some more text"})";
const std::string kB = R"({"type":"b","s":"text"})";
const std::string kC = R"({"type":"c","l":[1,2,3],"text":"last words"})";

LayerSetup frames() {
  LayerSetup setup;
  setup.make = layer<WsLayer>();
  setup.limits.message_bytes = 4096;
  setup.limits.opaque_run_bytes = 64;
  return setup;
}

// A server's frame header of this length.
std::string announced(std::uint64_t length) {
  std::string header = "\x81\x7f";
  for (int shift = 56; shift >= 0; shift -= 8) header += static_cast<char>(length >> shift & 0xff);
  return header;
}

Heard hear(Script script, const LayerSetup& setup = frames()) {
  script.fin();
  cut_anywhere(script, setup);
  return run(script, setup);
}

TEST(WebSocketLength, ThatNeverComesHidesNothing) {
  for (const std::uint64_t length : {std::uint64_t{5000}, std::uint64_t{1} << 24, (std::uint64_t{1} << 48) - 1}) {
    Script script;
    script.server(from_server(kA) + announced(length) + from_server(kB)).server(from_server(kC) + from_server(kA));
    const Heard heard = hear(script);
    EXPECT_THAT(heard.messages(kServer), ElementsAre(kA, kB, kC, kA)) << length;
    EXPECT_THAT(heard.findings, ElementsAre("server app.message_limit", "server ws.bad_length"));
  }
}

TEST(WebSocketLength, ThatNeverComesHidesNoLoneMessageAtTheEnd) {
  for (const std::uint64_t length : {std::uint64_t{1000}, std::uint64_t{1} << 40}) {
    Script script;
    script.server(announced(length) + "some bytes" + from_server(kB));
    EXPECT_THAT(hear(script).messages(), ElementsAre(kB)) << length;
  }
}

TEST(WebSocketLength, OfAClientHidesNothingEither) {
  Script script;
  script.client(std::string("\x81\xff\0\0\0\1\0\0\0\0", 10) + "mask" + std::string(200, '~') + from_client(kA) +
                from_client(kB));
  EXPECT_THAT(hear(script).messages(kClient), ElementsAre(kA, kB));
}

// Of a large frame that comes whole nothing is opened, and what follows it is read.
TEST(WebSocketLength, OfALargeFrameIsBelieved) {
  const std::string inside = R"({"type":"x","s":")" + std::string(5000, 'x') + "\"}";
  const std::string tricky = "\x81\x03{}" + kA + from_server(kB).substr(0, 9) + std::string(5000, '\x81');
  for (const std::string& payload :
       {inside, tricky, std::string(3000, '\0') + from_server(kA) + std::string(3000, '\0')}) {
    Script script;
    script.server(announced(payload.size()) + payload + from_server(kB) + from_server(kC));
    script.fin();
    same_bytewise(script, frames());
    const Heard heard = run(script, frames());
    EXPECT_THAT(heard.messages(), ElementsAre(kB, kC));
    EXPECT_THAT(heard.findings, ElementsAre("server app.message_limit"));
  }
}

TEST(WebSocketLength, IsDoubtedBehindALossToo) {
  Script script;
  script.server(announced(1u << 30) + "some").gap(kServer, 100).server(from_server(kA) + from_server(kB));
  EXPECT_THAT(hear(script).messages(), ElementsAre(kA, kB));
}

}  // namespace
}  // namespace overhear::testing
