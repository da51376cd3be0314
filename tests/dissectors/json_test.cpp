// The grammar of RFC 8259, checked and indexed.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dissectors/json/json_index.hpp"
#include "dissectors/json/json_progress.hpp"

namespace overhear {
namespace {

using Status = JsonIndex::Status;

struct Text {
  const char* text;
  Status status;
};

Status parse(std::string_view text) {
  // Memory of its own and no byte more, so that reading beyond the end is found out.
  const std::vector<char> copy(text.begin(), text.end());
  JsonIndex json;
  return json.parse({copy.data(), copy.size()}, {});
}

TEST(JsonIndex, AcceptsAndRefusesWhatRfc8259Says) {
  constexpr auto kGood = Status::Valid;
  constexpr auto kBad = Status::Invalid;
  constexpr auto kMore = Status::Incomplete;
  const Text table[] = {
      {"{}", kGood},
      {"[]", kGood},
      {" \t\r\n[ \n1 , 2\t]\r\n", kGood},
      {"null", kGood},
      {"true", kGood},
      {"false", kGood},
      {"\"\"", kGood},
      {"0", kGood},
      {"-0", kGood},
      {"-0.0e-0", kGood},
      {"1E+2", kGood},
      {"1e400", kGood},
      {"[1e400,-1E-999]", kGood},
      {"\xEF\xBB\xBF{}", kGood},
      {R"({"a":{"b":[{},[],"",0,null,true,false]}})", kGood},
      {R"("\"\\\/\b\f\n\r\t\u0041\uD83D\uDE00")", kGood},
      {R"("\uD83D")", kGood},
      {"", kMore},
      {" ", kMore},
      {"\xEF\xBB\xBF", kMore},
      {"-", kMore},
      {"1.", kMore},
      {"1e", kMore},
      {"1e+", kMore},
      {"tru", kMore},
      {"[1", kMore},
      {"[1,", kMore},
      {"{\"a\"", kMore},
      {"{\"a\":", kMore},
      {"{\"a\":1,", kMore},
      {"\"\\", kMore},
      {"\"\\u00", kMore},
      {"\"\\u00eF", kMore},
      {"\"\xD0", kMore},
      {"\"\xF0\x9F\x98", kMore},
      {"{} {}", kBad},
      {"{}x", kBad},
      {"1 2", kBad},
      {"[1 2]", kBad},
      {"[1,]", kBad},
      {"[,1]", kBad},
      {"[}", kBad},
      {"{]", kBad},
      {"{\"a\":1]", kBad},
      {"{\"a\":1,}", kBad},
      {"{,}", kBad},
      {"{a:1}", kBad},
      {"{'a':1}", kBad},
      {"{\"a\" 1}", kBad},
      {"{\"a\":}", kBad},
      {"{1:2}", kBad},
      {"01", kBad},
      {"-01", kBad},
      {"+1", kBad},
      {".5", kBad},
      {"1.e5", kBad},
      {"1ee5", kBad},
      {"0x1F", kBad},
      {"1f", kBad},
      {"--1", kBad},
      {"- 1", kBad},
      {"NaN", kBad},
      {"Infinity", kBad},
      {"True", kBad},
      {"nul1", kBad},
      {"nulll", kBad},
      {"truefalse", kBad},
      {"\"\x01\"", kBad},
      {"\"\n\"", kBad},
      {"\"\t\"", kBad},
      {"\"\\x41\"", kBad},
      {"\"\\'\"", kBad},
      {"\"\\u00G0\"", kBad},
      {"\"\\uG000\"", kBad},
      {"\"\\u0:00\"", kBad},
      {"\"\\u000`\"", kBad},
      {"\"\\u0/", kBad},
      {"\"\\U0041\"", kBad},
      {"// comment\n1", kBad},
      {"[1,/**/2]", kBad},
      {"\f1", kBad},
      {"\xC2\xA0{}", kBad},
      {"\xFE\xFF", kBad},
      {"{} \xEF\xBB\xBF", kBad},
  };
  for (const auto& [text, status] : table) EXPECT_EQ(parse(text), status) << text;
  EXPECT_EQ(parse(std::string_view("{}\0", 3)), kBad);
  EXPECT_EQ(parse(std::string_view("\"\0\"", 3)), kBad);
}

// As the value of a member, whole and byte by byte.
JsonProgress::Status progress_of(std::string_view text) {
  JsonProgress whole({});
  const auto status = whole.scan(text);
  JsonProgress bytewise({});
  for (std::size_t size = 0; size <= text.size(); ++size) bytewise.scan(text.substr(0, size));
  EXPECT_EQ(bytewise.scan(text), status) << text;
  EXPECT_EQ(bytewise.length(), whole.length()) << text;
  return status;
}

TEST(JsonProgress, IsAsStrictAsTheParserAtEveryByte) {
  for (const char* const text : {R"({"a":[1,-2.5e+3,true,false,null,{}],"b":{"c":[[]],"":0}})",
                                 R"( {})",
                                 R"({"a":01})",
                                 R"({"a":-})",
                                 R"({"a":1.})",
                                 R"({"a":1e})",
                                 R"({"a":1E+2 })",
                                 R"({"a":tru})",
                                 R"({"a":nulll})",
                                 R"({"a":"\x"})",
                                 R"({"a":"\u12G4"})",
                                 R"({"a":"\uD83D"})",
                                 "{\"a\":\"\x1F\"}",
                                 "{\"a\":\"\xED\xA0\x80\"}",
                                 "{\"a\":\"\xF4\x90\x80\x80\"}",
                                 "{\"a\":\"\xE2\x82\xAC\xF0\x9F\x98\x80\xC3\xA9\x7F\"}",
                                 R"({"a":1,})",
                                 R"({,})",
                                 R"({"a" 1})",
                                 R"({"a":[1,]})",
                                 R"({]})",
                                 R"({"a":[}])",
                                 R"({"a":}])",
                                 R"({'a':1})",
                                 R"([1])",
                                 R"({"a":0x1})",
                                 R"({"a":1}{"b")"}) {
    JsonIndex json;
    const auto parsed = json.parse_prefix(text, {});
    const bool is_object = std::string_view(text).starts_with("{");
    const auto expected =
        parsed == Status::Valid && is_object ? JsonProgress::Status::Whole : JsonProgress::Status::Broken;
    EXPECT_EQ(progress_of(text), expected) << text;
    const std::string_view all = text;
    for (std::size_t size = 0; expected == JsonProgress::Status::Whole && size < json.length(); ++size) {
      EXPECT_EQ(progress_of(all.substr(0, size)), JsonProgress::Status::NeedMore) << all.substr(0, size);
    }
  }
}

TEST(JsonProgress, NestsAsDeepAsTheParser) {
  for (const int depth : {511, 512}) {
    const std::string text = "{\"a\":" + std::string(static_cast<std::size_t>(depth), '[') +
                             std::string(static_cast<std::size_t>(depth), ']') + "}";
    EXPECT_EQ(progress_of(text), depth == 511 ? JsonProgress::Status::Whole : JsonProgress::Status::Broken);
    EXPECT_EQ(parse(text), depth == 511 ? Status::Valid : Status::TooDeep);
  }
}

TEST(JsonIndex, TakesEveryTruncationForIncompleteAndNeverForValid) {
  const std::string text =
      "\xEF\xBB\xBF "
      "{\"a\\u0041\\uD83D\\uDE00\":[1,-2.5e+3,true,false,null,\"\xD0\x9F\xF0\x9F\x98\x80\\n\"],\"b\":{\"c\":[[]]}}";
  ASSERT_EQ(parse(text), Status::Valid);
  for (std::size_t size = 0; size < text.size(); ++size)
    EXPECT_EQ(parse(text.substr(0, size)), Status::Incomplete) << size;
}

TEST(JsonIndex, ChecksUtf8ByRfc3629) {
  const std::pair<const char*, bool> table[] = {{"\x7F", true},
                                                {"\xC2\x80", true},
                                                {"\xDF\xBF", true},
                                                {"\xE0\xA0\x80", true},
                                                {"\xEC\xBF\xBF", true},
                                                {"\xED\x9F\xBF", true},
                                                {"\xEE\x80\x80", true},
                                                {"\xEF\xBF\xBF", true},
                                                {"\xF0\x90\x80\x80", true},
                                                {"\xF4\x8F\xBF\xBF", true},
                                                {"\x80", false},
                                                {"\xBF", false},
                                                {"\xC0\x80", false},
                                                {"\xC1\xBF", false},
                                                {"\xC2\x41", false},
                                                {"\xC2\xC2", false},
                                                {"\xE0\x9F\xBF", false},
                                                {"\xE2\x82\x41", false},
                                                {"\xED\xA0\x80", false},
                                                {"\xED\xBF\xBF", false},
                                                {"\xF0\x8F\xBF\xBF", false},
                                                {"\xF4\x90\x80\x80", false},
                                                {"\xF5\x80\x80\x80", false},
                                                {"\xFF", false},
                                                {"\xF0\x9F\x98\x41", false},
                                                {"\xE2\x82", false}};
  for (const auto& [character, is_valid] : table) {
    // At every distance from the end and from a block of sixteen.
    for (std::size_t before = 0; before < 20; ++before) {
      const std::string text = fmt::format("\"{}{}\"", std::string(before, 'a'), character);
      EXPECT_EQ(parse(text), is_valid ? Status::Valid : Status::Invalid) << text << " behind " << before;
      EXPECT_EQ(parse(text + std::string(20, ' ')), is_valid ? Status::Valid : Status::Invalid);
    }
  }
}

TEST(JsonIndex, NestsUpTo512DeepAndNoDeeper) {
  for (const auto& [open, close] : {std::pair{"[", "]"}, std::pair{"{\"a\":", "}"}}) {
    const auto nested = [&](int depth) {
      std::string text;
      for (int i = 0; i < depth; ++i) text += open;
      text += open == std::string("[") ? "" : "1";
      for (int i = 0; i < depth; ++i) text += close;
      return text;
    };
    EXPECT_EQ(parse(nested(512)), Status::Valid);
    EXPECT_EQ(parse(nested(513)), Status::TooDeep);
    EXPECT_EQ(parse(nested(100'000)), Status::TooDeep);
  }
}

TEST(JsonIndex, SaysWhereAndWhyItStopped) {
  JsonIndex json;
  EXPECT_EQ(json.parse("{\"a\":1,\"b\":nope}", {}), Status::Invalid);
  EXPECT_EQ(json.error_offset(), 11u);
  EXPECT_FALSE(json.error().empty());
  EXPECT_EQ(json.find("a"), nullptr) << "nothing is looked up in a text that is not valid";
}

TEST(JsonIndex, ReadsThePrefixAndLeavesTheRest) {
  JsonIndex json;
  for (const auto& [text, length] : {std::pair{"{} x", 2u}, std::pair{"[1]{", 3u}, std::pair{" {\"a\":\"}\"}}", 10u},
                                     std::pair{"\"a\"b", 3u}, std::pair{"{}\xFF", 2u}}) {
    EXPECT_EQ(json.parse_prefix(text, {}), Status::Valid) << text;
    EXPECT_EQ(json.length(), length) << text;
  }
  EXPECT_EQ(json.parse_prefix("{\"a\":1", {}), Status::Incomplete);
  EXPECT_EQ(json.parse_prefix("{a", {}), Status::Invalid);
}

TEST(JsonIndex, KeepsValuesAsTheyStand) {
  JsonIndex json;
  const std::string digits(10'000, '7');
  const std::string text = R"({"n":-1.50e+400,"s":"a\u0041\"","i":)" + digits + R"(,"o":{ "x" : 1 },"t":true})";
  ASSERT_EQ(json.parse(text, {}), Status::Valid);
  EXPECT_EQ(json.value(*json.find("n")), "-1.50e+400");
  EXPECT_EQ(json.find("n")->kind, JsonKind::Decimal);
  EXPECT_EQ(json.value(*json.find("s")), R"(a\u0041\")");
  EXPECT_EQ(json.raw(*json.find("s")), R"("a\u0041\"")");
  EXPECT_EQ(json.value(*json.find("i")), digits);
  EXPECT_EQ(json.find("i")->kind, JsonKind::Integer);
  EXPECT_TRUE(json.flags().huge_number);
  EXPECT_EQ(json.value(*json.find("o")), "{ \"x\" : 1 }");
  EXPECT_EQ(json.find("t")->kind, JsonKind::True);
  EXPECT_EQ(json.find("none"), nullptr);
  EXPECT_EQ(json.find(json.find("n"), "x"), nullptr);
  EXPECT_EQ(json.find(nullptr, "x"), nullptr);
}

TEST(JsonIndex, FlagsIntegersThatCommonReadersRefuse) {
  JsonIndex json;
  ASSERT_EQ(json.parse(std::string(kCommonIntegerDigits, '1'), {}), Status::Valid);
  EXPECT_FALSE(json.flags().huge_number);
  ASSERT_EQ(json.parse(std::string(kCommonIntegerDigits + 1, '1'), {}), Status::Valid);
  EXPECT_TRUE(json.flags().huge_number);
}

TEST(JsonIndex, ReadsIntegersThatFit) {
  std::int64_t out = 0;
  EXPECT_TRUE(to_integer("-9223372036854775808", out));
  EXPECT_EQ(out, std::numeric_limits<std::int64_t>::min());
  EXPECT_TRUE(to_integer("-0", out));
  EXPECT_FALSE(to_integer("9223372036854775808", out));
  EXPECT_FALSE(to_integer("1.0", out));
  EXPECT_FALSE(to_integer("", out));
}

TEST(JsonIndex, FlagsLineBreaksBetweenTokensAndOnlyThere) {
  JsonIndex json;
  for (const auto& [text, has_breaks] :
       {std::pair{"{ \"a\" : 1 }", false}, std::pair{"{\n\"a\":1}", true}, std::pair{"{\"a\"\t:1}", true},
        std::pair{"{\"a\":\"\\n\\t\"}", false}, std::pair{"{\"a\":1}\r", true}}) {
    ASSERT_EQ(json.parse(text, {}), Status::Valid);
    EXPECT_EQ(json.flags().breaks_between_tokens, has_breaks) << text;
  }
}

TEST(JsonIndex, FlagsCharactersThatActOnATerminal) {
  JsonIndex json;
  for (const auto& [character, is_unsafe] :
       {std::pair{"a", false}, std::pair{"\x7F", true}, std::pair{"\xC2\x80", true}, std::pair{"\xC2\x9B", true},
        std::pair{"\xC2\xA0", false}, std::pair{"\xE2\x80\xA9", false}, std::pair{"\xE2\x80\xAA", true},
        std::pair{"\xE2\x80\xAE", true}, std::pair{"\xE2\x81\xA5", false}, std::pair{"\xE2\x81\xA6", true},
        std::pair{"\xE2\x81\xA9", true}, std::pair{"\xE2\x81\xAA", false}, std::pair{"\\u001b", false}}) {
    ASSERT_EQ(json.parse(fmt::format("{{\"{}\":1}}", character), {}), Status::Valid);
    EXPECT_EQ(json.flags().unsafe_in_strings, is_unsafe) << character << " in a name";
    ASSERT_EQ(json.parse(fmt::format("[\"{}\"]", character), {}), Status::Valid);
    EXPECT_EQ(json.flags().unsafe_in_strings, is_unsafe) << character << " in a value";
  }
}

}  // namespace
}  // namespace overhear
