#include <GLFW/glfw3.h>
#include <gtest/gtest.h>
#include <imgui.h>

#include "tests/ui/screen.hpp"

namespace overhear::testing {
namespace {

class LadderScreen : public Screen {
 public:
  explicit LadderScreen(const std::string& capture = "mcp-session") {
    app().open({.captures = {sample(capture + ".pcapng")}, .key_logs = {sample(capture + ".keylog")}});
    app().state().view = MainView::Ladder;
    settle();
  }
  MessageName selected() {
    const auto row = app().state().selected;
    if (!row) return {};
    return {app().document().store().row(*row).session, app().document().store().row(*row).number};
  }
};

TEST(LadderView, ClientsAndServerHaveHeadingsAndRowsSayWhatAndWhen) {
  LadderScreen screen;
  const std::string text = screen.text();
  for (const char* said : {"alice", "session 1", "bob", "session 2", "server", "127.0.0.1:3072", "0.001425",
                           "Authentication.Login", "alice logs in", "241µs"}) {
    EXPECT_NE(text.find(said), std::string::npos) << said << "\n" << text;
  }
  EXPECT_EQ(screen.app().ladder().clients().columns().size(), 2u);
}

TEST(LadderView, KeysMoveAndHeadingsStay) {
  LadderScreen screen;
  screen.press(GLFW_KEY_DOWN);
  EXPECT_EQ(screen.selected().number, 1u);
  screen.press(GLFW_KEY_PAGE_DOWN);
  EXPECT_GT(screen.app().state().selected.value(), 10u);
  screen.press(GLFW_KEY_END);
  EXPECT_EQ(screen.selected().session, 2u);
  EXPECT_EQ(screen.selected().number, 15u);
  EXPECT_FALSE(screen.says("alice logs in"));
  EXPECT_TRUE(screen.says("session 1"));
  screen.press(GLFW_KEY_HOME);
  EXPECT_EQ(screen.selected().number, 1u);
  EXPECT_TRUE(screen.says("alice logs in"));
}

TEST(LadderView, AClickSelectsTheRow) {
  LadderScreen screen;
  screen.press(GLFW_KEY_DOWN);
  // Wherever the fourth row is.
  for (float y = 60; y < 400 && screen.selected().number != 4; y += 5) screen.click(700, y);
  EXPECT_EQ(screen.selected().session, 1u);
  EXPECT_EQ(screen.selected().number, 4u);
  EXPECT_EQ(screen.app().state().focus, Pane::Messages);
}

TEST(LadderView, FollowsTheChosenSession) {
  LadderScreen screen;
  screen.app().state().sessions = {2};
  ASSERT_TRUE(screen.settle());
  EXPECT_EQ(screen.app().ladder().clients().columns(), (std::vector<std::vector<std::uint32_t>>{{2}}));
  EXPECT_FALSE(screen.says("alice logs in"));
}

TEST(LadderView, WhatIsNoMessageStandsThereToo) {
  LadderScreen screen;
  screen.press(GLFW_KEY_E, GLFW_MOD_CONTROL);
  EXPECT_TRUE(screen.says("session opened: 127.0.0.1:37936")) << screen.text();
}

TEST(LadderView, ManySessionsShareTheLastColumnAndAreNamed) {
  LadderScreen screen;
  screen.app().open({.captures = {sample("chatmaster-plain.pcapng"), sample("scrp-spec.pcapng"),
                                  sample("gradagenda-ws.pcapng"), sample("mcp-session.pcapng")}});
  ASSERT_TRUE(screen.settle());
  screen.resize(900, 1400);
  screen.app().state().order = RowOrder::Size;  // all mixed
  ASSERT_TRUE(screen.settle());
  EXPECT_LE(screen.app().ladder().clients().columns().size(), 3u);
  EXPECT_TRUE(screen.says("share this line")) << screen.text();
  EXPECT_TRUE(screen.says(" servers")) << screen.text();
}

TEST(LadderView, IsThereInAnySize) {
  LadderScreen screen;
  for (const float width : {300.0f, 500.0f, 4000.0f}) {
    screen.resize(width, width / 2);
    screen.frame();
    EXPECT_FALSE(screen.app().ladder().clients().columns().empty());
  }
}

}  // namespace
}  // namespace overhear::testing
