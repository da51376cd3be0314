#include "session/check/checker.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

#include "base/utf8.hpp"
#include "dissectors/app_rules.hpp"
#include "dissectors/json/json_index.hpp"
#include "dissectors/protocol.hpp"

namespace overhear {
namespace {

constexpr std::size_t kPlacePackets = 8;
constexpr std::size_t kPlaceBytes = 400;  // of each text

std::vector<std::uint64_t> some_of(std::span<const std::uint64_t> packets) {
  if (packets.size() <= kPlacePackets) return {packets.begin(), packets.end()};
  std::vector<std::uint64_t> some(packets.begin(), packets.begin() + kPlacePackets);
  some.back() = packets.back();
  return some;
}

std::string cut(std::string_view text) {
  const std::string_view prefix = utf8_prefix(text, kPlaceBytes);
  return prefix.size() < text.size() ? std::string(prefix) + "…" : std::string(prefix);
}

std::string_view to_text(const std::optional<Severity>& fail_on) {
  return fail_on ? to_string(*fail_on) : "never";
}

std::int64_t latency_of(const Budget& budget, const Distribution& latencies) {
  if (budget.metric == Metric::LatencyPercentile) return latencies.percentile(budget.per_mille);
  return budget.metric == Metric::LatencyMean ? latencies.mean() : latencies.greatest();
}

}  // namespace

Checker::Checker(CheckOptions options) : options_(std::move(options)), measures_(options_.budgets.size()) {}

void Checker::on_message(const Message& message) {
  ++messages_;
  if (!start_) start_ = message.time;
  if (!measures_.empty()) measure(message);
  for (const Finding& finding : message.findings) count_of_message(message, finding, message.type);
  for (const Action& action : message.actions) {
    for (const Finding& finding : message.action_findings.subspan(action.first_finding, action.findings)) {
      count_of_message(message, finding, action.type);
    }
  }
}

void Checker::measure(const Message& message) {
  for (std::size_t i = 0; i < measures_.size(); ++i) {
    const Budget& budget = options_.budgets[i];
    const auto is_meant = [&](std::string_view type) {
      return budget.of.empty() || budget.of == message.protocol->name || budget.of == type;
    };
    if (budget.is_latency()) {
      if (message.reply_to && is_meant(message.reply_type)) add_latency(measures_[i], budget, message.latency_ns);
    } else if (budget.metric == Metric::Messages && is_meant(message.type)) {
      ++measures_[i].count;
    }
  }
}

void Checker::add_latency(Measure& measure, const Budget& budget, std::int64_t latency_ns) {
  measure.latencies.add(latency_ns);
  if (budget.is_least ? latency_ns < budget.limit : latency_ns <= budget.limit) ++measure.below;
}

void Checker::on_finding(const LooseFinding& finding) {
  if (!start_) start_ = finding.time;
  FindingPlace* const place = count(*finding.finding, finding.time);
  if (place == nullptr) return;
  place->session = finding.session;
  place->message = finding.message;
  place->direction = finding.direction;
  if (finding.packet != 0) place->packets = {finding.packet};
}

void Checker::count_of_message(const Message& message, const Finding& finding, std::string_view type) {
  FindingPlace* const place = count(finding, message.time);
  if (place == nullptr) return;
  place->session = message.session;
  place->message = message.number;
  place->direction = message.direction;
  place->packets = some_of(message.packets);
  place->protocol = message.protocol;
  place->type = unescaped(utf8_prefix(type, kPlaceBytes));
}

void Checker::on_session_closed(const SessionRecord& session) {
  if (session.is_shown || session.is_mentioned) ++sessions_;
}

FindingPlace* Checker::count(const Finding& finding, std::optional<Timestamp> time) {
  const Rule& rule = *finding.rule;
  if (rule.severity == Severity::Warning && rule.code == app_rules::kUnanswered.code) unanswered_ += finding.count;
  const Tally& tally = tally_of(rule);
  if (tally.is_ignored) {
    ++ignored_;
    return nullptr;
  }
  ++findings_[static_cast<std::size_t>(rule.severity)];
  FindingGroup& group = groups_[tally.group];
  if (++group.count > 1) compare(group, finding);
  if (group.count > options_.places) return nullptr;
  FindingPlace& place = group.places.emplace_back();
  place.time = time;
  if (time && start_) place.since_start_ns = *time - *start_;
  place.field = cut(finding.field);
  place.text = cut(finding.message());
  place.spec = finding.citation();
  place.bytes = finding.bytes;
  return &place;
}

void Checker::compare(FindingGroup& group, const Finding& finding) {
  if (group.places.empty()) return;
  const FindingPlace& first = group.places.front();
  group.is_one_text &= first.text == finding.message() && first.field == finding.field;
  group.is_one_spec &= first.spec == finding.citation();
}

const Checker::Tally& Checker::tally_of(const Rule& rule) {
  const auto [found, is_new] = tallies_.try_emplace(&rule);
  Tally& tally = found->second;
  if (!is_new) return tally;
  tally.is_ignored = options_.ignored.contains(rule.code);
  if (tally.is_ignored) return tally;
  const auto is_same = [&rule](const FindingGroup& group) {
    return group.rule->code == rule.code && group.rule->severity == rule.severity;
  };
  const auto group = std::ranges::find_if(groups_, is_same);
  tally.group = static_cast<std::size_t>(group - groups_.begin());
  if (group == groups_.end()) groups_.push_back({.rule = &rule, .fails = fails(rule), .places = {}});
  return tally;
}

bool Checker::fails(const Rule& rule) const {
  const auto is_about = [&rule](const Budget& budget) {
    const bool is_severity = !budget.severity || budget.severity == rule.severity;
    return budget.metric == Metric::Findings && is_severity && !budget.is_least;
  };
  if (std::ranges::any_of(options_.budgets, is_about)) return false;
  return options_.fail_on && rule.severity >= *options_.fail_on;
}

// A percentile is known to 0.8 % only, but how many are within the limit exactly: so the verdict is exact, and the
// value that is told never contradicts it.
void Checker::judge_latency(BudgetResult& result, const Measure& measure) {
  const Budget& budget = result.budget;
  if (result.measured == 0) return;
  std::int64_t value = latency_of(budget, measure.latencies);
  if (budget.metric == Metric::LatencyPercentile) {
    const bool is_below = measure.below >= measure.latencies.rank(budget.per_mille);
    if (is_below) {
      value = std::min(value, budget.limit - (budget.is_least ? 1 : 0));
    } else {
      value = std::max(value, budget.limit + (budget.is_least ? 0 : 1));
    }
    result.is_met = is_below != budget.is_least;
  } else {
    result.is_met = budget.allows(value);
  }
  result.value = value;
}

BudgetResult Checker::judge(const Budget& budget, const Measure& measure) const {
  BudgetResult result{.budget = budget, .value = {}, .measured = measure.latencies.count(), .is_met = false};
  const auto total = [this, &budget] {
    if (budget.severity) return findings_[static_cast<std::size_t>(*budget.severity)];
    return std::accumulate(findings_.begin(), findings_.end(), std::uint64_t{0});
  };
  switch (budget.metric) {
    case Metric::LatencyPercentile:
    case Metric::LatencyMean:
    case Metric::LatencyMax: judge_latency(result, measure); return result;
    case Metric::Findings: result.value = static_cast<std::int64_t>(total()); break;
    case Metric::Messages: result.value = static_cast<std::int64_t>(measure.count); break;
    case Metric::Unanswered: result.value = static_cast<std::int64_t>(unanswered_); break;
  }
  result.is_met = result.value && budget.allows(*result.value);
  return result;
}

void Checker::blame(const Budget& budget, std::vector<FindingGroup>& groups) {
  if (budget.is_least) return;
  for (FindingGroup& group : groups) {
    const Rule& rule = *group.rule;
    const bool is_counted = budget.metric == Metric::Findings && (!budget.severity || budget.severity == rule.severity);
    const bool is_unanswered = budget.metric == Metric::Unanswered && rule.severity == Severity::Warning &&
                               rule.code == app_rules::kUnanswered.code;
    if (is_counted || is_unanswered) group.fails = true;
  }
}

CheckReport Checker::report() const {
  CheckReport report;
  report.fail_on = to_text(options_.fail_on);
  report.groups = groups_;
  std::ranges::sort(report.groups, [](const FindingGroup& a, const FindingGroup& b) {
    return std::pair(b.rule->severity, a.rule->code) < std::pair(a.rule->severity, b.rule->code);
  });
  for (std::size_t i = 0; i < measures_.size(); ++i) {
    report.budgets.push_back(judge(options_.budgets[i], measures_[i]));
    if (!report.budgets.back().is_met) blame(options_.budgets[i], report.groups);
  }
  report.findings = findings_;
  report.ignored = ignored_;
  report.messages = messages_;
  report.sessions = sessions_;
  return report;
}

}  // namespace overhear
