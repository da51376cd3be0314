#include <GLFW/glfw3.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

#include "session/capture_analysis.hpp"
#include "session/filter/filter_sink.hpp"
#include "session/statistics/json_statistics.hpp"
#include "tests/ui/screen.hpp"
#include "ui/model/level_series.hpp"

namespace overhear::testing {
namespace {

Timestamp after(std::int64_t ns) {
  return {1'700'000'000'000'000'000 + ns};
}

void show_statistics(Screen& screen, LoadRequest request) {
  screen.app().open(std::move(request));
  EXPECT_TRUE(screen.settle());
  screen.press(GLFW_KEY_6, GLFW_MOD_CONTROL);
  EXPECT_TRUE(screen.settle());
}

// What `overhear stats --json` says.
std::string analysed(const std::string& capture, const std::string& keys, const std::string& filter) {
  Statistics statistics;
  std::optional<FilterSink> filtered;
  if (!filter.empty()) filtered.emplace(std::move(*Filter::compile(filter)), false, nullptr, statistics);
  CaptureInput input;
  input.paths = {sample(capture)};
  if (!keys.empty()) input.key_logs = {sample(keys)};
  MessageSink& sink = filtered ? static_cast<MessageSink&>(*filtered) : statistics;
  const auto analysis = CaptureAnalysis::open(input, {}, sink);
  EXPECT_TRUE(analysis);
  for (bool has_more = true; has_more;) has_more = (*analysis)->step(1000).value();
  TextBuffer text;
  write_json_statistics(statistics, "it", text);
  return std::string(text.view());
}

std::string shown(Screen& screen) {
  TextBuffer text;
  write_json_statistics(screen.app().retold().statistics().numbers(), "it", text);
  return std::string(text.view());
}

TEST(StatisticsView, NumbersAreThoseOfTheCommandLine) {
  const std::pair<const char*, const char*> captures[] = {{"mcp-session.pcapng", "mcp-session.keylog"},
                                                          {"mcp-session.pcapng", ""},
                                                          {"gradagenda-ws.pcapng", ""},
                                                          {"chatmaster-zlib.pcapng", ""},
                                                          {"scrp-tls13.pcapng", "scrp-tls13.keylog"},
                                                          {"cchat-wss.pcapng", "cchat-wss.keylog"}};
  for (const auto& [capture, keys] : captures) {
    Screen screen;
    LoadRequest request{.captures = {sample(capture)}};
    if (*keys != '\0') request.key_logs = {sample(keys)};
    show_statistics(screen, std::move(request));
    EXPECT_EQ(shown(screen), analysed(capture, keys, "")) << capture;
    const CaptureStatistics& statistics = screen.app().retold().statistics();
    EXPECT_EQ(statistics.sessions(), statistics.numbers().sessions()) << capture;
    const auto counts = statistics.latencies().counts();
    std::uint64_t answers = 0;
    for (const auto& [name, protocol] : statistics.numbers().protocols()) answers += protocol.latencies.count();
    EXPECT_EQ(std::accumulate(counts.begin(), counts.end(), 0.0), static_cast<double>(answers)) << capture;
  }
}

TEST(StatisticsView, FollowsTheSessionsThatAreChosen) {
  Screen screen;
  show_statistics(screen, {.captures = {sample("mcp-session.pcapng")}, .key_logs = {sample("mcp-session.keylog")}});
  EXPECT_TRUE(screen.says("34 messages, 4.2 KiB, 2 sessions in 1.4s: 24 messages/s")) << screen.text();
  screen.app().state().sessions = {2};
  ASSERT_TRUE(screen.settle());
  EXPECT_TRUE(screen.says("15 messages")) << screen.text();
  EXPECT_EQ(shown(screen), analysed("mcp-session.pcapng", "mcp-session.keylog", "session == 2"));
}

TEST(StatisticsView, PlotsAndTypesAreShown) {
  Screen screen;
  show_statistics(screen, {.captures = {sample("mcp-session.pcapng")}, .key_logs = {sample("mcp-session.keylog")}});
  const std::string text = screen.text();
  for (const char* said : {"Messages over time", "Bytes over time", "Latency of answers", "members", "Median size",
                           "Message.CreateTextMessage", "391µs", "p99"}) {
    EXPECT_NE(text.find(said), std::string::npos) << said << "\n" << text;
  }
  screen.move_mouse(259, 150);  // the first bar
  EXPECT_TRUE(screen.says("4 messages")) << screen.text();
}

TEST(StatisticsView, ABarLeadsToItsFirstMessage) {
  Screen screen;
  show_statistics(screen, {.captures = {sample("mcp-session.pcapng")}, .key_logs = {sample("mcp-session.keylog")}});
  screen.click(259, 150);
  ASSERT_TRUE(screen.app().state().selected);
  const Row& row = screen.app().document().store().row(*screen.app().state().selected);
  EXPECT_EQ(std::pair(row.session, row.number), std::pair(1u, 1u));
}

TEST(StatisticsView, RoomsAndMembersAreCountedOverTime) {
  Screen screen;
  show_statistics(screen, {.captures = {sample("mcp-session.pcapng")}, .key_logs = {sample("mcp-session.keylog")}});
  const auto members = screen.app().retold().statistics().members().levels();
  ASSERT_FALSE(members.empty());
  EXPECT_EQ(*std::ranges::max_element(members), 2);  // alice and bob
  EXPECT_EQ(members.back(), 0);                      // both left
  const auto rooms = screen.app().retold().statistics().rooms().levels();
  EXPECT_EQ(*std::ranges::max_element(rooms), 1);
}

TEST(LevelSeries, AnIntervalHasWhatThereWasAtItsEnd) {
  LevelSeries series;
  series.set(after(0), 1);
  series.set(after(100), 3);
  series.set(after(2'500'000), 2);
  EXPECT_EQ(series.levels(), (std::vector<double>{3, 3, 2}));
}

TEST(LevelSeries, IntervalsAreJoinedHoweverLongItGoesOn) {
  LevelSeries series;
  for (int i = 0; i <= 1000; ++i) series.set(after(i * kSecond), static_cast<std::uint64_t>(i));
  const auto levels = series.levels();
  EXPECT_LE(levels.size(), LevelSeries::kMost);
  EXPECT_EQ(levels.back(), 1000);
  EXPECT_TRUE(std::ranges::is_sorted(levels));
  const auto ns = series.interval_ns();
  for (std::size_t i = 0; i < levels.size(); ++i) {
    const auto end = static_cast<std::int64_t>(i + 1) * ns - 1;  // within the interval
    EXPECT_EQ(levels[i], static_cast<double>(std::min<std::int64_t>(1000, end / kSecond))) << i;
  }
}

}  // namespace
}  // namespace overhear::testing
