#include "capture/overlap_history.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace overhear::test {
namespace {

TEST(OverlapHistory, ComparesAnyStretchOfTheLastBytesHoweverTheyCame) {
  for (std::size_t limit : {1u, 7u, 256u, 300u, 1000u}) {
    for (std::size_t step : {1u, 3u, 255u, 256u, 257u, 900u}) {
      OverlapHistory history;
      std::size_t total = 0;
      std::string all;
      for (std::size_t length = 0; length < 2500; length += step) {
        std::string more(step, '\0');
        for (std::size_t i = 0; i < step; ++i) more[i] = static_cast<char>((all.size() + i) * 31 % 251);
        all += more;
        history.append(as_bytes(more), limit, total, 1 << 20);
        ASSERT_GE(history.size(), std::min({limit, all.size(), std::max<std::size_t>(step, 512)}));
        ASSERT_LE(history.size(), std::min(limit, all.size()));
        for (std::size_t distance = 1; distance <= history.size(); distance += 13) {
          std::string tail = all.substr(all.size() - distance, distance);
          ASSERT_TRUE(history.equals(distance, as_bytes(tail)));
          tail.back() = static_cast<char>(tail.back() + 1);
          ASSERT_FALSE(history.equals(distance, as_bytes(tail)));
        }
      }
      ASSERT_LE(total, limit);
      history.release(total);
      ASSERT_EQ(total, 0u);
    }
  }
}

TEST(OverlapHistory, ForgetsWhatStoodBeforeAGap) {
  OverlapHistory history;
  std::size_t total = 0;
  history.append(as_bytes("before"), 64, total, 1024);
  history.forget();
  EXPECT_EQ(history.size(), 0u);
  history.append(as_bytes("after"), 64, total, 1024);
  EXPECT_EQ(history.size(), 5u);
  EXPECT_TRUE(history.equals(5, as_bytes("after")));
}

TEST(OverlapHistory, TakesNoMoreThanAllHistoriesTogetherMay) {
  std::size_t total = 0;
  OverlapHistory first;
  OverlapHistory second;
  const std::string text(4096, 'x');
  first.append(as_bytes(text), 2048, total, 3000);
  second.append(as_bytes(text), 2048, total, 3000);
  EXPECT_EQ(first.size(), 2048u);
  EXPECT_EQ(second.size(), 0u);
  first.release(total);
  second.append(as_bytes(text), 2048, total, 3000);
  EXPECT_EQ(second.size(), 2048u);
}

TEST(OverlapHistory, AllocatesLittleForAConnectionThatSaysLittleAtATime) {
  std::size_t total = 0;
  OverlapHistory history;
  for (int i = 0; i < 1000; ++i) history.append(as_bytes("hello"), 2048, total, 1 << 20);
  EXPECT_EQ(total, 512u);
  history.append(as_bytes(std::string(1460, 'x')), 2048, total, 1 << 20);
  EXPECT_EQ(total, 2048u);
  EXPECT_GE(history.size(), 1460u);
}

}  // namespace
}  // namespace overhear::test
