#include "session/check/checker.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "dissectors/app_rules.hpp"
#include "dissectors/registry.hpp"

namespace overhear::testing {
namespace {

using ::testing::ElementsAre;

constexpr Rule kGap{"tcp.gap", Severity::Warning, "RFC 9293, 3.4", "bytes were not captured"};
constexpr Rule kInvalid{"json.invalid", Severity::Error, "RFC 8259", "no JSON"};
constexpr Rule kSchema{"app.schema", Severity::Note, {}, "a field is different"};
constexpr Rule kSchemaToo{"app.schema", Severity::Note, {}, "a field is different"};

Finding found(const Rule& rule, std::string text = {}) {
  return {.rule = &rule, .spec = {}, .text = std::move(text), .field = {}, .bytes = {}};
}

// What a checker is told, and what it makes of it.
class Told {
 public:
  explicit Told(CheckOptions options = {}) : checker_(std::move(options)) {}

  Told& says(std::string_view type, std::vector<Finding> findings = {}, std::vector<std::uint64_t> packets = {7}) {
    Message message = next(type);
    message.findings = findings;
    message.packets = packets;
    checker_.on_message(message);
    return *this;
  }
  Told& answers(std::string_view request, std::int64_t latency_ns) {
    Message message = next("Answer");
    message.reply_to = 1;
    message.reply_type = request;
    message.latency_ns = latency_ns;
    checker_.on_message(message);
    return *this;
  }
  Told& finds(const Finding& finding, std::uint32_t session = 0) {
    checker_.on_finding({&finding, Timestamp{5 * kSecond}, session, 0, Direction::Server, 3});
    return *this;
  }
  Checker& checker() { return checker_; }
  CheckReport report() const { return checker_.report(); }

 private:
  Message next(std::string_view type) {
    Message message;
    message.session = 1;
    message.number = ++number_;
    message.time = {number_ * kSecond};
    message.protocol = find_protocol("mcp");
    message.type = type;
    return message;
  }

