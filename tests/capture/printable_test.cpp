#include "capture/printable.hpp"

#include <gtest/gtest.h>

namespace overhear::testing {
namespace {

TEST(Printable, LeavesTextAlone) {
  EXPECT_EQ(printable("/home/jürgen/你好 👋.pcap"), "/home/jürgen/你好 👋.pcap");
  EXPECT_EQ(printable(""), "");
}

TEST(Printable, EscapesWhatActsOnATerminal) {
  EXPECT_EQ(printable("a\x1b[2Jb\n\t\x7f"), "a\\x1b[2Jb\\x0a\\x09\\x7f");
  EXPECT_EQ(printable("\xc2\x9b"), "\\xc2\\x9b");                                        // C1
  EXPECT_EQ(printable("\xe2\x80\xae|\xe2\x81\xa6"), "\\xe2\\x80\\xae|\\xe2\\x81\\xa6");  // bidi
}

TEST(Printable, EscapesBytesThatAreNoUtf8) {
  EXPECT_EQ(printable("\xff"), "\\xff");
  EXPECT_EQ(printable("\xc0\xaf"), "\\xc0\\xaf");           // overlong
  EXPECT_EQ(printable("\xed\xa0\x80"), "\\xed\\xa0\\x80");  // surrogate
  EXPECT_EQ(printable("\xf4\x90\x80\x80"), "\\xf4\\x90\\x80\\x80");
  EXPECT_EQ(printable("\xe4\xbd"), "\\xe4\\xbd");  // cut
}

}  // namespace
}  // namespace overhear::testing
