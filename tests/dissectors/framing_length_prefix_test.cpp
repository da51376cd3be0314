// Messages behind a 4-byte length, and how a bare stream's framing is told by its first bytes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dissectors/framing/first_bytes.hpp"
#include "dissectors/framing/length_prefix.hpp"
#include "dissectors/framing/opaque_layer.hpp"
#include "dissectors/framing/plain_layer.hpp"
#include "tests/support/layer_script.hpp"

namespace overhear::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr auto kClient = Direction::Client;
const std::string kA = R"({"req_id":1,"type":"a"})";
const std::string kB = R"({"req_id":2,"type":"b","x":{"y":[1,2,{}]}})";
const std::string kC = R"({"req_id":3,"type":"c"})";

LayerSetup prefixed() {
  LayerSetup setup;
  setup.make = framed_by<LengthPrefix>();
  return setup;
}

std::string with_length(std::uint32_t length, std::string_view text) {
  std::string out;
  for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>(length >> shift & 0xFF);
  return out.append(text);
}

std::string prefixed(std::string_view text) {
  return with_length(static_cast<std::uint32_t>(text.size()), text);
}

Heard hear(std::string_view bytes, const LayerSetup& setup = prefixed()) {
  Script script;
  script.client(bytes).fin();
  cut_anywhere(script, setup);
  return run(script, setup);
}

TEST(LengthPrefix, CutsMessagesWhereTheirLengthsSay) {
  const Heard heard = hear(prefixed(kA) + prefixed(kB) + prefixed("no JSON"));
  EXPECT_THAT(heard.messages(), ElementsAre(kA, kB, "no JSON"));
  EXPECT_EQ(heard.units[0].size, kA.size() + 4);
  EXPECT_THAT(heard.findings, IsEmpty());
}

TEST(LengthPrefix, OfZeroIsReportedAndPassedOver) {
  const Heard heard = hear(prefixed(kA) + hex("00 00 00 00") + prefixed(kB));
  EXPECT_THAT(heard.messages(), ElementsAre(kA, kB));
  EXPECT_TRUE(heard.units[1].is_opaque);
  EXPECT_TRUE(heard.units[1].has("scrp.bad_length"));
}

TEST(LengthPrefix, OfFourGigabytesIsReportedAndTheNextMessageFound) {
  const Heard heard = hear(prefixed(kA) + hex("ff ff ff ff") + prefixed(kB) + prefixed(kC));
  EXPECT_THAT(heard.messages(), ElementsAre(kA, kB, kC));
  EXPECT_TRUE(heard.has_finding("scrp.bad_length"));
}

TEST(LengthPrefix, OverTheLimitIsReportedAndTheNextMessageFound) {
  LayerSetup setup = prefixed();
  setup.limits.message_bytes = 200;
  setup.limits.opaque_run_bytes = 64;
  const std::string large = R"({"x":")" + std::string(300, 'x') + "\"}";
  const Heard heard = hear(prefixed(kA) + prefixed(large) + prefixed(kB), setup);
  EXPECT_THAT(heard.messages(), ElementsAre(kA, kB));
  EXPECT_TRUE(heard.has_finding("scrp.bad_length"));
}

// A length is wrong when the next message stands inside what it spans, and hides none that follow.
TEST(LengthPrefix, ThatIsWrongHidesNoneThatFollow) {
  for (const std::uint32_t length : {60u, 150u, 5000u, 1'000'000u}) {
    std::string wrong = prefixed(kA);
    for (int i = 0; i < 4; ++i) wrong[i] = static_cast<char>(length >> (24 - 8 * i));
    const Heard heard = hear(prefixed(kC) + wrong + prefixed(kB) + prefixed(kC) + prefixed(kA));
    EXPECT_THAT(heard.messages(), ElementsAre(kC, kB, kC, kA)) << length;
    EXPECT_EQ(heard.units[1].bytes, wrong);
    EXPECT_TRUE(heard.units[1].has("scrp.bad_length"));
  }
}

TEST(LengthPrefix, OfSomethingThatIsNoJsonIsBelieved) {
  const Heard heard = hear(prefixed("no json") + prefixed(kA) + prefixed("{\"a\":") + prefixed(kB));
  EXPECT_THAT(heard.messages(), ElementsAre("no json", kA, "{\"a\":", kB));
}

TEST(LengthPrefix, OfNothingIsToldAFewTimesAndThenPassedOver) {
  const std::string zeros(10'000, '\0');
  const Heard heard = hear(prefixed(kA) + zeros.substr(0, 8) + prefixed(kB) + zeros + prefixed(kC));
  EXPECT_THAT(heard.messages(), ElementsAre(kA, kB, kC));
  EXPECT_LT(heard.units.size(), 12u);
  std::uint64_t size = 0;
  for (const Said& unit : heard.units) size += unit.size;
  EXPECT_EQ(size, zeros.size() + 8 + 3 * 4 + kA.size() + kB.size() + kC.size());
}

TEST(LengthPrefix, FoundInTheMiddleIsNotHiddenByWhatOnlyLooksLikeOne) {
  LayerSetup setup = prefixed();
  setup.is_midstream = true;
  const std::string decoy = hex("00 0f 00 00") + R"({"never":"whole)";
  const Heard heard = hear("torn}" + decoy + prefixed(kA) + decoy + R"(")" + prefixed(kB), setup);
  EXPECT_THAT(heard.messages(), ElementsAre(kA, kB));
}

TEST(LengthPrefix, TornAtTheEndIsData) {
  const Heard heard = hear(prefixed(kA) + prefixed(kB).substr(0, 20));
  EXPECT_THAT(heard.messages(), ElementsAre(kA));
  EXPECT_TRUE(heard.units[1].is_opaque);
  EXPECT_TRUE(heard.units[1].has("app.partial"));
}

