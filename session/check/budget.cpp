#include "session/check/budget.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/nearest.hpp"
#include "session/filter/filter_literal.hpp"

namespace overhear {
namespace {

struct MetricName {
  std::string_view name;
  Metric metric;
  unsigned per_mille = 0;
  std::optional<Severity> severity = {};
  bool has_part = false;  // may be asked of one protocol or type alone
};
constexpr MetricName kMetrics[] = {{"latency.p50", Metric::LatencyPercentile, 500, {}, true},
                                   {"latency.p90", Metric::LatencyPercentile, 900, {}, true},
                                   {"latency.p95", Metric::LatencyPercentile, 950, {}, true},
                                   {"latency.p99", Metric::LatencyPercentile, 990, {}, true},
                                   {"latency.mean", Metric::LatencyMean, 0, {}, true},
                                   {"latency.max", Metric::LatencyMax, 0, {}, true},
                                   {"findings", Metric::Findings},
                                   {"findings.error", Metric::Findings, 0, Severity::Error},
                                   {"findings.warning", Metric::Findings, 0, Severity::Warning},
                                   {"findings.note", Metric::Findings, 0, Severity::Note},
                                   {"messages", Metric::Messages, 0, {}, true},
                                   {"unanswered", Metric::Unanswered}};

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

std::string explain_metric(std::string_view name) {
  std::vector<std::string_view> names;
  for (const MetricName& known : kMetrics) names.push_back(known.name);
  std::string what = fmt::format("there is no metric {}", name);
  if (const std::string_view meant = nearest(name, names); !meant.empty()) {
    return what + fmt::format("; did you mean {}?", meant);
  }
  what += ": there are";
  for (const std::string_view each : names) what += fmt::format("{} {}", each == names.front() ? "" : ",", each);
  return what;
}

// "latency.p99[Room.Join]" as far as it goes; the error is about the name.
std::optional<std::string> read_name(std::string_view text, Budget& budget) {
  const std::size_t bracket = text.find('[');
  const std::string_view name = trimmed(text.substr(0, bracket));
  const auto* const known = std::ranges::find(kMetrics, name, &MetricName::name);
  if (known == std::end(kMetrics)) return explain_metric(name);
  budget.metric = known->metric;
  budget.per_mille = known->per_mille;
  budget.severity = known->severity;
  budget.name = name;
  if (bracket == std::string_view::npos) return std::nullopt;
  if (!known->has_part) return fmt::format("{} cannot be asked of one type alone", name);
  if (text.back() != ']') return fmt::format("{}: the bracket has no end", text);
  budget.of = trimmed(text.substr(bracket + 1, text.size() - bracket - 2));
  if (budget.of.empty()) return fmt::format("{}: of which protocol or type?", text);
  budget.name += fmt::format("[{}]", budget.of);
  return std::nullopt;
}

std::optional<std::string> read_limit(std::string_view text, Budget& budget) {
  if (budget.is_latency()) {
    const bool has_unit = !text.empty() && (text.back() < '0' || text.back() > '9');
    const auto duration = has_unit || text == "0" ? parse_filter_duration(text) : std::nullopt;
    if (!duration) return fmt::format("'{}' is no duration (like 200ms; ns, us, ms or s)", text);
    budget.limit = *duration;
    return std::nullopt;
  }
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), budget.limit);
  if (error == std::errc() && end == text.data() + text.size() && budget.limit >= 0) return std::nullopt;
  return fmt::format("'{}' is no number", text);
}

std::expected<Budget, std::string> parse_budget(std::string_view text) {
  Budget budget;
  budget.text = text;
  const std::size_t bracket_end = text.find(']');
  const std::size_t from = bracket_end == std::string_view::npos ? 0 : bracket_end;
  const std::size_t sign = text.find_first_of("<>=", from);
  if (sign == std::string_view::npos) {
    return std::unexpected(fmt::format("'{}' should read METRIC=LIMIT, as latency.p99=200ms", text));
  }
  std::string_view limit = text.substr(sign + 1);
  if (text[sign] != '=') {
    if (!limit.starts_with('=')) return std::unexpected(fmt::format("'{}': write <= or >=", text));
    limit.remove_prefix(1);
  }
  budget.is_least = text[sign] == '>';
  if (const auto wrong = read_name(trimmed(text.substr(0, sign)), budget)) return std::unexpected(*wrong);
  if (const auto wrong = read_limit(trimmed(limit), budget)) {
    return std::unexpected(fmt::format("{}: {}", budget.name, *wrong));
  }
  return budget;
}

}  // namespace

std::expected<std::vector<Budget>, std::string> parse_budgets(std::string_view text) {
  std::vector<Budget> budgets;
  while (true) {
    // A comma in brackets belongs to a type's name.
    const std::size_t open = text.find_first_of("[,");
    const bool has_part = open != std::string_view::npos && text[open] == '[';
    const std::size_t close = has_part ? text.find(']', open) : 0;
    const std::size_t comma = text.find(',', close == std::string_view::npos ? open : close);
    auto budget = parse_budget(trimmed(text.substr(0, comma)));
    if (!budget) return std::unexpected(std::move(budget.error()));
    budgets.push_back(std::move(*budget));
    if (comma == std::string_view::npos) return budgets;
    text.remove_prefix(comma + 1);
  }
}

}  // namespace overhear
