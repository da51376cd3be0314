#include "ui/model/axis.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace overhear::testing {
namespace {

std::string said(const Axis& axis) {
  std::string text;
  for (const AxisMark& mark : axis.marks) text += (text.empty() ? "" : " ") + mark.text;
  return text;
}

TEST(Axis, CountsEndAtARoundNumber) {
  EXPECT_EQ(said(count_axis(0, 4)), "0 1");
  EXPECT_EQ(said(count_axis(1, 4)), "0 1");
  EXPECT_EQ(said(count_axis(3, 4)), "0 1 2 3");
  EXPECT_EQ(said(count_axis(17, 4)), "0 5 10 15 20");
  EXPECT_EQ(said(count_axis(2117, 4)), "0 1000 2000 3000");
  EXPECT_EQ(said(count_axis(66743, 4)), "0 20k 40k 60k 80k");
  EXPECT_EQ(count_axis(2117, 4).end, 3000);
  EXPECT_EQ(count_axis(17, 4).marks[1].at, 0.25);
}

TEST(Axis, BytesStandInTheirOwnRoundNumbers) {
  EXPECT_EQ(said(byte_axis(1200, 4)), "0 512 B 1 KiB 1.5 KiB");
  EXPECT_EQ(said(byte_axis(600'000, 4)), "0 256 KiB 512 KiB 768 KiB");
  EXPECT_EQ(said(byte_axis(3, 4)), "0 1 B 2 B 3 B");
  EXPECT_EQ(said(byte_axis(0, 4)), "0 1 B");
}

TEST(Axis, TimesStandInMinutesAndHoursToo) {
  EXPECT_EQ(said(time_axis(1.4e9, 4)), "0 500ms 1s");
  EXPECT_EQ(said(time_axis(21e9, 4)), "0 10s 20s");
  EXPECT_EQ(said(time_axis(300e9, 4)), "0 2min 4min");
  EXPECT_EQ(said(time_axis(86400e9, 4)), "0 6h 12h 18h 24h");
  EXPECT_EQ(said(time_axis(30 * 86400e9, 4)), "0 10d 20d 30d");
  EXPECT_EQ(said(time_axis(3000, 3)), "0 1µs 2µs 3µs");
  EXPECT_DOUBLE_EQ(time_axis(20e9, 2).marks[1].at, 0.5);
}

TEST(Axis, DecadesAreMarked) {
  EXPECT_EQ(said(decade_axis(47, 82)), "100µs 1ms 10ms 100ms");
  EXPECT_EQ(said(decade_axis(30, 31)), "1µs");
  EXPECT_DOUBLE_EQ(decade_axis(45, 55).marks[0].at, 0.5);
}

TEST(Axis, NoValueMakesAnAxisWithoutEnd) {
  for (const double most : {0.0, 1.0, 1e3, 1e9, 1e15, 9.3e18}) {
    for (const Axis& axis : {count_axis(most, 4), byte_axis(most, 4), time_axis(most, 4)}) {
      EXPECT_LE(axis.marks.size(), 12u) << most;
      EXPECT_GE(axis.end, most) << most;
    }
  }
}

}  // namespace
}  // namespace overhear::testing
