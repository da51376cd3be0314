// Input that would cost the square of its length, if read naively. In a release build each case is a megabyte or more
// and takes a fraction of a second; the limit leaves room for slow machines, not for a square.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <ctime>

#include "dissectors/framing/json_packages.hpp"
#include "dissectors/framing/length_prefix.hpp"
#include "dissectors/http/http_layer.hpp"
#include "dissectors/mcp/mcp_layer.hpp"
#include "dissectors/websocket/ws_layer.hpp"
#include "tests/support/layer_script.hpp"
#include "tests/support/mcp_wire.hpp"
#include "tests/support/ws_wire.hpp"

namespace overhear::testing {
namespace {

constexpr auto kClient = Direction::Client;
constexpr auto kServer = Direction::Server;
#ifdef NDEBUG
constexpr std::size_t kMega = 1'000'000;
#else
constexpr std::size_t kMega = 200'000;  // sanitizers cost about ten times as much
#endif
constexpr double kLimit = 6;  // seconds of the processor's time

std::string times(std::size_t size, std::string_view text) {
  std::string out;
  out.reserve(size + text.size());
  while (out.size() < size) out += text;
  return out;
}

class Time : public ::testing::Test {
 protected:
  void TearDown() override {
    const double spent = static_cast<double>(std::clock() - start_) / CLOCKS_PER_SEC;
    EXPECT_LT(spent, kLimit);
  }

