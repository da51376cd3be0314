#include "ui/model/density.hpp"

#include <gtest/gtest.h>

#include <numeric>

namespace overhear {
namespace {

std::uint64_t sum(const std::vector<GravityCounts>& columns) {
  std::uint64_t total = 0;
  for (const GravityCounts& counts : columns) total = std::accumulate(counts.begin(), counts.end(), total);
  return total;
}

TEST(Density, WhatComesLaterWidensTheBinsAndLosesNothing) {
  Density density;
  for (std::int64_t i = 0; i < 1'000; ++i) density.add(i * 1'000'000'000, 0);
  const auto columns = density.columns({0, 1'000'000'000'000}, 10);
  EXPECT_EQ(sum(columns), 1'000u);
  for (const GravityCounts& counts : columns) EXPECT_NEAR(counts[0], 100, 1);
}

TEST(Density, WhatComesLateIsPutBefore) {
  Density density;
  density.add(7'500'000'000, 3);
  density.add(6'500'000'000, 1);
  density.add(1'500'000'000, 2);
  const auto columns = density.columns({0, 10'000'000'000}, 10);
  EXPECT_EQ(sum(columns), 3u);
  EXPECT_EQ(columns[1][2], 1u);
  EXPECT_EQ(columns[6][1], 1u);
  EXPECT_EQ(columns[7][3], 1u);
}

TEST(Density, ABinWiderThanAColumnIsCountedForAllItCovers) {
  Density density;
  density.add(0, 0);
  density.add(static_cast<std::int64_t>(Density::kBins) * 1'000, 0);  // bins of 1024 ns or more
  const auto columns = density.columns({0, 1'000}, 100);
  EXPECT_GT(columns[0][0], 0u);
  EXPECT_GT(columns[90][0], 0u);
}

TEST(Density, AnyTimesAreTaken) {
  Density density;
  for (const std::int64_t time : {std::int64_t{0}, INT64_MAX, std::int64_t{1}, INT64_MAX / 2}) density.add(time, 0);
  EXPECT_FALSE(density.is_empty());
  EXPECT_TRUE(density.columns({0, 10}, 0).empty());
}

}  // namespace
}  // namespace overhear
