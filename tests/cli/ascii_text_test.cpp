#include "cli/ascii_text.hpp"

#include <gtest/gtest.h>

namespace overhear::testing {
namespace {

TEST(AsciiText, MarksLinesAndBarsHaveTheirLikes) {
  EXPECT_EQ(to_ascii("│├─▶ ◀─┤ a → b ↩3 5µs … · ✗ ✓ ••• —"), "||-> <-| a > b ^3 5us ~ . x + *** -");
  EXPECT_EQ(to_ascii("█▌▏ ▁▂▃▄▅▆▇█"), "#=- _.-=+*%#");
}

TEST(AsciiText, WhatHasNoneIsAsManyQuestionMarksAsItIsWide) {
  EXPECT_EQ(to_ascii("Grüße 煎茶 e\u0301"), "Gr??e ???? e");
  EXPECT_EQ(to_ascii(""), "");
}

}  // namespace
}  // namespace overhear::testing
