#include <GLFW/glfw3.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/ui/screen.hpp"

namespace overhear::testing {
namespace {

LoadRequest mcp_sample() {
  return {.captures = {sample("mcp-session.pcapng")}, .key_logs = {sample("mcp-session.keylog")}};
}

void show_transcript(Screen& screen, LoadRequest request) {
  screen.app().open(std::move(request));
  EXPECT_TRUE(screen.settle());
  screen.press(GLFW_KEY_4, GLFW_MOD_CONTROL);
  EXPECT_TRUE(screen.settle());
}

std::vector<std::string> texts_of(const TranscriptLines& lines) {
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < lines.size(); ++i) texts.emplace_back(lines.text(lines[i]));
  return texts;
}

std::pair<std::uint32_t, std::uint32_t> selected(Screen& screen) {
  const Row& row = screen.app().document().store().row(screen.app().state().selected.value());
  return {row.session, row.number};
}

TEST(TranscriptView, TheChatIsShown) {
  Screen screen;
  show_transcript(screen, mcp_sample());
  EXPECT_EQ(screen.app().state().view, MainView::Transcript);
  const std::string text = screen.text();
  for (const char* said : {"2026-11-21 UTC", "04:18:16", "alice", "Hi Bob, the kettle is on.", "alice logged in",
                           "bob: Room.Delete refused (Only root may delete a room)", "All rooms", "in no room"}) {
    EXPECT_NE(text.find(said), std::string::npos) << said << "\n" << text;
  }
  EXPECT_EQ(screen.app().retold().transcript().size(), 13u);
  EXPECT_EQ(screen.app().retold().transcript().said(), 4u);
}

TEST(TranscriptView, ALineKnowsTheMessageThatItCameFrom) {
  Screen screen;
  show_transcript(screen, mcp_sample());
  const RecordStore& store = screen.app().document().store();
  const TranscriptLines& lines = screen.app().retold().transcript();
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const Row& row = store.row(lines[i].row);
    EXPECT_EQ(row.time, lines[i].time) << lines.text(lines[i]);
    if (lines.text(lines[i]) == "Hi Bob, the kettle is on.") {
      EXPECT_EQ(store.text(row.type), "Message.CreateTextMessage");
      EXPECT_EQ(row.session, 1u);
    }
    // What a message changed in a room is of the message.
    if (lines.text(lines[i]) == "alice joined") {
      EXPECT_EQ(row.kind, RecordKind::Message);
    }
  }
}

// Lists of who is there, and what no key opens, are told behind what they are of.
TEST(TranscriptView, ALineThatIsToldLateKnowsItToo) {
  for (const char* capture : {"gradagenda-ws.pcapng", "chatmaster-plain.pcapng", "mcp-session.pcapng"}) {
    Screen screen;
    show_transcript(screen, {.captures = {sample(capture)}});
    const TranscriptLines& lines = screen.app().retold().transcript();
    ASSERT_GT(lines.size(), 0u);
    for (std::size_t i = 0; i < lines.size(); ++i) {
      EXPECT_EQ(screen.app().document().store().row(lines[i].row).time, lines[i].time) << lines.text(lines[i]);
    }
  }
}

TEST(TranscriptView, KeysMoveFromLineToLineAndEnterShowsTheMessage) {
  Screen screen;
  show_transcript(screen, mcp_sample());
  screen.press(GLFW_KEY_HOME);
  screen.press(GLFW_KEY_DOWN);
  const auto second = selected(screen);
  for (int i = 0; i < 4; ++i) screen.press(GLFW_KEY_DOWN);
  const TranscriptLines& lines = screen.app().retold().transcript();
  EXPECT_EQ(screen.app().state().selected, lines[5].row);
  EXPECT_EQ(lines.text(lines[5]), "Hi Bob, the kettle is on.");
  EXPECT_NE(selected(screen), second);
  screen.press(GLFW_KEY_END);
  EXPECT_EQ(screen.app().state().selected, lines[lines.size() - 1].row);
  screen.press(GLFW_KEY_ENTER);
  EXPECT_EQ(screen.app().state().view, MainView::Messages);
  EXPECT_TRUE(screen.says("Summary"));
}

