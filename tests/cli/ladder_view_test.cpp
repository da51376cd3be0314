// Single rows of a ladder: names and times of any length, marks, and findings without an arrow.
#include "cli/ladder_view.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <string>
#include <vector>

#include "dissectors/registry.hpp"
#include "session/text/printable_text.hpp"
#include "tests/support/capture_builder.hpp"

namespace overhear::testing {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr Rule kWarning{"app.schema", Severity::Warning, {}, "room is missing"};

class Ladder {
 public:
  explicit Ladder(const LadderOptions& options = {}) : view_(output_, options) { view_.start_at({}); }
  ~Ladder() { ::close(file_); }

  void open(std::uint32_t session) {
    SessionRecord record;
    record.session = session;
    record.client = endpoint("10.0.0.1:40000");
    record.server = endpoint("10.0.0.2:3072");
    view_.on_session_opened(record);
  }
  void say(std::uint32_t session, std::uint32_t number, std::int64_t ns, std::span<const Finding> findings = {},
           std::string_view name = {}) {
    Message message;
    message.session = session;
    message.number = number;
    message.time = {ns};
    message.protocol = find_protocol("mcp");
    message.type = "Room.Join";
    message.is_encrypted = true;
    message.size = 9;
    message.findings = findings;
    message.client_name = name;
    view_.on_message(message);
  }
  LadderView& view() { return view_; }
  std::string all() {
    output_.flush();
    std::string all(static_cast<std::size_t>(::lseek(file_, 0, SEEK_END)), '\0');
    EXPECT_EQ(::pread(file_, all.data(), all.size(), 0), static_cast<ssize_t>(all.size()));
    all.pop_back();
    return all;
  }
  std::string last() { return line_before_end(0); }
  // So many lines before the last.
  std::string line_before_end(int lines) {
    std::string text = all();
    for (; lines > 0; --lines) text.resize(text.rfind('\n'));
    return text.substr(text.rfind('\n') + 1);
  }

 private:
  int file_ = ::memfd_create("ladder", 0);
  Output output_{file_};
  LadderView view_;
};

TEST(LadderView, ALongNameTakesTheRoomOfTheTimesLastDigits) {
  for (const auto& [session, number, ns, expected] :
       {std::tuple<std::uint32_t, std::uint32_t, std::int64_t, std::string>{1, 2, 5'000, "  0.000005   1.2  ├"},
        {1000, 12, 5'000, "0.000005 1000.12  ├"},
        {123456, 123, 12'345'678'901, "12.34 123456.123  ├"},
        {123456, 1234, 12'345'678'901, "12.3 123456.1234  ├"},
        {1234567, 12345, 12'345'678'901, "12 1234567.12345  ├"},
        {12345678, 12345, 12'345'678'901, "  12345678.12345  ├"},
        {1, 1, -1'500'000'000, " -1.500000   1.1  ├"},
        {1, 1, 12345678 * kSecond, "12345678.0   1.1  ├"},
        {1, 1, 123456789 * kSecond, " 123456789   1.1  ├"}}) {
    Ladder ladder;
    ladder.open(session);
    ladder.say(session, number, ns);
    EXPECT_THAT(ladder.last(), StartsWith(expected));
    EXPECT_EQ(columns(ladder.last()), 100u);
  }
}

TEST(LadderView, AWarningHasItsMarkAndCodeInItsColor) {
  Ladder ladder({.with_color = true});
  const Finding finding{.rule = &kWarning, .spec = {}, .text = {}, .field = {}, .bytes = {}};
  ladder.open(1);
  ladder.say(1, 1, 0, {&finding, 1});
  EXPECT_THAT(ladder.last(), HasSubstr("\x1b[33m! \x1b[0m\x1b[32mRoom.Join\x1b[0m\x1b[33m  app.schema\x1b[0m"));
}

TEST(LadderView, ANewNameStandsOnItsLineAlone) {
  Ladder ladder;
  ladder.open(1);
  ladder.open(2);
  ladder.say(1, 1, 0);
  ladder.say(2, 1, 0);
  ladder.say(2, 2, 0, {}, "bob");
  EXPECT_EQ(ladder.line_before_end(1), std::string(18, ' ') + "│                 bob" + std::string(60, ' ') + "│");
  ladder.say(1, 2, 0, {}, "a-name-longer-than-its-place");
  EXPECT_EQ(ladder.line_before_end(1), std::string(18, ' ') + "a-name-longer-th… │" + std::string(62, ' ') + "│");
  ladder.say(1, 3, 0, {}, "a-name-longer-than-its-place");
  EXPECT_THAT(ladder.line_before_end(1), HasSubstr("1.2"));
}

TEST(LadderView, AFindingStandsOnItsSessionsLineAndOneAboutNoneAnywhere) {
  Ladder ladder;
  ladder.open(1);
  const Finding finding{.rule = &kWarning, .spec = {}, .text = "a\x1b[2J", .field = {}, .bytes = {}};
  ladder.view().on_finding({&finding, Timestamp{}, 1, 0, Direction::Server, 1});
  EXPECT_THAT(ladder.last(), StartsWith("  0.000000   1.-  │   ! app.schema server: a\\x1b[2J"));
  EXPECT_THAT(ladder.last(), EndsWith("│"));
  ladder.view().on_finding({&finding, std::nullopt, 0, 0, {}, 0});
  EXPECT_EQ(ladder.last(), "               -  ! app.schema a\\x1b[2J");
}

}  // namespace
}  // namespace overhear::testing
