// Messages on their way through a gate, whatever is decided about them; and streams of anything, which pass as they
// are.
#include "proxy/stream_gate.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "tests/proxy/chance.hpp"
#include "tests/proxy/ears.hpp"

namespace overhear::testing {
namespace {

std::string said(std::string_view text) {
  return R"({"type":"message","data":{"message":")" + std::string(text) + R"("}})";
}

class Passage {
 public:
  explicit Passage(std::string_view filter) : all(AnalysisOptions{}, filter) { ears.rewriter = &gate; }

  // What the other side gets of it.
  std::string say(Side from, std::string_view bytes) {
    gate.on_bytes(from, as_bytes(bytes));
    return got(other(from));
  }
  std::string got(Side side) { return std::exchange(ears.outs[static_cast<std::size_t>(side)], {}); }
  std::vector<std::uint64_t> holds() const {
    std::vector<std::uint64_t> out;
    for (const auto& [hold, message] : all.held()) out.push_back(hold);
    return out;
  }
  std::string decide(Decision::Kind kind, std::uint64_t hold, std::string_view text = {}) {
    return all.decide({.kind = kind, .hold = hold, .text = text});
  }
  std::string send(Side to, std::string_view text) {
    return all.decide({.kind = Decision::Kind::Send, .to = to, .text = text}, 1);
  }

