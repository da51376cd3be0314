#include "cli/terminal.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

namespace overhear::testing {
namespace {

TEST(Terminal, ColourIsWhatWasAskedForElseWhatTheEnvironmentWants) {
  EXPECT_TRUE(use_color(ColorChoice::Always, -1));
  EXPECT_FALSE(use_color(ColorChoice::Never, STDOUT_FILENO));
  EXPECT_FALSE(use_color(ColorChoice::Auto, -1));  // no terminal
}

}  // namespace
}  // namespace overhear::testing
