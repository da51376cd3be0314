#include "session/chat/deliveries.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "dissectors/registry.hpp"
#include "tests/support/capture_builder.hpp"

namespace overhear::testing {
namespace {

// Lines of one server: what clients say, and where what it brings comes from.
class Lines {
 public:
  struct Line {
    std::uint32_t session = 1;
    std::string_view text;
    std::string_view user = {};
    std::string_view room = {};
    std::string server = "10.0.0.9:9000";
  };

  explicit Lines(const Limits& limits = {}) : limits_(limits), deliveries_(limits_) {}

  void say(const Line& line) { deliveries_.add(message(line, Direction::Client)); }
  // "1.2"; empty: nobody said it.
  std::string bring(const Line& line) {
    const auto found = deliveries_.find(message(line, Direction::Server));
    if (!found) return {};
    return fmt::format("{}.{}{}{}", found->line.session, found->line.number, found->room.empty() ? "" : " in ",
                       found->room);
  }
  void wait(std::int64_t seconds) { now_.ns += seconds * kSecond; }

 private:
  Message message(const Line& line, Direction direction) {
    Message out;
    out.protocol = &data_protocol();
    out.session = line.session;
    out.number = ++number_;
    out.direction = direction;
    out.time = out.time_first = now_;
    out.text = line.text;
    out.user = line.user;
    out.room = line.room;
    const Endpoint client = endpoint("10.0.0.1:40000");
    out.source = direction == Direction::Client ? client : endpoint(line.server);
    out.destination = direction == Direction::Client ? endpoint(line.server) : client;
    return out;
  }

  Limits limits_;
  Deliveries deliveries_;
  std::uint32_t number_ = 0;
  Timestamp now_{kSecond};
};

TEST(Deliveries, AreOfTheLineWithTheSameWords) {
  Lines lines;
  lines.say({.session = 1, .text = "hello"});
  lines.say({.session = 2, .text = "bye"});
  EXPECT_EQ(lines.bring({.session = 3, .text = "hello"}), "1.1");
  EXPECT_EQ(lines.bring({.session = 3, .text = "bye"}), "2.2");
  EXPECT_EQ(lines.bring({.session = 3, .text = "what"}), "");
  EXPECT_EQ(lines.bring({.session = 3, .text = ""}), "");
}

TEST(Deliveries, TellWhereItWasSaid) {
  Lines lines;
  lines.say({.session = 1, .text = "hello", .room = "attic"});
  EXPECT_EQ(lines.bring({.session = 2, .text = "hello"}), "1.1 in attic");
}

TEST(Deliveries, DoNotMixUsersRoomsOrServers) {
  Lines lines;
  lines.say({.session = 1, .text = "hi", .user = "ada", .room = "attic"});
  EXPECT_EQ(lines.bring({.session = 2, .text = "hi", .user = "eva"}), "");
  EXPECT_EQ(lines.bring({.session = 2, .text = "hi", .room = "cellar"}), "");
  EXPECT_EQ(lines.bring({.session = 2, .text = "hi", .server = "10.0.0.8:9000"}), "");
  EXPECT_EQ(lines.bring({.session = 2, .text = "hi", .server = "10.0.0.9:9001"}), "");
  EXPECT_EQ(lines.bring({.session = 2, .text = "hi", .user = "\\u0061da", .room = "attic"}), "1.1 in attic");
}

TEST(Deliveries, AreTheSameHoweverTheyAreWritten) {
  Lines lines;
  lines.say({.session = 1, .text = "gr\\u00fc\\u00dfe"});
  EXPECT_EQ(lines.bring({.session = 2, .text = "grüße"}), "1.1");
}

TEST(Deliveries, OfTheSameWordsSaidTwiceAreTwo) {
  Lines lines;
  lines.say({.session = 1, .text = "ok"});
  lines.say({.session = 1, .text = "ok"});
  EXPECT_EQ(lines.bring({.session = 2, .text = "ok"}), "1.1");
  EXPECT_EQ(lines.bring({.session = 3, .text = "ok"}), "1.1");
  EXPECT_EQ(lines.bring({.session = 2, .text = "ok"}), "1.2");
  EXPECT_EQ(lines.bring({.session = 2, .text = "ok"}), "") << "a third one was not said";
  EXPECT_EQ(lines.bring({.session = 3, .text = "ok"}), "1.2");
}

TEST(Deliveries, ComeSoon) {
  Lines lines;
  lines.say({.session = 1, .text = "ok"});
  lines.wait(11);
  EXPECT_EQ(lines.bring({.session = 2, .text = "ok"}), "");
}

TEST(Deliveries, OfForgottenLinesAreNobodys) {
  Limits limits;
  limits.lines = 4;
  Lines lines(limits);
  lines.say({.session = 1, .text = "first"});
  for (int i = 0; i < 4; ++i) lines.say({.session = 1, .text = "more"});
  EXPECT_EQ(lines.bring({.session = 2, .text = "first"}), "");
  EXPECT_EQ(lines.bring({.session = 2, .text = "more"}), "1.2");
}

TEST(Deliveries, OfOtherWordsWithTheSameHashAreNobodys) {
  const std::string_view said = "good morning all";
  const std::string_view brought = "WlCcYW suzV]`1SC";
  if (std::hash<std::string_view>()(said) != std::hash<std::string_view>()(brought)) GTEST_SKIP() << "another hash";
  Lines lines;
  lines.say({.session = 1, .text = said});
  EXPECT_EQ(lines.bring({.session = 2, .text = brought}), "");
  lines.say({.session = 3, .text = brought});
  EXPECT_EQ(lines.bring({.session = 2, .text = said}), "1.1");
  EXPECT_EQ(lines.bring({.session = 2, .text = brought}), "3.3");
  EXPECT_EQ(lines.bring({.session = 4, .text = "x", .user = said}), "");
  lines.say({.session = 1, .text = "x", .user = said});
  EXPECT_EQ(lines.bring({.session = 4, .text = "x", .user = brought}), "");
  EXPECT_EQ(lines.bring({.session = 4, .text = "x", .user = said, .room = "attic"}), "1.7");
}

TEST(Deliveries, OfMoreThanIsRememberedAreNobodys) {
  Limits limits;
  limits.line_bytes = 100'000;
  Lines lines(limits);
  const std::string large(30'000, 'x');
  for (int i = 0; i < 9; ++i) {
    const std::string text = std::to_string(i) + large;
    lines.say({.session = 1, .text = text});
  }
  EXPECT_EQ(lines.bring({.session = 2, .text = "8" + large}), "1.9");
  EXPECT_EQ(lines.bring({.session = 2, .text = "7" + large}), "1.8");
  EXPECT_EQ(lines.bring({.session = 2, .text = "3" + large}), "");
  lines.say({.session = 1, .text = large + large + large + large});
  EXPECT_EQ(lines.bring({.session = 2, .text = large + large + large + large}), "");
  EXPECT_EQ(lines.bring({.session = 3, .text = "8" + large}), "1.9") << "what is too long pushes nothing out";
}

TEST(Deliveries, TheSameWordsByEverybodyTakeLittleTime) {
  Lines lines;
  for (int i = 0; i < 100'000; ++i) {
    lines.say({.session = static_cast<std::uint32_t>(i), .text = "+1", .user = "ada"});
    lines.bring({.session = static_cast<std::uint32_t>(i + 1), .text = "+1", .user = "eva"});
  }
}

}  // namespace
}  // namespace overhear::testing
