#include "base/utf8.hpp"

#include <gtest/gtest.h>

#include <utility>

namespace overhear {
namespace {

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

TEST(Utf8, IsWrittenInItsShortestFormAndReadBack) {
  for (const auto& [character, bytes] :
       {std::pair{U'\x7F', "\x7F"}, std::pair{U'\x80', "\xC2\x80"}, std::pair{U'\x7FF', "\xDF\xBF"},
        std::pair{U'\x800', "\xE0\xA0\x80"}, std::pair{U'\xFFFF', "\xEF\xBF\xBF"},
        std::pair{U'\x10000', "\xF0\x90\x80\x80"}, std::pair{U'\x10FFFF', "\xF4\x8F\xBF\xBF"}}) {
    std::string out;
    append_utf8(out, character);
    EXPECT_EQ(out, bytes);
    EXPECT_EQ(utf8_character(out.data(), utf8_length(out.data(), out.data() + out.size())), character);
  }
}

TEST(Utf8, APrefixCutsNoCharacter) {
  EXPECT_EQ(utf8_prefix("abc", 3), "abc");
  EXPECT_EQ(utf8_prefix("abc", 2), "ab");
  EXPECT_EQ(utf8_prefix("a\xE2\x82\xAC", 4), "a\xE2\x82\xAC");
  EXPECT_EQ(utf8_prefix("a\xE2\x82\xAC", 3), "a");
  EXPECT_EQ(utf8_prefix("a\xE2\x82\xAC", 2), "a");
  EXPECT_EQ(utf8_prefix("\xF0\x9F\x98\x80\xF0\x9F\x98\x80", 7), "\xF0\x9F\x98\x80");
  // What is no character is cut anywhere.
  EXPECT_EQ(utf8_prefix("\x80\x80\x80\x80\x80\x80\x80", 6).size(), 6u);
  EXPECT_EQ(utf8_prefix("\x80\x80", 0), "");
}

}  // namespace
}  // namespace overhear
