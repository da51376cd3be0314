#include <GLFW/glfw3.h>
#include <gtest/gtest.h>
#include <imgui.h>

#include <algorithm>

#include "tests/ui/screen.hpp"

namespace overhear::testing {
namespace {

constexpr float kStrip = 95;    // of the strip's height
constexpr float kMiddle = 300;  // of the lanes' height, about

class TimelineScreen : public Screen {
 public:
  TimelineScreen() {
    app().open({.captures = {sample("mcp-session.pcapng")}, .key_logs = {sample("mcp-session.keylog")}});
    app().state().view = MainView::Timeline;
    settle();
  }
  const TimelineView& view() { return app().timeline(); }
  // With the mouse, at any height.
  bool finds(const TimelineTick& tick, const std::string& text) {
    for (float y = 100; y < 500; y += 8) {
      move_mouse(tick.x, y);
      if (says(text)) return true;
    }
    return false;
  }
  MessageName selected() {
    const auto row = app().state().selected;
    if (!row) return {};
    return {app().document().store().row(*row).session, app().document().store().row(*row).number};
  }
  void drag(float from, float to, float y, int button = 0) {
    move_mouse(from, y);
    ImGui::GetIO().MouseDown[button] = true;
    frame();
    move_mouse((from + to) / 2, y);
    move_mouse(to, y);
    ImGui::GetIO().MouseDown[button] = false;
    frame();
    frame();
  }
};

TEST(TimelineView, SessionsHaveLanesUnderAnAxis) {
  TimelineScreen screen;
  const std::string text = screen.text();
  for (const char* said : {"2 lanes", "1  alice", "2  bob", "0.4 s", "Handshake.Handshake"}) {
    EXPECT_NE(text.find(said), std::string::npos) << said << "\n" << text;
  }
  ASSERT_EQ(screen.view().layouts().size(), 2u);
  EXPECT_TRUE(screen.view().layouts()[0].has_begin);
  EXPECT_EQ(screen.view().layouts()[0].negotiations.size(), 1u);
}

TEST(TimelineView, HoverTellsAndAClickSelects) {
  TimelineScreen screen;
  const auto& ticks = screen.view().layouts()[0].ticks;
  const RecordStore& store = screen.app().document().store();
  // 1.14 comes alone.
  const auto tick = std::ranges::find_if(
      ticks, [&](const TimelineTick& each) { return store.row(each.entry.row).number == 14 && each.count == 1; });
  ASSERT_NE(tick, ticks.end());
  ASSERT_TRUE(screen.finds(*tick, "1.14  ")) << screen.text();
  EXPECT_TRUE(screen.says("2026-11-21 04:18:"));
  const ImVec2 at = ImGui::GetIO().MousePos;
  screen.click(at.x, at.y);
  EXPECT_EQ(screen.selected().session, 1u);
  EXPECT_EQ(screen.selected().number, 14u);
}

TEST(TimelineView, TheWheelZoomsAtThePointerAndHomeShowsAllAgain) {
  TimelineScreen screen;
  const TimeWindow all = screen.view().window();
  screen.move_mouse(800, kMiddle);
  const std::int64_t under = screen.view().scale().time_at(800);
  screen.wheel(5);
  const TimeWindow near = screen.view().window();
  EXPECT_LT(near.span(), all.span() / 2);
  EXPECT_NEAR(static_cast<double>(screen.view().scale().time_at(800) - under), 0, 1e6);
  screen.press(GLFW_KEY_RIGHT);
  EXPECT_GT(screen.view().window().begin, near.begin);
  EXPECT_EQ(screen.view().window().span(), near.span());
  screen.press(GLFW_KEY_LEFT);
  EXPECT_EQ(screen.view().window(), near);
  screen.press(GLFW_KEY_EQUAL);
  EXPECT_LT(screen.view().window().span(), near.span());
  screen.press(GLFW_KEY_HOME);
  EXPECT_EQ(screen.view().window(), all);
}

TEST(TimelineView, ADragZoomsToItsBoxAndWithTheMiddleButtonMoves) {
  TimelineScreen screen;
  const TimeScale before = screen.view().scale();
  screen.drag(600, 800, kMiddle);
  const TimeWindow box = screen.view().window();
  EXPECT_EQ(box.begin, before.time_at(600));
  EXPECT_EQ(box.end, before.time_at(800));
  EXPECT_FALSE(screen.app().state().selected);
  const std::int64_t held = screen.view().scale().time_at(700);
  screen.drag(700, 600, kMiddle, 2);
  EXPECT_EQ(screen.view().window().span(), box.span());
  EXPECT_NEAR(static_cast<double>(screen.view().scale().time_at(600) - held), 0, 1e5);
}

TEST(TimelineView, TheStripMovesTheWindow) {
  TimelineScreen screen;
  const TimeWindow all = screen.view().window();
  screen.drag(500, 700, kStrip);  // draws it anew
  const TimeWindow drawn = screen.view().window();
  EXPECT_LT(drawn.span(), all.span() / 3);
  screen.drag(600, 650, kStrip);  // holds its inside
  EXPECT_NEAR(static_cast<double>(screen.view().window().span() - drawn.span()), 0, 1);
  EXPECT_GT(screen.view().window().begin, drawn.begin);
  const TimeWindow moved = screen.view().window();
  screen.drag(750, 850, kStrip);  // holds its end
  EXPECT_EQ(screen.view().window().begin, moved.begin);
  EXPECT_GT(screen.view().window().end, moved.end);
}

TEST(TimelineView, WhatIsSelectedElsewhereComesIntoSight) {
  TimelineScreen screen;
  screen.drag(600, 640, kMiddle);
  screen.press(GLFW_KEY_G, GLFW_MOD_CONTROL);
  screen.type("2.15");
  screen.press(GLFW_KEY_ENTER);
  ASSERT_TRUE(screen.app().state().selected);
  const std::int64_t time = screen.app().document().store().row(*screen.app().state().selected).time.ns;
  EXPECT_LE(screen.view().window().begin, time);
  EXPECT_GE(screen.view().window().end, time);
}

TEST(TimelineView, FollowsTheChosenSession) {
  TimelineScreen screen;
  screen.app().state().sessions = {2};
  ASSERT_TRUE(screen.settle());
  EXPECT_EQ(screen.view().index().lanes(), std::vector<std::uint32_t>{2});
  EXPECT_TRUE(screen.says("1 lane"));
}

TEST(TimelineView, KeysSwitchTheView) {
  TimelineScreen screen;
  screen.press(GLFW_KEY_1, GLFW_MOD_CONTROL);
  screen.frame();
  EXPECT_FALSE(screen.says("2 lanes"));
  screen.press(GLFW_KEY_2, GLFW_MOD_CONTROL);
  ASSERT_TRUE(screen.settle());
  EXPECT_TRUE(screen.says("2 lanes"));
}

}  // namespace
}  // namespace overhear::testing
