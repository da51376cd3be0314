// Where a stream is cut so that it hurts most.
#include "proxy/worst_cuts.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/bytes.hpp"
#include "dissectors/json/json_boundary.hpp"
#include "tests/proxy/chance.hpp"

namespace overhear::testing {
namespace {

struct Found {
  std::vector<std::string> pieces;
  std::vector<std::size_t> ends;  // of messages
  bool knows_messages = false;
};

Found look(std::string_view stream, std::uint64_t seed = 1) {
  WorstCuts cuts(Dice({seed}));
  Found out;
  bool was_between = false;
  for (std::size_t i = 0; i < stream.size(); ++i) {
    if (cuts.step(static_cast<std::uint8_t>(stream[i])) || i == 0) out.pieces.emplace_back();
    out.pieces.back() += stream[i];
    if (cuts.is_between() && !was_between) out.ends.push_back(i + 1);
    was_between = cuts.is_between();
  }
  out.knows_messages = cuts.knows_messages();
  return out;
}

using Pieces = std::vector<std::string>;

TEST(WorstCuts, BareJsonIsCutInsideCharactersAndEscapesAndBeforeItsEnd) {
  EXPECT_EQ(look("{\"a\":\"gr\xc3\xbc\xc3\x9f\"}").pieces.front(), "{\"a\":\"gr\xc3");
  EXPECT_EQ(look("{\"a\":\"x\\ny\"}").pieces, (Pieces{"{\"a\":\"x\\", "ny\"", "}"}));
  EXPECT_EQ(look("{\"a\":\"\\u00e9\"}").pieces, (Pieces{"{\"a\":\"\\u00", "e9\"", "}"}));
  EXPECT_EQ(look("{\"a\":\"}\\\"}\"} [1]").pieces, (Pieces{"{\"a\":\"}\\", "\"}\"", "} [1", "]"}));
  EXPECT_EQ(look("{\"a\":{}}\r\n[1]").ends, (std::vector<std::size_t>{8, 13}));
}

TEST(WorstCuts, LinesBehindJsonEndWithTheLine) {
  const Found found = look("{\"a\":1}\n\nQUJD\nREVG\n");
  EXPECT_EQ(found.pieces, (Pieces{"{\"a\":1", "}\n\nQUJD", "\nREVG", "\n"}));
  EXPECT_EQ(found.ends, (std::vector<std::size_t>{7, 14, 19}));
}

TEST(WorstCuts, LengthsAreCutInTheMiddle) {
  bool is_cut_behind[4] = {};
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    const std::string one(std::string("\0\0\0\x03", 4) + "{1}");
    const Found found = look(one + one, seed);
    ASSERT_EQ(found.pieces.size(), 5u);
    ASSERT_LT(found.pieces[0].size(), 4u);
    is_cut_behind[found.pieces[0].size()] = true;
    EXPECT_EQ(found.pieces[0] + found.pieces[1], one.substr(0, 6));
    EXPECT_EQ(found.pieces[4], "}");
    EXPECT_EQ(found.ends, (std::vector<std::size_t>{7, 14}));
  }
  EXPECT_TRUE(is_cut_behind[1] && is_cut_behind[2] && is_cut_behind[3]);
  EXPECT_FALSE(look(std::string("\0\0\0\1x\xff\xff\xff\xff", 9) + "what is it?").knows_messages);
}

const std::string kRequest = "GET / HTTP/1.1\r\nUpgrade: WebSocket\r\nConnection: Upgrade\r\n\r\n";
const std::string kSwitching = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n";

TEST(WorstCuts, FramesAreCutInsideTheirHeadersAndCharacters) {
  const std::string masked("\x81\x84\x01\x02\x03\x04\x60\xc1\xbf\x66", 10);  // a, ü, b
  const Found request = look(kRequest + masked);
  EXPECT_TRUE(request.knows_messages);
  EXPECT_EQ(request.ends, (std::vector<std::size_t>{kRequest.size(), kRequest.size() + 10}));
  ASSERT_EQ(request.pieces.size(), 5u);
  EXPECT_LT(request.pieces[1].size(), 7u);
  EXPECT_EQ(request.pieces[2].substr(request.pieces[2].size() - 2), "\x60\xc1");
  EXPECT_EQ(request.pieces[3], "\xbf");
  EXPECT_EQ(request.pieces[4], "\x66");
  // Two fragments with a ping in between are one message and one more.
  const std::string fragments("\x01\x02{1\x89\x00\x80\x01}", 9);
  EXPECT_EQ(look(kSwitching + fragments).ends,
            (std::vector<std::size_t>{kSwitching.size(), kSwitching.size() + 6, kSwitching.size() + 9}));
  // What is compressed has no characters.
  EXPECT_EQ(look(kSwitching + std::string("\xc1\x04\xc3\xbc\xc3\xbc", 6)).pieces.size(), 4u);
  const std::string longer = std::string("\x82\x7e\x01\x00", 4) + std::string(256, 'x');
  EXPECT_EQ(look(kSwitching + longer + longer).ends.back(), kSwitching.size() + 2 * longer.size());
}

TEST(WorstCuts, OfOtherStreamsNothingIsKnown) {
  for (const std::string_view stream : {"\x16\x03\x01 TLS", "HTTP/1.1 200 OK\r\nSec-WebSocket-Version: 13\r\n\r\nbody",
                                        "GET / HTTP/1.1\r\nHost: a\r\n\r\n"}) {
    const Found found = look(stream);
    EXPECT_FALSE(found.knows_messages);
    EXPECT_TRUE(found.ends.empty());
  }
}

// What is cut by the byte ends where the dissectors have it, in broken text too.
TEST(WorstCuts, JsonEndsWhereItDoes) {
  for (unsigned seed = 1; seed <= 2000; ++seed) {
    SCOPED_TRACE(seed);
    Chance chance(seed);
    std::string text;
    for (std::size_t i = chance.below(6); i > 0; --i) text += R"({"a":["\u00e9\\\"}",{"b":"ä"}],"c":-1.5e3})";
    if (!text.empty()) chance.change(text);
    text.insert(0, "{}");
    std::vector<std::size_t> ends;
    JsonBoundary boundary;
    std::size_t begin = 0;
    while (begin < text.size() && (text[begin] == '{' || text[begin] == '[')) {
      const std::size_t size = boundary.scan(std::string_view(text).substr(begin));
      if (size == 0) break;
      boundary.reset();
      ends.push_back(begin += size);
      while (begin < text.size() && is_json_separator(text[begin])) ++begin;
    }
    std::vector<std::size_t> found;
    WorstCuts cuts(Dice({seed}));
    for (std::size_t i = 0; i < text.size() && found.size() < ends.size(); ++i) {
      const bool was_between = cuts.is_between();
      (void)cuts.step(static_cast<std::uint8_t>(text[i]));
      if (cuts.is_between() && (!was_between || !is_json_separator(text[i]))) found.push_back(i + 1);
    }
    EXPECT_EQ(found, ends) << text;
  }
}

}  // namespace
}  // namespace overhear::testing
