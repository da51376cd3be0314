#include "cli/terminal.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <string>

namespace overhear::testing {
namespace {

std::string printable(std::string_view text) {
  std::string out;
  append_printable(out, text);
  return out;
}

TEST(Terminal, TextIsShownAsItIs) {
  EXPECT_EQ(printable("Grüße, 煎茶 🍵 \"\\/"), "Grüße, 煎茶 🍵 \"\\/");
  EXPECT_EQ(printable(""), "");
}

TEST(Terminal, WhatWouldActOnATerminalIsSpelledOut) {
  EXPECT_EQ(printable("\x1b[2J\x07\x08\x7f"), R"(\x1b[2J\x07\x08\x7f)");
  EXPECT_EQ(printable("a\nb\tc\rd"), R"(a\nb\tc\x0dd)");
  EXPECT_EQ(printable(std::string_view("\0", 1)), R"(\x00)");
  EXPECT_EQ(printable("\u0085\u009b31m"), R"(\u0085\u009b31m)");
  EXPECT_EQ(printable("\u202ead\u2066"), R"(\u202ead\u2066)");
  EXPECT_EQ(printable("\x9b\xff\xc3"), R"(\x9b\xff\xc3)");
}

TEST(Terminal, NoTwoBytesInARowGetThrough) {
  for (int i = 0; i < 256; ++i) {
    for (int j = 0; j < 256; ++j) {
      const char pair[] = {static_cast<char>(i), static_cast<char>(j)};
      const std::string shown = printable(std::string_view(pair, 2));
      for (std::size_t at = 0; at < shown.size(); ++at) {
        const auto c = static_cast<unsigned char>(shown[at]);
        ASSERT_TRUE(c >= 0x20 && c != 0x7F);
        // C1 controls are C2 80 to C2 9F.
        if (c == 0xC2) {
          ASSERT_GE(static_cast<unsigned char>(shown[at + 1]), 0xA0);
        }
      }
    }
  }
}

TEST(Terminal, ColumnsCountWhatATerminalShows) {
  EXPECT_EQ(columns(""), 0u);
  EXPECT_EQ(columns("abc"), 3u);
  EXPECT_EQ(columns("äöü"), 3u);
  EXPECT_EQ(columns("e\u0301"), 1u);  // a combining accent
  EXPECT_EQ(columns("煎茶"), 4u);
  EXPECT_EQ(columns("🍵"), 2u);
  EXPECT_EQ(columns("…"), 1u);
}

TEST(Terminal, TextIsCutToTheWidthAndSaysSo) {
  EXPECT_EQ(fit("hello", 5), "hello");
  EXPECT_EQ(fit("hello!", 5), "hell…");
  EXPECT_EQ(fit("煎茶煎茶", 5), "煎茶…");
  EXPECT_EQ(fit("煎茶煎茶", 4), "煎…");
  EXPECT_EQ(fit("ab", 1), "…");
  EXPECT_EQ(fit("", 0), "");
  for (std::size_t width = 1; width < 20; ++width) {
    EXPECT_LE(columns(fit("a煎b茶 🍵 e\u0301 and so on", width)), width);
  }
}

TEST(Terminal, ColourIsWhatWasAskedForElseWhatTheEnvironmentWants) {
  EXPECT_TRUE(use_color(ColorChoice::Always, -1));
  EXPECT_FALSE(use_color(ColorChoice::Never, STDOUT_FILENO));
  EXPECT_FALSE(use_color(ColorChoice::Auto, -1));  // no terminal
}

}  // namespace
}  // namespace overhear::testing
