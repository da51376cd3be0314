#include "decrypt/number.hpp"

#include <gtest/gtest.h>

#include <array>

#include "decrypt/hex.hpp"

namespace overhear {
namespace {

TEST(Hex, ReadsBothCasesAndRefusesTheRest) {
  std::vector<std::uint8_t> out;
  EXPECT_TRUE(decode_hex("00fFaB", out));
  EXPECT_EQ(out, (std::vector<std::uint8_t>{0x00, 0xff, 0xab}));
  EXPECT_TRUE(decode_hex("", out));
  EXPECT_TRUE(out.empty());
  for (const char* bad : {"0", "0g", "g0", "0x", " 00", "00 ", "-1", "\xff\xff"}) {
    EXPECT_FALSE(decode_hex(bad, out)) << bad;
    EXPECT_TRUE(out.empty());
  }
}

TEST(Hex, OddLengthImpliesALeadingZeroWhereAllowed) {
  std::vector<std::uint8_t> out;
  EXPECT_TRUE(decode_hex("abc", out, OddHex::LeadingZero));
  EXPECT_EQ(out, (std::vector<std::uint8_t>{0x0a, 0xbc}));
  EXPECT_FALSE(decode_hex("xbc", out, OddHex::LeadingZero));
}

TEST(Number, IsTheSameHoweverManyZerosStandInFront) {
  EXPECT_EQ(number_from_hex("0000abc"), number_from_hex("ABC"));
  EXPECT_EQ(number_from_hex("0"), Number{});
  EXPECT_EQ(number_from_hex(""), std::nullopt);
  EXPECT_EQ(number_from_hex("0x10"), std::nullopt);
}

TEST(Number, PrintsAsBigIntegersDo) {
  EXPECT_EQ(number_to_hex(Number{0x0a, 0xbc}), "abc");
  EXPECT_EQ(number_to_hex(Number{}), "0");
  EXPECT_EQ(number_to_decimal(Number{0x01, 0x00}), "256");
  EXPECT_EQ(number_from_decimal("256"), (Number{0x01, 0x00}));
  EXPECT_EQ(number_from_decimal("25a"), std::nullopt);
  EXPECT_EQ(number_from_decimal(std::string(1235, '9')), std::nullopt);
}

TEST(Number, ComparesAndMeasuresWithoutLeadingZeros) {
  const Number small = {0x00, 0x01, 0xff}, large = {0x02, 0x00};
  EXPECT_LT(compare_numbers(small, large), 0);
  EXPECT_GT(compare_numbers(large, small), 0);
  EXPECT_EQ(compare_numbers(small, Number{0x01, 0xff}), 0);
  EXPECT_EQ(compare_numbers({}, Number{0x00}), 0);
  EXPECT_EQ(bit_length(small), 9u);
  EXPECT_EQ(bit_length({}), 0u);
}

TEST(Number, RaisesAndInvertsWithinBounds) {
  EXPECT_EQ(power_mod(Number{3}, Number{4}, Number{10}), Number{1});
  EXPECT_EQ(power_mod(Number{3}, Number{}, Number{10}), Number{1});
  EXPECT_EQ(power_mod(Number{3}, Number{4}, Number{1}), Number{});
  EXPECT_EQ(power_mod(Number{3}, Number{4}, Number{}), std::nullopt);
  EXPECT_EQ(power_mod(Number{3}, Number(kMaxNumberBytes + 1, 0xff), Number{10}), std::nullopt);
  EXPECT_EQ(power_mod(Number{3}, Number{4}, Number(kMaxNumberBytes + 1, 0xff)), std::nullopt);
  EXPECT_EQ(inverse_mod(Number{3}, Number{10}), Number{7});
  EXPECT_EQ(inverse_mod(Number{2}, Number{10}), std::nullopt);
}

TEST(Number, IsPaddedToAGivenLength) {
  std::array<std::uint8_t, 4> out{9, 9, 9, 9};
  write_padded(Number{0x00, 0x01, 0x02}, out);
  EXPECT_EQ(out, (std::array<std::uint8_t, 4>{0, 0, 1, 2}));
}

}  // namespace
}  // namespace overhear
