#include "decrypt/dh_group.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/bn.h>

#include <memory>

#include "decrypt/hex.hpp"
#include "tests/decrypt/test_keys.hpp"

namespace overhear {
namespace {

using test::unhex;

TEST(Modp5, PrimeIsThatOfOpenssl) {
  const std::unique_ptr<BIGNUM, decltype(&BN_free)> prime(BN_get_rfc3526_prime_1536(nullptr), &BN_free);
  std::vector<std::uint8_t> bytes(static_cast<std::size_t>(BN_num_bytes(prime.get())));
  BN_bn2bin(prime.get(), bytes.data());
  EXPECT_EQ(to_hex(modp5::prime()), to_hex(bytes));
}

TEST(Modp5, BothSidesAgree) {
  EXPECT_EQ(modp5::public_key(unhex(test::kClientPrivate)), unhex(test::kClientPublic));
  EXPECT_EQ(modp5::public_key(unhex(test::kServerPrivate)), unhex(test::kServerPublic));
  modp5::Secret secret{};
  ASSERT_TRUE(modp5::shared_secret(unhex(test::kServerPublic), unhex(test::kClientPrivate), secret));
  EXPECT_EQ(to_hex(secret), test::kSecret);
  ASSERT_TRUE(modp5::shared_secret(unhex(test::kClientPublic), unhex(test::kServerPrivate), secret));
  EXPECT_EQ(to_hex(secret), test::kSecret);
}

TEST(Modp5, AShortSecretIsPaddedInFront) {
  modp5::Secret secret{};
  ASSERT_TRUE(modp5::shared_secret(unhex(test::kThirdPublic), unhex(test::kClientPrivate), secret));
  EXPECT_EQ(to_hex(secret), test::kShortSecret);
}

TEST(Modp5, NumbersThatAreTooLargeAreRefused) {
  modp5::Secret secret{};
  EXPECT_FALSE(modp5::shared_secret(unhex(test::kThirdPublic), Number(513, 1), secret));
  EXPECT_TRUE(modp5::public_key(Number(513, 1)).empty());
}

TEST(Modp5, SaysWhatIsWrongWithAPublicKey) {
  using testing::HasSubstr;
  Number prime = to_number(modp5::prime());
  Number less = prime;
  --less.back();
  Number more = prime;
  more.insert(more.begin(), 1);
  EXPECT_THAT(modp5::weakness({}), HasSubstr("is 0"));
  EXPECT_THAT(modp5::weakness(Number{0, 0}), HasSubstr("is 0"));
  EXPECT_THAT(modp5::weakness(Number{0, 1}), HasSubstr("is 1"));
  EXPECT_THAT(modp5::weakness(less), HasSubstr("prime less 1"));
  EXPECT_THAT(modp5::weakness(prime), HasSubstr("not smaller than the prime"));
  EXPECT_THAT(modp5::weakness(more), HasSubstr("longer than the 1536 bits"));
  EXPECT_THAT(modp5::weakness(Number(32, 0x80)), HasSubstr("256 of 1536 bits"));
  EXPECT_EQ(modp5::weakness(unhex(test::kClientPublic)), "");
  EXPECT_EQ(modp5::weakness(unhex("0000" + std::string(test::kServerPublic))), "");
  EXPECT_EQ(modp5::weakness(Number(185, 0xff)), "");
}

}  // namespace
}  // namespace overhear
