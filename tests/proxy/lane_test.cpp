#include "proxy/lane.hpp"

#include <gtest/gtest.h>

#include <string>

namespace overhear::testing {
namespace {

using namespace std::chrono_literals;

constexpr Lane::Clock::time_point kStart{};

Lane::Item message(std::string text) {
  return {.parcel = {.raw = std::move(text)}, .is_message = true};
}

Lane::Item put_off(std::string text, std::chrono::milliseconds time) {
  Lane::Item out = message(std::move(text));
  out.due = kStart + time;
  return out;
}

Lane::Item behind(std::string text, unsigned others) {
  Lane::Item out = message(std::move(text));
  out.treatment.reorder = others;
  return out;
}

std::string ready(Lane& lane, std::chrono::milliseconds time) {
  std::string out;
  for (const Lane::Item& item : lane.take_ready(kStart + time)) out += item.parcel.raw;
  return out;
}

TEST(Lane, WhatWaitsForItsTimeKeepsAllBehindItWaiting) {
  Lane lane;
  for (Lane::Item& item : std::vector{message("a"), put_off("b", 100ms), put_off("c", 50ms), message("d")}) {
    lane.push(std::move(item));
  }
  EXPECT_EQ(ready(lane, 60ms), "a");
  EXPECT_EQ(lane.next_due(), kStart + 100ms);
  EXPECT_EQ(lane.held(), 3u);
  EXPECT_EQ(ready(lane, 100ms), "bcd");
  EXPECT_TRUE(lane.is_empty());
  EXPECT_EQ(lane.held(), 0u);
  EXPECT_FALSE(lane.next_due());
}

TEST(Lane, WhatIsHeldHasNoTime) {
  Lane lane;
  Lane::Item held = put_off("a", 10ms);
  held.hold = 5;
  lane.push(std::move(held));
  EXPECT_FALSE(lane.next_due());
  EXPECT_EQ(ready(lane, 1h), "");
  EXPECT_EQ(lane.find(6), nullptr);
  lane.find(5)->hold = 0;
  EXPECT_EQ(ready(lane, 1h), "a");
}

TEST(Lane, ATextThatReplacesAnotherCountsOnce) {
  Lane lane;
  Lane::Item held = message("abc");
  held.hold = 1;
  held.parcel.text = "a rule's";
  held.parcel.flips = {1, 2};
  lane.push(std::move(held));
  EXPECT_EQ(lane.held(), 3u + 8u + 16u);
  lane.set_text(*lane.find(1), "new");
  EXPECT_EQ(lane.held(), 3u + 3u + 16u);
}

TEST(Lane, OthersGoFirstAndThenItIsItsTurn) {
  Lane lane;
  lane.push(behind("a", 2));
  lane.push(behind("b", 1));
  lane.push({.parcel = {.raw = " "}});
  lane.push(message("c"));
  EXPECT_EQ(ready(lane, 0ms), " cab");
  lane.push(message("d"));
  EXPECT_EQ(ready(lane, 0ms), "d");
}

TEST(Lane, NobodyWaitsForOthersThatDoNotCome) {
  Lane lane;
  lane.push(behind("a", 1));
  EXPECT_EQ(ready(lane, 0ms), "");
  EXPECT_EQ(lane.next_due(), kStart + 1s);
  EXPECT_EQ(ready(lane, 999ms), "");
  EXPECT_EQ(ready(lane, 1s), "a");
  lane.push(behind("b", 1));
  EXPECT_EQ(ready(lane, 2s), "");
  EXPECT_FALSE(lane.is_empty());
  lane.end();
  EXPECT_EQ(ready(lane, 2s), "b");
}

}  // namespace
}  // namespace overhear::testing
