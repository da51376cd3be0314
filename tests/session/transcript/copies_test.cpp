// Copies of what an author who is not seen said are told from what was said again.
#include "session/transcript/copies.hpp"

#include <gtest/gtest.h>

#include "dissectors/registry.hpp"
#include "tests/support/capture_builder.hpp"

namespace overhear::testing {
namespace {

const Limits kLimits;

// A room whose lines come 10 ms apart.
class Room {
 public:
  // To the client of that session; whether it is told.
  bool brings(std::uint32_t session, const std::string& text, const std::string& user = "ann",
              const std::string& room = "tea", const char* server = "10.0.0.2:3072") {
    now_.ns += kSecond / 100;
    return copies.is_new({find_protocol("mcp"), endpoint(server), room, user, text}, session, now_);
  }
  void wait(std::int64_t ns) { now_.ns += ns; }

  Copies copies{kLimits};

 private:
  Timestamp now_{1000 * kSecond};
};

TEST(Copies, TheFirstStandsForTheAuthor) {
  Room room;
  EXPECT_TRUE(room.brings(2, "hello"));
  EXPECT_FALSE(room.brings(3, "hello"));
  EXPECT_TRUE(room.brings(2, "hello")) << "said twice";
  EXPECT_FALSE(room.brings(3, "hello"));
}

TEST(Copies, ARoomOrUserThatACopyLacksIsNoDifference) {
  Room room;
  EXPECT_TRUE(room.brings(1, "hello"));
  EXPECT_FALSE(room.brings(2, "hello", "", ""));
  EXPECT_TRUE(room.brings(2, "hello", "ben"));
  EXPECT_TRUE(room.brings(2, "hello", "ann", "coffee"));
  EXPECT_TRUE(room.brings(3, "hello!"));
  EXPECT_TRUE(room.brings(3, "hello", "ann", "tea", "10.0.0.3:3072"));
}

TEST(Copies, LaterIsNew) {
  Room room;
  EXPECT_TRUE(room.brings(1, "hello"));
  room.wait(kLimits.copy_ns);
  EXPECT_TRUE(room.brings(2, "hello"));
}

TEST(Copies, AtTheEndOfTheWindowItIsACopy) {
  Copies copies(kLimits);
  const Copies::Line line{nullptr, endpoint("10.0.0.2:3072"), "tea", "ann", "hello"};
  EXPECT_TRUE(copies.is_new(line, 1, {0}));
  EXPECT_FALSE(copies.is_new(line, 2, {kLimits.copy_ns}));
  EXPECT_TRUE(copies.is_new(line, 3, {kLimits.copy_ns + 1}));
}

// As in a capture whose packets are in the wrong order.
TEST(Copies, WhatComesLateHasItsCopiesToo) {
  Copies copies(kLimits);
  const Copies::Line line{nullptr, endpoint("10.0.0.2:3072"), "tea", "ann", "hello"};
  EXPECT_TRUE(copies.is_new({nullptr, line.server, "tea", "ben", "later"}, 1, {20 * kSecond}));
  EXPECT_TRUE(copies.is_new(line, 1, {5 * kSecond}));
  EXPECT_TRUE(copies.is_new({nullptr, line.server, "tea", "ben", "even later"}, 1, {29 * kSecond}));
  EXPECT_FALSE(copies.is_new(line, 2, {6 * kSecond}));
}

TEST(Copies, AnAuthorWhoIsToldLateIsNotNew) {
  Copies copies(kLimits);
  const Copies::Line line{nullptr, endpoint("10.0.0.2:3072"), "tea", "ann", "hello"};
  EXPECT_FALSE(copies.is_late(line, {5}));
  EXPECT_TRUE(copies.is_new(line, 2, {20}));
  EXPECT_FALSE(copies.is_late(line, {30})) << "said behind it";
  EXPECT_TRUE(copies.is_late(line, {10}));
  EXPECT_FALSE(copies.is_late(line, {15})) << "said once more";
}

TEST(Copies, WhatIsRememberedIsBounded) {
  Room room;
  const std::string large(1u << 20, 'x');
  for (int i = 0; i < 100; ++i) EXPECT_TRUE(room.brings(1, std::to_string(i) + large));
  EXPECT_LE(room.copies.bytes(), kLimits.copy_bytes);
  EXPECT_FALSE(room.brings(2, "99" + large));
  EXPECT_TRUE(room.brings(2, "0" + large));
}

// Those that are not remembered any more must not be taken away twice.
TEST(Copies, OfTheSameTheLastAreRemembered) {
  const int most = static_cast<int>(kLimits.copies_alike);
  Copies copies(kLimits);
  const Copies::Line line{nullptr, endpoint("10.0.0.2:3072"), "tea", "ann", "spam"};
  for (int i = 0; i < most + 44; ++i) EXPECT_TRUE(copies.is_new(line, 1, {i * kSecond / 1000}));
  int copied = 0;
  while (!copies.is_new(line, 2, {kLimits.copy_ns + kSecond / 50})) ++copied;
  EXPECT_EQ(copied, most);
}

TEST(Copies, TheSameAgainAndAgainIsNoQuadraticWork) {
  Room room;
  for (int i = 0; i < 50'000; ++i) {
    room.wait(-kSecond / 100);
    EXPECT_TRUE(room.brings(1, "spam"));
    EXPECT_FALSE(room.brings(2, "spam"));
  }
}

}  // namespace
}  // namespace overhear::testing
