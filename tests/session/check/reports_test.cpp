// The formats of a check where what was found is as bad as it may be. Their shape is held against schemas and parsers
// by tests/cli/check_test.py.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "dissectors/registry.hpp"
#include "session/check/json_report.hpp"
#include "session/check/junit_report.hpp"
#include "session/check/report_text.hpp"
#include "session/check/sarif_report.hpp"
#include "session/check/xml_text.hpp"

namespace overhear::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr Rule kGap{"tcp.gap", Severity::Warning, "RFC 9293, 3.4", "bytes were not captured"};
constexpr Rule kGapNote{"tcp.gap", Severity::Note, {}, "bytes were not captured"};

// Every byte there is, then what XML forbids and what turns text around.
std::string hostile() {
  std::string text;
  for (int byte = 0; byte < 256; ++byte) text += static_cast<char>(byte);
  return text + "\xEF\xBF\xBE\xEF\xBF\xBF\xED\xA0\x80\xE2\x80\xAE]]><!--\"'&\xC2\x9B\xF0\x9F\x98\x80";
}

CheckReport report_of(const std::string& text) {
  CheckReport report;
  report.source = text;
  report.fail_on = "warning";
  report.messages = 3;
  report.sessions = 1;
  report.findings = {1, 7, 0};
  report.command = CommandResult{{"run", text}, 3};
  FindingPlace place;
  place.session = 3;
  place.message = 12;
  place.time = Timestamp{1'795'176'000 * kSecond};
  place.packets = {41, 42};
  place.direction = Direction::Client;
  place.protocol = find_protocol("mcp");
  place.type = text;
  place.field = text;
  place.text = text;
  report.groups.push_back({.rule = &kGap, .count = 7, .fails = true, .places = {place, place}});
  report.groups.push_back({.rule = &kGapNote, .count = 1, .fails = false, .places = {place}});
  BudgetResult budget;
  budget.budget = parse_budgets("latency.p99=200ms").value().front();
  budget.budget.name = text;
  budget.budget.text = text;
  report.budgets.push_back(budget);
  return report;
}

std::string written(void (*write)(const CheckReport&, TextBuffer&), const CheckReport& report) {
  TextBuffer out;
  write(report, out);
  return std::string(out.view());
}

std::string sarif(const CheckReport& report, std::string_view artifact = "chat.pcapng") {
  TextBuffer out;
  write_sarif_report(report, artifact, "1.0", out);
  return std::string(out.view());
}

bool is_harmless(char c) {
  return c == '\n' || (static_cast<unsigned char>(c) >= 0x20 && c != 0x7F);
}

TEST(CheckReports, NothingInThemActsOnATerminal) {
  const CheckReport report = report_of(hostile());
  for (const std::string& text :
       {written(write_json_report, report), written(write_junit_report, report), sarif(report, hostile())}) {
    EXPECT_TRUE(std::ranges::all_of(text, is_harmless));
    EXPECT_THAT(text, Not(HasSubstr("\xE2\x80\xAE")));
    EXPECT_THAT(text, Not(HasSubstr("\xC2\x9B")));
  }
}

TEST(CheckReports, JsonHoldsWhatTheReportDoes) {
  const auto json = nlohmann::json::parse(written(write_json_report, report_of("a \"text\"")));
  EXPECT_EQ(json["verdict"], "failed");
  EXPECT_EQ(json["findings"][0]["count"], 7);
  EXPECT_EQ(json["findings"][0]["places"][1]["packets"], nlohmann::json({41, 42}));
  EXPECT_EQ(json["findings"][0]["places"][0]["type"], "a \"text\"");
  EXPECT_EQ(json["findings"][0]["places"][0]["time"], "2026-11-20T12:00:00.000000000Z");
  EXPECT_EQ(json["budgets"][0]["met"], false);
  EXPECT_EQ(json["command"]["status"], 3);
  EXPECT_TRUE(nlohmann::json::accept(written(write_json_report, report_of(hostile()))));
}

TEST(CheckReports, SarifAlwaysHasAPlaceInAFile) {
  CheckReport report = report_of(hostile());
  report.groups[0].places[0] = {};
  const auto json = nlohmann::json::parse(sarif(report, "/tmp/a b/ü.pcapng"));
  const auto& results = json["runs"][0]["results"];
  ASSERT_EQ(results.size(), 4u);
  std::set<std::string> fingerprints;
  for (const auto& result : results) {
    const auto& physical = result["locations"][0]["physicalLocation"];
    EXPECT_EQ(physical["artifactLocation"]["uri"], "file:///tmp/a%20b/%C3%BC.pcapng");
    EXPECT_EQ(physical["region"]["startLine"], 1);
    EXPECT_EQ(json["runs"][0]["tool"]["driver"]["rules"][result["ruleIndex"].get<std::size_t>()]["id"],
              result["ruleId"]);
    fingerprints.insert(result["partialFingerprints"]["primaryLocationLineHash"].get<std::string>());
  }
  EXPECT_EQ(fingerprints.size(), 4u);
  EXPECT_EQ(results[1]["locations"][0]["logicalLocations"][0]["fullyQualifiedName"], "3.12");
  EXPECT_EQ(results[3]["ruleId"], "check.budget");
}

TEST(CheckReports, SarifTellsWhatBrokeAndWhetherAllWasSeen) {
  CheckReport report = report_of("x");
  report.budgets[0].is_met = true;
  const auto whole = nlohmann::json::parse(sarif(report))["runs"][0];
  EXPECT_EQ(whole["results"].size(), 3u) << "a budget that was kept to is no result";
  EXPECT_EQ(whole["invocations"][0]["executionSuccessful"], true);
  report.lost_packets = 1;
  EXPECT_EQ(nlohmann::json::parse(sarif(report))["runs"][0]["invocations"][0]["executionSuccessful"], false);
}

TEST(CheckReports, OfARuleWithTwoSeveritiesSarifHasTheGraver) {
  const auto json = nlohmann::json::parse(sarif({}));
  const auto& rules = json["runs"][0]["tool"]["driver"]["rules"];
  const auto rule = std::ranges::find_if(rules, [](const auto& one) { return one["id"] == "mcp.late_heartbeat"; });
  ASSERT_NE(rule, rules.end());
  EXPECT_EQ((*rule)["defaultConfiguration"]["level"], "warning");
}

TEST(CheckReports, ACodeWithTwoSeveritiesIsTwoTestCases) {
  const std::string junit = written(write_junit_report, report_of("x"));
  EXPECT_THAT(junit, HasSubstr(R"x(name="tcp.gap (warning)")x"));
  EXPECT_THAT(junit, HasSubstr(R"x(name="tcp.gap (note)")x"));
  EXPECT_THAT(junit, HasSubstr(R"(tests="5" failures="3" errors="0" skipped="0")"));
  EXPECT_THAT(junit, HasSubstr("and 5 more"));
}

TEST(XmlText, WhatXmlCannotHoldIsWrittenInLetters) {
  TextBuffer out;
  append_xml_text(out, std::string_view("a\0b<&>\"\n\x1b\xFF\xEF\xBF\xBF\xC2\x9B é", 18));
  EXPECT_EQ(out.view(), "a\\x00b&lt;&amp;&gt;&quot;&#10;\\x1b\\xff\\uffff\\u009b é");
}

TEST(ReportText, OfManyPacketsTheFirstAndTheLastAreNamed) {
  FindingPlace place;
  EXPECT_EQ(packets_of(place), "");
  place.packets = {41};
  EXPECT_EQ(packets_of(place), "packet 41");
  place.packets = {41, 42, 57};
  EXPECT_EQ(packets_of(place), "packets 41 42 57");
  place.packets = {41, 42, 50, 57};
  EXPECT_EQ(packets_of(place), "packets 41 … 57");
}

TEST(ReportText, AVerdictCountsInWords) {
  CheckReport report;
  EXPECT_EQ(summary_of(report), "no findings in 0 messages of 0 sessions");
  report.findings = {1, 0, 2};
  report.ignored = 4;
  report.messages = 1;
  report.sessions = 1;
  EXPECT_EQ(summary_of(report), "2 errors, 1 note (4 ignored) in 1 message of 1 session");
}

}  // namespace
}  // namespace overhear::testing
