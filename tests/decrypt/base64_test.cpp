#include "decrypt/base64.hpp"

#include <gtest/gtest.h>

namespace overhear {
namespace {

std::string decoded(std::string_view text, Base64 reading) {
  std::vector<std::uint8_t> out = {1, 2, 3};
  if (!decode_base64(text, out, reading)) return out.empty() ? "refused" : "refused, and left something";
  return std::string(as_text(out));
}

TEST(Base64, AgreesWithTheVectorsOfRfc4648Section10) {
  const std::pair<std::string_view, std::string_view> vectors[] = {
      {"", ""},
      {"f", "Zg=="},
      {"fo", "Zm8="},
      {"foo", "Zm9v"},
      {"foob", "Zm9vYg=="},
      {"fooba", "Zm9vYmE="},
      {"foobar", "Zm9vYmFy"},
  };
  for (const auto& [plain, text] : vectors) {
    std::string encoded;
    append_base64(encoded, as_bytes(plain));
    EXPECT_EQ(encoded, text);
    EXPECT_EQ(decoded(text, Base64::Strict), plain);
    EXPECT_EQ(decoded(text, Base64::Lenient), plain);
  }
}

TEST(Base64, StrictRefusesWhatIsNotExactlyBase64) {
  for (const char* bad : {"Z", "Zg", "Zg=", "Zg===", "Zm9v=", "====", "=", "Zm9v\n", "Zm 9v", "Zh==", "Zm9=", "Zm-_",
                          "Zg==Zg==", "Zm9vZ", "Zm=v"}) {
    EXPECT_EQ(decoded(bad, Base64::Strict), "refused") << bad;
  }
}

TEST(Base64, LenientTakesWhatProgramsWrite) {
  EXPECT_EQ(decoded("Zm9v\nYmFy\n", Base64::Lenient), "foobar");
  EXPECT_EQ(decoded(" Z\r\nm9 v\tYg", Base64::Lenient), "foob");
  EXPECT_EQ(decoded("Zg=\n=\n", Base64::Lenient), "f");
  EXPECT_EQ(decoded("Zh==", Base64::Lenient), "f");
  EXPECT_EQ(decoded("-_-_", Base64::Lenient), decoded("+/+/", Base64::Strict));
  for (const char* bad : {"Z", "Zg=", "Zg===", "Zg==Zg==", "Zm9v=", "Zm=v", "Zm9v!", "{\"a\":1}", "Zm9v\xff"}) {
    EXPECT_EQ(decoded(bad, Base64::Lenient), "refused") << bad;
  }
}

TEST(Base64, EveryLengthComesBackInEveryForm) {
  std::vector<std::uint8_t> bytes, back;
  for (unsigned i = 0; i < 300; ++i) {
    for (const auto alphabet : {Base64Alphabet::Standard, Base64Alphabet::Url}) {
      for (const bool is_padded : {true, false}) {
        std::string text;
        append_base64(text, bytes, alphabet, is_padded);
        ASSERT_TRUE(decode_base64(text, back, Base64::Lenient));
        ASSERT_EQ(back, bytes);
        std::string broken;
        for (std::size_t at = 0; at < text.size(); at += 7) broken += text.substr(at, 7) + "\r\n";
        ASSERT_TRUE(decode_base64(broken, back, Base64::Lenient));
        ASSERT_EQ(back, bytes);
      }
    }
    bytes.push_back(static_cast<std::uint8_t>(i * 7 + 250));
  }
}

}  // namespace
}  // namespace overhear
