#include "base/amount_text.hpp"

#include <gtest/gtest.h>

#include <cstdint>

#include "base/time.hpp"

namespace overhear::testing {
namespace {

TEST(AmountText, DurationsAreInTheUnitThatFits) {
  EXPECT_EQ(exact_duration(0), "0ns");
  EXPECT_EQ(exact_duration(999), "999ns");
  EXPECT_EQ(exact_duration(750'250), "750.25µs");
  EXPECT_EQ(exact_duration(200'000'000), "200ms");
  EXPECT_EQ(exact_duration(1'532'999'999), "1.532s");
  EXPECT_EQ(exact_duration(120 * kSecond), "120s");
  EXPECT_EQ(exact_duration(INT64_MAX), "9223372036.854s");
}

TEST(AmountText, OneThingHasNoPlural) {
  EXPECT_EQ(counted(0, "message"), "0 messages");
  EXPECT_EQ(counted(1, "message"), "1 message");
  EXPECT_EQ(counted(2, "message"), "2 messages");
}

}  // namespace
}  // namespace overhear::testing
