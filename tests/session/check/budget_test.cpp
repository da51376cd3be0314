#include "session/check/budget.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/time.hpp"

namespace overhear::testing {
namespace {

using ::testing::HasSubstr;

Budget budget(std::string_view text) {
  const auto budgets = parse_budgets(text);
  if (!budgets || budgets->size() != 1) {
    ADD_FAILURE() << text << ": " << (budgets ? "not one" : budgets.error());
    return {};
  }
  return budgets->front();
}

std::string wrong(std::string_view text) {
  const auto budgets = parse_budgets(text);
  return budgets ? "nothing" : budgets.error();
}

TEST(Budget, APercentileHasItsThousandthsAndItsLimitInNanoseconds) {
  const Budget p99 = budget("latency.p99=200ms");
  EXPECT_EQ(p99.metric, Metric::LatencyPercentile);
  EXPECT_EQ(p99.per_mille, 990u);
  EXPECT_EQ(p99.limit, 200 * kSecond / 1000);
  EXPECT_FALSE(p99.is_least);
  EXPECT_EQ(budget("latency.p50<=1.5s").limit, kSecond * 3 / 2);
  EXPECT_EQ(budget("latency.mean=7us").limit, 7000);
  EXPECT_EQ(budget("latency.max=0").limit, 0);
}

TEST(Budget, AtLeastAndAtMostIncludeTheLimit) {
  const Budget least = budget("messages>=3");
  EXPECT_TRUE(least.allows(3));
  EXPECT_FALSE(least.allows(2));
  for (const char* const text : {"messages=3", "messages<=3"}) {
    EXPECT_TRUE(budget(text).allows(3));
    EXPECT_FALSE(budget(text).allows(4));
  }
}

TEST(Budget, OneTypeIsNamedInBracketsWhateverItsNameHolds) {
  const Budget one = budget("latency.p99[Room.Join]=50ms");
  EXPECT_EQ(one.of, "Room.Join");
  EXPECT_EQ(one.name, "latency.p99[Room.Join]");
  EXPECT_EQ(budget("messages[a,b=c<d]=1").of, "a,b=c<d");
}

TEST(Budget, AListHasEachOfThem) {
  const auto budgets = parse_budgets("latency.p99[a,b]=1s, findings.warning=0,unanswered=2");
  ASSERT_TRUE(budgets);
  ASSERT_EQ(budgets->size(), 3u);
  EXPECT_EQ((*budgets)[0].of, "a,b");
  EXPECT_EQ((*budgets)[1].severity, Severity::Warning);
  EXPECT_EQ((*budgets)[1].text, "findings.warning=0");
  EXPECT_EQ((*budgets)[2].metric, Metric::Unanswered);
  EXPECT_EQ((*budgets)[2].limit, 2);
}

TEST(Budget, WhatIsWrongIsNamed) {
  EXPECT_EQ(wrong("latency.p89=1s"), "there is no metric latency.p89; did you mean latency.p99?");
  EXPECT_THAT(wrong("speed=1"), HasSubstr("there are latency.p50, latency.p90"));
  EXPECT_THAT(wrong("latency.p99"), HasSubstr("METRIC=LIMIT"));
  EXPECT_THAT(wrong("latency.p99=200"), HasSubstr("'200' is no duration"));
  EXPECT_THAT(wrong("latency.p99=fast"), HasSubstr("'fast' is no duration"));
  EXPECT_THAT(wrong("messages=1ms"), HasSubstr("'1ms' is no number"));
  EXPECT_THAT(wrong("messages=-1"), HasSubstr("no number"));
  EXPECT_THAT(wrong("messages=99999999999999999999"), HasSubstr("no number"));
  EXPECT_THAT(wrong("messages<3"), HasSubstr("<= or >="));
  EXPECT_THAT(wrong("unanswered[mcp]=1"), HasSubstr("one type alone"));
  EXPECT_THAT(wrong("messages[]=1"), HasSubstr("which protocol or type"));
  EXPECT_THAT(wrong("messages[mcp=1"), HasSubstr("no end"));
  for (const char* const text : {"", ",", "messages=1,", "[", "]", "[]=", "=", "messages[a"}) {
    EXPECT_NE(wrong(text), "nothing") << text;
  }
}

}  // namespace
}  // namespace overhear::testing
