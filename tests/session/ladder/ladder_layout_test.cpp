// Where the lanes of a sequence diagram stand, and when its heading is due. No terminal, no capture.
#include "session/ladder/ladder_layout.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace overhear::testing {
namespace {

using ::testing::ElementsAre;

constexpr std::size_t kMargin = LadderLayout::kMargin;

std::vector<std::size_t> lane_columns(const LadderPlace& place) {
  std::vector<std::size_t> out;
  for (const LadderLane& lane : *place.lanes) out.push_back(lane.column);
  return out;
}

std::vector<std::string> lane_names(const LadderPlace& place) {
  std::vector<std::string> out;
  for (const LadderLane& lane : *place.lanes) {
    out.push_back(!lane.is_alive ? "-" : lane.is_shared ? "(shared)" : lane.name.empty() ? lane.address : lane.name);
  }
  return out;
}

void open(LadderLayout& layout, std::uint32_t session, const std::string& server = "10.0.0.2:9000") {
  layout.open(session, "10.0.0.1:" + std::to_string(1000 + session), server);
}

TEST(LadderLayout, OneClientHasTheWholeWidth) {
  LadderLayout layout(100);
  open(layout, 1);
  const LadderPlace place = layout.place(1, {});
  EXPECT_THAT(lane_columns(place), ElementsAre(kMargin));
  EXPECT_EQ(place.server_column, 99u);
  EXPECT_EQ(place.server, "10.0.0.2:9000");
  EXPECT_GT(place.text_width, 70u);
  EXPECT_LT(place.text_column + place.text_width, place.server_column);
}

TEST(LadderLayout, AClientGetsItsLaneWithItsFirstRow) {
  LadderLayout layout(100);
  open(layout, 1);
  open(layout, 2);
  EXPECT_EQ(layout.place(2, "ben").lane, 0u);
  const LadderPlace place = layout.place(1, {});
  EXPECT_EQ(place.lane, 1u);
  EXPECT_THAT(lane_names(place), ElementsAre("ben", "10.0.0.1:1001"));
}

TEST(LadderLayout, LanesStandCloserWhereThereAreMoreAndLeaveRoomForText) {
  for (const std::size_t width : {0, 60, 80, 100, 160, 500}) {
    LadderLayout layout(width);
    for (std::uint32_t session = 1; session <= layout.most_lanes(); ++session) {
      open(layout, session);
      const LadderPlace place = layout.place(session, {});
      EXPECT_EQ(place.lanes->size(), session);
      EXPECT_GE(place.text_width, 27u) << width;
      EXPECT_LE(place.server_column, std::max(width, LadderLayout::kLeastWidth) - 1);
      for (std::size_t i = 1; i < place.lanes->size(); ++i) {
        EXPECT_GE((*place.lanes)[i].column, (*place.lanes)[i - 1].column + 12);
      }
    }
  }
  EXPECT_EQ(LadderLayout(80).most_lanes(), 3u);
  EXPECT_EQ(LadderLayout(100).most_lanes(), 4u);
}

TEST(LadderLayout, WhoHasNoLaneOfItsOwnSharesTheLastAndSaysWhoItIs) {
  LadderLayout layout(80);
  for (std::uint32_t session = 1; session <= 3; ++session) {
    open(layout, session);
    EXPECT_EQ(layout.place(session, {}).who, "");
  }
  open(layout, 4);
  const LadderPlace fourth = layout.place(4, {});
  EXPECT_TRUE(fourth.heading.is_due);
  EXPECT_EQ(fourth.who, ":1004");
  EXPECT_THAT(lane_names(fourth), ElementsAre("10.0.0.1:1001", "10.0.0.1:1002", "(shared)"));
  const LadderPlace third = layout.place(3, "cem");
  EXPECT_EQ(third.who, "cem");
  EXPECT_FALSE(third.heading.is_due || third.heading.is_of_one) << "the row says it";
  open(layout, 5);
  EXPECT_FALSE(layout.place(5, {}).heading.is_due) << "others are there already";
  EXPECT_EQ(layout.place(1, {}).who, "");
}

TEST(LadderLayout, WhoNeverHadARowTakesNothingAlong) {
  LadderLayout layout(80);
  open(layout, 1);
  open(layout, 2);
  (void)layout.place(1, "ann");
  layout.close(2);
  EXPECT_THAT(lane_names(layout.place(1, "ann")), ElementsAre("ann"));
  open(layout, 3, "10.0.0.3:3072");
  layout.close(3);
  EXPECT_FALSE(layout.place(1, "ann").heading.is_due);
}

TEST(LadderLayout, ALaneThatWasGivenUpIsTakenAgain) {
  LadderLayout layout(80);
  open(layout, 1);
  open(layout, 2);
  (void)layout.place(1, "ann");
  (void)layout.place(2, "ben");
  layout.close(1);
  EXPECT_THAT(lane_names(layout.place(2, "ben")), ElementsAre("-", "ben"));
  open(layout, 3);
  const LadderPlace place = layout.place(3, {});
  EXPECT_TRUE(place.heading.is_due && place.heading.has_addresses);
  EXPECT_THAT(lane_names(place), ElementsAre("10.0.0.1:1003", "ben"));
}

TEST(LadderLayout, AHeadingIsDueAtTheBeginningAndAgainAfterAPage) {
  LadderLayout layout(80);
  open(layout, 1);
  EXPECT_TRUE(layout.place(1, {}).heading.has_addresses);
  EXPECT_FALSE(layout.place(1, {}).heading.is_due);
  for (std::size_t row = 2; row < LadderLayout::kRowsPerHeading; ++row) {
    EXPECT_FALSE(layout.place(1, "ann").heading.is_due) << row;
  }
  const LadderHeading again = layout.place(1, "ben").heading;
  EXPECT_TRUE(again.is_due && again.has_addresses);
  EXPECT_FALSE(again.is_of_one) << "the heading has the name";
}

TEST(LadderLayout, ANewNameIsARowOfItsOwnAndNoHeading) {
  LadderLayout layout(80);
  open(layout, 1);
  EXPECT_FALSE(layout.place(1, "ann").heading.is_of_one) << "the heading has the name";
  EXPECT_FALSE(layout.place(1, "ann").heading.is_of_one);
  EXPECT_FALSE(layout.place(1, {}).heading.is_of_one);
  const LadderPlace place = layout.place(1, "ben");
  EXPECT_TRUE(place.heading.is_of_one);
  EXPECT_FALSE(place.heading.is_due);
  EXPECT_THAT(lane_names(place), ElementsAre("ben"));
}

TEST(LadderLayout, EachServerHasItsLadder) {
  LadderLayout layout(80);
  open(layout, 1);
  open(layout, 2, "10.0.0.3:3072");
  (void)layout.place(1, {});
  const LadderPlace other = layout.place(2, {});
  EXPECT_EQ(other.lane, 0u);
  EXPECT_EQ(other.server, "10.0.0.3:3072");
  const LadderHeading back = layout.place(1, {}).heading;
  EXPECT_TRUE(back.is_due);
  EXPECT_FALSE(back.has_addresses);
}

TEST(LadderLayout, ManySessionsNeedNoMoreLanes) {
  LadderLayout layout(100);
  for (std::uint32_t session = 1; session <= 10'000; ++session) {
    open(layout, session);
    EXPECT_LE(layout.place(session, std::string(1000, 'x')).lanes->size(), layout.most_lanes());
  }
  for (std::uint32_t session = 1; session <= 10'000; ++session) layout.close(session);
  EXPECT_FALSE(layout.is_open(7));
  open(layout, 20'000);
  EXPECT_THAT(lane_columns(layout.place(20'000, {})), ElementsAre(kMargin));
}

}  // namespace
}  // namespace overhear::testing
