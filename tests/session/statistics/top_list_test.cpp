#include "session/statistics/top_list.hpp"

#include <gtest/gtest.h>

#include <string>

namespace overhear::testing {
namespace {

TEST(TopList, TheOnesWithMostComeFirst) {
  TopList list;
  for (const char* const name : {"b", "a", "c", "a", "c", "a"}) list.add(name, 10);
  const auto top = list.top(2);
  ASSERT_EQ(top.size(), 2u);
  EXPECT_EQ(top[0].name, "a");
  EXPECT_EQ(top[0].messages, 3u);
  EXPECT_EQ(top[0].bytes, 30u);
  EXPECT_EQ(top[1].name, "c");
  EXPECT_EQ(list.top(9).size(), 3u);
}

TEST(TopList, NobodyIsGivenUpBeforeThereAreTooMany) {
  TopList list;
  for (std::size_t i = 0; i < TopList::kMost; ++i) list.add(std::to_string(i), 1);
  EXPECT_EQ(list.size(), TopList::kMost);
  EXPECT_EQ(list.others().messages, 0u);
  list.add("one more", 1);
  EXPECT_EQ(list.size(), TopList::kMost / 2 + 1);
  EXPECT_EQ(list.others().messages, TopList::kMost / 2);
}

TEST(TopList, WhoSaysMostStaysHoweverManyOthersThereAre) {
  TopList list;
  std::uint64_t all = 0;
  for (int i = 0; i < 100'000; ++i) {
    list.add("stranger " + std::to_string(i), 1);
    if (i % 10 == 0) list.add("alice", 1);
    all += i % 10 == 0 ? 2 : 1;
  }
  EXPECT_LE(list.size(), TopList::kMost);
  EXPECT_EQ(list.top(1).front().name, "alice");
  EXPECT_EQ(list.top(1).front().messages, 10'000u);
  std::uint64_t counted = list.others().messages;
  for (const TopList::Entry& one : list.top(TopList::kMost)) counted += one.messages;
  EXPECT_EQ(counted, all);
}

}  // namespace
}  // namespace overhear::testing
