#include "ui/model/time_window.hpp"

#include <gtest/gtest.h>

#include "base/time.hpp"

namespace overhear {
namespace {

constexpr TimeWindow kWhole{1'000'000, 101'000'000};

TEST(TimeWindow, ZoomingKeepsWhatIsUnderThePointer) {
  const TimeWindow half = zoomed(kWhole, kWhole, 0.25, 0.5);
  EXPECT_EQ(half.span(), 50'000'000);
  EXPECT_EQ(half.begin + half.span() / 4, kWhole.begin + kWhole.span() / 4);
  const TimeScale before{.window = kWhole, .left = 100, .width = 800};
  const TimeScale after{.window = half, .left = 100, .width = 800};
  EXPECT_NEAR(static_cast<double>(before.time_at(300)), static_cast<double>(after.time_at(300)), 1);
}

TEST(TimeWindow, NothingBeyondEverythingIsLookedAt) {
  EXPECT_EQ(zoomed({2'000'000, 3'000'000}, kWhole, 0, 1e9), kWhole);
  EXPECT_EQ(panned({2'000'000, 3'000'000}, kWhole, -INT64_MAX), (TimeWindow{1'000'000, 2'000'000}));
  EXPECT_EQ(panned({2'000'000, 3'000'000}, kWhole, INT64_MAX), (TimeWindow{100'000'000, 101'000'000}));
  EXPECT_EQ(zoomed(kWhole, kWhole, 1, 1e-12).span(), kLeastSpan);
  EXPECT_EQ(clamped({5, 5}, kWhole).span(), kLeastSpan);
}

TEST(TimeWindow, OneMomentHasAWindowToo) {
  const TimeWindow window = window_around(5 * kSecond, 5 * kSecond);
  EXPECT_LT(window.begin, 5 * kSecond);
  EXPECT_GT(window.end, 5 * kSecond);
  EXPECT_GE(window.span(), kLeastSpan);
}

TEST(TimeWindow, MovesNoFartherThanUntilAMomentIsInSight) {
  const TimeWindow window{10'000'000, 20'000'000};
  EXPECT_EQ(showing(window, kWhole, 15'000'000), window);
  EXPECT_EQ(showing(window, kWhole, 5'000'000), (TimeWindow{4'200'000, 14'200'000}));
  EXPECT_EQ(showing(window, kWhole, 25'000'000), (TimeWindow{15'800'000, 25'800'000}));
}

TEST(TimeAxis, StepsAreRound) {
  EXPECT_EQ(axis_step(1'000'000, 10), 100'000);
  EXPECT_EQ(axis_step(1'100'000, 10), 200'000);
  EXPECT_EQ(axis_step(4'900'000, 10), 500'000);
  EXPECT_EQ(axis_step(90 * kSecond, 10), 10 * kSecond);
  EXPECT_EQ(axis_step(110 * kSecond, 10), 15 * kSecond);
  EXPECT_EQ(axis_step(3600 * kSecond, 10), 600 * kSecond);
  EXPECT_EQ(axis_step(INT64_MAX, 10) % (86'400 * kSecond), 0);
  EXPECT_GE(axis_step(1, 1000), 1);
}

TEST(TimeAxis, TimesHaveTheUnitOfTheGreatestAndThePlacesOfTheStep) {
  EXPECT_EQ(axis_text(0, 1, 1), "0");
  EXPECT_EQ(axis_text(200'000'000, 50'000'000, 900'000'000), "200 ms");
  EXPECT_EQ(axis_text(1'250'000'000, 50'000'000, 2 * kSecond), "1.25 s");
  EXPECT_EQ(axis_text(500, 100, 5'000), "0.5 µs");
  EXPECT_EQ(axis_text(-20'000, 10'000, 90'000), "-20 µs");
  EXPECT_EQ(axis_text(200 * kSecond, 100 * kSecond, 900 * kSecond), "3:20");
  EXPECT_EQ(axis_text(3'725 * kSecond + kSecond / 2, kSecond / 2, 4'000 * kSecond), "1:02:05.5");
}

}  // namespace
}  // namespace overhear
