#include "cli/text_table.hpp"

#include <gtest/gtest.h>

namespace overhear::testing {
namespace {

std::string table(const std::vector<TextRow>& rows, std::size_t indent, std::size_t width) {
  std::string out;
  append_table(out, rows, indent, width);
  return out;
}

TEST(TextTable, ColumnsAreAsWideAsWhatIsInThem) {
  EXPECT_EQ(table({{"a", "string", "one"}, {"煎茶", "array", "two"}}, 2, 80),
            "  a     string  one\n"
            "  煎茶  array   two\n");
}

TEST(TextTable, TheLastColumnIsWrappedUnderItself) {
  EXPECT_EQ(table({{"a", "string", "one two three four"}}, 0, 20),
            "a  string  one two\n"
            "           three\n"
            "           four\n");
  EXPECT_EQ(table({{"a", "b", "averylongword x"}}, 0, 10), "a  b  averylongword\n      x\n");
}

std::string wrapped(std::string_view text, std::size_t at, std::size_t indent, std::size_t width) {
  std::string out(at, '>');
  append_wrapped(out, text, at, indent, width);
  return out;
}

TEST(TextTable, AWordThatIsLongerThanALineIsCut) {
  EXPECT_EQ(wrapped("ab 0123456789abcdef cd", 0, 2, 12),
            "ab\n"
            "  0123456789\n"
            "  abcdef cd\n");
  EXPECT_EQ(wrapped("煎茶煎茶煎茶煎", 0, 1, 9), "煎茶煎茶\n 煎茶煎\n");
}

TEST(TextTable, AFirstWordGoesToTheNextLineWhereItIsWholeThere) {
  EXPECT_EQ(wrapped("0123456 x", 6, 2, 12), ">>>>>>\n  0123456 x\n");
  EXPECT_EQ(wrapped("0123456789ab", 6, 2, 12), ">>>>>>012345\n  6789ab\n");
}

TEST(TextTable, ColumnsThatStandApartStay) {
  EXPECT_EQ(wrapped("  a   b", 0, 4, 12), "  a   b\n");
}

TEST(TextTable, EmptyColumnsTakeNoPlaceAndEmptyCellsLeaveNoBlanks) {
  EXPECT_EQ(table({{"a", "", "one"}, {"bb", "", ""}}, 1, 80), " a   one\n bb\n");
  EXPECT_EQ(table({{"a", "x", ""}, {"b", "", ""}}, 0, 80), "a  x\nb\n");
  EXPECT_EQ(table({}, 0, 80), "");
}

}  // namespace
}  // namespace overhear::testing
