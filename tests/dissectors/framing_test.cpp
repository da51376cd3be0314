// JSON back to back on a bare stream.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include "dissectors/framing/json_packages.hpp"
#include "tests/support/layer_script.hpp"

namespace overhear::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const std::string kA = R"({"type":"a","n":1})";
const std::string kB = R"({"type":"b","s":"}]{[\"\\"})";
const std::string kC = R"({"type":"c","list":[[],{},"x"]})";

LayerSetup packages() {
  LayerSetup setup;
  setup.make = framed_by<JsonPackages>();
  return setup;
}

std::string deflated(std::string_view text) {
  std::string out(compressBound(text.size()), '\0');
  uLongf size = out.size();
  compress2(reinterpret_cast<Bytef*>(out.data()), &size, reinterpret_cast<const Bytef*>(text.data()), text.size(), 6);
  out.resize(size);
  return out;
}

Heard hear(std::string_view bytes, const LayerSetup& setup = packages()) {
  Script script;
  script.client(bytes).fin();
  cut_anywhere(script, setup);
  return run(script, setup);
}

struct Separated {
  const char* name;
  std::string between;
};

class Separators : public ::testing::TestWithParam<Separated> {};

TEST_P(Separators, StandBetweenMessagesAndBelongToNone) {
  const std::string& between = GetParam().between;
  const Heard heard = hear(between + kA + between + kB + between + kC + between);
  EXPECT_THAT(heard.messages(), ElementsAre(kA, kB, kC));
  EXPECT_EQ(heard.units.size(), 3u);
  EXPECT_EQ(heard.units[0].size, kA.size());
  EXPECT_THAT(heard.findings, IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(JsonPackages, Separators,
                         ::testing::Values(Separated{"Nothing", ""}, Separated{"Spaces", "  "},
                                           Separated{"LineEnds", "\r\n"}, Separated{"Tabs", "\t"}),
                         [](const auto& test) { return test.param.name; });

TEST(JsonPackages, MayHaveNulsBetweenThemWhichIsToldOnce) {
  const std::string nul(1, '\0');
  const Heard heard = hear(kA + nul + kB + nul + kC + nul);
  EXPECT_THAT(heard.messages(), ElementsAre(kA, kB, kC));
  EXPECT_THAT(heard.findings, ElementsAre("client json.nul"));
}

TEST(JsonPackages, TellWhichPacketsCarriedEachMessage) {
  Script script;
  script.client(kA + kB.substr(0, 5)).server(kC).client(kB.substr(5, 3)).client(kB.substr(8)).fin();
  cut_anywhere(script, packages());
  const Heard heard = run(script, packages());
  ASSERT_EQ(heard.units.size(), 3u);
  EXPECT_THAT(heard.units[0].packets, ElementsAre(1));
  EXPECT_THAT(heard.units[1].packets, ElementsAre(2));
  EXPECT_THAT(heard.units[2].packets, ElementsAre(1, 3, 4));
  EXPECT_EQ(heard.units[2].first.ns, 1 * kSecond);
  EXPECT_EQ(heard.units[2].last.ns, 4 * kSecond);
}

TEST(JsonPackages, MayBeNumbersLiteralsStringsAndArrays) {
  const Heard heard = hear(R"(12 true null"a b"[1,2]-1.5e3 {})");
  EXPECT_THAT(heard.messages(), ElementsAre("12", "true", "null", "\"a b\"", "[1,2]", "-1.5e3", "{}"));
}

TEST(JsonPackages, EndANumberWithTheStream) {
  EXPECT_THAT(hear("1 2 34").messages(), ElementsAre("1", "2", "34"));
}

TEST(JsonPackages, MayBeginWithAByteOrderMark) {
  const std::string mark = "\xEF\xBB\xBF";
  EXPECT_THAT(hear(mark + kA + kB).messages(), ElementsAre(mark + kA, kB));
  EXPECT_THAT(hear(mark + kA + mark + kB).messages(), ElementsAre(mark + kA, mark + kB));
  EXPECT_THAT(hear(mark + "17").messages(), ElementsAre(mark + "17"));
}

TEST(JsonPackages, TornBehindAByteOrderMarkAreTold) {
  const Heard heard = hear("\xEF\xBB\xBF[[[]]");
  ASSERT_EQ(heard.units.size(), 1u);
  EXPECT_EQ(heard.units[0].bytes, "\xEF\xBB\xBF[[[]]");
  EXPECT_TRUE(heard.units[0].has("app.partial"));
}

TEST(JsonPackages, MayEachBeAZlibStream) {
  const Heard heard = hear(deflated(kA) + deflated(kB) + "\r\n" + deflated(kC));
  EXPECT_THAT(heard.messages(), ElementsAre(kA, kB, kC));
  EXPECT_EQ(heard.units[0].size, deflated(kA).size());
}

TEST(JsonPackages, MixZlibWithPlainText) {
  EXPECT_THAT(hear(kA + deflated(kB) + kC + deflated(kA)).messages(), ElementsAre(kA, kB, kC, kA));
}

TEST(JsonPackages, ThatInflateOverTheLimitAreNotOpened) {
  LayerSetup setup = packages();
  setup.limits.message_bytes = 1000;
  const Heard heard = hear(deflated(std::string(100'000, ' ')) + kA, setup);
  EXPECT_THAT(heard.messages(), ElementsAre(kA));
  EXPECT_TRUE(heard.has_finding("app.message_limit"));
}

TEST(JsonPackages, AreFoundBehindAnyNumberOfThoseOverTheLimit) {
  LayerSetup setup = packages();
  setup.limits.message_bytes = 200'000;
  Script script;
  for (int i = 0; i < 20; ++i) script.client(deflated(std::string(300'000, ' ')));
  EXPECT_THAT(run(script.client(deflated(kA)).fin(), setup).messages(), ElementsAre(kA));
}

TEST(JsonPackages, WithADamagedZlibStreamAreData) {
  std::string damaged = deflated(kA);
  damaged[damaged.size() - 1] ^= 1;  // the checksum
  const Heard heard = hear(damaged + kB);
  EXPECT_THAT(heard.messages(), ElementsAre(kB));
  EXPECT_TRUE(heard.has_finding("app.skipped"));
}

TEST(JsonPackages, TornInsideAZlibStreamAreData) {
  const std::string whole = deflated(kB);
  for (std::size_t size = 1; size < whole.size(); ++size) {
    const Heard heard = hear(kA + whole.substr(0, size));
    EXPECT_THAT(heard.messages(), ElementsAre(kA));
    ASSERT_EQ(heard.units.size(), 2u);
    EXPECT_EQ(heard.units[1].bytes, whole.substr(0, size));
    EXPECT_TRUE(heard.units[1].has("app.partial"));
  }
}

TEST(JsonPackages, GoOnBehindGarbage) {
  const Heard heard = hear(kA + hex("01 02 ff fe 03") + kB + "}}]]" + kC);
  EXPECT_THAT(heard.messages(), ElementsAre(kA, kB, kC));
  EXPECT_TRUE(heard.has_finding("app.skipped"));
}

TEST(JsonPackages, ShowWordsThatAreNoJsonAsData) {
  const Heard heard = hear("hello " + kA);
  EXPECT_THAT(heard.messages(), ElementsAre(kA));
  ASSERT_EQ(heard.units.size(), 2u);
  EXPECT_EQ(heard.units[0].bytes, "hello");
  EXPECT_TRUE(heard.units[0].has("json.invalid"));
}

TEST(JsonPackages, InvalidInsideEndWhereTheirBracketsBalance) {
  const Heard heard = hear(R"({"type":nope,"b":[1,}})" + kA);
  EXPECT_THAT(heard.messages(), ElementsAre(R"({"type":nope,"b":[1,}})", kA));
  EXPECT_FALSE(heard.units[0].is_json);
}

// One that is wrong and never ends hides none of those that follow, wherever it breaks off.
TEST(JsonPackages, WithoutAnEndAreDataUpToTheNextMessage) {
  for (const std::string broken : {R"({"type":"x","text":"not closed)", R"({"type":"x","text":"not closed})",
                                   R"({"type":"x","l":[{"a":1},{"b":nope)", R"({"a":"{\"type\":1)", R"([1,2,"three)",
                                   R"("a text)", R"({"type":"x")", R"({")", "\xEF\xBB\xBF{\"type\":\"x"}) {
    for (const std::string between : {"", "\n", "\r\n  "}) {
      SCOPED_TRACE(broken + between);
      const Heard heard = hear(kC + broken + between + kA + between + kB + kC);
      EXPECT_THAT(heard.messages(), ElementsAre(kC, kA, kB, kC));
      ASSERT_GE(heard.units.size(), 2u);
      EXPECT_TRUE(heard.units[1].is_opaque);
      EXPECT_TRUE(heard.units[1].has("json.invalid"));
    }
  }
}

TEST(JsonPackages, WithoutAnEndAreDataWhereTheStreamEndsToo) {
  const Heard heard = hear(kA + R"({"type":"x","text":"a)" + "\n" + R"(b","c")");
  EXPECT_THAT(heard.messages(), ElementsAre(kA));
  EXPECT_TRUE(heard.units[1].is_opaque);
  EXPECT_TRUE(heard.units[1].has("json.invalid"));
}

TEST(JsonPackages, InsideAnotherMessageAreNone) {
  const std::string list = R"([{"type":"a"},{"type":"b"} ,[{"type":"c"}], {"x":{"type":"d"}}])";
  const std::string wrong = R"({"type":"a","broken":tru,"list":[ {"type":"b"}, {"type":"c"}],"x": {"type":"d"}})";
  EXPECT_THAT(hear(list + wrong + kA).messages(), ElementsAre(list, wrong, kA));
}

TEST(JsonPackages, WithoutAnEndSurviveALossBehindThem) {
  const auto c = Direction::Client;
  const std::string broken = R"({"type":"x","text":"not closed)";
  lose_anywhere({{c, kA, kA}, {c, broken + "\n", ""}, {c, kB, kB}, {c, kC, kC}, {c, kA, kA}}, packages());
}

TEST(JsonPackages, AreShownAsSaidWhenThePeerClosesInsideOne) {
  const Heard heard = hear(kA + R"({"type":"b","x)");
  EXPECT_THAT(heard.messages(), ElementsAre(kA, R"({"type":"b","x)"));
  EXPECT_TRUE(heard.units[1].has("app.partial"));
}

TEST(JsonPackages, AreDataWhenTheCaptureEndsInsideOne) {
  Script script;
  script.client(kA + R"({"type":"b","x)");
  cut_anywhere(script, packages());
  const Heard heard = run(script, packages());
  EXPECT_THAT(heard.messages(), ElementsAre(kA));
  EXPECT_TRUE(heard.units[1].is_opaque);
  EXPECT_TRUE(heard.units[1].has("app.partial"));
}

TEST(JsonPackages, PickedUpInTheMiddleBeginWithTheFirstWholeMessage) {
  LayerSetup setup = packages();
  setup.is_midstream = true;
  const Heard heard = hear(R"(nner":{"x":1},"type":"torn"})" + kA + kB, setup);
  EXPECT_THAT(heard.messages(), ElementsAre(kA, kB));
  EXPECT_TRUE(heard.has_finding("app.partial"));
}

TEST(JsonPackages, InsideATornOneAreNotTakenForAMessage) {
  LayerSetup setup = packages();
  setup.is_midstream = true;
  const Heard heard = hear(R"(:{"type":"inner"},"l":[{"type":"element"},{"type":"second"}]})" + kB, setup);
  EXPECT_THAT(heard.messages(), ElementsAre(kB));
}

TEST(JsonPackages, OverTheLimitAreCutAndTheNextIsFound) {
  LayerSetup setup = packages();
  setup.limits.message_bytes = 100;
  const std::string large = R"({"type":"large","x":")" + std::string(300, 'x') + "\"}";
  const Heard heard = hear(kA + large + kB + "\xEF\xBB\xBF" + large + kC, setup);
  EXPECT_THAT(heard.messages(), ElementsAre(kA, kB, kC));
  EXPECT_TRUE(heard.has_finding("app.message_limit"));
}

TEST(JsonPackages, SurviveALossAtEveryPosition) {
  const auto c = Direction::Client;
  lose_anywhere({{c, kA, kA}, {c, kB, kB}, {c, kC, kC}}, packages());
  lose_anywhere({{c, kA + "\n", kA}, {c, kB + "\r\n", kB}, {c, kC + " ", kC}}, packages());
}

TEST(JsonPackages, OfTwoSidesSurviveALossOnOne) {
  lose_anywhere({{Direction::Client, kA, kA}, {Direction::Server, kB, kB}, {Direction::Client, kC, kC}}, packages());
}

TEST(JsonPackages, CompressedSurviveALossAtEveryPosition) {
  const auto c = Direction::Client;
  const std::string long_a = R"({"type":"a","text":"a text a text a text that is long enough to be worth it"})";
  lose_anywhere({{c, deflated(long_a), long_a}, {c, kB, kB}, {c, deflated(kC), kC}, {c, deflated(kA), kA}}, packages());
}

TEST(JsonPackages, WithMessagesInsideTheirTextsSurviveALoss) {
  const auto c = Direction::Client;
  const std::string quoting =
      R"({"type":"q","text":"he said {\"type\":\"a\"} and {}","list":[{"x":"in"} ,{"x":"in"}]})";
  lose_anywhere({{c, quoting, quoting}, {c, quoting, quoting}, {c, kA, kA}}, packages());
}

}  // namespace
}  // namespace overhear::testing
