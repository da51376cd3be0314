// Passwords and tokens in a message's JSON, by the names that they have there: those that a protocol's table calls
// secret, and what is called password, token or secret by whoever else.
#pragma once

#include <string>
#include <string_view>

#include "dissectors/json/json_index.hpp"

namespace overhear {

inline constexpr std::string_view kSecretMask = "•••";

bool is_secret_name(std::string_view name);

// Appends a value as it stands, in one line: line breaks and tabs between tokens become spaces. `masks`: what a secret
// name holds, at any depth, is "•••"; of a value that is not looked into as a whole (Limits::json_nodes) the rest is
// "…".
void append_json(std::string& out, const JsonIndex& json, const JsonNode& value, bool masks);

}  // namespace overhear
