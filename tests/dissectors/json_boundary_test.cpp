// Where one JSON value ends.
#include <gtest/gtest.h>

#include "dissectors/json/json_boundary.hpp"
#include "dissectors/json/utf8.hpp"

namespace overhear {
namespace {

struct Value {
  const char* text;
  std::size_t length;  // 0: more is needed
  std::size_t at_end;  // when nothing follows; 0: torn
};

const Value kTable[] = {
    {"{}", 2, 2},
    {"{}{}", 2, 2},
    {"[]]", 2, 2},
    {"{\"a\":[1,{}]} x", 12, 12},
    {"{\"}\":\"\\\"}\"}", 11, 11},
    {"{\"\\\\\"}", 6, 6},
    {"\"a\"b", 3, 3},
    {"\"a\\\"\"", 5, 5},
    {"12 ", 2, 2},
    {"12", 0, 2},
    {"true,", 4, 4},
    {"null", 0, 4},
    {"-1.5e+7]", 7, 7},
    {"0x1F{", 4, 4},
    {"{", 0, 0},
    {"{\"a", 0, 0},
    {"{\"a\\", 0, 0},
    {"\"", 0, 0},
    {"\"\\\"", 0, 0},
    {"[[[]]", 0, 0},
    {"{]", 2, 2},
    {"[1}", 3, 3},
    {"}", 1, 1},
};

TEST(JsonBoundary, FindsTheEndOfAValue) {
  for (const auto& [text, length, at_end] : kTable) {
    EXPECT_EQ(JsonBoundary().scan(text), length) << text;
    EXPECT_EQ(JsonBoundary().length_at_end(text), at_end) << text;
  }
}

TEST(JsonBoundary, FindsTheSameEndWhenTheTextGrows) {
  for (const auto& [text, length, at_end] : kTable) {
    const std::string_view all = text;
    for (std::size_t step = 1; step < 4; ++step) {
      JsonBoundary boundary;
      std::size_t found = 0;
      for (std::size_t size = step; found == 0 && size <= all.size(); size += step)
        found = boundary.scan(all.substr(0, size));
      if (found == 0) found = boundary.scan(all);
      EXPECT_EQ(found, length) << text << " by " << step;
      EXPECT_EQ(found > 0 ? found : boundary.length_at_end(all), at_end) << text << " by " << step;
    }
  }
}

TEST(JsonBoundary, IsFreshBeforeAValueAndAfterAReset) {
  JsonBoundary boundary;
  EXPECT_TRUE(boundary.is_fresh());
  for (const char* const text : {"{", "\"", "12", "[\"a"}) {
    boundary.scan(text);
    EXPECT_FALSE(boundary.is_fresh()) << text;
    boundary.reset();
    EXPECT_TRUE(boundary.is_fresh());
  }
}

TEST(Utf8, IsCheckedAcrossBlocksOfEightBytes) {
  for (std::size_t before = 0; before < 20; ++before) {
    for (std::size_t behind = 0; behind < 20; ++behind) {
      const std::string head(before, 'a');
      const std::string tail(behind, 'b');
      EXPECT_TRUE(is_utf8(head + "\xF0\x9F\x98\x80" + tail));
      EXPECT_FALSE(is_utf8(head + "\xF0\x9F\x98" + tail));
      EXPECT_FALSE(is_utf8(head + "\x80" + tail));
    }
  }
  EXPECT_TRUE(is_utf8(""));
}

TEST(Utf8, KnowsWhetherACharacterIsCut) {
  const auto is_cut = [](std::string_view text) { return utf8_is_cut(text.data(), text.data() + text.size()); };
  EXPECT_TRUE(is_cut("\xD0"));
  EXPECT_TRUE(is_cut("\xE2\x82"));
  EXPECT_TRUE(is_cut("\xF0\x9F\x98"));
  EXPECT_FALSE(is_cut("a"));
  EXPECT_FALSE(is_cut("\x80"));
  EXPECT_FALSE(is_cut("\xC0"));
  EXPECT_FALSE(is_cut("\xE2\x41"));
  EXPECT_FALSE(is_cut("\xD0\x9F"));
  EXPECT_FALSE(is_cut("\xFF"));
}

TEST(Utf8, IsWrittenInItsShortestForm) {
  for (const auto& [character, bytes] :
       {std::pair{U'\x7F', "\x7F"}, std::pair{U'\x80', "\xC2\x80"}, std::pair{U'\x7FF', "\xDF\xBF"},
        std::pair{U'\x800', "\xE0\xA0\x80"}, std::pair{U'\xFFFF', "\xEF\xBF\xBF"},
        std::pair{U'\x10000', "\xF0\x90\x80\x80"}, std::pair{U'\x10FFFF', "\xF4\x8F\xBF\xBF"}}) {
    std::string out;
    append_utf8(out, character);
    EXPECT_EQ(out, bytes);
  }
}

}  // namespace
}  // namespace overhear
