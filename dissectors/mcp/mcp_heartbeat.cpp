#include "dissectors/mcp/mcp_heartbeat.hpp"

#include <fmt/format.h>

#include <iterator>
#include <utility>

#include "dissectors/mcp/mcp_rules.hpp"

namespace overhear::mcp {
namespace {

constexpr std::int64_t kMillisecond = 1'000'000;             // ns
constexpr std::int64_t kSlack = 1'000'000'000;               // ns
constexpr std::int64_t kFastest = 100;                       // ms; less looks like seconds
constexpr std::int64_t kSlowest = std::int64_t{86'400'000};  // ms, a day; more looks like microseconds
constexpr int kPatience = 3;                                 // times the rate, as javacat waits

std::int64_t tolerance(std::int64_t rate) {
  return rate + rate / 2 + kSlack;
}

double seconds(std::int64_t ns) {
  return static_cast<double>(ns) / 1e9;
}

}  // namespace

void Heartbeat::on_accepted(const Message& message, FindingList& findings) {
  last_ = message.time;
  before_.reset();
  has_beaten_ = false;
  rate_ = 0;
  const JsonIndex& json = *message.json;
  const JsonNode* const node = json.find(json.find("data"), "heartbeatRate");
  std::int64_t rate = 0;
  if (node == nullptr || node->kind != JsonKind::Integer || !to_integer(json.value(*node), rate)) return;
  const bool is_odd = rate < kFastest || rate > kSlowest;
  if (!is_odd) rate_ = rate * kMillisecond;
  if (!is_odd) return;
  Finding& finding = findings.add(rate <= 0 ? rules::kBadRate : rules::kOddRate);
  finding.field = "/data/heartbeatRate";
  fmt::format_to(std::back_inserter(finding.text), "a heartbeat every {} ms", rate);
}

void Heartbeat::on_ping(Timestamp at, FindingList& findings) {
  const std::int64_t gap = last_ ? at - *last_ : 0;
  before_ = std::exchange(last_, at);
  const bool is_first = !std::exchange(has_beaten_, true);
  if (rate_ == 0 || gap <= tolerance(rate_)) return;
  const bool is_overdue = gap > kPatience * rate_;
  Finding& finding = findings.add(is_overdue ? rules::kOverdueHeartbeat : rules::kLateHeartbeat);
  fmt::format_to(std::back_inserter(finding.text), "{:.1f} s behind {}, at a rate of {:.1f} s", seconds(gap),
                 is_first ? "the acceptance" : "the last one", seconds(rate_));
  if (is_overdue) return;
  fmt::format_to(std::back_inserter(finding.text), ": {:.1f} s before real servers disconnect",
                 seconds(kPatience * rate_ - gap));
}

// A heartbeat that is younger than kCrossing may not have been seen.
void Heartbeat::on_timeout(const Message& message, std::optional<bool> is_accepted, FindingList& findings) {
  if (!timed_out_) timed_out_ = message.time;
  if (is_accepted == false) {
    findings.add(rules::kEarlyTimeout, "no heartbeat is due before the client is logged in");
    return;
  }
  const std::optional<Timestamp> seen = last_ && message.time_first - *last_ <= kCrossing ? before_ : last_;
  if (rate_ == 0 || !seen || message.time_first - *seen >= rate_) return;
  Finding& finding = findings.add(rules::kEarlyTimeout);
  fmt::format_to(std::back_inserter(finding.text), "{:.1f} s behind the last heartbeat, at a rate of {:.1f} s",
                 seconds(message.time_first - *seen), seconds(rate_));
}

void Heartbeat::check_timed_out(const Message& message, FindingList& findings) {
  if (!timed_out_) return;
  const bool is_client = message.direction == Direction::Client;
  if (is_client && message.time_first - *timed_out_ <= kCrossing) return;
  bool& is_told = is_told_[static_cast<std::size_t>(message.direction)];
  if (!std::exchange(is_told, true)) findings.add(rules::kAfterTimeout);
}

void Heartbeat::on_end(Timestamp at, FindingList& findings) const {
  if (rate_ == 0 || !last_ || timed_out_) return;
  const std::int64_t silence = at - *last_;
  if (silence <= tolerance(rate_)) return;
  Finding& finding = findings.add(rules::kNoHeartbeat);
  fmt::format_to(std::back_inserter(finding.text), "{} for the last {:.1f} s, at a rate of {:.1f} s",
                 has_beaten_ ? "no heartbeat" : "not one heartbeat", seconds(silence), seconds(rate_));
}

}  // namespace overhear::mcp
