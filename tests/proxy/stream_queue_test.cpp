#include "proxy/stream_queue.hpp"

#include <gtest/gtest.h>

#include "session/proxy_rules.hpp"
#include "tests/proxy/journal.hpp"

namespace overhear::testing {
namespace {

constexpr std::size_t kRoom = 4u << 20;
const Rule kRule{"proxy.test", Severity::Note, "", "something"};

Connection ends(std::uint16_t port) {
  Connection out;
  out.ends[0].port = port;
  out.ends[1].port = 9000;
  out.initiator = Side::First;
  return out;
}

void play_all(StreamPlayer& player) {
  while (player.play([](Timestamp) {})) {
  }
}

TEST(StreamQueue, TellsWhatWasRelayedInOrder) {
  StreamQueue queue(kRoom);
  Journal journal;
  StreamPlayer player(queue, journal);
  StreamTap one(queue, 1, ends(1001), {10});
  StreamTap two(queue, 2, ends(1002), {20});
  one.on_bytes(Side::First, as_bytes("ask"), {30});
  two.on_bytes(Side::First, as_bytes("other"), {40});
  one.on_bytes(Side::Second, as_bytes("answer"), {50});
  one.tell(kRule, "odd", {55});
  one.on_end(Side::First, {60});
  one.on_closed(CloseReason::Fin, {70});
  queue.tell(0, kRule, "of none", {80});
  two.on_closed(CloseReason::Reset, {90});
  std::vector<std::int64_t> times;
  while (player.play([&](Timestamp now) { times.push_back(now.ns); })) {
  }
  player.finish();
  EXPECT_EQ(times, (std::vector<std::int64_t>{10, 20, 30, 40, 50, 55, 60, 70, 80, 90}));
  ASSERT_EQ(journal.heard().size(), 2u);
  const Heard& first = *journal.heard()[0];
  EXPECT_EQ(first.ends.ends[0].port, 1001);
  EXPECT_EQ(first.bytes[0], "ask");
  EXPECT_EQ(first.bytes[1], "answer");
  EXPECT_EQ(first.has_ended, (std::array{true, false}));
  EXPECT_EQ(first.findings, (std::vector<std::string>{"proxy.test: odd"}));
  EXPECT_EQ(first.closed, CloseReason::Fin);
  EXPECT_EQ(journal.heard()[1]->bytes[0], "other");
  EXPECT_EQ(journal.heard()[1]->closed, CloseReason::Reset);
  EXPECT_EQ(journal.findings(), (std::vector<std::string>{"proxy.test: of none"}));
}

TEST(StreamQueue, WhatFindsNoRoomIsCountedAndToldOnceBeforeWhatFollows) {
  StreamQueue queue(kRoom);
  Journal journal;
  StreamPlayer player(queue, journal);
  StreamTap tap(queue, 1, ends(1001), {1});
  const std::string block(100'000, 'x');
  for (int i = 0; i < 100; ++i) tap.on_bytes(Side::First, as_bytes(block), {2});
  play_all(player);
  const Heard& heard = *journal.heard().front();
  const std::size_t kept = heard.bytes[0].size();
  EXPECT_LE(kept, kRoom);
  EXPECT_GT(kept, kRoom / 2);
  EXPECT_EQ(heard.missing[0], 0u) << "told before it was known how many";
  tap.on_bytes(Side::First, as_bytes("there is room again"), {3});
  play_all(player);
  EXPECT_EQ(heard.missing[0] + kept, 100 * block.size());
  EXPECT_EQ(heard.missing[1], 0u);
  EXPECT_EQ(heard.findings.size(), 1u);
  EXPECT_TRUE(heard.findings[0].starts_with("proxy.not_analysed: " + std::to_string(heard.missing[0]) + " bytes"));
  EXPECT_TRUE(heard.bytes[0].ends_with("xthere is room again"));
}

TEST(StreamQueue, WhatFoundNoRoomIsToldBeforeTheEndToo) {
  StreamQueue queue(kRoom);
  Journal journal;
  StreamPlayer player(queue, journal);
  StreamTap tap(queue, 1, ends(1001), {1});
  const std::string block(100'000, 'x');
  for (int i = 0; i < 100; ++i) tap.on_bytes(Side::First, as_bytes(block), {2});
  for (int i = 0; i < 3; ++i) tap.on_bytes(Side::Second, as_bytes(block), {3});
  tap.on_end(Side::First, {4});
  tap.on_closed(CloseReason::Reset, {5});
  play_all(player);
  const Heard& heard = *journal.heard().front();
  EXPECT_EQ(heard.missing[0] + heard.bytes[0].size(), 100 * block.size());
  EXPECT_EQ(heard.missing[1], 3 * block.size());
  EXPECT_EQ(heard.findings.size(), 2u);
  EXPECT_EQ(heard.has_ended, (std::array{true, false}));
  EXPECT_EQ(heard.closed, CloseReason::Reset);
}

TEST(StreamQueue, WhatIsOpenAtTheEndEndsInTheOrderOfItsOpening) {
  StreamQueue queue(kRoom);
  Journal journal;
  StreamPlayer player(queue, journal);
  for (std::uint64_t number = 1; number <= 100; ++number) {
    StreamTap(queue, number, ends(static_cast<std::uint16_t>(number)), {static_cast<std::int64_t>(number)});
  }
  play_all(player);
  player.finish();
  std::vector<std::uint16_t> expected;
  for (std::uint16_t port = 1; port <= 100; ++port) expected.push_back(port);
  EXPECT_EQ(journal.closed_ports(), expected);
  EXPECT_EQ(journal.heard().front()->closed, CloseReason::EndOfCapture);
}

}  // namespace
}  // namespace overhear::testing
