// All rules that findings rest on, by the layer or protocol that they speak of: for those who list them, or want to
// know whether a code exists.
#pragma once

#include <span>
#include <string_view>

#include "base/finding.hpp"

namespace overhear {

struct RuleGroup {
  std::string_view name;   // "tcp"; a protocol's is its own
  std::string_view title;  // "TCP reassembly"
  std::span<const Rule* const> rules;
};

// From the file up to the protocols. A code may stand in several groups, and twice in one with another severity.
std::span<const RuleGroup> rule_groups();
// nullptr where there is none of that name.
const RuleGroup* find_rule_group(std::string_view name);
// Each code once, in alphabetical order.
std::span<const std::string_view> finding_codes();

}  // namespace overhear
