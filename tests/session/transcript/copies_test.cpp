// Copies of what was said are told from what was said again.
#include "session/transcript/copies.hpp"

#include <gtest/gtest.h>

#include "dissectors/registry.hpp"

namespace overhear::testing {
namespace {

constexpr auto kClient = Direction::Client;
constexpr auto kServer = Direction::Server;

// A room whose messages come 10 ms apart.
class Room {
 public:
  bool says(std::uint32_t session, Direction from, const std::string& text, const std::string& user = "ann",
            const std::string& room = "tea") {
    return tells({RemarkKind::Said, room, user, {}, text}, session, from);
  }
  bool tells(const Remark& remark, std::uint32_t session, Direction from) {
    now_.ns += kSecond / 100;
    return copies.is_new(remark, find_protocol("mcp"), session, from, now_);
  }
  void wait(std::int64_t ns) { now_.ns += ns; }

  Copies copies;

 private:
  Timestamp now_{1000 * kSecond};
};

TEST(Copies, CopiesToTheMembersAndBackToTheAuthorAreNotNew) {
  Room room;
  EXPECT_TRUE(room.says(1, kClient, "hello"));
  for (const std::uint32_t member : {1, 2, 3}) EXPECT_FALSE(room.says(member, kServer, "hello"));
}

TEST(Copies, WhatIsSaidTwiceIsTwoLines) {
  Room room;
  EXPECT_TRUE(room.says(1, kClient, "yes"));
  EXPECT_TRUE(room.says(1, kClient, "yes"));
  for (const std::uint32_t member : {1, 2}) {
    EXPECT_FALSE(room.says(member, kServer, "yes"));
    EXPECT_FALSE(room.says(member, kServer, "yes"));
  }
  EXPECT_TRUE(room.says(2, kServer, "yes")) << "a third one that nobody was seen saying";
}

TEST(Copies, TheFirstCopyStandsForAnAuthorWhoIsNotSeen) {
  Room room;
  EXPECT_TRUE(room.says(2, kServer, "hello"));
  EXPECT_FALSE(room.says(3, kServer, "hello"));
  EXPECT_TRUE(room.says(2, kServer, "hello"));
  EXPECT_FALSE(room.says(3, kServer, "hello"));
}

TEST(Copies, ARoomOrUserThatACopyLacksIsNoDifference) {
  Room room;
  EXPECT_TRUE(room.says(1, kClient, "hello"));
  EXPECT_FALSE(room.says(2, kServer, "hello", "", ""));
  EXPECT_TRUE(room.says(2, kServer, "hello", "ben"));
  EXPECT_TRUE(room.says(2, kServer, "hello", "ann", "coffee"));
  EXPECT_TRUE(room.says(3, kServer, "hello!"));
}

TEST(Copies, LaterIsNew) {
  Room room;
  EXPECT_TRUE(room.says(1, kClient, "hello"));
  room.wait(Copies::kWindow);
  EXPECT_TRUE(room.says(2, kServer, "hello"));
}

TEST(Copies, AnOriginalThatIsToldLateIsNotNew) {
  Copies copies;
  const Remark remark{RemarkKind::Said, "tea", "ann", {}, "hello"};
  EXPECT_TRUE(copies.is_new(remark, nullptr, 2, kServer, {20}));
  EXPECT_FALSE(copies.is_new(remark, nullptr, 1, kClient, {10}));
  EXPECT_TRUE(copies.is_new(remark, nullptr, 1, kClient, {15}));
}

TEST(Copies, AnotherKindOfRemarkIsNoCopyAndFactsAreNotRepeatedAtOnce) {
  Room room;
  const Remark joined{RemarkKind::Joined, "tea", "ann", {}, {}};
  const Remark left{RemarkKind::Left, "tea", "ann", {}, {}};
  EXPECT_TRUE(room.tells(joined, 1, kServer));
  EXPECT_FALSE(room.tells(joined, 1, kServer));
  EXPECT_FALSE(room.tells(joined, 2, kServer));
  EXPECT_TRUE(room.tells(left, 1, kServer));
  room.wait(Copies::kAtOnce);
  EXPECT_TRUE(room.tells(joined, 1, kServer));
}

TEST(Copies, WhatIsRememberedIsBounded) {
  Room room;
  const std::string large(1u << 20, 'x');
  for (int i = 0; i < 100; ++i) EXPECT_TRUE(room.says(1, kClient, std::to_string(i) + large));
  EXPECT_LE(room.copies.bytes(), Copies::kMostBytes);
  EXPECT_FALSE(room.says(2, kServer, "99" + large));
  EXPECT_TRUE(room.says(2, kServer, "0" + large));
}

TEST(Copies, TheSameAgainAndAgainIsNoQuadraticWork) {
  Room room;
  for (int i = 0; i < 50'000; ++i) {
    room.wait(-kSecond / 100);
    EXPECT_TRUE(room.says(1, kClient, "spam"));
    EXPECT_EQ(room.says(2, kServer, "spam"), false);
  }
}

}  // namespace
}  // namespace overhear::testing
