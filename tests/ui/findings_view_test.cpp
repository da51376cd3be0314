#include <GLFW/glfw3.h>
#include <gtest/gtest.h>

#include "session/text/finding_text.hpp"
#include "tests/ui/screen.hpp"

namespace overhear::testing {
namespace {

void show_findings(Screen& screen, LoadRequest request) {
  screen.app().open(std::move(request));
  EXPECT_TRUE(screen.settle());
  screen.press(GLFW_KEY_5, GLFW_MOD_CONTROL);
  EXPECT_TRUE(screen.settle());
}

LoadRequest four_samples() {
  return {.captures = {sample("scrp-spec.pcapng"), sample("chatmaster-plain.pcapng"), sample("gradagenda-ws.pcapng"),
                       sample("mcp-session.pcapng")}};
}

std::vector<std::string> codes_of(const FindingIndex& findings) {
  std::vector<std::string> codes;
  for (std::size_t i = 0; i < findings.lines(); ++i) codes.emplace_back(findings.line(i).group->rule->code);
  return codes;
}

TEST(FindingsView, WhatWasFoundIsListedTheGravestFirst) {
  Screen screen;
  show_findings(screen, four_samples());
  const FindingIndex& findings = screen.app().retold().findings();
  EXPECT_EQ(findings.count(Severity::Error), 1u);
  EXPECT_EQ(findings.count(Severity::Warning), 8u);
  EXPECT_EQ(findings.count(Severity::Note), 16u);
  EXPECT_EQ(findings.count(), screen.app().document().store().findings());
  const auto codes = codes_of(findings);
  ASSERT_EQ(codes.size(), 12u);
  EXPECT_EQ(codes.front(), "json.invalid");
  EXPECT_EQ(codes.back(), "chatmaster.nested_parameters");
  const std::string text = screen.text();
  for (const char* said : {"Errors 1", "Warnings 8", "Notes 16", "json.invalid", "RFC 8259",
                           "a nickname is 1 to 32 characters", "SCRP 0.0.3, 1.4 User"}) {
    EXPECT_NE(text.find(said), std::string::npos) << said << "\n" << text;
  }
}

TEST(FindingsView, AGroupOpensAndItsOccurrenceShowsItsMessage) {
  Screen screen;
  show_findings(screen, four_samples());
  FindingIndex const& findings = screen.app().retold().findings();
  screen.press(GLFW_KEY_END);
  screen.press(GLFW_KEY_RIGHT);
  EXPECT_EQ(findings.lines(), 22u);
  for (int i = 0; i < 3; ++i) screen.press(GLFW_KEY_DOWN);
  const FindingIndex::Line third = findings.line(14);
  ASSERT_EQ(third.occurrence, 2u);
  ASSERT_TRUE(screen.app().state().selected);
  EXPECT_EQ(*screen.app().state().selected, third.group->occurrences[2].row);
  EXPECT_EQ(screen.app().state().view, MainView::Findings);
  screen.press(GLFW_KEY_LEFT);
  EXPECT_EQ(findings.lines(), 12u);
  screen.press(GLFW_KEY_ENTER);  // opens it again
  screen.press(GLFW_KEY_DOWN);
  screen.press(GLFW_KEY_ENTER);
  EXPECT_EQ(screen.app().state().view, MainView::Messages);
  EXPECT_TRUE(screen.says("chatmaster"));
}

// The text of an occurrence is its own, that of the group the rule's.
TEST(FindingsView, OccurrencesSayWhatTheyAreAbout) {
  Screen screen;
  show_findings(screen, four_samples());
  const RecordStore& store = screen.app().document().store();
  const FindingIndex& findings = screen.app().retold().findings();
  for (std::size_t i = 0; i < findings.lines(); ++i) {
    if (findings.line(i).group->rule->code != "scrp.user_nickname") continue;
    screen.press(GLFW_KEY_HOME);
    for (std::size_t down = 0; down < i; ++down) screen.press(GLFW_KEY_DOWN);
    screen.press(GLFW_KEY_RIGHT);
    const auto& at = findings.line(i).group->occurrences.front();
    const Finding& finding = store.message(at.row, false).findings[at.number];
    EXPECT_EQ(finding.rule->code, "scrp.user_nickname");
    EXPECT_TRUE(screen.says(placed_text(finding.field, finding.message()))) << screen.text();
    return;
  }
  FAIL() << "not found";
}

TEST(FindingsView, SeveritiesAndCodesAreLeftOut) {
  FindingIndex findings;
  Screen screen;
  show_findings(screen, four_samples());
  const RecordStore& store = screen.app().document().store();
  findings.advance(store, screen.app().retold().rows(), std::chrono::seconds(1));
  findings.show(Severity::Note, false);
  EXPECT_EQ(findings.lines(), 8u);
  EXPECT_EQ(findings.count(Severity::Note), 16u);
  findings.choose_code("scrp.user_id");
  EXPECT_EQ(codes_of(findings), std::vector<std::string>{"scrp.user_id"});
  findings.choose_code({});
  findings.show(Severity::Note, true);
  EXPECT_EQ(findings.lines(), 12u);
}

// Clicks from the top to the bottom at `x` until it is so.
bool click_down(Screen& screen, float x, const std::function<bool()>& is_so) {
  for (float y = 74; y < 300 && !is_so(); y += 4) screen.click(x, y);
  return is_so();
}

TEST(FindingsView, AButtonLeavesASeverityOut) {
  Screen screen;
  show_findings(screen, four_samples());
  const FindingIndex& findings = screen.app().retold().findings();
  ASSERT_TRUE(click_down(screen, 270, [&] { return !findings.is_shown(Severity::Error); }));
  EXPECT_FALSE(screen.says("json.invalid"));
  EXPECT_TRUE(screen.says("Errors 1"));
  ASSERT_TRUE(click_down(screen, 270, [&] { return findings.is_shown(Severity::Error); }));
  EXPECT_TRUE(screen.says("json.invalid"));
}

TEST(FindingsView, AClickShowsOneCodeAlone) {
  Screen screen;
  show_findings(screen, four_samples());
  const FindingIndex& findings = screen.app().retold().findings();
  ASSERT_TRUE(click_down(screen, 1258, [&] { return !findings.code().empty(); }));  // at the right of the first line
  EXPECT_EQ(findings.code(), "json.invalid");
  EXPECT_TRUE(screen.says("only json.invalid"));
  EXPECT_FALSE(screen.says("ga.binary_frame"));
  ASSERT_TRUE(click_down(screen, 560, [&] { return findings.code().empty(); }));  // the button that says so
}

TEST(FindingsView, WhatIsAboutNoMessageIsFoundToo) {
  Screen screen;
  show_findings(screen, {.captures = {sample("mcp-session.pcapng")}});
  ASSERT_TRUE(screen.says("mcp.no_key"));
  screen.press(GLFW_KEY_HOME);
  screen.press(GLFW_KEY_RIGHT);
  screen.press(GLFW_KEY_DOWN);
  const FindingIndex::Line line = screen.app().retold().findings().line(1);
  ASSERT_EQ(line.occurrence, 0u);
  const RecordStore& store = screen.app().document().store();
  EXPECT_EQ(store.row(line.group->occurrences[0].row).kind, RecordKind::Finding);
  screen.press(GLFW_KEY_ENTER);
  EXPECT_EQ(screen.app().state().view, MainView::Messages);
  // It can be seen there.
  ASSERT_TRUE(screen.settle());
  EXPECT_NE(screen.app().rows().place_of(*screen.app().state().selected), SIZE_MAX);
}

TEST(FindingsView, FollowsTheSessionsThatAreChosenAndTheFilter) {
  Screen screen;
  show_findings(screen, four_samples());
  screen.app().state().sessions = {10, 11};
  ASSERT_TRUE(screen.settle());
  EXPECT_FALSE(screen.says("json.invalid"));
  EXPECT_TRUE(screen.says("scrp.user_nickname"));
  screen.app().state().sessions = {};
  screen.app().state().filter = "protocol == chatmaster";
  ASSERT_TRUE(screen.settle());
  EXPECT_FALSE(screen.says("scrp.user_nickname"));
  EXPECT_TRUE(screen.says("app.schema"));
  screen.app().state().filter.clear();
  screen.app().state().sessions = {4};
  ASSERT_TRUE(screen.settle());
  EXPECT_TRUE(screen.says("Nothing was found."));
}

}  // namespace
}  // namespace overhear::testing
