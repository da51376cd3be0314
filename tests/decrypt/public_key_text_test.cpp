#include "decrypt/public_key_text.hpp"

#include <gtest/gtest.h>

#include <cctype>
#include <string>
#include <vector>

#include "decrypt/base64.hpp"
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

TEST(PublicKeyText, ReadsEachEncoding) {
  const Number third = unhex(test::kThirdPublic);  // its first byte is over 80
  std::vector<std::uint8_t> with_sign = third;
  with_sign.insert(with_sign.begin(), 0);
  const std::string cases[] = {
      std::string(test::kThirdPublic),
      upper(test::kThirdPublic),
      "00" + upper(test::kThirdPublic),
      base64(third, Base64Alphabet::Standard, true),
      base64(with_sign, Base64Alphabet::Standard, true),
      base64(with_sign, Base64Alphabet::Standard, false),
      base64(with_sign, Base64Alphabet::Url, true),
      base64(with_sign, Base64Alphabet::Url, false),
      number_to_decimal(third),
  };
  for (const std::string& text : cases) EXPECT_EQ(parse_public_key(text), third) << text;
}

TEST(PublicKeyText, TakesOddHexSpacesAndMixedCase) {
  EXPECT_EQ(parse_public_key("abc"), (Number{0x0a, 0xbc}));
  EXPECT_EQ(parse_public_key(" 0aBc\r\n"), (Number{0x0a, 0xbc}));
  EXPECT_EQ(parse_public_key("2"), Number{2});
  EXPECT_EQ(parse_public_key("0"), Number{});
}

TEST(PublicKeyText, RefusesWhatIsNoKey) {
  for (const std::string& bad : {std::string(), std::string("  "), std::string("no key!"), std::string("{}"),
                                 std::string(5000, 'a'), std::string("caf\xc3\xa9"), std::string(2000, '9')}) {
    EXPECT_FALSE(parse_public_key(bad)) << bad.substr(0, 20);
  }
}

}  // namespace
}  // namespace overhear
