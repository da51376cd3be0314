#include "base/nearest.hpp"

#include <gtest/gtest.h>

#include <string>

namespace overhear::testing {
namespace {

constexpr std::string_view kCommands[] = {"read", "protocols"};

TEST(Nearest, AWordWithATypingErrorIsRecognised) {
  for (const char* word : {"read", "raed", "red", "reead", "readd", "rexd"})
    EXPECT_EQ(nearest(word, kCommands), "read");
  for (const char* word : {"protocol", "porotcols", "protcls", "PROtocols"}) {
    EXPECT_EQ(nearest(word, kCommands), "protocols");
  }
}

TEST(Nearest, AnotherWordIsNot) {
  for (const std::string& word : {std::string("bogus"), std::string("r"), std::string(), std::string(1 << 20, 'r')}) {
    EXPECT_EQ(nearest(word, kCommands), "");
  }
}

}  // namespace
}  // namespace overhear::testing
