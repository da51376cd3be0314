#include "cli/text_view.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <sstream>
#include <string>
#include <vector>

#include "session/analyzer.hpp"
#include "session/text/printable_text.hpp"
#include "tests/support/capture_builder.hpp"

namespace overhear::testing {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

constexpr Rule kFact{"tcp.test_fact", Severity::Warning, "RFC 9293", "a fact"};
constexpr std::string_view kLogsIn =
    R"({"type":"command","data":{"command":"login","parameters":{"username":"ada","password":"curiouser"}}})";

std::string says(std::string_view text) {
  return R"({"type":"message","username":"ada","data":{"message":")" + std::string(text) + R"("}})";
}

// All that was written to a file.
std::vector<std::string> lines_of(int file, Output& output) {
  output.flush();
  std::string all(static_cast<std::size_t>(::lseek(file, 0, SEEK_END)), '\0');
  ::lseek(file, 0, SEEK_SET);
  EXPECT_EQ(::read(file, all.data(), all.size()), static_cast<ssize_t>(all.size()));
  ::close(file);
  std::vector<std::string> lines;
  std::istringstream in(all);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

// What one connection of ChatMaster looks like.
std::vector<std::string> view(const std::vector<std::string>& messages, const TextOptions& options = {}) {
  const int file = ::memfd_create("text", 0);
  Output output(file);
  TextView text(output, options);
  Limits limits;
  AnalysisOptions analysis{.limits = limits, .decode_as = {}};
  Analyzer analyzer(analysis, nullptr, text);
  // Picked up in its middle: then the messages may begin anywhere in a conversation.
  Connection connection{
      .ends = {endpoint("10.0.0.1:40000"), endpoint("10.0.0.2:9000")}, .initiator = Side::First, .is_midstream = true};
  const auto session = analyzer.on_opened(connection, {{kSecond}, 1});
  Finding finding{.rule = &kFact, .spec = {}, .text = "quotes \x1b[2J", .field = {}, .bytes = {}};
  session->on_finding(Side::First, finding, {{kSecond}, 2});
  std::uint64_t packet = 2;
  for (const std::string& message : messages) {
    ++packet;
    session->on_bytes(Side::First, as_bytes(message), {{static_cast<std::int64_t>(packet) * kSecond / 2}, packet});
  }
  session->on_closed(CloseReason::Fin, {{10 * kSecond}, packet + 1});
  return lines_of(file, output);
}

std::string last(const std::vector<std::string>& lines) {
  return lines.back();
}

std::string event_line(const Event& event) {
  const int file = ::memfd_create("text", 0);
  Output output(file);
  TextView text(output, {.with_events = true});
  SessionRecord session;
  session.session = event.session;
  text.on_session_opened(session);
  text.on_event(event);
  return lines_of(file, output).back();
}

TEST(TextView, AMessageIsALineWithNameTimePartiesTypeAndWhatItSays) {
  const auto lines = view({std::string(kLogsIn), says("hello")});
  ASSERT_EQ(lines.size(), 5u);
  EXPECT_THAT(lines[0], HasSubstr("session 1  10.0.0.1:40000 → 10.0.0.2:9000"));
  EXPECT_EQ(lines[1], "  1.-   0.000000  ! tcp.test_fact client: quotes \\x1b[2J (RFC 9293)");
  EXPECT_THAT(lines[3], StartsWith("  1.1   0.500000  ada → server    command/login "));
  EXPECT_THAT(lines[4], StartsWith("  1.2   1.000000  ada → server    message "));
  EXPECT_THAT(lines[4], EndsWith("ada: hello"));
}

TEST(TextView, PortsStandForNamesThatNobodyHasTold) {
  EXPECT_THAT(view({R"({"type":"command","data":{"command":"list"}})"}),
              ::testing::Contains(HasSubstr("  1.1   0.500000  :40000 → :9000")));
}

TEST(TextView, AHeadingTellsWhoTalksAndTheProtocolOnceItIsKnown) {
  const auto lines = view({"no JSON at all \n", says("one"), says("two"), says("three")});
  std::vector<std::string> headings;
  std::ranges::copy_if(lines, std::back_inserter(headings),
                       [](const std::string& line) { return line.starts_with("──"); });
  // A finding comes before the first message, and bytes that no protocol claims before that.
  EXPECT_THAT(headings,
              ::testing::ElementsAre("── session 1  10.0.0.1:40000 → 10.0.0.2:9000", "── session 1  chatmaster"));
  EXPECT_EQ(lines[0], headings[0]);
  EXPECT_THAT(lines, ::testing::Contains(StartsWith("  1.1   0.500000  :40000 → :9000  data ")));
}

// Where in the line a text stands, in columns.
std::size_t column_of(const std::string& line, std::string_view text) {
  return columns(std::string_view(line).substr(0, line.find(text)));
}

TEST(TextView, ColumnsStandUnderEachOtherWhateverIsInThem) {
  const std::string_view logs_in = R"({"type":"command","data":{"command":"login","parameters":{"username":")";
  for (const std::size_t width : {0u, 80u, 100u}) {
    for (const char* name :
         {"ada", "煎茶", "👩🔬 ☕", "e\u0301e\u0301", "a-very-long-name-of-somebody", "煎茶煎茶煎茶煎茶煎茶"}) {
      auto lines = view({std::string(logs_in) + name + "\"}}}", says("ZZ"), R"({"type":"a-type-that-nobody-knows"})"},
                        {.width = width});
      std::erase_if(lines,
                    [](const std::string& line) { return line.starts_with("──") || !line.contains("→ server"); });
      ASSERT_EQ(lines.size(), 3u) << name;
      EXPECT_EQ(column_of(lines[0], "command"), column_of(lines[1], "message")) << name;
      EXPECT_EQ(column_of(lines[0], "logs in"), column_of(lines[2], "unknown")) << name;
    }
  }
}

TEST(TextView, WhatAMessageSaysHasRoomBesideALongType) {
  const std::string type = "a-type-that-nobody-knows-" + std::string(200, 'x');
  EXPECT_THAT(view({R"({"type":")" + type + R"(","data":{}})"}, {.width = 100}), ::testing::Contains(HasSubstr("…")));
  for (const std::string& line : view({says("HERE"), R"({"type":")" + type + R"(","data":{}})"}, {.width = 80})) {
    if (line.contains("…")) {
      EXPECT_LT(column_of(line, "…"), 60u) << line;
    }
  }
}

TEST(TextView, FindingsStandUnderTheirMessageAndNotesAreAMarkOnly) {
  const auto lines = view({R"({"type":"command","data":{"command":7}})", says("x")});
  EXPECT_THAT(lines, ::testing::Contains(HasSubstr("                  ! app.")));
  for (const std::string& line : lines) EXPECT_THAT(line, Not(HasSubstr("app.unknown_field")));
}

TEST(TextView, SecretsAreMaskedUnlessAskedFor) {
  for (const std::string& line : view({std::string(kLogsIn)}, {.with_events = true})) {
    EXPECT_THAT(line, Not(HasSubstr("curiouser")));
  }
}

TEST(TextView, SessionsAndEventsComeOnlyWhenAskedFor) {
  EXPECT_THAT(last(view({says("x")}, {.with_events = true})), HasSubstr("session closed (fin): 1 message"));
  EXPECT_THAT(last(view({says("x")})), Not(HasSubstr("closed")));
  EXPECT_THAT(last(view({says("x"), says("y")}, {.with_events = true})), HasSubstr("2 messages"));
}

TEST(TextView, CountsInWordsThatFit) {
  for (const auto& [size, expected] : {std::pair(0, "ping, 0 bytes"), {1, "ping, 1 byte"}, {2, "ping, 2 bytes"}}) {
    Event event;
    event.session = 1;
    event.layer = "ws";
    event.event = "ping";
    event.size = size;
    EXPECT_THAT(event_line(event), EndsWith(expected));
  }
}

TEST(TextView, NothingFromTheWireActsOnTheTerminal) {
  const std::string hostile = "\\u001b[2J\\u0000\\r\\n\\u009b\\u202e\x7f\u009b\u2066";
  for (const bool with_color : {false, true}) {
    for (std::string line :
         view({says(hostile), R"({"type":")" + hostile + R"(","data":{}})", "\x1b[2J\x9b\x07 no JSON at all \x85\n"},
              {.with_color = with_color, .with_events = true})) {
      for (std::size_t at = 0; (at = line.find("\x1b[")) != std::string::npos;) {
        const std::size_t end = line.find('m', at);
        ASSERT_TRUE(with_color);
        ASSERT_LE(end - at, 4u) << line;  // colours of ours are short
        line.erase(at, end - at + 1);
      }
      for (std::size_t at = 0; at < line.size(); ++at) {
        const auto c = static_cast<unsigned char>(line[at]);
        EXPECT_TRUE(c >= 0x20 && c != 0x7F) << line;
        if (c == 0xC2) {
          EXPECT_GE(static_cast<unsigned char>(line[at + 1]), 0xA0) << line;
        }
      }
      EXPECT_EQ(line.find("\u202e"), std::string::npos);
      EXPECT_EQ(line.find("\u2066"), std::string::npos);
    }
  }
}

TEST(TextView, LinesAreCutToTheWidth) {
  for (const std::size_t width : {20u, 40u, 70u, 80u, 100u, 133u}) {
    for (const std::string& line :
         view({says(std::string(500, 'x')), says("煎茶煎茶煎茶煎茶煎茶煎茶煎茶煎茶煎茶煎茶煎茶煎茶"),
               R"({"type":"command","data":{"command":7}})"},
              {.with_events = true, .width = width})) {
      EXPECT_LE(columns(line), width) << line;
    }
  }
}

TEST(TextView, WithoutAWidthLinesAreLong) {
  EXPECT_GT(last(view({says(std::string(5000, 'x'))})).size(), 150u);
}

TEST(TextView, ColourIsOurOwnAndEndsOnItsLine) {
  for (const std::string& line :
       view({says("x"), R"({"type":"command","data":{"command":7}})"}, {.with_color = true})) {
    const std::size_t on = line.rfind("\x1b[");
    if (on != std::string::npos) {
      EXPECT_EQ(line.compare(on, 4, "\x1b[0m"), 0) << line;
    }
  }
  for (const std::string& line : view({says("x")})) EXPECT_EQ(line.find('\x1b'), std::string::npos);
}

TEST(TextView, NoLineEndsInASpace) {
  for (const std::string& line : view({says(""), says("x "), R"({"type":"x"})"}, {.with_events = true})) {
    EXPECT_FALSE(line.ends_with(' ')) << '[' << line << ']';
  }
}

// What can be done about it stands at its end.
TEST(TextView, TellsAllOfAFindingThatRidesOnNoMessage) {
  const int file = ::memfd_create("text", 0);
  Output output(file);
  TextView text(output, {.width = 60});
  Finding finding{.rule = &kFact,
                  .spec = {},
                  .text = "the server is not there, and nothing can be said to it; is it running?",
                  .field = {},
                  .bytes = {}};
  text.on_finding({&finding, Timestamp{kSecond}, 0, 0, {}, 0});
  std::string all;
  for (const std::string& line : lines_of(file, output)) {
    EXPECT_LE(columns(line), 60u) << line;
    all += line.substr(line.find_first_not_of(' ')) + " ";
  }
  EXPECT_THAT(all, HasSubstr(finding.text + " (RFC 9293)"));
}

}  // namespace
}  // namespace overhear::testing
