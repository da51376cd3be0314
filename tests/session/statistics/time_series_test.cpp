#include "session/statistics/time_series.hpp"

#include <gtest/gtest.h>

#include <numeric>
#include <vector>

namespace overhear::testing {
namespace {

constexpr std::int64_t kMillisecond = kSecond / 1000;

std::vector<std::uint64_t> messages_of(const TimeSeries& series) {
  std::vector<std::uint64_t> messages;
  for (const TimeSeries::Interval& interval : series.intervals()) messages.push_back(interval.messages);
  return messages;
}

TEST(TimeSeries, CountsInIntervalsOfAMillisecondAtFirst) {
  TimeSeries series;
  for (const std::int64_t at : {0, 0, 2, 5}) series.add({7 * kSecond + at * kMillisecond}, 10);
  EXPECT_EQ(messages_of(series), (std::vector<std::uint64_t>{2, 0, 1, 0, 0, 1}));
  EXPECT_EQ(series.intervals()[0].bytes, 20u);
  EXPECT_EQ(series.interval_ns(), kMillisecond);
  EXPECT_EQ(series.begin().ns, 7 * kSecond);
}

TEST(TimeSeries, IsTheSameAsIfItsIntervalHadBeenKnownFromTheBeginning) {
  for (const std::int64_t step : {1, 3, 17, 1000, 99'999}) {
    TimeSeries series;
    std::vector<std::int64_t> times;
    for (std::int64_t i = 0; i < 1000; ++i) {
      times.push_back(i * i % 977 * step * kMillisecond / 7);
      if (i == 0) times.back() = 0;
      series.add({times.back()}, 1);
    }
    std::vector<std::uint64_t> expected(series.intervals().size());
    for (const std::int64_t time : times) ++expected.at(static_cast<std::size_t>(time / series.interval_ns()));
    EXPECT_EQ(messages_of(series), expected) << step;
    EXPECT_LE(expected.size(), TimeSeries::kMost);
    EXPECT_TRUE(series.interval_ns() == kMillisecond || expected.size() > TimeSeries::kMost / 2) << step;
  }
}

TEST(TimeSeries, AnyTimeFits) {
  TimeSeries series;
  series.add({INT64_MIN}, 1);
  series.add({INT64_MAX}, 1);
  series.add({0}, 1);
  EXPECT_LE(series.intervals().size(), TimeSeries::kMost);
  const auto messages = messages_of(series);
  EXPECT_EQ(std::accumulate(messages.begin(), messages.end(), std::uint64_t{0}), 3u);
}

TEST(TimeSeries, WhatIsFromBeforeTheBeginningCountsThere) {
  TimeSeries series;
  series.add({5 * kSecond}, 1);
  series.add({4 * kSecond}, 1);
  EXPECT_EQ(messages_of(series), std::vector<std::uint64_t>{2});
}

}  // namespace
}  // namespace overhear::testing
