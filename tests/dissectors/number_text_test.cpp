// Numbers in the one way that all who mean the same number have in common.
#include <gtest/gtest.h>

#include "dissectors/number_text.hpp"

namespace overhear::testing {
namespace {

TEST(PlainNumber, IsTheSameHoweverItIsWritten) {
  struct Case {
    std::string_view number;
    std::string_view plain;
  };
  for (const auto& [number, plain] : std::initializer_list<Case>{
           {"0", "0"},
           {"-0.0", "0"},
           {"0e99999999999999999999", "0e99999999999999999999"},
           {"5", "5"},
           {"5.0", "5"},
           {"50e-1", "5"},
           {"-5.00", "-5"},
           {"100", "100"},
           {"1E+2", "100"},
           {"0.1e3", "100"},
           {"1.7E12", "1700000000000"},
           {"1700000000000.0", "1700000000000"},
           {"17000e8", "1700000000000"},
           {"1700000000000.50", "1700000000000.5"},
           {"-2.5", "-2.5"},
           {"25e-1", "2.5"},
           {"0.00250", "0.0025"},
           {"2.5e-3", "0.0025"},
           // Doubles end at 2^53.
           {"9007199254740993", "9007199254740993"},
           {"9.007199254740993e15", "9007199254740993"},
           {"9007199254740992e0", "9007199254740992"},
           {"123456789012345678901234567890.0", "123456789012345678901234567890"},
       }) {
    EXPECT_EQ(plain_number(number), plain) << number;
  }
}

TEST(PlainNumber, IsNoLongerThanTheLongestIntegerThatIsRead) {
  EXPECT_EQ(plain_number("1e4299"), "1" + std::string(4299, '0'));
  EXPECT_EQ(plain_number("10e4299"), "1e4300");
  EXPECT_EQ(plain_number("0.1e4301"), "1e4300");
  EXPECT_EQ(plain_number("5e-9999"), "5e-9999");
  EXPECT_EQ(plain_number("0.5e-9998"), "5e-9999");
  EXPECT_EQ(plain_number("1e9223372036854775807"), "1e9223372036854775807");
  EXPECT_EQ(plain_number("0.1e-9223372036854775808"), "0.1e-9223372036854775808");
}

}  // namespace
}  // namespace overhear::testing
