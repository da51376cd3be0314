#include "session/statistics/latency_histogram.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

namespace overhear::testing {
namespace {

// By definition: the least value that so many thousandths of all do not exceed.
std::int64_t nearest_rank(std::vector<std::int64_t> values, unsigned per_mille) {
  std::ranges::sort(values);
  const std::size_t rank = std::max<std::size_t>(1, (values.size() * per_mille + 999) / 1000);
  return values[rank - 1];
}

TEST(LatencyHistogram, SmallValuesAreExact) {
  LatencyHistogram histogram;
  for (std::int64_t value = 1; value <= 100; ++value) histogram.add(value);
  EXPECT_EQ(histogram.count(), 100u);
  EXPECT_EQ(histogram.percentile(500), 50);
  EXPECT_EQ(histogram.percentile(990), 99);
  EXPECT_EQ(histogram.percentile(1000), 100);
  EXPECT_EQ(histogram.percentile(0), 1);
  EXPECT_EQ(histogram.mean(), 50);
}

TEST(LatencyHistogram, OneValueIsEveryPercentile) {
  LatencyHistogram histogram;
  histogram.add(123'456'789);
  for (const unsigned per_mille : {0u, 1u, 500u, 999u, 1000u}) EXPECT_EQ(histogram.percentile(per_mille), 123'456'789);
}

TEST(LatencyHistogram, PercentilesAreWithinOnePercentWhateverTheDistribution) {
  std::mt19937_64 random(7);
  for (const double spread : {2.0, 9.0, 18.0}) {
    std::vector<std::int64_t> values;
    LatencyHistogram histogram;
    std::uniform_real_distribution<double> power(0, spread);
    for (int i = 0; i < 20'000; ++i) {
      values.push_back(static_cast<std::int64_t>(std::pow(10, power(random))));
      histogram.add(values.back());
    }
    for (unsigned per_mille = 0; per_mille <= 1000; per_mille += 5) {
      const auto truth = static_cast<double>(nearest_rank(values, per_mille));
      EXPECT_NEAR(static_cast<double>(histogram.percentile(per_mille)), truth, 0.008 * truth) << per_mille;
    }
    EXPECT_EQ(histogram.least(), *std::ranges::min_element(values));
    EXPECT_EQ(histogram.greatest(), *std::ranges::max_element(values));
  }
}

TEST(LatencyHistogram, TheGreatestValuesDoNotOverflow) {
  LatencyHistogram histogram;
  for (int i = 0; i < 4; ++i) histogram.add(INT64_MAX);
  histogram.add(-5);
  EXPECT_EQ(histogram.percentile(1000), INT64_MAX);
  EXPECT_EQ(histogram.least(), 0);
  EXPECT_EQ(histogram.mean(), INT64_MAX / 5 * 4 + 1);
}

}  // namespace
}  // namespace overhear::testing