TEST(TranscriptView, AClickSelectsTheMessage) {
  Screen screen;
  show_transcript(screen, mcp_sample());
  const TranscriptLines& lines = screen.app().retold().transcript();
  std::vector<std::size_t> rows;
  for (float y = 40; y < 400; y += 4) {
    screen.click(720, y);
    const auto& row = screen.app().state().selected;
    if (row && (rows.empty() || rows.back() != *row)) rows.push_back(*row);
  }
  std::vector<std::size_t> told;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (told.empty() || told.back() != lines[i].row) told.push_back(lines[i].row);
  }
  EXPECT_EQ(rows, told);
}

TEST(TranscriptView, ARoomNarrowsTheLines) {
  Screen screen;
  show_transcript(screen, mcp_sample());
  screen.press(GLFW_KEY_RIGHT);  // in no room
  screen.press(GLFW_KEY_RIGHT);  // 2
  ASSERT_TRUE(screen.settle());
  EXPECT_TRUE(screen.says("the kettle is on"));
  EXPECT_FALSE(screen.says("Is anybody in here?"));
  EXPECT_EQ(screen.app().retold().layout().shown(), 8u);
  screen.press(GLFW_KEY_LEFT);
  screen.press(GLFW_KEY_LEFT);
  ASSERT_TRUE(screen.settle());
  EXPECT_TRUE(screen.says("Is anybody in here?"));
}

// Bob's session alone still tells what alice said: it was brought to him.
TEST(TranscriptView, FollowsTheSessionsThatAreChosen) {
  Screen screen;
  show_transcript(screen, mcp_sample());
  screen.app().state().sessions = {2};
  ASSERT_TRUE(screen.settle());
  const auto texts = texts_of(screen.app().retold().transcript());
  const auto has = [&](const char* text) { return std::ranges::find(texts, text) != texts.end(); };
  EXPECT_TRUE(has("Hi Bob, the kettle is on."));
  EXPECT_FALSE(has("Is anybody in here?"));
  screen.app().state().sessions = {};
  ASSERT_TRUE(screen.settle());
  EXPECT_EQ(screen.app().retold().transcript().size(), 13u);
}

TEST(TranscriptView, FollowsTheFilter) {
  Screen screen;
  show_transcript(screen, mcp_sample());
  screen.app().state().filter = "user == bob";
  ASSERT_TRUE(screen.settle());
  EXPECT_TRUE(screen.says("bob joined"));
  EXPECT_FALSE(screen.says("the kettle is on"));
  screen.app().state().filter = "type == Nothing";
  ASSERT_TRUE(screen.settle());
  EXPECT_TRUE(screen.says("Nothing was said: no message is in what is looked at.")) << screen.text();
}

TEST(TranscriptView, SaysWhyNobodyIsHeard) {
  Screen screen;
  show_transcript(screen, {.captures = {sample("mcp-session.pcapng")}});
  EXPECT_TRUE(screen.says("Nobody said anything in 28 messages (24 of them encrypted: Ctrl+K adds a key log)"))
      << screen.text();
  EXPECT_TRUE(screen.says("14 encrypted messages that no key opens"));
  screen.app().drop({sample("mcp-session.keylog")});
  ASSERT_TRUE(screen.settle());
  EXPECT_TRUE(screen.says("the kettle is on"));
  EXPECT_FALSE(screen.says("Nobody said anything"));
}

TEST(TranscriptView, LongTextsAreWrappedToTheWidth) {
  Screen screen;
  screen.resize(700, 800);
  show_transcript(screen, {.captures = {sample("gradagenda-ws.pcapng"), sample("chatmaster-plain.pcapng")}});
  ASSERT_TRUE(screen.settle());
  const TranscriptLayout& layout = screen.app().retold().layout();
  const std::size_t narrow = layout.size();
  EXPECT_GT(narrow, layout.shown() + 1);
  screen.resize(1600, 800);
  ASSERT_TRUE(screen.settle());
  EXPECT_LT(layout.size(), narrow);
  for (std::size_t at = 1; at < layout.size(); ++at) {
    const auto before = layout.at(at - 1);
    const auto place = layout.at(at);
    if (place.is_day || before.is_day) continue;
    EXPECT_EQ(place.part, place.line == before.line ? before.part + 1 : 0);
  }
}

}  // namespace
}  // namespace overhear::testing
