#include "decrypt/cchat_key.hpp"

#include <gtest/gtest.h>

#include <array>

namespace overhear {
namespace {

// Three clients and two exchanges, computed with Python's pow() and its cryptography package.
constexpr std::string_view kPrime1 = "dccc5d01dabcd1c0b9fa89c91e7f4bde603121ee0172b50d";
constexpr std::string_view kPrime2 = "9cc579e46722aa994354818d4c6cef4d5ad9d0288479508d";
constexpr std::string_view kAlice = "2bd806c97f0e00af1a1fc3328fa763a9269723c8db8fac4f";
constexpr std::string_view kBob = "81b637d8fcd2c6da6359e6963113a1170de795e4b725b84d";
constexpr std::string_view kCarol = "4c26d9074c27d89ede59270c0ac14b71e071b15239519f75";
constexpr std::string_view kAlice1 = "19dc1b1926f003549eff1ed51f83e1b38829873916032ba3";
constexpr std::string_view kBob1 = "b505d2e026fb9a2b3042c348b0313f0ef71454c1d0597b4c";
constexpr std::string_view kFirst =
    "waY4aMnlnu5mvdZouMapW9R1R1zrxDX2zxBh1hOACnZaux5aQDcNo81FlxFznxhLCgYtdMQDLWBu\n"
    "IF11yVebV5BaCijEua5I3YhlfPIhZzaYGJLUC9Y3u02KIifU1KyC\n";
// Alice's exponent is now what she agreed on with Bob.
constexpr std::string_view kAlice2 = "5e3a26e6ef9f7a83b38059501e7349bcddf6f3f731e3c93d";
constexpr std::string_view kCarol2 = "167d226d5d907ec9c66666b4567272b7bffdd3c9ac7b0fc";
constexpr std::string_view kSecond =
    "UOIFz97ITFV3kz9rGTyNC13VPdko+P6rksY64UC0UbAZ8FO0tfdnWCN2VR8wR0kDiE10wY8z7GyO\nED3Ef/foEg==\n";
// What she answers with her private key unchanged, as the specification has it.
constexpr std::string_view kAliceFixed2 = "15ee902a19d08eb22c6f15c398ec5ae6fea721254fda9695";

constexpr std::string_view kFirstText =
    R"({"user":"Bob","content":"Grüße an alle, die schon da sind","room":"Wintergarten"})";
constexpr std::string_view kSecondText = R"({"user":"carol","content":"hi","room":"Wintergarten"})";

CchatPrivateKey key(std::string_view hex) {
  return {*number_from_hex(hex)};
}

TEST(CchatKeyChain, FollowsTwoExchangesOfARealClient) {
  CchatKeyChain chain(key(kAlice));
  std::string text;
  EXPECT_FALSE(chain.open(kFirst, text));
  ASSERT_TRUE(chain.on_keyxchg_1(kPrime1, "02", 1));
  EXPECT_EQ(chain.on_keyxchg_2(kAlice1), CchatEvidence::Fits);
  EXPECT_FALSE(chain.open(kFirst, text)) << "one round is left";
  ASSERT_TRUE(chain.on_keyxchg_1(kPrime1, kBob1, 0));
  EXPECT_EQ(chain.on_keyxchg_2(""), CchatEvidence::None);
  ASSERT_TRUE(chain.open(kFirst, text));
  EXPECT_EQ(text, kFirstText);

  ASSERT_TRUE(chain.on_keyxchg_1(kPrime2, "02", 1));
  EXPECT_EQ(chain.on_keyxchg_2(kAlice2), CchatEvidence::Fits);
  ASSERT_TRUE(chain.on_keyxchg_1(kPrime2, kCarol2, 0));
  ASSERT_TRUE(chain.open(kSecond, text));
  EXPECT_EQ(text, kSecondText);
  // What was sent before the exchange may arrive after it.
  EXPECT_TRUE(chain.open(kFirst, text));
  EXPECT_EQ(text, kFirstText);
}

TEST(CchatKeyChain, BothEndsComeToTheSameKey) {
  CchatKeyChain chain(key(kBob));
  std::string text;
  ASSERT_TRUE(chain.on_keyxchg_1(kPrime1, kAlice1, 0));
  EXPECT_TRUE(chain.open(kFirst, text));
  EXPECT_EQ(text, kFirstText);
}

TEST(CchatKeyChain, AlsoFollowsClientsThatKeepTheirPrivateKey) {
  CchatKeyChain chain(key(kAlice));
  EXPECT_FALSE(chain.on_keyxchg_1("", "2", 1)) << "no prime yet";
  chain.on_keyxchg_0(kPrime1);
  ASSERT_TRUE(chain.on_keyxchg_1("", "2", 0));
  chain.on_keyxchg_0(kPrime2);
  ASSERT_TRUE(chain.on_keyxchg_1("", "2", 2));
  // The next comes before the answer to the first.
  ASSERT_TRUE(chain.on_keyxchg_1("", kCarol2, 1));
  EXPECT_EQ(chain.on_keyxchg_2(kAliceFixed2), CchatEvidence::Fits);
  EXPECT_EQ(chain.on_keyxchg_2("10a1020058189c25c111d6101341010bbec7014c63491a74"), CchatEvidence::Fits);
  EXPECT_EQ(chain.on_keyxchg_2(kAlice2), CchatEvidence::None) << "nothing waits";
}

TEST(CchatKeyChain, KnowsAnAnswerThatIsNotItsOwn) {
  CchatKeyChain chain(key(kAlice));
  EXPECT_EQ(chain.on_keyxchg_2(kAlice1), CchatEvidence::None);
  ASSERT_TRUE(chain.on_keyxchg_1(kPrime1, "02", 1));
  EXPECT_EQ(chain.on_keyxchg_2("no hex"), CchatEvidence::None);
  EXPECT_EQ(chain.on_keyxchg_2(kBob1), CchatEvidence::Contradicts);
  EXPECT_EQ(chain.on_keyxchg_2("00" + std::string(kAlice1)), CchatEvidence::Fits) << "the number counts, not its text";
}

TEST(CchatKeyChain, ANegativePrivateKeyInverts) {
  CchatPrivateKey negative = key(kAlice);
  negative.is_negative = true;
  CchatKeyChain chain(negative);
  ASSERT_TRUE(chain.on_keyxchg_1(kPrime1, "02", 1));
  EXPECT_EQ(chain.on_keyxchg_2("857c0f7bc55517330b983943e32b71ec279ba47b7ce52548"), CchatEvidence::Fits);
}

TEST(CchatKeyChain, AShortSecretMakesAPaddedKey) {
  CchatKeyChain chain(key("1"));
  ASSERT_TRUE(chain.on_keyxchg_1(kPrime1, "2f", 0));
  std::string text;
  EXPECT_TRUE(chain.open("5beM+ac/mSEx2IYA8wi/CQ==\n", text));
  EXPECT_EQ(text, "tiny");
}

TEST(CchatKeyChain, ShowsNothingThatWasNotSaid) {
  CchatKeyChain chain(key(kAlice));
  ASSERT_TRUE(chain.on_keyxchg_1(kPrime1, kBob1, 0));
  const std::string other_key(kSecond), not_utf8 = "/aOM121seps1KB8H6m5avA==", not_base64 = "Hello there!",
                                        cut = std::string(kFirst.substr(0, 20)), plain = "aGVsbG8gYm9i";
  for (const std::string& content : {other_key, not_utf8, not_base64, cut, plain, std::string()}) {
    std::string text = "left";
    EXPECT_FALSE(chain.open(content, text)) << content;
    EXPECT_EQ(text, "");
  }
}

TEST(CchatKeyChain, HasBounds) {
  CchatKeyChain chain(key(kAlice));
  const std::string huge(1026, 'f');
  EXPECT_FALSE(chain.on_keyxchg_1(huge, "02", 1));
  EXPECT_FALSE(chain.on_keyxchg_1(kPrime1, huge, 1));
  EXPECT_FALSE(chain.on_keyxchg_1("0", "02", 1));
  EXPECT_FALSE(chain.on_keyxchg_1("xyz", "02", 1));
  const std::string largest(1024, 'f');
  unsigned taken = 0;
  while (taken < 10'000 && chain.on_keyxchg_1(largest, "02", 1)) ++taken;
  EXPECT_GT(taken, 100u);
  EXPECT_LT(taken, 10'000u) << "a hostile peer can make us compute for ever";
}

TEST(CchatSessionKeys, NarrowToTheKeyThatAnswers) {
  const std::array keys = {key(kCarol), key(kBob), key(kAlice)};
  CchatSessionKeys session(keys);
  EXPECT_EQ(session.candidates(), 3u);
  session.on_keyxchg_1(kPrime1, "02", 1);
  EXPECT_FALSE(session.is_known());
  session.on_keyxchg_2(kAlice1);
  EXPECT_TRUE(session.is_known());
  EXPECT_EQ(session.candidates(), 1u);
  session.on_keyxchg_1(kPrime1, kBob1, 0);
  std::string text;
  EXPECT_TRUE(session.open(kFirst, text));
  session.on_keyxchg_1(kPrime2, "02", 1);
  session.on_keyxchg_2(kBob1);
  EXPECT_TRUE(session.is_known()) << "something was lost; the key stays";
}

TEST(CchatSessionKeys, SayWhenNoneFits) {
  const std::array keys = {key(kCarol), key(kBob)};
  CchatSessionKeys session(keys);
  session.on_keyxchg_1(kPrime1, "02", 1);
  session.on_keyxchg_2(kAlice1);
  EXPECT_FALSE(session.is_known());
  EXPECT_EQ(session.candidates(), 0u);
  std::string text = "left";
  EXPECT_FALSE(session.open(kFirst, text));
  EXPECT_EQ(text, "");
}

}  // namespace
}  // namespace overhear
