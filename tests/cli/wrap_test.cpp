#include "cli/wrap.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "session/text/printable_text.hpp"

namespace overhear::testing {
namespace {

using ::testing::ElementsAre;

TEST(Wrap, CutsBetweenWordsAndLongWordsAnywhere) {
  EXPECT_THAT(wrap("", 5), ElementsAre(""));
  EXPECT_THAT(wrap("abc", 5), ElementsAre("abc"));
  EXPECT_THAT(wrap("abc defg hi", 5), ElementsAre("abc", "defg", "hi"));
  EXPECT_THAT(wrap("abc de fgh", 6), ElementsAre("abc de", "fgh"));
  EXPECT_THAT(wrap("abcdefgh", 3), ElementsAre("abc", "def", "gh"));
  EXPECT_THAT(wrap("a bcdefgh", 3), ElementsAre("a", "bcd", "efg", "h"));
  EXPECT_THAT(wrap("abc def", 0), ElementsAre("abc def"));
}

TEST(Wrap, KeepsTheTextsOwnLinesAndMakesThemPrintable) {
  EXPECT_THAT(wrap("a\r\nb\n\nc\r\x1b", 0), ElementsAre("a", "b", "", "c\\x0d\\x1b"));
  EXPECT_THAT(wrap("a\n", 0), ElementsAre("a", ""));
}

TEST(Wrap, NoCharacterIsCutAndNoLineIsWider) {
  const std::string text = "漢字かな交じり文 e\u0301e\u0301e\u0301 🎉🎉🎉 \xff עברית";
  for (std::size_t width = 2; width < 30; ++width) {
    std::string all;
    for (const std::string& line : wrap(text, width)) {
      EXPECT_LE(columns(line), width) << line;
      all += line;
    }
    std::string expected = "漢字かな交じり文e\u0301e\u0301e\u0301🎉🎉🎉\\xffעברית";
    std::erase(all, ' ');
    EXPECT_EQ(all, expected);
  }
  EXPECT_THAT(wrap("漢", 1), ElementsAre("漢"));
}

}  // namespace
}  // namespace overhear::testing
