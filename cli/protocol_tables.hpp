// The protocols' tables as text and as JSON.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "dissectors/protocol.hpp"

namespace overhear {

std::string describe_protocols();                         // a line each
std::string describe_protocol(const Protocol& protocol);  // every message, field, enumeration and code
nlohmann::ordered_json to_json(const Protocol& protocol);

}  // namespace overhear
