// The bytes that wait, and which packets carried them.
#include "dissectors/stream_buffer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

namespace overhear {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

Stamp at(std::uint64_t packet) {
  return {{static_cast<std::int64_t>(packet) * 10}, packet};
}

std::vector<std::uint64_t> packets(const StreamBuffer& buffer, std::size_t from, std::size_t length) {
  Carrier carrier;
  buffer.carried(from, length, carrier, 256);
  return carrier.packets();
}

TEST(StreamBuffer, ShowsWhatCameAndIsNotConsumed) {
  StreamBuffer buffer;
  EXPECT_TRUE(buffer.empty());
  buffer.push(as_bytes("hello "), at(1));
  buffer.consume(2);
  EXPECT_EQ(buffer.view(), "llo ");
  buffer.settle();
  buffer.push(as_bytes("world"), at(2));
  EXPECT_EQ(buffer.view(), "llo world");
  EXPECT_EQ(buffer.size(), 9u);
  buffer.consume(9);
  EXPECT_TRUE(buffer.empty());
  buffer.settle();
  EXPECT_EQ(buffer.view(), "");
}

TEST(StreamBuffer, TellsWhichPacketsCarriedAStretch) {
  StreamBuffer buffer;
  for (std::uint64_t packet = 1; packet <= 4; ++packet) {
    buffer.push(as_bytes("abc"), at(packet));
    buffer.settle();
  }
  EXPECT_THAT(packets(buffer, 0, 3), ElementsAre(1));
  EXPECT_THAT(packets(buffer, 0, 4), ElementsAre(1, 2));
  EXPECT_THAT(packets(buffer, 2, 1), ElementsAre(1));
  EXPECT_THAT(packets(buffer, 3, 3), ElementsAre(2));
  EXPECT_THAT(packets(buffer, 2, 5), ElementsAre(1, 2, 3));
  EXPECT_THAT(packets(buffer, 0, 12), ElementsAre(1, 2, 3, 4));
  buffer.consume(4);
  EXPECT_THAT(packets(buffer, 0, 2), ElementsAre(2));
  EXPECT_THAT(packets(buffer, 1, 2), ElementsAre(2, 3));
}

TEST(StreamBuffer, TellsAllPacketsOfAChunkThatSeveralCarried) {
  Carrier several;
  for (const std::uint64_t packet : {4, 5, 7}) several.add(at(packet), 256);
  StreamBuffer buffer;
  buffer.push(as_bytes("abc"), at(1));
  buffer.settle();
  buffer.push(as_bytes("defg"), several);
  buffer.settle();
  buffer.push(as_bytes("hi"), at(9));
  buffer.settle();
  EXPECT_THAT(packets(buffer, 0, 3), ElementsAre(1));
  EXPECT_THAT(packets(buffer, 3, 1), ElementsAre(4, 5, 7));
  EXPECT_THAT(packets(buffer, 2, 3), ElementsAre(1, 4, 5, 7));
  EXPECT_THAT(packets(buffer, 6, 2), ElementsAre(4, 5, 7, 9));
  buffer.consume(4);
  EXPECT_THAT(packets(buffer, 0, 3), ElementsAre(4, 5, 7));
  Carrier carrier;
  buffer.carried(0, 1, carrier, 256);
  EXPECT_EQ(carrier.first(), at(4).time);
  EXPECT_EQ(carrier.last(), at(7).time);
  buffer.consume(3);
  EXPECT_THAT(packets(buffer, 0, 2), ElementsAre(9));
}

TEST(StreamBuffer, KeepsTheTimesOfAChunkWithoutPackets) {
  Carrier unnumbered;
  unnumbered.add({{10}, 0}, 256);
  unnumbered.add({{30}, 0}, 256);
  StreamBuffer buffer;
  buffer.push(as_bytes("abc"), unnumbered);
  Carrier carrier;
  buffer.carried(0, 3, carrier, 256);
  EXPECT_THAT(carrier.packets(), IsEmpty());
  EXPECT_EQ(carrier.first().ns, 10);
  EXPECT_EQ(carrier.last().ns, 30);
}

TEST(StreamBuffer, IgnoresEmptyChunks) {
  StreamBuffer buffer;
  buffer.push({}, at(1));
  buffer.settle();
  buffer.push(as_bytes("a"), at(2));
  EXPECT_THAT(packets(buffer, 0, 1), ElementsAre(2));
}

TEST(Carrier, ListsPacketsInOrderAndOnce) {
  Carrier carrier;
  EXPECT_TRUE(carrier.empty());
  for (const std::uint64_t packet : {5, 5, 3, 9, 3, 7}) carrier.add(at(packet), 256);
  EXPECT_THAT(carrier.packets(), ElementsAre(3, 5, 7, 9));
  EXPECT_EQ(carrier.first().ns, 30);
  EXPECT_EQ(carrier.last().ns, 90);
  carrier.clear();
  EXPECT_TRUE(carrier.empty());
  EXPECT_THAT(carrier.packets(), IsEmpty());
}

TEST(Carrier, ListsNoMorePacketsThanTheLimitAndTheLastOfThem) {
  Carrier carrier;
  for (std::uint64_t packet = 1; packet <= 100; ++packet) carrier.add(at(packet), 4);
  EXPECT_THAT(carrier.packets(), ElementsAre(1, 2, 3, 100));
  EXPECT_EQ(carrier.last().ns, 1000);
}

TEST(Carrier, ListsNothingWhereThereAreNoPackets) {
  Carrier carrier;
  carrier.add({{7}, 0}, 256);
  EXPECT_FALSE(carrier.empty());
  EXPECT_THAT(carrier.packets(), IsEmpty());
  EXPECT_EQ(carrier.first().ns, 7);
}

// The buffer against the simplest thing that does the same.
TEST(StreamBuffer, KeepsEveryByteAndItsPacketThroughAnyHistory) {
  for (unsigned seed = 0; seed < 200; ++seed) {
    std::mt19937 random(seed);
    StreamBuffer buffer;
    std::string bytes;
    std::vector<std::uint64_t> owners;
    for (std::uint64_t packet = 1; packet < 120; ++packet) {
      std::string chunk(random() % 20, '\0');
      for (char& c : chunk) c = static_cast<char>(random());
      buffer.push(as_bytes(chunk), at(packet));
      bytes += chunk;
      owners.insert(owners.end(), chunk.size(), packet);
      for (int turn = 0; turn < 3; ++turn) {
        ASSERT_EQ(buffer.view(), bytes);
        if (!bytes.empty()) {
          const std::size_t from = random() % bytes.size();
          const std::size_t length = 1 + random() % (bytes.size() - from);
          std::vector<std::uint64_t> expected(owners.begin() + static_cast<std::ptrdiff_t>(from),
                                              owners.begin() + static_cast<std::ptrdiff_t>(from + length));
          expected.erase(std::unique(expected.begin(), expected.end()), expected.end());
          ASSERT_EQ(packets(buffer, from, length), expected) << "seed " << seed << " packet " << packet;
        }
        const std::size_t eaten = bytes.empty() ? 0 : random() % (bytes.size() + 1) * (random() % 2);
        buffer.consume(eaten);
        bytes.erase(0, eaten);
        owners.erase(owners.begin(), owners.begin() + static_cast<std::ptrdiff_t>(eaten));
      }
      buffer.settle();
    }
  }
}

}  // namespace
}  // namespace overhear
