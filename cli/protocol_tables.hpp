// The protocols' tables as text and as JSON.
#pragma once

#include <cstddef>
#include <nlohmann/json.hpp>
#include <string>

#include "dissectors/protocol.hpp"

namespace overhear {

std::string describe_protocols();  // a few lines each
// Every message, field, enumeration and code, in lines of at most `width` columns.
std::string describe_protocol(const Protocol& protocol, std::size_t width);
nlohmann::ordered_json to_json(const Protocol& protocol);

}  // namespace overhear
