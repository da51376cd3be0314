#include "capture/waiting_segments.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace overhear::test {
namespace {

using ::testing::ElementsAre;

std::vector<std::string> drain(WaitingSegments& waiting) {
  std::vector<std::string> result;
  while (!waiting.empty()) {
    const StreamOffset offset = waiting.front_offset();
    const WaitingSegments::Segment segment = waiting.take_front();
    result.push_back(std::to_string(offset) + ":" + std::string(as_text(segment.bytes())) + "#" +
                     std::to_string(segment.packet));
  }
  return result;
}

TEST(WaitingSegments, KeepsTheFirstCopyOfEachByteAndFillsOnlyWhatIsFree) {
  WaitingSegments waiting;
  EXPECT_EQ(waiting.insert(10, as_bytes("aa"), 1), 0u);
  EXPECT_EQ(waiting.insert(14, as_bytes("bb"), 2), 0u);
  EXPECT_EQ(waiting.insert(9, as_bytes("-aa-----"), 3), 2u);
  EXPECT_EQ(waiting.insert(10, as_bytes("aa"), 4), 0u);
  EXPECT_EQ(waiting.end(), 17);
  EXPECT_THAT(drain(waiting), ElementsAre("9:-#3", "10:aa#1", "12:--#3", "14:bb#2", "16:-#3"));
}

TEST(WaitingSegments, CountsTheWholeStretchInWhichTwoCopiesDiffer) {
  WaitingSegments waiting;
  waiting.insert(0, as_bytes("VERSION-A"), 1);
  EXPECT_EQ(waiting.insert(0, as_bytes("VERSION-B"), 2), 9u);
  EXPECT_EQ(waiting.insert(-3, as_bytes("...VERSION-A..."), 3), 0u);
  EXPECT_EQ(waiting.insert(-3, as_bytes("xxx"), 4), 3u);
}

TEST(WaitingSegments, AccountsForEveryByteAndSegment) {
  WaitingSegments waiting;
  waiting.insert(5, as_bytes("12345"), 1);
  waiting.insert(8, as_bytes("45678"), 2);
  EXPECT_EQ(waiting.cost(), 8 + 2 * WaitingSegments::kOverhead);
  EXPECT_EQ(waiting.truncate(11), 2u);
  EXPECT_EQ(waiting.cost(), 6 + 2 * WaitingSegments::kOverhead);
  EXPECT_EQ(waiting.truncate(10), 1u);
  EXPECT_EQ(waiting.cost(), 5 + WaitingSegments::kOverhead);
  EXPECT_EQ(waiting.truncate(10), 0u);
  waiting.take_front();
  EXPECT_EQ(waiting.cost(), 0u);
}

TEST(WaitingSegments, RemembersSinceWhenTheHoleBeforeASegmentWasAcknowledged) {
  WaitingSegments waiting;
  waiting.insert(5, as_bytes("a"), 1);
  waiting.insert(9, as_bytes("b"), 2);
  waiting.acknowledge(0, 4, {true, 1, {}});
  EXPECT_FALSE(waiting.front().acknowledged.is_set);
  waiting.acknowledge(4, 5, {true, 2, {}});
  waiting.acknowledge(5, 20, {true, 3, {}});
  EXPECT_EQ(waiting.take_front().acknowledged.packets, 2u);
  EXPECT_EQ(waiting.take_front().acknowledged.packets, 3u);
}

}  // namespace
}  // namespace overhear::test
