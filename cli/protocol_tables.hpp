// The protocols' tables and the rules, as text and as JSON.
#pragma once

#include <cstddef>
#include <nlohmann/json.hpp>
#include <span>
#include <string>

#include "dissectors/protocol.hpp"
#include "session/rules.hpp"

namespace overhear {

std::string describe_protocols();  // a few lines each
// Every message, field, enumeration and code, in lines of at most `width` columns.
std::string describe_protocol(const Protocol& protocol, std::size_t width);
nlohmann::ordered_json to_json(const Protocol& protocol);

// The rules that findings rest on.
std::string describe_rules(std::span<const RuleGroup> groups, std::size_t width);
nlohmann::ordered_json to_json(std::span<const RuleGroup> groups);

}  // namespace overhear
