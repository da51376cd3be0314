// What a filter lets through of a whole analysis, and what stays as it is without one.
#include "session/filter/filter_sink.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "dissectors/registry.hpp"
#include "tests/session/scene.hpp"
#include "tests/support/capture_builder.hpp"

namespace overhear::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr Rule kGap{"tcp.gap", Severity::Warning, {}, "bytes were not captured"};

// Keeps the names of what comes out.
class Shown final : public MessageSink {
 public:
  void on_message(const Message& message) override { add("message " + std::to_string(message.number)); }
  void on_finding(const LooseFinding& finding) override { add("finding " + std::string(finding.finding->rule->code)); }
  void on_session_opened(const SessionRecord& session) override { add_session("opened", session); }
  void on_session_closed(const SessionRecord& session) override { add_session("closed", session); }
  void on_event(const Event& event) override { add("event " + std::string(event.event)); }

  std::vector<std::string> lines;
  std::vector<std::string> sessions;  // "opened 1 hidden"

 private:
  void add(std::string line) { lines.push_back(std::move(line)); }
  void add_session(std::string_view what, const SessionRecord& session) {
    sessions.push_back(std::string(what) + " " + std::to_string(session.session) +
                       (session.is_shown ? " shown" : " hidden") + (session.is_mentioned ? " mentioned" : ""));
  }
};

// One session: opened at 10 s, messages at 20 s and 21.5 s, a finding, a ping, the end.
class Story {
 public:
  explicit Story(const char* filter, bool with_events = false)
      : sink_(
            *Filter::compile(filter), with_events, [this](Timestamp start) { starts.push_back(start.ns / kSecond); },
            shown_) {
    SessionRecord session;
    session.session = 1;
    session.time = {10 * kSecond};
    session.client = endpoint("10.0.0.1:40000");
    session.server = endpoint("10.0.0.2:3072");
    sink_.on_session_opened(session);
    say(1, 20 * kSecond);
    say(2, 21 * kSecond + kSecond / 2);
    const Finding finding{.rule = &kGap, .spec = {}, .text = {}, .field = {}, .bytes = {}};
    sink_.on_finding({&finding, Timestamp{22 * kSecond}, 1, 0, Direction::Server, 7});
    sink_.on_finding({&finding, Timestamp{22 * kSecond}, 0, 0, {}, 8});
    sink_.on_event({.session = 1,
                    .time = {23 * kSecond},
                    .direction = Direction::Client,
                    .layer = "ws",
                    .event = "ping",
                    .size = 0,
                    .detail = {}});
    session.protocol = find_protocol("mcp");
    session.reason = "fin";
    session.time = {24 * kSecond};
    sink_.on_session_closed(session);
  }

  const std::vector<std::string>& lines() const { return shown_.lines; }
  const std::vector<std::string>& sessions() const { return shown_.sessions; }
  const FilterSink& sink() const { return sink_; }
  std::vector<std::int64_t> starts;

 private:
  void say(std::uint32_t number, std::int64_t time) {
    Message message;
    message.session = 1;
    message.number = number;
    message.time = message.time_first = {time};
    message.source = endpoint("10.0.0.1:40000");
    message.destination = endpoint("10.0.0.2:3072");
    message.protocol = find_protocol("mcp");
    message.client_name = "alice";
    sink_.on_message(message);
  }

  Shown shown_;
  FilterSink sink_;
};

TEST(FilterSink, OnlyWhatMatchesIsShownAndCounted) {
  const Story story("number == 2");
  EXPECT_THAT(story.lines(), ElementsAre("message 2"));
  EXPECT_EQ(story.sink().seen(), 2u);
  EXPECT_EQ(story.sink().shown(), 1u);
}

TEST(FilterSink, AFindingKnowsItsSession) {
  for (const char* filter : {"finding && protocol == mcp", "finding && session.user == alice",
                             "finding && src == 10.0.0.2:3072", "finding && client == 10.0.0.1", "packet == 7"}) {
    EXPECT_THAT(Story(filter).lines(), ElementsAre("finding tcp.gap")) << filter;
  }
  EXPECT_THAT(Story("finding.code == tcp.gap").lines(), ElementsAre("finding tcp.gap", "finding tcp.gap"));
  EXPECT_THAT(Story("finding && protocol == scrp").lines(), IsEmpty());
}

