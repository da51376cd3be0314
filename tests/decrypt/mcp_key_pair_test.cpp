#include "decrypt/mcp_key_pair.hpp"

#include <gtest/gtest.h>

#include "decrypt/dh_group.hpp"

namespace overhear::testing {
namespace {

TEST(McpKeyPair, HasTheTopBitThatIsAskedFor) {
  for (const bool has_top_bit : {false, true}) {
    for (int i = 0; i < 50; ++i) {
      const McpKeyPair pair = *make_mcp_key_pair(has_top_bit, {});
      EXPECT_EQ(pair.public_key, modp5::public_key(pair.private_key));
      ASSERT_EQ(pair.public_key.size(), modp5::kBytes);
      EXPECT_EQ(pair.public_key.front() >= 0x80, has_top_bit);
      EXPECT_GE(pair.public_key.front(), 0x10);
    }
  }
}

TEST(McpKeyPair, MakesASecretWithSoManyZeros) {
  const McpKeyPair peer = *make_mcp_key_pair(false, {});
  for (std::size_t digits = 0; digits <= kMostZeroDigits; ++digits) {
    const McpKeyPair pair = *make_mcp_key_pair(true, peer.public_key, digits);
    EXPECT_EQ(pair.public_key, modp5::public_key(pair.private_key));
    modp5::Secret secret;
    ASSERT_TRUE(modp5::shared_secret(peer.public_key, pair.private_key, secret));
    EXPECT_EQ(zero_digits_of(secret), digits);
    EXPECT_EQ(to_number(secret), power_mod(pair.public_key, peer.private_key, modp5::prime()));
  }
}

// A peer that has made its secret begin with more does not choose how long this takes.
TEST(McpKeyPair, MakesNoMoreZerosThanShowWhetherTheyAreLeftAway) {
  const McpKeyPair peer = *make_mcp_key_pair(false, {});
  for (const std::size_t digits : {std::size_t{3}, std::size_t{4}, 2 * modp5::kBytes}) {
    const McpKeyPair pair = *make_mcp_key_pair(false, peer.public_key, digits);
    modp5::Secret secret;
    ASSERT_TRUE(modp5::shared_secret(peer.public_key, pair.private_key, secret));
    EXPECT_EQ(zero_digits_of(secret), kMostZeroDigits);
  }
}

TEST(McpKeyPair, KeysThatMakeNoSecretAreNoReasonToLookForOne) {
  const Number one = {1};
  EXPECT_TRUE(make_mcp_key_pair(false, one));
  EXPECT_TRUE(make_mcp_key_pair(false, {}, 1000));
}

}  // namespace
}  // namespace overhear::testing
