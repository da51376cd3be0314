#include "session/text/json_layout.hpp"

#include <gtest/gtest.h>

namespace overhear::testing {
namespace {

struct Case {
  std::string_view text;
  std::string_view indented;
  std::string_view compact;
};
constexpr Case kCases[] = {
    {"{}", "{}", "{}"},
    {" { } ", "{}", "{}"},
    {"[\n]", "[]", "[]"},
    {"7", "7", "7"},
    {R"("a b")", R"("a b")", R"("a b")"},
    {R"({"b":1,"a":[true,null]})", "{\n  \"b\": 1,\n  \"a\": [\n    true,\n    null\n  ]\n}",
     R"({"b":1,"a":[true,null]})"},
    {"{\"data\": {\"x\": {}}, \"n\" : -1.50e+2}\r\n", "{\n  \"data\": {\n    \"x\": {}\n  },\n  \"n\": -1.50e+2\n}",
     R"({"data":{"x":{}},"n":-1.50e+2})"},
    {R"(["{,:}","\\","\"","\\\"]"])", "[\n  \"{,:}\",\n  \"\\\\\",\n  \"\\\"\",\n  \"\\\\\\\"]\"\n]",
     R"(["{,:}","\\","\"","\\\"]"])"},
    {R"({"a":1,"a":123456789012345678901234567890})", "{\n  \"a\": 1,\n  \"a\": 123456789012345678901234567890\n}",
     R"({"a":1,"a":123456789012345678901234567890})"},
    {"\xEF\xBB\xBF{\"\\u0061\":\"é\"}", "{\n  \"\\u0061\": \"é\"\n}", "{\"\\u0061\":\"é\"}"},
};

TEST(JsonLayout, ChangesNothingButWhiteSpace) {
  for (const auto& [text, indented, compact] : kCases) {
    ASSERT_TRUE(is_json(text)) << text;
    EXPECT_EQ(indented_json(text), indented);
    EXPECT_EQ(compact_json(text), compact);
    EXPECT_EQ(compact_json(indented), compact);
    EXPECT_EQ(indented_json(compact), indented);
  }
}

TEST(JsonLayout, KnowsWhatIsNone) {
  for (const std::string_view text : {"", "{", "{\"a\":1,}", "words", "{} {}", "[\"\x01\"]", "[\"\xFF\"]"}) {
    EXPECT_FALSE(is_json(text)) << text;
  }
  EXPECT_FALSE(is_json(std::string(513, '[') + std::string(513, ']')));
}

TEST(JsonLayout, TellsNamesFromStrings) {
  std::string out;
  lay_out(R"({"a":"b","c":["d",1]})", [&](JsonPart part, std::string_view) {
    out += "mNSLb"[static_cast<int>(part)];
    return true;
  });
  EXPECT_EQ(out, "mbNmSmbNmmbSmbLbmbm");
}

TEST(JsonLayout, EndsEarlyWhereItIsTold) {
  int pieces = 0;
  lay_out("[1,2,3,4,5,6,7]", [&](JsonPart, std::string_view) { return ++pieces < 5; });
  EXPECT_EQ(pieces, 5);
}

TEST(JsonLayout, IsBoundedForWhatNestsDeep) {
  std::string text(500, '[');
  for (int i = 0; i < 10'000; ++i) text += "1,";
  text += '1' + std::string(500, ']');
  EXPECT_LT(indented_json(text).size(), 100 * text.size());
  EXPECT_EQ(compact_json(indented_json(text)), text);
}

}  // namespace
}  // namespace overhear::testing
