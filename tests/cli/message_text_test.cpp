#include "cli/message_text.hpp"

#include <gtest/gtest.h>

namespace overhear::testing {
namespace {

TEST(MessageText, AFindingNamesItsFieldOnce) {
  EXPECT_EQ(placed_text("/data/room", "room is a string"), "/data/room is a string");
  EXPECT_EQ(placed_text("/data/room", "roomy enough"), "/data/room roomy enough");
  EXPECT_EQ(placed_text("/data", "this is no room"), "/data this is no room");
  EXPECT_EQ(placed_text("", "all is wrong"), "all is wrong");
  EXPECT_EQ(placed_text("/", "is empty"), "/ is empty");
}

}  // namespace
}  // namespace overhear::testing
