#include "session/check/report_text.hpp"

#include <fmt/format.h>

#include "base/amount_text.hpp"

namespace overhear {
namespace {

std::string amount(const Budget& budget, std::int64_t value) {
  return budget.is_latency() ? exact_duration(value) : fmt::format("{}", value);
}

}  // namespace

std::string name_of(const FindingPlace& place) {
  if (place.session == 0) return "-";
  if (place.message == 0) return fmt::format("{}.-", place.session);
  return fmt::format("{}.{}", place.session, place.message);
}

std::string packets_of(const FindingPlace& place) {
  if (place.packets.empty()) return {};
  constexpr std::size_t kShown = 3;
  std::string text = place.packets.size() == 1 ? "packet" : "packets";
  const std::size_t all = place.packets.size();
  for (std::size_t i = 0; i < all; ++i) {
    if (all > kShown && i == 1) text += " …";
    if (all <= kShown || i == 0 || i + 1 == all) text += fmt::format(" {}", place.packets[i]);
  }
  return text;
}

std::string describe(const BudgetResult& result) {
  const Budget& budget = result.budget;
  const std::string limit =
      fmt::format("{} {}", budget.is_least ? "at least" : "at most", amount(budget, budget.limit));
  if (!result.value) return fmt::format("{}: no answer to measure; {}", budget.name, limit);
  std::string text = fmt::format("{}: {}", budget.name, amount(budget, *result.value));
  if (budget.is_latency()) text += fmt::format(" of {}", counted(result.measured, "answer"));
  return fmt::format("{}, {}", text, limit);
}

std::string summary_of(const CheckReport& report) {
  std::string text;
  for (const Severity severity : {Severity::Error, Severity::Warning, Severity::Note}) {
    if (report.count(severity) == 0) continue;
    text += fmt::format("{}{}", text.empty() ? "" : ", ", counted(report.count(severity), to_string(severity)));
  }
  if (text.empty()) text = "no findings";
  if (report.ignored > 0) text += fmt::format(" ({} ignored)", report.ignored);
  return fmt::format("{} in {} of {}", text, counted(report.messages, "message"), counted(report.sessions, "session"));
}

}  // namespace overhear
