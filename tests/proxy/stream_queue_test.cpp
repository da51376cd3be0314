#include "proxy/stream_player.hpp"
#include "proxy/stream_tap.hpp"

#include <gtest/gtest.h>

#include <utility>
#include <vector>

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

// What each leg has carried.
class Wire final : public WireSink {
 public:
  void on_opened(std::uint64_t, const LegEnds& ends, Timestamp) override { ports = {ends[0][0].port, ends[1][1].port}; }
  void on_bytes(std::uint64_t, Leg leg, Side from, std::uint64_t before, Bytes bytes, Timestamp) override {
    const std::size_t place = 2 * static_cast<std::size_t>(leg) + static_cast<std::size_t>(from);
    missing[place] += before;
    carried[place] += as_text(bytes);
    ++packets;
  }
  void on_end(std::uint64_t, Side, Timestamp) override { ++packets; }
  void on_reset(std::uint64_t, Leg leg, Side from, Timestamp) override { resets.emplace_back(leg, from); }
  void on_closed(std::uint64_t, Timestamp) override { is_closed = true; }
  std::uint64_t packet(std::uint64_t, Side) const override { return packets; }

  std::array<std::uint16_t, 2> ports{};
  std::array<std::string, 4> carried;  // client's leg from both sides, server's leg from both
  std::array<std::uint64_t, 4> missing{};
  std::vector<std::pair<Leg, Side>> resets;
  std::uint64_t packets = 0;
  bool is_closed = false;
};

LegEnds legs() {
  LegEnds out;
  out[0][0].port = 1001;
  out[1][1].port = 9000;
  return out;
}

TEST(StreamQueue, TellsTheWireWhatEachLegCarries) {
  StreamQueue queue(kRoom);
  Journal journal;
  Wire wire;
  StreamPlayer player(queue, journal, nullptr, &wire);
  WireTap legs_tap(queue, 1, legs(), {1});
  StreamTap tap(queue, 1, ends(1001), {1}, &legs_tap);
  tap.on_bytes(Side::First, as_bytes("both "), {2}, Legs::Both);
  tap.on_bytes(Side::Second, as_bytes("shown as sealed for the client "), {3}, Legs::Client);
  legs_tap.on_bytes(Leg::Server, Side::Second, as_bytes("sealed by the server "), {3});
  tap.on_bytes(Side::First, as_bytes("opened "), {4});
  legs_tap.on_reset(Leg::Client, Side::First, {5});
  tap.on_closed(CloseReason::Reset, {6});
  play_all(player);
  EXPECT_EQ(wire.ports, (std::array<std::uint16_t, 2>{1001, 9000}));
  EXPECT_EQ(wire.carried,
            (std::array<std::string, 4>{"both ", "shown as sealed for the client ", "both ", "sealed by the server "}));
  EXPECT_EQ(wire.resets, (std::vector{std::pair(Leg::Client, Side::First)}));
  EXPECT_TRUE(wire.is_closed);
  EXPECT_EQ(journal.heard().front()->bytes[0], "both opened ");
}

TEST(StreamQueue, WhatFindsNoRoomIsMissingOnTheLegsThatCarriedIt) {
  StreamQueue queue(kRoom);
  Journal journal;
  Wire wire;
  StreamPlayer player(queue, journal, nullptr, &wire);
  WireTap legs_tap(queue, 1, legs(), {1});
  StreamTap tap(queue, 1, ends(1001), {1}, &legs_tap);
  const std::string block(100'000, 'x');
  for (int i = 0; i < 50; ++i) tap.on_bytes(Side::First, as_bytes(block), {2}, Legs::Both);
  for (int i = 0; i < 3; ++i) legs_tap.on_bytes(Leg::Server, Side::Second, as_bytes(block), {3});
  for (int i = 0; i < 2; ++i) tap.on_bytes(Side::Second, as_bytes(block), {3}, Legs::Client);
  play_all(player);
  tap.on_bytes(Side::First, as_bytes("again"), {4}, Legs::Both);
  tap.on_closed(CloseReason::Fin, {5});
  play_all(player);
  EXPECT_EQ(wire.missing[0] + wire.carried[0].size(), 50 * block.size() + 5);
  EXPECT_EQ(wire.missing[2], wire.missing[0]);
  EXPECT_EQ(journal.heard().front()->missing[0], wire.missing[0]);
  EXPECT_EQ(wire.missing[1] + wire.carried[1].size(), 2 * block.size());
  EXPECT_EQ(wire.missing[3] + wire.carried[3].size(), 3 * block.size());
}

// However much comes at once: a message knows the packet that completed it.
TEST(StreamQueue, PlaysNoMoreThanOnePacketAtATime) {
  StreamQueue queue(kRoom);
  Journal journal;
  Wire wire;
  StreamPlayer player(queue, journal, nullptr, &wire);
  WireTap legs_tap(queue, 1, legs(), {1});
  StreamTap tap(queue, 1, ends(1001), {1}, &legs_tap);
  tap.on_bytes(Side::First, as_bytes(std::string(100'000, 'x')), {2}, Legs::Client);
  play_all(player);
  EXPECT_EQ(wire.packets, 4u);
}

// Ends are told however full it is: who goes on making some has to see that nobody looks.
TEST(StreamQueue, SaysThatMoreThanTwiceItsRoomIsTaken) {
  constexpr std::size_t kLimit = 1u << 20;
  StreamQueue queue(kLimit);
  std::uint64_t ends = 0;
  while (!queue.is_overfull() && ends < 1'000'000) queue.end(++ends, Side::First, {});
  EXPECT_GT(ends * 128, 2 * kLimit);  // a record takes less
  EXPECT_LT(ends, 1'000'000u);
  Journal journal;
  StreamPlayer player(queue, journal);
  play_all(player);
  EXPECT_FALSE(queue.is_overfull());
}

}  // namespace
}  // namespace overhear::testing