TEST(LengthPrefix, PickedUpInTheMiddleBeginsWithTheFirstWholeMessage) {
  LayerSetup setup = prefixed();
  setup.is_midstream = true;
  const Heard heard = hear(R"(ner":{"x":1}})" + prefixed(kA) + prefixed(kB), setup);
  EXPECT_THAT(heard.messages(), ElementsAre(kA, kB));
}

TEST(LengthPrefix, GoesOnBehindTheRestOfAMessageWithALossInside) {
  // The rest need not be searched: it holds what looks like a message, which was never one.
  const std::string decoy = "0123456789" + prefixed(kC) + "0123456789";
  Script script;
  script.client(prefixed(decoy).substr(0, 6)).gap(kClient, 5).client(prefixed(decoy).substr(11)).client(prefixed(kA));
  script.fin();
  cut_anywhere(script, prefixed());
  EXPECT_THAT(run(script, prefixed()).messages(), ElementsAre(kA));
}

TEST(LengthPrefix, GoesOnBehindSeveralLossesInOneMessage) {
  const std::string text(100, 'x');
  const std::string wire = prefixed(text);
  Script script;
  script.client(wire.substr(0, 10)).gap(kClient, 10).client(wire.substr(20, 10)).gap(kClient, 74).client(prefixed(kA));
  script.fin();
  cut_anywhere(script, prefixed());
  EXPECT_THAT(run(script, prefixed()).messages(), ElementsAre(kA));
}

TEST(LengthPrefix, SurvivesALossAtEveryPosition) {
  lose_anywhere({{kClient, prefixed(kA), kA}, {kClient, prefixed(kB), kB}, {kClient, prefixed(kC), kC}}, prefixed(),
                {.lengths = {1, 2, 3, 4, 5, 27, 50}});
}

struct Beginning {
  const char* name;
  std::string bytes;
  std::optional<FirstBytes> told;
};

TEST(FirstBytes, TellTheFraming) {
  const Beginning table[] = {
      {"nothing", "", std::nullopt},
      {"an object", "{", FirstBytes::Json},
      {"white space", " \r\n", std::nullopt},
      {"an object behind white space", "\r\n{", FirstBytes::Json},
      {"half a byte order mark", "\xEF\xBB", std::nullopt},
      {"a byte order mark", "\xEF\xBB\xBF", std::nullopt},
      {"an object behind a byte order mark", "\xEF\xBB\xBF{", FirstBytes::Json},
      {"an array", "[1]", FirstBytes::Unknown},
      {"half a zlib header", "x", std::nullopt},
      {"a zlib header", "x\x9C", FirstBytes::Zlib},
      {"the fastest zlib header", "x\x01", FirstBytes::Zlib},
      {"a word", "xyz", FirstBytes::Unknown},
      {"half a length", hex("00 00 00 17"), std::nullopt},
      {"a length", hex("00 00 00 17 7b"), FirstBytes::LengthPrefix},
      {"a length of 130,816", hex("00 01 ff 00 7b"), FirstBytes::LengthPrefix},
      {"a length of zero", hex("00 00 00 00 7b"), FirstBytes::Unknown},
      {"a length before something else", hex("00 00 00 17 41"), FirstBytes::Unknown},
      {"a length over every limit", hex("01 00 00 17 7b"), FirstBytes::Unknown},
      {"a frame", hex("81 05 48"), FirstBytes::Unknown},
  };
  for (const auto& [name, bytes, told] : table) EXPECT_EQ(framing_of(bytes), told) << name;
}

LayerSetup plain(StreamFraming usual) {
  LayerSetup setup;
  setup.make = layer<PlainLayer>(usual);
  return setup;
}

TEST(PlainLayer, TellsEachSidesFramingByItsFirstBytes) {
  for (const StreamFraming usual : {StreamFraming::Json, StreamFraming::LengthPrefix}) {
    Script script;
    script.client(kA).server(prefixed(kB)).client(kC).server(prefixed(kA)).fin();
    cut_anywhere(script, plain(usual));
    const Heard heard = run(script, plain(usual));
    EXPECT_THAT(heard.messages(Direction::Client), ElementsAre(kA, kC));
    EXPECT_THAT(heard.messages(Direction::Server), ElementsAre(kB, kA));
  }
}

TEST(PlainLayer, FallsBackOnTheUsualFramingInTheMiddleOfAStream) {
  LayerSetup setup = plain(StreamFraming::LengthPrefix);
  setup.is_midstream = true;
  Script script;
  script.client("{}}" + prefixed(kA) + prefixed(kB)).fin();
  cut_anywhere(script, setup);
  EXPECT_THAT(run(script, setup).messages(), ElementsAre(kA, kB));
}

TEST(PlainLayer, KeepsALoneByteForTheEnd) {
  for (const char* const bytes : {"x", "\xEF", " "}) {
    Script script;
    script.client(bytes).fin();
    EXPECT_THAT(run(script, plain(StreamFraming::Json)).messages(), IsEmpty());
  }
}

TEST(OpaqueLayer, CutsARunWhereTheOtherSideSpeaks) {
  LayerSetup setup;
  setup.make = layer<OpaqueLayer>();
  setup.limits.opaque_run_bytes = 8;
  Script script;
  script.client("abc").client("def").server("12").client("ghi").gap(kClient, 3).client("0123456789").fin();
  cut_anywhere(script, setup);
  std::vector<std::string> runs;
  for (const Said& unit : run(script, setup).units) {
    EXPECT_TRUE(unit.is_opaque);
    runs.push_back(unit.bytes);
  }
  EXPECT_THAT(runs, ElementsAre("abcdef", "12", "ghi", "01234567", "89"));
}

}  // namespace
}  // namespace overhear::testing
