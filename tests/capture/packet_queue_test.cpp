#include "capture/packet_queue.hpp"

#include <gtest/gtest.h>
#include <poll.h>

#include <string>
#include <thread>

#include "base/bytes.hpp"

namespace overhear::testing {
namespace {

constexpr std::size_t kRoom = 4u << 20;

Packet packet(std::uint64_t number, std::string_view text) {
  Packet out;
  out.number = number;
  out.interface = 3;
  out.time = {static_cast<std::int64_t>(number) * 1000};
  out.link_type = 113;
  out.bytes = as_bytes(text);
  out.original_length = static_cast<std::uint32_t>(text.size() + 7);
  return out;
}

std::string text_of(std::uint64_t number) {
  return std::string(number * 37 % 1500, static_cast<char>('a' + number % 26));
}

bool is_readable(const PacketQueue& queue) {
  pollfd input{.fd = queue.descriptor(), .events = POLLIN, .revents = 0};
  return ::poll(&input, 1, 0) > 0;
}

TEST(PacketQueue, HandsOutWhatWasPushedWithAllThatBelongsToIt) {
  PacketQueue queue(kRoom);
  ASSERT_TRUE(queue.push(packet(5, "over the loop")));
  ASSERT_TRUE(queue.push(packet(6, "")));
  std::vector<std::uint64_t> numbers;
  EXPECT_TRUE(queue.take([&](const Packet& got) {
    numbers.push_back(got.number);
    EXPECT_EQ(as_text(got.bytes), got.number == 5 ? "over the loop" : "");
    EXPECT_EQ(got.original_length, got.bytes.size() + 7);
    EXPECT_EQ(got.time.ns, static_cast<std::int64_t>(got.number) * 1000);
    EXPECT_EQ(got.interface, 3u);
    EXPECT_EQ(got.link_type, 113);
  }));
  EXPECT_EQ(numbers, (std::vector<std::uint64_t>{5, 6}));
  EXPECT_FALSE(queue.take([](const Packet&) { ADD_FAILURE(); }));
}

TEST(PacketQueue, TwoThreadsLoseNothingAndKeepTheOrder) {
  PacketQueue queue(kRoom);
  constexpr std::uint64_t kPackets = 50'000;
  std::thread writer([&] {
    for (std::uint64_t number = 1; number <= kPackets; ++number) {
      const std::string text = text_of(number);
      while (!queue.push(packet(number, text))) ASSERT_TRUE(queue.wait_for_room());
      if (number % 100 == 0) queue.wake();
    }
    queue.close();
  });
  std::uint64_t last = 0;
  const auto on_packet = [&](const Packet& got) {
    ASSERT_EQ(got.number, last + 1);
    ASSERT_EQ(as_text(got.bytes), text_of(got.number));
    last = got.number;
  };
  while (queue.take(on_packet) || !queue.is_over()) {
    if (last % 7 == 0) queue.wait(1000);  // now and then late
  }
  writer.join();
  EXPECT_EQ(last, kPackets);
}

TEST(PacketQueue, TakesNoMoreThanItsLimitAndGoesOnOnceThereIsRoom) {
  PacketQueue queue(kRoom);
  const std::string text(100'000, 'x');
  std::uint64_t pushed = 0;
  while (queue.push(packet(pushed + 1, text))) ASSERT_LE(++pushed * text.size(), kRoom);
  EXPECT_GT(pushed * text.size(), kRoom / 2);
  std::uint64_t taken = 0;
  ASSERT_TRUE(queue.take([&](const Packet&) { ++taken; }));
  EXPECT_FALSE(queue.push(packet(pushed + 1, text))) << "what was taken is still in use";
  ASSERT_TRUE(queue.take([&](const Packet&) { ++taken; }));
  EXPECT_TRUE(queue.wait_for_room());
  EXPECT_TRUE(queue.push(packet(pushed + 1, text)));
  while (queue.take([&](const Packet&) { ++taken; })) {
  }
  EXPECT_EQ(taken, pushed + 1);
}

TEST(PacketQueue, APacketLargerThanTheLimitIsKeptWhereNothingElseWaits) {
  PacketQueue queue(1000);
  const std::string text(2u << 20, 'x');
  EXPECT_TRUE(queue.push(packet(1, text)));
  EXPECT_FALSE(queue.push(packet(2, text)));
  EXPECT_TRUE(queue.take([&](const Packet& got) { EXPECT_EQ(got.bytes.size(), text.size()); }));
  EXPECT_FALSE(queue.take([](const Packet&) {}));
  EXPECT_TRUE(queue.push(packet(3, text)));
}

TEST(PacketQueue, IsReadableWhilePacketsWaitAndWhenItIsClosed) {
  PacketQueue queue(kRoom);
  EXPECT_FALSE(is_readable(queue));
  ASSERT_TRUE(queue.push(packet(1, "x")));
  queue.wake();
  EXPECT_TRUE(is_readable(queue));
  while (queue.take([](const Packet&) {})) {
  }
  EXPECT_FALSE(is_readable(queue));
  EXPECT_FALSE(queue.is_over());
  queue.close();
  EXPECT_TRUE(is_readable(queue));
  EXPECT_TRUE(queue.is_over());
}

TEST(PacketQueue, WhatWasTakenStaysUntilTheNextIsWhateverIsPushedMeanwhile) {
  PacketQueue queue(kRoom);
  ASSERT_TRUE(queue.push(packet(1, "still here")));
  Bytes seen;
  ASSERT_TRUE(queue.take([&](const Packet& got) { seen = got.bytes; }));
  for (std::uint64_t number = 2; number < 10; ++number) ASSERT_TRUE(queue.push(packet(number, "another one")));
  EXPECT_EQ(as_text(seen), "still here");
}

TEST(PacketQueue, AWriterWithoutRoomLearnsThatNobodyReadsAnyMore) {
  PacketQueue queue(1);
  ASSERT_TRUE(queue.push(packet(1, "x")));
  std::thread reader([&] { queue.abandon(); });
  while (queue.wait_for_room() && queue.push(packet(2, std::string(600'000, 'x')))) {
  }
  reader.join();
  EXPECT_FALSE(queue.wait_for_room());
}

}  // namespace
}  // namespace overhear::testing
