#include "base/text_hash.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace overhear::testing {
namespace {

TEST(TextHash, IsTheSameForTheSameText) {
  const std::string text = "what is said in a room";
  EXPECT_EQ(text_hash(text), text_hash(std::string(text)));
  EXPECT_EQ(text_hash({}), text_hash(std::string()));
}

// A table's place and a mark take the lowest bits.
TEST(TextHash, EachByteOfATextOfAnyLengthReachesTheLowestBits) {
  for (std::size_t size = 1; size <= 40; ++size) {
    const std::string text(size, 'a');
    for (std::size_t at = 0; at < size; ++at) {
      std::set<std::uint16_t> marks;
      for (int value = 0; value < 256; ++value) {
        std::string other = text;
        other[at] = static_cast<char>(value);
        marks.insert(static_cast<std::uint16_t>(text_hash(other)));
      }
      EXPECT_GE(marks.size(), 250u) << "byte " << at << " of " << size;
    }
  }
}

TEST(TextHash, TellsCountersAndLengthsApart) {
  std::set<std::uint32_t> counters;
  for (std::uint64_t i = 0; i < 10'000; ++i) {
    counters.insert(static_cast<std::uint32_t>(text_hash(std::to_string(1'416'700'000'000u + i))));
  }
  EXPECT_GE(counters.size(), 9'999u);
  std::set<std::uint64_t> lengths;
  for (std::size_t size = 0; size < 100; ++size) lengths.insert(text_hash(std::string(size, '\0')));
  EXPECT_EQ(lengths.size(), 100u);
}

}  // namespace
}  // namespace overhear::testing
