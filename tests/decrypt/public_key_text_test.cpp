#include "decrypt/public_key_text.hpp"

#include <gtest/gtest.h>

#include <cctype>
#include <tuple>

#include "decrypt/base64.hpp"
#include "decrypt/dh_group.hpp"
#include "tests/decrypt/test_keys.hpp"

namespace overhear {
namespace {

using test::unhex;

std::string upper(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = static_cast<char>(std::toupper(c));
  return out;
}

std::string base64(Bytes bytes, Base64Alphabet alphabet, bool is_padded) {
  std::string text;
  append_base64(text, bytes, alphabet, is_padded);
  return text;
}

TEST(PublicKeyText, ReadsEachEncodingAndWritesItBack) {
  const Number third = unhex(test::kThirdPublic);  // its first byte is over 80
  std::vector<std::uint8_t> with_sign = third;
  with_sign.insert(with_sign.begin(), 0);
  using enum PublicKeyEncoding;
  const std::tuple<std::string, PublicKeyEncoding, bool> cases[] = {
      {std::string(test::kThirdPublic), HexLower, false},
      {upper(test::kThirdPublic), HexUpper, false},
      {"00" + upper(test::kThirdPublic), HexUpper, true},
      {base64(third, Base64Alphabet::Standard, true), Base64, false},
      {base64(with_sign, Base64Alphabet::Standard, true), Base64, true},
      {base64(with_sign, Base64Alphabet::Standard, false), Base64, true},
      {base64(with_sign, Base64Alphabet::Url, true), Base64Url, true},
      {base64(with_sign, Base64Alphabet::Url, false), Base64Url, true},
      {number_to_decimal(third), Decimal, false},
  };
  for (const auto& [text, encoding, has_sign] : cases) {
    const auto key = parse_public_key(text);
    ASSERT_TRUE(key) << text;
    EXPECT_EQ(key->number, third) << text;
    EXPECT_EQ(key->style.encoding, encoding) << text;
    EXPECT_EQ(key->style.has_sign_byte, has_sign) << text;
    EXPECT_EQ(key->style.width, text.size());
    EXPECT_EQ(format_public_key(third, key->style), text);
  }
}

TEST(PublicKeyText, TakesOddHexSpacesAndMixedCase) {
  EXPECT_EQ(parse_public_key("abc")->number, (Number{0x0a, 0xbc}));
  EXPECT_EQ(parse_public_key(" 0aBc\r\n")->number, (Number{0x0a, 0xbc}));
  EXPECT_EQ(parse_public_key("aB")->style.encoding, PublicKeyEncoding::HexMixed);
  EXPECT_EQ(parse_public_key("2")->number, Number{2});
  EXPECT_EQ(parse_public_key("0")->number, Number{});
}

TEST(PublicKeyText, WritesAShortNumberInFullLength) {
  const std::string text = format_public_key(Number{0x0a, 0xbc}, {.has_sign_byte = true});
  EXPECT_EQ(text.size(), 2 * modp5::kBytes);
  EXPECT_TRUE(text.ends_with("0abc"));
}

TEST(PublicKeyText, RefusesWhatIsNoKey) {
  for (const std::string& bad : {std::string(), std::string("  "), std::string("no key!"), std::string("{}"),
                                 std::string(5000, 'a'), std::string("caf\xc3\xa9"), std::string(2000, '9')}) {
    EXPECT_FALSE(parse_public_key(bad)) << bad.substr(0, 20);
  }
}

}  // namespace
}  // namespace overhear
