#include "session/text/printable_text.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>

#include "base/utf8.hpp"

namespace overhear::testing {
namespace {

std::string printable(std::string_view text) {
  std::string out;
  append_printable(out, text);
  return out;
}

TEST(TerminalText, TextIsShownAsItIs) {
  EXPECT_EQ(printable("Grüße, 煎茶 🍵 \"\\/"), "Grüße, 煎茶 🍵 \"\\/");
  EXPECT_EQ(printable(""), "");
}

TEST(TerminalText, WhatWouldActOnATerminalIsSpelledOut) {
  EXPECT_EQ(printable("\x1b[2J\x07\x08\x7f"), R"(\x1b[2J\x07\x08\x7f)");
  EXPECT_EQ(printable("a\nb\tc\rd"), R"(a\nb\tc\x0dd)");
  EXPECT_EQ(printable(std::string_view("\0", 1)), R"(\x00)");
  EXPECT_EQ(printable("\u0085\u009b31m"), R"(\u0085\u009b31m)");
  EXPECT_EQ(printable("\u202ead\u2066"), R"(\u202ead\u2066)");
  EXPECT_EQ(printable("\x9b\xff\xc3"), R"(\x9b\xff\xc3)");
}

TEST(TerminalText, WhatHasNoPictureIsSpelledOut) {
  constexpr char32_t kShown[] = {0xA0,   0xAC,    0xAE,    0x600,   0x61B,   0x61D,   0x200A,  0x200C, 0x200D,
                                 0x2010, 0x2027,  0x202F,  0x205F,  0x2070,  0xFE0F,  0xFEFE,  0xFF00, 0xFFFD,
                                 0xFFFF, 0x10000, 0x1F469, 0xDFFFF, 0xE0080, 0xE0100, 0x10FFFF};
  constexpr char32_t kSpelledOut[] = {0x80,   0x9F,   0xAD,   0x61C,   0x180E,  0x200B,  0x200E, 0x200F,
                                      0x2028, 0x2029, 0x202A, 0x202E,  0x2060,  0x2066,  0x2069, 0x206F,
                                      0xFEFF, 0xFFF9, 0xFFFB, 0x1D173, 0xE0001, 0xE0020, 0xE007F};
  for (const char32_t c : kShown) {
    std::string text;
    append_utf8(text, c);
    EXPECT_EQ(printable(text), text) << std::hex << static_cast<unsigned>(c);
  }
  for (const char32_t c : kSpelledOut) {
    std::string text;
    append_utf8(text, c);
    const auto code = static_cast<unsigned>(c);
    EXPECT_EQ(printable(text), c > 0xFFFF ? fmt::format("\\U{:08x}", code) : fmt::format("\\u{:04x}", code));
  }
}

TEST(TerminalText, BytesThatAreNoUtf8AreSpelledOut) {
  EXPECT_EQ(printable("\xff"), R"(\xff)");
  EXPECT_EQ(printable("\xc0\xaf"), R"(\xc0\xaf)");                  // overlong
  EXPECT_EQ(printable("\xe0\x80\x9b"), R"(\xe0\x80\x9b)");          // an overlong C1 control
  EXPECT_EQ(printable("\xed\xa0\x80"), R"(\xed\xa0\x80)");          // a surrogate
  EXPECT_EQ(printable("\xf4\x90\x80\x80"), R"(\xf4\x90\x80\x80)");  // beyond U+10FFFF
  EXPECT_EQ(printable("\xe4\xbd"), R"(\xe4\xbd)");                  // cut
}

TEST(TerminalText, NoTwoBytesInARowGetThrough) {
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

TEST(TerminalText, ColumnsCountWhatATerminalShows) {
  EXPECT_EQ(columns(""), 0u);
  EXPECT_EQ(columns("abc"), 3u);
  EXPECT_EQ(columns("äöü"), 3u);
  EXPECT_EQ(columns("e\u0301"), 1u);  // a combining accent
  EXPECT_EQ(columns("煎茶"), 4u);
  EXPECT_EQ(columns("🍵"), 2u);
  EXPECT_EQ(columns("☕"), 2u);
  EXPECT_EQ(columns("ไม่"), 2u);
  EXPECT_EQ(columns("한국"), 4u);
  EXPECT_EQ(columns("👩\u200d🔬"), 4u);  // joined: the sum
  EXPECT_EQ(columns("…"), 1u);
}

TEST(TerminalText, TextIsCutToTheWidthAndSaysSo) {
  EXPECT_EQ(fit("hello", 5), "hello");
  EXPECT_EQ(fit("hello!", 5), "hell…");
  EXPECT_EQ(fit("煎茶煎茶", 5), "煎茶…");
  EXPECT_EQ(fit("煎茶煎茶", 4), "煎…");
  EXPECT_EQ(fit("ab", 1), "…");
  EXPECT_EQ(fit("", 0), "");
  EXPECT_EQ(fit("ab", 0), "");
  for (std::size_t width = 1; width < 20; ++width) {
    EXPECT_LE(columns(fit("a煎b茶 🍵 e\u0301 and so on", width)), width);
  }
}

TEST(TerminalText, ANameIsCutInTheMiddleAndKeepsItsEnd) {
  EXPECT_EQ(fit_name("Room.Join", 9), "Room.Join");
  EXPECT_EQ(fit_name("request-sending-a-message", 22), "request-send…a-message");
  EXPECT_EQ(fit_name("request-mutable-session-creation", 22), "reque…session-creation");
  EXPECT_EQ(fit_name("Message.CreateTextMessage", 21), "Message.C…TextMessage");
  EXPECT_EQ(fit_name("notification/user_joined", 18), "notifi…user_joined");
  EXPECT_EQ(fit_name("abcdefghijklmnopqrstuvwxyz", 9), "ab…uvwxyz");
  EXPECT_EQ(fit_name("煎茶煎茶煎茶", 8), "…茶煎茶");
  EXPECT_EQ(fit_name("ab", 1), "…");
  EXPECT_EQ(fit_name("ab", 0), "");
  for (std::size_t width = 1; width < 24; ++width) {
    EXPECT_LE(columns(fit_name("request-煎煎-session/creation", width)), width);
  }
}

}  // namespace
}  // namespace overhear::testing