TEST(FilterSink, AnEventKnowsItsSession) {
  EXPECT_THAT(Story("event && protocol == mcp && src == 10.0.0.1").lines(), ElementsAre("event ping"));
}

TEST(FilterSink, TimeIsCountedFromTheFirstLineWhetherItIsShownOrNot) {
  const Story story("time.relative >= 1.5s && time.relative <= 2s");
  EXPECT_THAT(story.lines(), ElementsAre("message 2", "finding tcp.gap", "finding tcp.gap"));
  EXPECT_THAT(story.starts, ElementsAre(20));
  EXPECT_THAT(Story("time.relative == 11.5s", true).lines(), ElementsAre("message 2"));
  EXPECT_THAT(Story("time.delta == 1.5s").lines(), ElementsAre("message 2"));
}

TEST(FilterSink, SessionsAreAlwaysToldAndSayWhetherTheyAreShown) {
  EXPECT_THAT(Story("number == 2", true).sessions(),
              ElementsAre("opened 1 hidden mentioned", "closed 1 hidden mentioned"));
  EXPECT_THAT(Story("event == closed", true).sessions(), ElementsAre("opened 1 hidden mentioned", "closed 1 shown"));
  EXPECT_THAT(Story("event == opened", true).sessions(), ElementsAre("opened 1 shown mentioned", "closed 1 hidden"));
  EXPECT_THAT(Story("event == ping").sessions(), ElementsAre("opened 1 hidden mentioned", "closed 1 hidden"));
  EXPECT_THAT(Story("session == 1 && protocol == mcp").sessions(),
              ElementsAre("opened 1 hidden mentioned", "closed 1 shown mentioned"));
}

struct Mentions {
  explicit Mentions(const char* filter) : sink(*Filter::compile(filter), false, [](Timestamp) {}, shown) {}

  void tell(void (MessageSink::*what)(const SessionRecord&), std::uint32_t number) {
    SessionRecord session;
    session.session = number;
    (sink.*what)(session);
  }
  void open(std::uint32_t number) { tell(&MessageSink::on_session_opened, number); }
  void close(std::uint32_t number) { tell(&MessageSink::on_session_closed, number); }
  void say(std::uint32_t session) {
    Message message;
    message.session = session;
    message.number = 1;
    message.protocol = find_protocol("mcp");
    sink.on_message(message);
  }
  void find(std::uint32_t session) {
    const Finding finding{.rule = &kGap, .spec = {}, .text = {}, .field = {}, .bytes = {}};
    sink.on_finding({&finding, Timestamp{}, session, 0, {}, 1});
  }

  Shown shown;
  FilterSink sink;
};

TEST(FilterSink, OfManySessionsEachIsMentionedBySomethingOfItsOwn) {
  Mentions many("message || (finding && session == 3)");
  for (const std::uint32_t number : {1u, 2u, 3u, 1025u}) many.open(number);  // the first and last share a place
  for (const std::uint32_t number : {1u, 1025u, 1u, 1025u}) many.say(number);
  many.find(2);
  many.find(3);
  for (const std::uint32_t number : {1u, 2u, 3u, 1025u}) many.close(number);
  const std::vector<std::string> closed(many.shown.sessions.begin() + 4, many.shown.sessions.end());
  EXPECT_THAT(closed, ElementsAre("closed 1 hidden mentioned", "closed 2 hidden", "closed 3 hidden mentioned",
                                  "closed 1025 hidden mentioned"));
}

// Something may be found before it is known who opened the session.
TEST(FilterSink, WhatWasShownBeforeTheSessionIsToldKeepsNothingFromMentioningIt) {
  Mentions early("message || finding");
  early.find(1);
  early.open(1);
  early.say(1);
  early.close(1);
  EXPECT_THAT(early.shown.sessions, ElementsAre("opened 1 hidden mentioned", "closed 1 hidden mentioned"));
}

}  // namespace
}  // namespace overhear::testing
