// Judges what an analysis tells: counts findings by code, measures what budgets ask for, and keeps the first places of
// each. A sink as exporters are; a filter may stand before it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "dissectors/message.hpp"
#include "session/check/budget.hpp"
#include "session/check/check_report.hpp"
#include "session/check/code_list.hpp"
#include "session/statistics/distribution.hpp"

namespace overhear {

struct CheckOptions {
  std::optional<Severity> fail_on = Severity::Warning;  // findings of this severity on fail it; nothing: none does
  CodeList ignored;
  std::vector<Budget> budgets;  // one for findings of a severity takes the place of fail_on for that severity
  std::size_t places = 5;       // that are kept of each code
};

class Checker final : public MessageSink {
 public:
  explicit Checker(CheckOptions options);

  // Seconds are counted from here instead of from what comes first.
  void start_at(Timestamp start) { start_ = start; }

  void on_message(const Message& message) override;
  void on_finding(const LooseFinding& finding) override;
  void on_session_opened(const SessionRecord&) override {}
  void on_session_closed(const SessionRecord& session) override;
  void on_event(const Event&) override {}

  // Behind the last call. Without the source and what else is known outside.
  CheckReport report() const;

 private:
  struct Tally {
    const Rule* rule = nullptr;
    bool is_ignored = false;
    std::size_t group = 0;  // in groups_, where it is not ignored
  };
  struct Measure {
    Distribution latencies;
    std::uint64_t below = 0;  // latencies up to the limit; of one that says at least, those below it
    std::uint64_t count = 0;  // messages
  };

  void measure(const Message& message);
  static void add_latency(Measure& measure, const Budget& budget, std::int64_t latency_ns);
  // The place to fill in; null where enough are kept, or nobody cares.
  FindingPlace* count(const Finding& finding, std::optional<Timestamp> time);
  void count_of_message(const Message& message, const Finding& finding, std::string_view type);
  static void compare(FindingGroup& group, const Finding& finding);
  const Tally& tally_of(const Rule& rule);
  bool fails(const Rule& rule) const;
  static void judge_latency(BudgetResult& result, const Measure& measure);
  // Of a budget that is exceeded: marks what it counts.
  static void blame(const Budget& budget, std::vector<FindingGroup>& groups);
  BudgetResult judge(const Budget& budget, const Measure& measure) const;

  CheckOptions options_;
  std::optional<Timestamp> start_;
  std::unordered_map<const Rule*, Tally> tallies_;
  std::vector<FindingGroup> groups_;
  std::vector<Measure> measures_;  // by budget
  std::array<std::uint64_t, 3> findings_{};
  std::uint64_t ignored_ = 0;
  std::uint64_t unanswered_ = 0;
  std::uint64_t messages_ = 0;
  std::uint64_t sessions_ = 0;
};

}  // namespace overhear
