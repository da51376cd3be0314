#include "ui/model/text_wrap.hpp"

#include <gtest/gtest.h>

#include <string>

namespace overhear::testing {
namespace {

CharacterWidths one_each() {
  CharacterWidths widths;
  widths.plain.fill(1);
  widths.column = 1;
  return widths;
}

std::vector<std::string> wrapped(std::string_view text, float width) {
  std::vector<std::pair<std::size_t, std::size_t>> lines;
  wrap_text(text, one_each(), width, lines);
  std::vector<std::string> texts;
  for (const auto& [begin, end] : lines) texts.emplace_back(text.substr(begin, end - begin));
  return texts;
}

using Lines = std::vector<std::string>;

TEST(TextWrap, BreaksBehindSpacesInWordsThatAreTooLongAndAtLineFeeds) {
  EXPECT_EQ(wrapped("", 5), Lines{""});
  EXPECT_EQ(wrapped("abcde", 5), Lines{"abcde"});
  EXPECT_EQ(wrapped("ab cd ef", 5), (Lines{"ab cd ", "ef"}));
  EXPECT_EQ(wrapped("abcdefgh", 3), (Lines{"abc", "def", "gh"}));
  EXPECT_EQ(wrapped("a bcdefgh", 4), (Lines{"a ", "bcde", "fgh"}));
  EXPECT_EQ(wrapped("a\n\nb", 5), (Lines{"a", "", "b"}));
  EXPECT_EQ(wrapped("a\n", 5), (Lines{"a", ""}));
}

TEST(TextWrap, CountsColumnsBeyondAscii) {
  EXPECT_EQ(wrapped("你好你好", 4), (Lines{"你好", "你好"}));
  EXPECT_EQ(wrapped("чай чай", 4), (Lines{"чай ", "чай"}));
  EXPECT_EQ(text_width("чай你", one_each()), 5);
}

TEST(TextWrap, EndsAtAnyWidthAndForAnyBytes) {
  EXPECT_EQ(wrapped("abc", 0), (Lines{"a", "b", "c"}));
  EXPECT_EQ(wrapped("\xff\xc3", 1), (Lines{"\xff", "\xc3"}));
}

}  // namespace
}  // namespace overhear::testing
