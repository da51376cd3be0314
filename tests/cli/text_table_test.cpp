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

TEST(TextTable, EmptyColumnsTakeNoPlaceAndEmptyCellsLeaveNoBlanks) {
  EXPECT_EQ(table({{"a", "", "one"}, {"bb", "", ""}}, 1, 80), " a   one\n bb\n");
  EXPECT_EQ(table({{"a", "x", ""}, {"b", "", ""}}, 0, 80), "a  x\nb\n");
  EXPECT_EQ(table({}, 0, 80), "");
}

}  // namespace
}  // namespace overhear::testing
