#include "cli/bars.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace overhear::testing {
namespace {

TEST(Bars, ABarIsItsPartOfTheWidthInEighths) {
  EXPECT_EQ(bar(0, 100, 4), "");
  EXPECT_EQ(bar(100, 100, 4), "████");
  EXPECT_EQ(bar(50, 100, 4), "██");
  EXPECT_EQ(bar(53, 100, 4), "██▏");
  EXPECT_EQ(bar(1, 1'000'000, 4), "▏");
  EXPECT_EQ(bar(7, 0, 4), "");
  EXPECT_EQ(bar(200, 100, 2), "██");
}

TEST(Bars, ARowHasAColumnForEachValue) {
  EXPECT_EQ(bar_row(std::vector<std::uint64_t>{0, 1, 4, 8, 1000 / 125}), " ▁▄██");
  EXPECT_EQ(bar_row(std::vector<std::uint64_t>{0, 0}), "  ");
  EXPECT_EQ(bar_row({}), "");
}

TEST(Bars, NumbersAreShortInTheUnitThatFits) {
  EXPECT_EQ(short_duration(-5), "0ns");
  EXPECT_EQ(short_duration(999), "999ns");
  EXPECT_EQ(short_duration(5'499'999), "5.4ms");
  EXPECT_EQ(short_duration(54'999'999), "54ms");
  EXPECT_EQ(short_duration(120'000'000'000), "120s");
  EXPECT_EQ(short_bytes(61), "61 B");
  EXPECT_EQ(short_bytes(1599), "1.5 kB");
  EXPECT_EQ(short_bytes(UINT64_MAX), "18446744 TB");
  EXPECT_EQ(short_count(9'999), "9.9k");
}

}  // namespace
}  // namespace overhear::testing
