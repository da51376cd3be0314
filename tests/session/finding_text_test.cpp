#include "session/text/finding_text.hpp"

#include <gtest/gtest.h>

namespace overhear::testing {
namespace {

TEST(FindingText, NamesItsFieldOnce) {
  EXPECT_EQ(placed_text("/data/room", "room is a string"), "/data/room is a string");
  EXPECT_EQ(placed_text("/data/room", "roomy enough"), "/data/room roomy enough");
  EXPECT_EQ(placed_text("/data", "this is no room"), "/data this is no room");
  EXPECT_EQ(placed_text("", "all is wrong"), "all is wrong");
  EXPECT_EQ(placed_text("/", "is empty"), "/ is empty");
}

TEST(FindingText, SaysWhereThatIsWritten) {
  constexpr Rule kRule{"x.y", Severity::Note, "RFC 1, 2", "something is wrong"};
  constexpr Rule kOwn{"x.z", Severity::Note, {}, "something else is wrong"};
  Finding finding;
  finding.rule = &kRule;
  EXPECT_EQ(cited_text(finding), "something is wrong (RFC 1, 2)");
  finding.field = "/a";
  finding.text = "a is missing";
  finding.spec = "MCP 2.1.0, Room.Join";
  EXPECT_EQ(cited_text(finding), "/a is missing (MCP 2.1.0, Room.Join)");
  finding = {};
  finding.rule = &kOwn;
  EXPECT_EQ(cited_text(finding), "something else is wrong");
}

}  // namespace
}  // namespace overhear::testing
