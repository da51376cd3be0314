#include "session/statistics/distribution.hpp"

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

TEST(Distribution, SmallValuesAreExact) {
  Distribution distribution;
  for (std::int64_t value = 1; value <= 100; ++value) distribution.add(value);
  EXPECT_EQ(distribution.count(), 100u);
  EXPECT_EQ(distribution.percentile(500), 50);
  EXPECT_EQ(distribution.percentile(990), 99);
  EXPECT_EQ(distribution.percentile(1000), 100);
  EXPECT_EQ(distribution.percentile(0), 1);
  EXPECT_EQ(distribution.mean(), 50);
}

TEST(Distribution, ARankIsRoundedUp) {
  Distribution distribution;
  for (const std::int64_t value : {10, 20, 30}) distribution.add(value);
  EXPECT_EQ(distribution.rank(500), 2u);
  EXPECT_EQ(distribution.percentile(500), 20);
  EXPECT_EQ(distribution.rank(0), 1u);
  EXPECT_EQ(distribution.rank(1000), 3u);
}

TEST(Distribution, APercentileIsBetweenTheLeastAndTheGreatest) {
  for (const std::int64_t last : {998'400'000, 1'006'000'000}) {  // at either end of one bucket
    Distribution distribution;
    for (int i = 0; i < 3; ++i) distribution.add(last - 100'000 * i);
    EXPECT_GE(distribution.percentile(400), distribution.least());
    EXPECT_LE(distribution.percentile(400), distribution.greatest());
  }
}

TEST(Distribution, OneValueIsEveryPercentile) {
  Distribution distribution;
  distribution.add(123'456'789);
  for (const unsigned per_mille : {0u, 1u, 500u, 999u, 1000u})
    EXPECT_EQ(distribution.percentile(per_mille), 123'456'789);
}

TEST(Distribution, PercentilesAreWithinOnePercentWhateverTheDistribution) {
  std::mt19937_64 random(7);
  for (const double spread : {2.0, 9.0, 18.0}) {
    std::vector<std::int64_t> values;
    Distribution distribution;
    std::uniform_real_distribution<double> power(0, spread);
    for (int i = 0; i < 20'000; ++i) {
      values.push_back(static_cast<std::int64_t>(std::pow(10, power(random))));
      distribution.add(values.back());
    }
    for (unsigned per_mille = 0; per_mille <= 1000; per_mille += 5) {
      const auto truth = static_cast<double>(nearest_rank(values, per_mille));
      EXPECT_NEAR(static_cast<double>(distribution.percentile(per_mille)), truth, 0.008 * truth) << per_mille;
    }
    EXPECT_EQ(distribution.least(), *std::ranges::min_element(values));
    EXPECT_EQ(distribution.greatest(), *std::ranges::max_element(values));
  }
}

TEST(Distribution, TheGreatestValuesDoNotOverflow) {
  Distribution distribution;
  for (int i = 0; i < 4; ++i) distribution.add(INT64_MAX);
  distribution.add(-5);
  EXPECT_EQ(distribution.percentile(1000), INT64_MAX);
  EXPECT_EQ(distribution.least(), 0);
  EXPECT_EQ(distribution.mean(), INT64_MAX / 5 * 4 + 1);
}

}  // namespace
}  // namespace overhear::testing
