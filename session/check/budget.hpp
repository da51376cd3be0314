// What a check must keep to beside findings: "latency.p99=200ms", "latency.max[Room.Join]<=50ms", "unanswered=0",
// "findings.warning=5", "messages>=100". `=` and `<=` say at most, `>=` at least.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/finding.hpp"

namespace overhear {

enum class Metric : std::uint8_t { LatencyPercentile, LatencyMean, LatencyMax, Findings, Messages, Unanswered };

struct Budget {
  std::string text;  // as it was written
  std::string name;  // "latency.p99[Room.Join]"
  Metric metric = Metric::Messages;
  unsigned per_mille = 0;            // of LatencyPercentile
  std::optional<Severity> severity;  // of Findings: only these
  std::string of;                    // of latencies and messages: only this protocol, or request or message type
  bool is_least = false;
  std::int64_t limit = 0;  // nanoseconds of a latency, else how many

  bool is_latency() const { return metric <= Metric::LatencyMax; }
  // Whether the value keeps to it.
  bool allows(std::int64_t value) const { return is_least ? value >= limit : value <= limit; }
};

// A list with commas. The error is a sentence about the part that is wrong.
std::expected<std::vector<Budget>, std::string> parse_budgets(std::string_view text);

}  // namespace overhear
