#include "base/same_bytes.hpp"

#include <gtest/gtest.h>

#include <string>

namespace overhear {
namespace {

TEST(SameBytes, AreSeenAtEveryLengthAndPlace) {
  for (std::size_t length = 0; length < 40; ++length) {
    std::string text;
    for (std::size_t i = 0; i < length; ++i) text += static_cast<char>('a' + i % 26);
    const std::string same = text;
    EXPECT_TRUE(same_bytes(text, same)) << length;
    EXPECT_FALSE(same_bytes(text, text + "x")) << length;
    for (std::size_t i = 0; i < length; ++i) {
      std::string other = text;
      other[i] = static_cast<char>(other[i] ^ 0x80);
      EXPECT_FALSE(same_bytes(text, other)) << length << " differs at " << i;
    }
  }
}

TEST(SameBytes, LookAtNothingBehindTheText) {
  const std::string_view a = "alice says";
  const std::string_view b = "alice sang";
  EXPECT_TRUE(same_bytes(a.substr(0, 8), b.substr(0, 8)));
  EXPECT_TRUE(same_bytes(a.substr(0, 5), b.substr(0, 5)));
  EXPECT_TRUE(same_bytes({}, {}));
}

}  // namespace
}  // namespace overhear