  Interception all;
  Ears ears;
  StreamGate gate{all, ears};
};

TEST(StreamGate, WhatMatchesWaitsWithAllBehindItAndTheOtherSideGoesOn) {
  Passage passage("text contains \"stop\"");
  EXPECT_EQ(passage.say(Side::First, said("one") + said("stop") + said("two")), said("one"));
  EXPECT_EQ(passage.say(Side::Second, said("answer")), said("answer"));
  ASSERT_EQ(passage.holds(), std::vector<std::uint64_t>{1});
  EXPECT_TRUE(passage.gate.keeps_end(Side::First));
  EXPECT_FALSE(passage.gate.keeps_end(Side::Second));
  EXPECT_EQ(passage.decide(Decision::Kind::Forward, 1), "");
  EXPECT_EQ(passage.got(Side::Second), said("stop") + said("two"));
  EXPECT_EQ(passage.ears.shown[0], said("one") + said("stop") + said("two"));
  EXPECT_EQ(passage.gate.held(), 0u);
  EXPECT_NE(passage.decide(Decision::Kind::Forward, 1), "");
}

TEST(StreamGate, OfSeveralEachIsDecidedAboutByItself) {
  Passage passage("type == \"message\"");
  EXPECT_EQ(passage.say(Side::First, said("a") + said("b") + " " + said("c")), "");
  EXPECT_EQ(passage.decide(Decision::Kind::Edit, 3, "{}"), "");
  EXPECT_EQ(passage.decide(Decision::Kind::Drop, 2), "");
  EXPECT_EQ(passage.got(Side::Second), "");
  EXPECT_EQ(passage.decide(Decision::Kind::Forward, 1), "");
  EXPECT_EQ(passage.got(Side::Second), said("a") + " {}");
  EXPECT_EQ(passage.ears.told, (std::vector<std::string>{"proxy.edited", "proxy.dropped"}));
}

TEST(StreamGate, WhatIsSentGoesPastWhatIsHeldAndNeverIntoAMessage) {
  Passage passage("text contains \"stop\"");
  (void)passage.say(Side::First, said("stop"));
  EXPECT_EQ(passage.send(Side::Second, "{\"x\":1}"), "");
  EXPECT_EQ(passage.got(Side::Second), "{\"x\":1}");
  std::string got = passage.say(Side::Second, said("whole") + "no chat");
  passage.gate.on_pause(Side::Second);
  EXPECT_EQ(got + passage.got(Side::First), said("whole") + "no chat");
  EXPECT_NE(passage.send(Side::First, "{}"), "");
}

TEST(StreamGate, WhatIsKnownToBeAMessageWaitsForItsEndAndWhatIsNotDoesNotWait) {
  Passage passage("text contains \"stop\"");
  EXPECT_EQ(passage.say(Side::First, said("known") + said("stop").substr(0, 9)), said("known"));
  passage.gate.on_pause(Side::First);
  EXPECT_EQ(passage.got(Side::Second), "");
  EXPECT_EQ(passage.say(Side::First, said("stop").substr(9)), "");
  EXPECT_EQ(passage.holds().size(), 1u);
  (void)passage.decide(Decision::Kind::Drop, 1);
  EXPECT_EQ(passage.say(Side::First, said("stop").substr(0, 9)), "");
  passage.ears.clock_time += std::chrono::seconds(1);
  passage.gate.on_pause(Side::First);
  EXPECT_EQ(passage.got(Side::Second), said("stop").substr(0, 9));

  Passage unknown("message");
  (void)unknown.say(Side::First, "{\"not a");
  unknown.gate.on_pause(Side::First);
  EXPECT_EQ(unknown.got(Side::Second), "{\"not a");
  EXPECT_EQ(unknown.say(Side::First, " message\":1}"), " message\":1}");
  EXPECT_EQ(unknown.ears.told, std::vector<std::string>{"proxy.not_held"});
}

TEST(StreamGate, TooMuchIsNotTakenIn) {
  Passage passage("text contains \"stop\"");
  (void)passage.say(Side::First, said("stop"));
  EXPECT_TRUE(passage.gate.has_room(Side::First));
  (void)passage.say(Side::First, said(std::string(5u << 20, 'x')));
  EXPECT_FALSE(passage.gate.has_room(Side::First));
  EXPECT_TRUE(passage.gate.has_room(Side::Second));
  (void)passage.decide(Decision::Kind::Drop, 1);
  EXPECT_TRUE(passage.gate.has_room(Side::First));
}

TEST(StreamGate, ManyThatAreShortTakeRoomTooWhileTheyAreHeld) {
  constexpr std::size_t kMost = 20'000;  // more than there is room for, with what is known of each
  Passage passage("text contains \"stop\"");
  std::size_t said_so_far = 0;
  for (; passage.gate.has_room(Side::First) && said_so_far < kMost; ++said_so_far) {
    (void)passage.say(Side::First, said("stop"));
  }
  EXPECT_LT(said_so_far, kMost);
  EXPECT_GT(said_so_far, 1000u);
}

RuleBook rules(std::string_view text) {
  return *read_rule_book(text, 1);
}

TEST(StreamGate, CopiesEndWhereNobodyReads) {
  Passage passage("");
  passage.all.set_rules(rules(R"({"rules":[{"duplicate":3}]})"));
  EXPECT_EQ(passage.say(Side::First, said("a")), said("a") + said("a") + said("a") + said("a"));
  passage.ears.is_listening = false;
  EXPECT_EQ(passage.say(Side::First, said("b")), said("b"));
}

TEST(StreamGate, BehindARulesEndNothingIsPutOffAndNothingDecided) {
  Passage passage("text == held");
  passage.all.set_rules(
      rules(R"({"rules":[{"match":"text == end","close":"fin"},{"inject":{"to":"client","every":1,"text":"{}"}}]})"));
  (void)passage.say(Side::Second, said("held"));
  EXPECT_TRUE(passage.gate.next_due());
  EXPECT_EQ(passage.say(Side::First, said("end") + said("more")), said("end"));
  EXPECT_EQ(passage.ears.hung_up, false);
  EXPECT_FALSE(passage.gate.next_due());
  EXPECT_NE(passage.decide(Decision::Kind::Forward, 1), "");
  EXPECT_EQ(passage.got(Side::First), "");
}

TEST(StreamGate, WhoWasLateIsNotSaidItTwice) {
  Passage passage("");
  passage.all.set_rules(rules(R"({"rules":[{"inject":{"to":"client","every":1,"text":"{}"}}]})"));
  (void)passage.say(Side::First, said("a"));
  passage.ears.clock_time += std::chrono::milliseconds(3500);
  passage.gate.on_time();
  EXPECT_EQ(passage.got(Side::First), "{}");
  EXPECT_EQ(passage.gate.next_due(), passage.ears.clock_time + std::chrono::seconds(1));
}

TEST(StreamGate, ControlFramesInsideAMessageComeOnce) {
  const std::string head =
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
      "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";
  const std::string ping("\x89\x00", 2);
  const std::string text = said("a");
  const auto size = [](std::size_t bytes) { return static_cast<char>(bytes); };
  const std::string parts = std::string("\x01", 1) + size(5) + text.substr(0, 5) + ping + std::string("\x80", 1) +
                            size(text.size() - 5) + text.substr(5);
  for (const std::string_view rule : {R"({"rules":[{"corrupt":1}]})", R"({"rules":[{"replace":{"/type":1}}]})"}) {
    Passage passage("");
    passage.all.set_rules(rules(rule));
    (void)passage.say(Side::First,
                      "GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n");
    const std::string got = passage.say(Side::Second, head + parts);
    // What is short comes in one frame, so one header less.
    EXPECT_EQ(got.size(), head.size() + parts.size() - (rule.contains("corrupt") ? 0 : 10)) << rule;
  }
}

std::string frames(Chance& chance, Side from) {
  const MessageForm form =
      MessageForm::first(StreamFraming::WebSocket, from == Side::First ? Direction::Client : Direction::Server);
  std::string out = from == Side::First
                        ? "GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                          "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
                        : "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                          "Connection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";
  for (std::size_t i = chance.below(4); i > 0; --i) {
    if (chance.below(2) == 0)
      out += from == Side::First ? std::string(
                                       "\x89\x80"
                                       "abcd",
                                       6)
                                 : std::string("\x89\x00", 2);
    form.append(said("in a frame"), out);
  }
  return out;
}

std::string stream(Chance& chance, std::size_t kind, Side from) {
  std::string out;
  switch (kind) {
    case 0: out = chance.bytes(200); break;
    case 1: out = frames(chance, from); break;
    case 2:
      for (std::size_t i = chance.below(4); i > 0; --i) {
        MessageForm::first(StreamFraming::LengthPrefix, Direction::Client)
            .append(R"({"method":"GET_TIME","req_id":1})", out);
      }
      break;
    default:
      for (std::size_t i = chance.below(5); i > 0; --i) out += said("plain") + (chance.below(2) == 0 ? "\r\n" : "");
  }
  for (std::size_t i = chance.below(3); i > 0; --i) chance.change(out);
  return out;
}

// Nothing is held, or all is, and goes on in the end: no byte is lost, changed or moved.
TEST(StreamGate, AnythingComesOutAsItWentIn) {
  for (unsigned seed = 1; seed <= 3000; ++seed) {
    SCOPED_TRACE(seed);
    Chance chance(seed);
    Passage passage(seed % 2 == 0 ? "" : "message");
    const std::size_t kind = chance.below(4);
    const std::string streams[2] = {stream(chance, kind, Side::First), stream(chance, kind, Side::Second)};
    std::size_t at[2] = {0, 0};
    while (at[0] < streams[0].size() || at[1] < streams[1].size()) {
      const std::size_t side = chance.below(2);
      const std::size_t size = std::min(1 + chance.below(90), streams[side].size() - at[side]);
      const Side from = static_cast<Side>(side);
      if (size > 0) passage.gate.on_bytes(from, as_bytes(std::string_view(streams[side]).substr(at[side], size)));
      if (chance.below(5) == 0) passage.gate.on_pause(from);
      at[side] += size;
      const auto holds = passage.holds();
      if (!holds.empty() && chance.below(3) == 0) {
        EXPECT_EQ(passage.decide(Decision::Kind::Forward, holds[chance.below(holds.size())]), "");
      }
    }
    for (const Side side : {Side::First, Side::Second}) passage.gate.on_end(side);
    for (const std::uint64_t hold : passage.holds()) EXPECT_EQ(passage.decide(Decision::Kind::Forward, hold), "");
    EXPECT_EQ(passage.ears.outs[1], streams[0]);
    EXPECT_EQ(passage.ears.outs[0], streams[1]);
    EXPECT_EQ(passage.ears.shown[0], streams[0]);
    EXPECT_EQ(passage.gate.held(), 0u);
  }
}

// Whatever becomes of the messages, it ends, and nothing is left.
TEST(StreamGate, AnythingMayBeDecidedAboutAnything) {
  for (unsigned seed = 1; seed <= 1500; ++seed) {
    SCOPED_TRACE(seed);
    Chance chance(seed);
    Passage passage("message");
    const std::size_t kind = chance.below(4);
    for (const Side from : {Side::First, Side::Second}) {
      passage.gate.on_bytes(from, as_bytes(stream(chance, kind, from)));
      (void)passage.send(from, chance.bytes(chance.below(300)));
      for (const std::uint64_t hold : passage.holds()) {
        const auto what = static_cast<Decision::Kind>(chance.below(3));
        EXPECT_EQ(passage.decide(what, hold, chance.bytes(chance.below(300))), "");
      }
      passage.gate.on_end(from);
    }
    for (const std::uint64_t hold : passage.holds()) EXPECT_EQ(passage.decide(Decision::Kind::Drop, hold), "");
    EXPECT_EQ(passage.gate.held(), 0u);
  }
}

}  // namespace
}  // namespace overhear::testing
