// What cannot be had from captures that are at hand: many types, heartbeats. The rest is held against read's output by
// tests/cli/stats_test.py.
#include "session/statistics/statistics.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "dissectors/registry.hpp"

namespace overhear::testing {
namespace {

Message message_of(std::string_view type, std::int64_t ns = 0) {
  Message message;
  message.session = 1;
  message.protocol = find_protocol("mcp");
  message.type = type;
  message.time = {ns};
  message.size = 5;
  message.source_text = "10.0.0.1:40000";
  return message;
}

TEST(Statistics, TypesThatNoTableKnowsAreCountedTogetherBeyondALimit) {
  Statistics statistics;
  for (int i = 0; i < 100'000; ++i) statistics.on_message(message_of("Unknown." + std::to_string(i)));
  statistics.on_message(message_of("Room.Join"));
  EXPECT_EQ(statistics.types().size(), Statistics::kUnknownTypes + 2);
  EXPECT_EQ(statistics.types().front()->type, "(others)");
  EXPECT_EQ(statistics.types().front()->messages, 100'000 - Statistics::kUnknownTypes);
  EXPECT_EQ(statistics.messages(), 100'001u);
}

TEST(Statistics, HeartbeatsAreMeasuredBySenderAndSession) {
  Statistics statistics;
  for (std::int64_t i = 0; i < 5; ++i) {
    Message beat = message_of("Heartbeat.Ping", i * 10 * kSecond);
    statistics.on_message(beat);
    beat.direction = Direction::Server;
    beat.time = {beat.time.ns + kSecond};
    statistics.on_message(beat);
    beat.session = 2;
    if (i == 0) statistics.on_message(beat);
  }
  const Distribution& intervals = statistics.heartbeats().at("mcp Heartbeat.Ping");
  EXPECT_EQ(intervals.count(), 8u);
  EXPECT_EQ(intervals.least(), 10 * kSecond);
  EXPECT_EQ(intervals.greatest(), 10 * kSecond);
}

TEST(Statistics, PingsOfWebSocketsAreHeartbeatsToo) {
  Statistics statistics;
  Event ping{.session = 1,
             .time = {0},
             .direction = Direction::Server,
             .layer = "ws",
             .event = "ping",
             .size = {},
             .detail = {}};
  statistics.on_event(ping);
  ping.time = {30 * kSecond};
  statistics.on_event(ping);
  EXPECT_EQ(statistics.heartbeats().at("ws ping").greatest(), 30 * kSecond);
  SessionRecord closed;
  closed.session = 1;
  statistics.on_session_closed(closed);
  ping.time = {90 * kSecond};
  statistics.on_event(ping);
  EXPECT_EQ(statistics.heartbeats().at("ws ping").count(), 1u) << "of another session with the same number";
}

TEST(Statistics, OtherEventsAreNoHeartbeats) {
  Statistics statistics;
  statistics.on_event({.session = 1,
                       .time = {0},
                       .direction = Direction::Server,
                       .layer = "ws",
                       .event = "pong",
                       .size = {},
                       .detail = {}});
  EXPECT_TRUE(statistics.heartbeats().empty());
}

TEST(Statistics, TimeRunsToTheLatestMessageInWhateverOrderTheyCome) {
  Statistics statistics;
  for (const std::int64_t ns : {10, 90, 40}) statistics.on_message(message_of("Room.Join", ns));
  EXPECT_EQ(statistics.duration_ns(), 80);
}

TEST(Statistics, WhatCouldNotBeOpenedIsCounted) {
  Statistics statistics;
  Message message = message_of("");
  statistics.on_message(message);
  message.is_encrypted = true;
  statistics.on_message(message);
  EXPECT_EQ(statistics.protocols().at("mcp").encrypted, 1u);
}

TEST(Statistics, FindingsStandTheGravestFirstAlsoThoseAboutActions) {
  constexpr Rule kNote{"a.note", Severity::Note, {}, "x"};
  constexpr Rule kError{"b.error", Severity::Error, {}, "x"};
  constexpr Rule kWarning{"a.warning", Severity::Warning, {}, "x"};
  const auto found = [](const Rule& rule) {
    return Finding{.rule = &rule, .spec = {}, .text = {}, .field = {}, .bytes = {}};
  };
  const std::vector<Finding> about_it{found(kNote), found(kError)};
  const std::vector<Finding> about_actions{found(kWarning), found(kWarning)};
  Message message = message_of("Room.Join");
  message.findings = about_it;
  message.action_findings = about_actions;
  Statistics statistics;
  statistics.on_message(message);
  const auto findings = statistics.findings();
  ASSERT_EQ(findings.size(), 3u);
  EXPECT_EQ(findings[0].code, "b.error");
  EXPECT_EQ(findings[1].code, "a.warning");
  EXPECT_EQ(findings[1].count, 2u);
  EXPECT_EQ(findings[2].code, "a.note");
}

TEST(Statistics, SendersAreUsersOrAddresses) {
  Statistics statistics;
  Message message = message_of("Room.Join");
  statistics.on_message(message);
  message.client_name = R"(Al\u0069ce)";
  statistics.on_message(message);
  message.direction = Direction::Server;
  message.source_text = "[::1]:3072";
  statistics.on_message(message);
  statistics.on_message(message);
  const auto top = statistics.talkers().top(9);
  ASSERT_EQ(top.size(), 3u);
  EXPECT_EQ(top[0].name, "[::1]:3072");
  EXPECT_EQ(top[1].name, "10.0.0.1");
  EXPECT_EQ(top[2].name, "Alice");
}

}  // namespace
}  // namespace overhear::testing