 private:
  std::clock_t start_ = std::clock();
};

LayerSetup of(LayerMaker make, bool is_midstream = false) {
  LayerSetup setup;
  setup.make = std::move(make);
  setup.is_midstream = is_midstream;
  return setup;
}

Script one(Direction direction, std::string_view bytes) {
  Script script;
  script.send(direction, bytes);
  return script;
}

std::vector<std::size_t> every(std::size_t step, std::size_t size) {
  std::vector<std::size_t> cuts;
  for (std::size_t at = step; at < size; at += step) cuts.push_back(at);
  return cuts;
}

// What a session looks at when it is picked up in the middle, whole and in small pieces.
void search(const LayerSetup& setup, Direction direction, const std::string& bytes) {
  run(one(direction, bytes), setup);
  run(one(direction, bytes), setup, every(16, bytes.size()));
}

TEST_F(Time, OfAMessageInSegmentsOfOneByteIsLinear) {
  const std::string large = "{\"type\":\"a\",\"text\":\"" + std::string(kMega, 'x') + "\"}";
  const Heard heard = run_bytewise(one(kClient, large), of(framed_by<JsonPackages>()));
  EXPECT_EQ(heard.messages().size(), 1u);
}

TEST_F(Time, OfAWordInSegmentsOfOneByteIsLinear) {
  run_bytewise(one(kClient, std::string(kMega, 'a')), of(framed_by<JsonPackages>()));
  run_bytewise(one(kClient, std::string(kMega, '7')), of(framed_by<JsonPackages>()));
}

TEST_F(Time, OfBracketsThatNeverCloseIsLinear) {
  for (const char* const text : {"{", "[", "{\"a\":", "[{\"a\":", "\"", "{\"a\":\"\\"}) {
    const std::string bytes = times(kMega, text);
    run(one(kClient, bytes), of(framed_by<JsonPackages>()));
    run_bytewise(one(kClient, bytes.substr(0, kMega / 4)), of(framed_by<JsonPackages>()));
  }
}

TEST_F(Time, OfASearchForJsonIsLinear) {
  for (const char* const text : {"{", "{\"a\":", "{ \"a\" : ", "x", "{}", "{\"a\":1}", "{\"k{", "{\"a\":\"{",
                                 "}{\"a\":[", "{\"a\":{},", "{\"a\":{ }", "]{\"a\":[[[["}) {
    SCOPED_TRACE(text);
    search(of(framed_by<JsonPackages>(), true), kClient, times(kMega, text));
  }
  search(of(framed_by<JsonPackages>(), true), kClient, "{\"a\":\"" + std::string(kMega, '{'));
}

TEST_F(Time, OfASearchForZlibStreamsIsLinear) {
  // Headers, headers in the stored block of another, and blocks that go on behind one another.
  for (const std::string& text :
       {hex("78 9c"), hex("78 01 00 ff ff 00 00"), hex("78 01 00 02 00 fd ff"), hex("78 01 00")}) {
    search(of(framed_by<JsonPackages>(), true), kClient, times(kMega, text));
  }
}

TEST_F(Time, OfASearchForLengthsIsLinear) {
  for (const std::string& text :
       {hex("00 0f ff ff 7b"), hex("00 00 10 00 7b 22"), hex("00"), hex("00 00 00 02 7b 7b")}) {
    search(of(framed_by<LengthPrefix>(), true), kClient, times(kMega, text));
  }
}

TEST_F(Time, OfASearchForFramesIsLinear) {
  // `{"` masked with zeros, with a length that takes in all that follows.
  const std::string masked = hex("81 ff 00 00 00 00 00 08 00 00 00 00 00 00 7b 22");
  for (const std::string& text : {masked, hex("81 fe ff ff 00 00 00 00 7b 22 61"), hex("01 80 00 00 00 00"),
                                  hex("81 85"), hex("01 82 00 00 00 00 7b 22")}) {
    search(of(layer<WsLayer>(), true), kClient, times(kMega, text));
  }
  for (const std::string& text : {hex("81 7e ff ff 7b 20"), hex("01 02 7b 22"), hex("01 01 7b 00 01 20"), hex("81")}) {
    search(of(layer<WsLayer>(), true), kServer, times(kMega, text));
  }
}

TEST_F(Time, OfASearchAmongCompressedFramesIsLinear) {
  // Stored blocks of one space each, and a few bytes that inflate to many: in an object that never says anything.
  const std::string blocks = hex("7b") + times(60, hex("00 01 00 fe ff 20"));
  const std::string bomb = MessageDeflater().deflate("{" + std::string(60'000, ' '));
  for (const std::string& text : {hex("00 01 00 fe ff") + blocks, bomb, std::string("ABAB")}) {
    search(of(layer<WsLayer>(), true), kServer, times(kMega, hex("c1 7e ff ff") + text));
  }
}

TEST_F(Time, OfALargeFrameInSegmentsIsLinear) {
  const std::string large = "{\"type\":\"a\",\"text\":\"" + std::string(15u << 20, 'x') + "\"}";
  for (const bool is_midstream : {false, true}) {
    const std::string wire = (is_midstream ? std::string("torn") : std::string()) + from_client(large);
    EXPECT_EQ(run(one(kClient, wire), of(layer<WsLayer>(), is_midstream), every(1400, wire.size())).messages().size(),
              1u);
  }
}

TEST_F(Time, OfFramesThatCanBePartOfNoMessageIsLinear) {
  for (const char* const text : {"00 00", "00", "8b 00", "83 00 81 02 7b 7d"}) {
    run(one(kServer, times(kMega, hex(text))), of(layer<WsLayer>()));
    run_bytewise(one(kServer, times(kMega, hex(text))), of(layer<WsLayer>()));
  }
}

TEST_F(Time, OfAMessageInFragmentsOfNoByteIsLinear) {
  std::string bytes = frame(1, "{", {.is_final = false}) + times(kMega / 2, frame(0, "", {.is_final = false}));
  bytes += times(kMega / 2, frame(0, " ", {.is_final = false})) + frame(0, "}");
  EXPECT_EQ(run(one(kServer, bytes), of(layer<WsLayer>())).messages().size(), 1u);
  run_bytewise(one(kServer, bytes), of(layer<WsLayer>()));
}

TEST_F(Time, OfHeadsInSegmentsOfOneByteIsLinear) {
  const std::string head = upgrade_request("X: " + std::string(60'000, 'x'));
  EXPECT_EQ(run_bytewise(one(kClient, head), of(layer<HttpLayer>())).events.size(), 1u);
  run_bytewise(one(kClient, upgrade_request() + times(kMega, "early")), of(layer<HttpLayer>()));
  run(one(kClient, times(kMega, "GET / HTTP/1.1\r\n\r\n")), of(layer<HttpLayer>()));
  run_bytewise(one(kClient, times(65'000, "\r\n")), of(layer<HttpLayer>()));
}

TEST_F(Time, OfAChunkedBodyInSegmentsOfOneByteIsLinear) {
  const std::string head = "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (const char* const chunk : {"1\r\nx\r\n", "1;", "0\r\nTrailer: x\r\n"}) {
    run_bytewise(one(kClient, head + times(kMega, chunk)), of(layer<HttpLayer>()));
  }
}

class McpTime : public Time {
 protected:
  LayerSetup opened() const {
    LayerSetup setup = of(layer<mcp::McpLayer>());
    setup.keys = keys_.get();
    return setup;
  }
  static Script handshakes() {
    Script script;
    script.client(mcp_client_handshake()).server(mcp_server_handshake());
    return script;
  }
  static std::string large() { return "{\"type\":\"A.B\",\"data\":\"" + std::string(kMega, 'x') + "\"}"; }

  const std::unique_ptr<KeyStore> keys_ = mcp_keys();
};

TEST_F(McpTime, OfAMessageInSegmentsOfOneByteIsLinear) {
  for (const char* const variant : {"raw", "base64-line", "raw-sha256"}) {
    McpSender sender(variant);
    Script script = handshakes();
    script.client(sender.seal(large())).client(sender.seal(large()));
    EXPECT_EQ(run_bytewise(script, opened()).messages().size(), 4u) << variant;
  }
}

TEST_F(McpTime, OfCiphertextThatNeverEndsIsLinear) {
  for (const char* const variant : {"raw", "base64-line"}) {
    McpSender sender(variant);
    const std::string wire = sender.seal(large());
    Script script = handshakes();
    script.client(wire.substr(0, wire.size() - 4));
    run_bytewise(script, opened());
    LayerSetup without = opened();
    without.keys = nullptr;
    run_bytewise(script, without);
  }
  Script garbage = handshakes();
  garbage.client(times(kMega, hex("99 00 17 7b 22 0a ff")));
  run_bytewise(garbage, opened());
}

TEST_F(McpTime, BehindALossIsLinear) {
  McpSender sender("raw");
  const std::string start = sender.seal(R"({"type")").substr(0, 2);
  for (const std::string& wire :
       {sender.seal(large()), times(kMega, start), times(kMega, start.substr(0, 1)), times(kMega, "{\"a\":"),
        times(kMega, "{"), times(kMega, "A"), times(kMega, "AAAA\n")}) {
    for (const bool is_known : {false, true}) {
      Script script = handshakes();
      if (is_known) script.client(sender.seal(R"({"type":"A.B"})"));
      script.gap(kClient, 10).client(wire);
      run(script, opened());
      run(script, opened(), every(7, script.bytes()));
    }
  }
}

class JsonTime : public Time {};

TEST_F(JsonTime, OfNamesTwiceAmongManyIsNearlyLinear) {
  std::string text = "{";
  for (std::size_t i = 0; i < kMega / 20; ++i) text += fmt::format("\"same start of a name {}\\u0041\":0,", i);
  text += "\"\":0}";
  JsonIndex json;
  ASSERT_EQ(json.parse(text, {}), JsonIndex::Status::Valid);
  EXPECT_FALSE(json.flags().duplicate_name);
  std::string chain;
  for (int i = 0; i < 500; ++i) chain += fmt::format("{{{}\"next\":", times(2000, "\"a\":0,"));
  chain += "0" + std::string(500, '}');
  ASSERT_EQ(json.parse(chain, {}), JsonIndex::Status::Valid);
  EXPECT_TRUE(json.flags().duplicate_name);
}

TEST_F(JsonTime, OfAMillionBracketsIsNoTime) {
  JsonIndex json;
  for (const char* const text : {"[", "{\"a\":", "[[],"}) {
    EXPECT_EQ(json.parse(times(kMega, text), {}), JsonIndex::Status::TooDeep);
  }
  EXPECT_EQ(json.parse("[" + times(3 * kMega, "[],") + "0]", {}), JsonIndex::Status::Valid);
}

}  // namespace
}  // namespace overhear::testing
