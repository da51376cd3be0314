#include "ui/model/timeline_layout.hpp"

#include <gtest/gtest.h>

#include "tests/ui/rows.hpp"

namespace overhear::testing {
namespace {

constexpr std::chrono::hours kLong{1};
constexpr std::int64_t kMs = 1'000'000;

class Timeline {
 public:
  Rows rows;
  VisibleRows visible;
  TimelineIndex index;

  void look() {
    visible.advance(rows.store(), kLong);
    index.advance(rows.store(), visible, kLong);
    ASSERT_TRUE(index.is_complete(rows.store(), visible));
  }
  LaneLayout lay_out(std::uint32_t session, const TimeWindow& window, float width = 1000) {
    const TimeScale scale{.window = window, .left = 0, .width = width};
    return overhear::lay_out(index.lane(session), nullptr, rows.store(), scale, 5);
  }
  std::size_t answer(Row row, std::uint32_t to) {
    row.direction = Direction::Server;
    row.is_answer = true;
    row.reply_to = to;
    return rows.add(row);
  }
};

TEST(TimelineIndex, EachSessionHasALaneInTheOrderOfItsNumber) {
  Timeline timeline;
  for (const std::uint32_t session : {3u, 1u, 3u, 2u}) timeline.rows.add(timeline.rows.message(session, kMs));
  timeline.look();
  EXPECT_EQ(timeline.index.lanes(), (std::vector<std::uint32_t>{1, 2, 3}));
  EXPECT_EQ(timeline.index.lane(3).entries().size(), 2u);
  EXPECT_EQ(timeline.index.place_of(2), 1u);
  EXPECT_EQ(timeline.index.place_of(7), SIZE_MAX);
}

TEST(TimelineIndex, EntriesAreByTimeHoweverTheyCame) {
  Timeline timeline;
  for (const std::int64_t time : {5, 3, 9, 1}) {
    timeline.rows.add(timeline.rows.message(1, time * kMs));
    timeline.look();
  }
  std::vector<std::int64_t> times;
  for (const TimelineEntry& entry : timeline.index.lane(1).entries()) times.push_back(entry.time / kMs);
  EXPECT_EQ(times, (std::vector<std::int64_t>{1, 3, 5, 9}));
}

TEST(TimelineIndex, FollowsNarrowingAndSorting) {
  Timeline timeline;
  for (std::uint32_t session = 1; session <= 4; ++session) {
    timeline.rows.add(timeline.rows.message(session, session * kMs));
  }
  timeline.look();
  timeline.visible.choose_sessions({2, 3});
  timeline.look();
  EXPECT_EQ(timeline.index.lanes(), (std::vector<std::uint32_t>{2, 3}));
  EXPECT_GT(timeline.index.whole().begin, kMs);
  const std::uint64_t version = timeline.index.version();
  timeline.visible.sort(RowOrder::Time, true);
  timeline.look();
  EXPECT_EQ(timeline.index.version(), version);  // another order is no other time
  timeline.visible.choose_sessions({});
  timeline.look();
  EXPECT_EQ(timeline.index.lanes().size(), 4u);
  EXPECT_EQ(timeline.index.lane(1).entries().size(), 1u);
}

TEST(TimelineIndex, LooksAtNoMoreThanFitsInto) {
  Timeline timeline;
  for (int i = 0; i < 5'000; ++i) timeline.rows.add(timeline.rows.message(1, i));
  timeline.visible.advance(timeline.rows.store(), kLong);
  timeline.index.advance(timeline.rows.store(), timeline.visible, std::chrono::microseconds(0));
  EXPECT_FALSE(timeline.index.is_complete(timeline.rows.store(), timeline.visible));
  int steps = 1;
  while (timeline.index.advance(timeline.rows.store(), timeline.visible, std::chrono::microseconds(0))) ++steps;
  EXPECT_GT(steps, 10);
  EXPECT_EQ(timeline.index.lane(1).entries().size(), 5'000u);
}

TEST(TimelineIndex, KeysAreNegotiatedUntilTheFirstSecretMessage) {
  Timeline timeline;
  timeline.rows.add(timeline.rows.message(1, 10 * kMs, "Handshake.Handshake"));
  timeline.rows.add(timeline.rows.message(1, 20 * kMs, "Handshake.Handshake"));
  Row secret = timeline.rows.message(1, 30 * kMs, "Authentication.Login");
  secret.is_encrypted = true;
  timeline.rows.add(secret);
  timeline.rows.add(timeline.rows.message(2, 10 * kMs, "Handshake.Handshake"));
  timeline.rows.add(timeline.rows.message(2, 20 * kMs, "text"));
  timeline.look();
  ASSERT_EQ(timeline.index.lane(1).negotiations().size(), 1u);
  EXPECT_EQ(timeline.index.lane(1).negotiations().front(), (TimeWindow{10 * kMs, 30 * kMs}));
  ASSERT_EQ(timeline.index.lane(2).negotiations().size(), 1u);
  EXPECT_EQ(timeline.index.lane(2).negotiations().front(), (TimeWindow{10 * kMs, 10 * kMs}));
  EXPECT_EQ(timeline.index.lane(1).entries().front().kind, TickKind::Negotiation);
}

TEST(TimelineIndex, HeartbeatsAndGapsAreThereWithoutEvents) {
  Timeline timeline;
  timeline.rows.add(timeline.rows.message(1, 10 * kMs, "Heartbeat.Ping"));
  const std::size_t ping = timeline.rows.add(timeline.rows.of(RecordKind::Event, 1, 20 * kMs, "ping"));
  const std::size_t gap = timeline.rows.add(timeline.rows.of(RecordKind::Finding, 1, 30 * kMs, "tcp.gap"));
  timeline.rows.add(timeline.rows.of(RecordKind::Event, 1, 40 * kMs, "upgraded"));
  timeline.look();
  const auto& entries = timeline.index.lane(1).entries();
  ASSERT_EQ(entries.size(), 2u);
  EXPECT_EQ(entries[0].kind, TickKind::Heartbeat);
  EXPECT_EQ(entries[1].kind, TickKind::Heartbeat);
  EXPECT_EQ(entries[1].row, ping);
  ASSERT_EQ(timeline.index.lane(1).gaps().size(), 1u);
  EXPECT_EQ(timeline.index.lane(1).gaps().front().row, gap);
  timeline.visible.show_events(true);
  timeline.look();
  EXPECT_EQ(timeline.index.lane(1).entries().size(), 3u);  // each once, and the gap is none of them
}

TEST(TimelineLayout, TicksOnOnePixelAreOneWithTheGravestOfThem) {
  Timeline timeline;
  for (int i = 0; i < 1'000; ++i) {
    Row row = timeline.rows.message(1, 50 * kMs + i);
    if (i == 700) {
      row.findings = 1;
      row.severity = Severity::Error;
    }
    timeline.rows.add(row);
  }
  timeline.rows.add(timeline.rows.message(1, 60 * kMs));
  timeline.look();
  const LaneLayout layout = timeline.lay_out(1, {0, 100 * kMs});
  ASSERT_EQ(layout.ticks.size(), 2u);
  EXPECT_EQ(layout.ticks[0].count, 1'000u);
  EXPECT_EQ(layout.ticks[0].entry.row, 700u);
  EXPECT_EQ(layout.ticks[0].entry.gravity, 3);
  EXPECT_NEAR(layout.ticks[0].x, 500, 1);
  EXPECT_NEAR(layout.ticks[1].x, 600, 1);
}

TEST(TimelineLayout, BothSidesStayApart) {
  Timeline timeline;
  Row row = timeline.rows.message(1, 50 * kMs);
  timeline.rows.add(row);
  row = timeline.rows.message(1, 50 * kMs);
  row.direction = Direction::Server;
  timeline.rows.add(row);
  timeline.look();
  const LaneLayout layout = timeline.lay_out(1, {0, 100 * kMs});
  ASSERT_EQ(layout.ticks.size(), 2u);
  EXPECT_EQ(tick_at(layout, 501, 4, TickSide::Client)->entry.side, TickSide::Client);
  EXPECT_EQ(tick_at(layout, 501, 4, TickSide::Server)->entry.side, TickSide::Server);
  EXPECT_EQ(tick_at(layout, 510, 4, TickSide::Server), nullptr);
}

TEST(TimelineLayout, ManyMessagesAreNoMoreTicksThanPixels) {
  Timeline timeline;
  for (int i = 0; i < 100'000; ++i) timeline.rows.add(timeline.rows.message(1, i * 1'000));
  timeline.look();
  const LaneLayout layout = timeline.lay_out(1, {0, 100 * kMs}, 300);
  EXPECT_LE(layout.ticks.size(), 301u);
  std::size_t count = 0;
  for (const TimelineTick& tick : layout.ticks) count += tick.count;
  EXPECT_EQ(count, 100'000u);
  EXPECT_EQ(timeline.lay_out(1, {10'000, 20'000}).ticks.size(), 11u);  // only what is in the window
}

TEST(TimelineLayout, AnArcGoesFromTheRequestToItsAnswerWhereThereIsRoom) {
  Timeline timeline;
  const std::size_t request = timeline.rows.add(timeline.rows.message(1, 20 * kMs));
  const std::size_t answer = timeline.answer(timeline.rows.message(1, 70 * kMs), 1);
  timeline.rows.add(timeline.rows.message(1, 80 * kMs));
  timeline.answer(timeline.rows.message(1, 80 * kMs + 1), 3);  // too near
  timeline.answer(timeline.rows.message(1, 90 * kMs), 77);     // of none
  timeline.look();
  const LaneLayout layout = timeline.lay_out(1, {0, 100 * kMs});
  ASSERT_EQ(layout.arcs.size(), 1u);
  EXPECT_EQ(layout.arcs[0].request, request);
  EXPECT_EQ(layout.arcs[0].answer, answer);
  EXPECT_NEAR(layout.arcs[0].from, 200, 1);
  EXPECT_NEAR(layout.arcs[0].to, 700, 1);
  EXPECT_EQ(layout.arcs[0].side, TickSide::Client);
  const TimeScale scale{.window = {0, 100 * kMs}, .left = 0, .width = 1000};
  EXPECT_EQ(arcs_of(timeline.index.lane(1), timeline.rows.store(), scale, request).size(), 1u);
  EXPECT_EQ(arcs_of(timeline.index.lane(1), timeline.rows.store(), scale, answer).size(), 1u);
  EXPECT_EQ(arcs_of(timeline.index.lane(1), timeline.rows.store(), scale, 2).size(), 1u);
}

TEST(TimelineLayout, ASessionLivesFromItsBeginToItsEnd) {
  Timeline timeline;
  timeline.rows.add(timeline.rows.message(1, 50 * kMs));
  timeline.look();
  SessionSummary session;
  session.opened = {20 * kMs};
  session.last = {80 * kMs};
  const TimeScale scale{.window = {0, 100 * kMs}, .left = 0, .width = 1000};
  const auto lay = [&](const TimeScale& seen) {
    return overhear::lay_out(timeline.index.lane(1), &session, timeline.rows.store(), seen, 5);
  };
  LaneLayout layout = lay(scale);
  EXPECT_TRUE(layout.has_begin);
  EXPECT_FALSE(layout.has_end);  // still open
  EXPECT_NEAR(layout.life.from, 200, 1);
  EXPECT_NEAR(layout.life.to, 800, 1);
  session.is_closed = true;
  EXPECT_TRUE(lay(scale).has_end);
  session.reason = "end of capture";
  EXPECT_FALSE(lay(scale).has_end);
  EXPECT_FALSE(lay({.window = {30 * kMs, 90 * kMs}, .left = 0, .width = 1000}).has_begin);
}

}  // namespace
}  // namespace overhear::testing
