// What a check has found, in the memory that a few places per code take, however much was found: the counts are of
// everything, the places are the first ones. What the writers of the formats turn into text.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/finding.hpp"
#include "base/time.hpp"
#include "dissectors/message.hpp"
#include "session/check/budget.hpp"

namespace overhear {

// Where something was found. Texts are from the wire: any bytes, cut at a few hundred.
struct FindingPlace {
  std::uint32_t session = 0;  // 0: about a packet or the capture
  std::uint32_t message = 0;  // 0: about no message
  std::optional<Timestamp> time;
  std::int64_t since_start_ns = 0;  // with time: since the first one, as the timeline shows it
  std::optional<Direction> direction;
  std::vector<std::uint64_t> packets;  // of more than a few the first ones and the last
  const Protocol* protocol = nullptr;  // of the message
  std::string type;                    // of the message, or the action in it
  std::string field;                   // JSON pointer
  std::string text;
  std::string_view spec;
  std::optional<std::uint64_t> bytes;
};

// All findings of one code and severity.
struct FindingGroup {
  const Rule* rule = nullptr;
  std::uint64_t count = 0;
  bool fails = false;  // the check: by being there, or by being more than a budget allows
  // Whether all of them, also those whose place is not kept, say the first one's text about its field, and cite the
  // same.
  bool is_one_text = true;
  bool is_one_spec = true;
  std::vector<FindingPlace> places;
};

struct BudgetResult {
  Budget budget;
  std::optional<std::int64_t> value;  // nothing: there was nothing to measure, and so it is not met
  std::uint64_t measured = 0;         // how many latencies
  bool is_met = false;
};

// The command that was run for the check to have something to look at.
struct CommandResult {
  std::vector<std::string> arguments;
  int status = 0;  // as a shell tells it
};

struct CheckReport {
  std::string source;                // what was read, or the interface
  std::string fail_on;               // "warning"; "never"
  std::vector<FindingGroup> groups;  // gravest first, then by code
  std::vector<BudgetResult> budgets;
  std::array<std::uint64_t, 3> findings{};  // by severity, without those that were ignored
  std::uint64_t ignored = 0;
  std::uint64_t messages = 0;
  std::uint64_t sessions = 0;
  std::uint64_t lost_packets = 0;  // captured too late: what they carried was not checked
  std::optional<CommandResult> command;

  std::uint64_t count(Severity severity) const { return findings[static_cast<std::size_t>(severity)]; }
  // Whether nothing fails; of the traffic alone, whatever the command said.
  bool has_passed() const {
    for (const FindingGroup& group : groups) {
      if (group.fails) return false;
    }
    for (const BudgetResult& budget : budgets) {
      if (!budget.is_met) return false;
    }
    return true;
  }
};

}  // namespace overhear