  Checker checker_;
  std::uint32_t number_ = 0;
};

CheckOptions with_budget(std::string_view text) {
  CheckOptions options;
  options.budgets = parse_budgets(text).value();
  return options;
}

std::vector<std::string> groups_of(const CheckReport& report) {
  std::vector<std::string> names;
  for (const FindingGroup& group : report.groups) {
    names.push_back(std::string(group.rule->code) + " " + std::to_string(group.count) + (group.fails ? " fails" : ""));
  }
  return names;
}

TEST(Checker, FindingsStandByCodeGravestFirst) {
  Told told;
  told.says("Room.Join", {found(kGap), found(kSchema)}).finds(found(kInvalid)).says("Room.Join", {found(kGap)});
  told.says("Room.Join", {found(kSchemaToo)});
  const CheckReport report = told.report();
  EXPECT_THAT(groups_of(report), ElementsAre("json.invalid 1 fails", "tcp.gap 2 fails", "app.schema 2"));
  EXPECT_EQ(report.count(Severity::Error), 1u);
  EXPECT_EQ(report.count(Severity::Warning), 2u);
  EXPECT_EQ(report.count(Severity::Note), 2u);
  EXPECT_EQ(report.messages, 3u);
  EXPECT_FALSE(report.has_passed());
}

TEST(Checker, OnlyFindingsAsGraveAsAskedForFail) {
  const auto passes = [](std::optional<Severity> fail_on, const Rule& rule) {
    CheckOptions options;
    options.fail_on = fail_on;
    return Told(std::move(options)).says("x", {found(rule)}).report().has_passed();
  };
  EXPECT_TRUE(passes(Severity::Error, kGap));
  EXPECT_FALSE(passes(Severity::Error, kInvalid));
  EXPECT_FALSE(passes(Severity::Warning, kGap));
  EXPECT_TRUE(passes(Severity::Warning, kSchema));
  EXPECT_FALSE(passes(Severity::Note, kSchema));
  EXPECT_TRUE(passes(std::nullopt, kInvalid));
}

TEST(Checker, WhatIsIgnoredIsCountedAndNothingElse) {
  CheckOptions options = with_budget("findings.warning=0");
  ASSERT_EQ(options.ignored.add("tcp.*"), std::nullopt);
  const CheckReport report = Told(std::move(options)).says("x", {found(kGap), found(kGap)}).report();
  EXPECT_TRUE(report.groups.empty());
  EXPECT_EQ(report.ignored, 2u);
  EXPECT_EQ(report.count(Severity::Warning), 0u);
  EXPECT_TRUE(report.has_passed());
}

TEST(Checker, PlacesAreTheFirstOnesHoweverManyThereAre) {
  CheckOptions options;
  options.places = 2;
  Told told(std::move(options));
  for (int i = 0; i < 100'000; ++i) told.says("Room.Join", {found(kGap)});
  const CheckReport report = told.report();
  ASSERT_EQ(report.groups.size(), 1u);
  EXPECT_EQ(report.groups[0].count, 100'000u);
  ASSERT_EQ(report.groups[0].places.size(), 2u);
  EXPECT_EQ(report.groups[0].places[1].message, 2u);
  EXPECT_EQ(report.groups[0].places[1].since_start_ns, kSecond);
  EXPECT_EQ(report.groups[0].places[1].type, "Room.Join");
}

TEST(Checker, APlaceIsCutWhateverItHolds) {
  Told told;
  const std::string huge(1u << 20, 'x');
  told.says(huge, {found(kGap, huge)}, std::vector<std::uint64_t>(256, 9));
  const CheckReport report = told.report();
  const FindingPlace& place = report.groups[0].places[0];
  EXPECT_LT(place.text.size(), 500u);
  EXPECT_LT(place.type.size(), 500u);
  EXPECT_EQ(place.packets.size(), 8u);
}

TEST(Checker, OfManyPacketsTheFirstOnesAndTheLastAreKept) {
  const CheckReport report = Told().says("x", {found(kGap)}, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10}).report();
  EXPECT_THAT(report.groups[0].places[0].packets, ElementsAre(1, 2, 3, 4, 5, 6, 7, 10));
}

TEST(Checker, SecondsAreCountedFromWhatComesFirst) {
  Told told;
  told.finds(found(kGap)).says("x", {found(kInvalid)});
  const CheckReport report = told.report();
  EXPECT_EQ(report.groups[1].places[0].since_start_ns, 0);
  EXPECT_EQ(report.groups[0].places[0].since_start_ns, -4 * kSecond);
}

TEST(Checker, ATypeIsWhatItsEscapesMean) {
  const CheckReport report = Told().says(R"(caf\u00e9)", {found(kGap)}).report();
  EXPECT_EQ(report.groups[0].places[0].type, "café");
}

TEST(Checker, WhatAllOfACodeSayIsKnownAlsoBeyondThePlaces) {
  CheckOptions options;
  options.places = 1;
  Told told(std::move(options));
  told.says("x", {found(kGap, "one")}).says("x", {found(kGap, "one")});
  EXPECT_TRUE(told.report().groups[0].is_one_text);
  told.says("x", {found(kGap, "another")});
  EXPECT_FALSE(told.report().groups[0].is_one_text);
  EXPECT_TRUE(told.report().groups[0].is_one_spec);
}

TEST(Checker, AnotherFieldOrCitationIsNotTheSame) {
  Finding of_field = found(kGap, "one");
  of_field.field = "/data";
  const CheckReport fields = Told().says("x", {found(kGap, "one"), of_field}).report();
  EXPECT_FALSE(fields.groups[0].is_one_text);
  EXPECT_TRUE(fields.groups[0].is_one_spec);
  Finding cited = found(kGap, "one");
  cited.spec = "RFC 9293, 3.8";
  const CheckReport specs = Told().says("x", {found(kGap, "one"), cited}).report();
  EXPECT_TRUE(specs.groups[0].is_one_text);
  EXPECT_FALSE(specs.groups[0].is_one_spec);
}

TEST(Checker, FindingsAboutActionsNameTheAction) {
  Checker checker({});
  const std::vector<Finding> findings{found(kGap), found(kInvalid)};
  std::vector<Action> actions(2);
  actions[0].type = "open";
  actions[1].index = 1;
  actions[1].type = "close";
  actions[1].findings = 2;
  Message message;
  message.protocol = find_protocol("gradagenda");
  message.type = "batch";
  message.actions = actions;
  message.action_findings = findings;
  checker.on_message(message);
  const CheckReport report = checker.report();
  ASSERT_EQ(report.groups.size(), 2u);
  EXPECT_EQ(report.groups[0].places[0].type, "close");
}

TEST(Checker, LatenciesAreMeasuredOfAllOrOfOneRequestOrProtocol) {
  Told told(with_budget("latency.max=4s,latency.max[A]=1s,latency.mean[mcp]=2s,latency.p50[scrp]=1s,latency.p50=1s"));
  told.answers("A", kSecond).answers("B", 3 * kSecond).says("C");
  const auto budgets = told.report().budgets;
  EXPECT_EQ(budgets[0].value, 3 * kSecond);
  EXPECT_EQ(budgets[0].measured, 2u);
  EXPECT_EQ(budgets[1].value, kSecond);
  EXPECT_EQ(budgets[2].value, 2 * kSecond);
  EXPECT_TRUE(budgets[0].is_met && budgets[1].is_met && budgets[2].is_met && budgets[4].is_met);
  EXPECT_EQ(budgets[3].value, std::nullopt);
  EXPECT_FALSE(budgets[3].is_met) << "nothing was measured";
  EXPECT_FALSE(told.report().has_passed());
}

TEST(Checker, AVerdictAboutAPercentileIsExact) {
  const auto verdict = [](std::string_view text) {
    Told told(with_budget(text));
    for (std::int64_t i = 1; i <= 100; ++i) told.answers("A", 1'000'000'000 + i);
    return told.report().budgets.front();
  };
  EXPECT_TRUE(verdict("latency.p90=1.000000090s").is_met);
  EXPECT_EQ(verdict("latency.p90=1.000000090s").value, 1'000'000'090);
  EXPECT_FALSE(verdict("latency.p90=1.000000089s").is_met);
  EXPECT_GT(verdict("latency.p90=1.000000089s").value, 1'000'000'089);
  EXPECT_TRUE(verdict("latency.p90>=1.000000090s").is_met);
  EXPECT_FALSE(verdict("latency.p90>=1.000000091s").is_met);
  EXPECT_LT(verdict("latency.p90>=1.000000091s").value, 1'000'000'091);
}

// What is known of a percentile may lie on the other side of the limit.
TEST(Checker, TheValueThatIsToldNeverContradictsTheVerdict) {
  const auto verdict = [](std::string_view text, std::int64_t rest) {
    Told told(with_budget(text));
    told.answers("A", 998'300'000).answers("A", 1'006'500'000);
    for (int i = 0; i < 9; ++i) told.answers("A", rest);
    return told.report().budgets.front();
  };
  const BudgetResult above = verdict("latency.p50=1.005s", 1'006'000'000);
  EXPECT_FALSE(above.is_met);
  EXPECT_EQ(above.value, 1'005'000'001);
  const BudgetResult below = verdict("latency.p50>=1.000s", 998'500'000);
  EXPECT_FALSE(below.is_met);
  EXPECT_EQ(below.value, 999'999'999);
}

TEST(Checker, ABudgetThatSaysAtLeastForbidsNothing) {
  EXPECT_FALSE(Told(with_budget("findings.warning>=1")).says("x", {found(kGap)}).report().has_passed())
      << "it stands in place of no --fail-on";
  CheckOptions options = with_budget("findings.warning>=5");
  options.fail_on.reset();
  const CheckReport report = Told(std::move(options)).says("x", {found(kGap)}).report();
  EXPECT_THAT(groups_of(report), ElementsAre("tcp.gap 1")) << "there are too few of them";
  EXPECT_FALSE(report.has_passed());
}

TEST(Checker, ABudgetForASeverityStandsInPlaceOfFailingOnIt) {
  Told told(with_budget("findings.warning=2"));
  told.says("x", {found(kGap), found(kGap)});
  EXPECT_TRUE(told.report().has_passed());
  told.says("x", {found(kGap)});
  EXPECT_FALSE(told.report().has_passed());
  EXPECT_FALSE(Told(with_budget("findings.warning=2")).says("x", {found(kInvalid)}).report().has_passed());
}

TEST(Checker, WhatABudgetIsExceededByFailsTheCheck) {
  const auto groups = [](std::string_view budget) {
    CheckOptions options = with_budget(budget);
    options.fail_on.reset();
    Told told(std::move(options));
    told.says("x", {found(kGap), found(kSchema), found(app_rules::kUnanswered), found(app_rules::kUnansweredNote)});
    return groups_of(told.report());
  };
  EXPECT_THAT(groups("findings.note=1"),
              ElementsAre("app.unanswered 1", "tcp.gap 1", "app.schema 1 fails", "app.unanswered 1 fails"));
  EXPECT_THAT(groups("unanswered=0"),
              ElementsAre("app.unanswered 1 fails", "tcp.gap 1", "app.schema 1", "app.unanswered 1"));
  EXPECT_THAT(groups("findings=4"), ElementsAre("app.unanswered 1", "tcp.gap 1", "app.schema 1", "app.unanswered 1"));
}

TEST(Checker, MessagesAndUnansweredRequestsAreCounted) {
  Told told(with_budget("messages=2,messages[A]>=2,unanswered=1"));
  told.says("A").says("B").finds(found(app_rules::kUnanswered), 1).finds(found(app_rules::kUnansweredNote), 1);
  const auto budgets = told.report().budgets;
  EXPECT_EQ(budgets[0].value, 2);
  EXPECT_TRUE(budgets[0].is_met);
  EXPECT_EQ(budgets[1].value, 1);
  EXPECT_FALSE(budgets[1].is_met);
  EXPECT_EQ(budgets[2].value, 1);
}

TEST(Checker, OneFindingMayTellOfManyUnansweredRequests) {
  Finding rest = found(app_rules::kUnanswered);
  rest.count = 84;
  Finding others = found(app_rules::kUnansweredNote);
  others.count = 9;
  Told told(with_budget("unanswered=84"));
  told.finds(rest, 1).finds(others, 1);
  EXPECT_TRUE(told.report().budgets[0].is_met);
  told.finds(found(app_rules::kUnanswered), 2);
  EXPECT_EQ(told.report().budgets[0].value, 85);
}

TEST(Checker, SessionsAreThoseOfWhichSomethingWasShown) {
  Checker checker({});
  SessionRecord session;
  checker.on_session_closed(session);
  session.is_shown = false;
  checker.on_session_closed(session);
  session.is_mentioned = false;
  checker.on_session_closed(session);
  EXPECT_EQ(checker.report().sessions, 2u);
}

}  // namespace
}  // namespace overhear::testing
