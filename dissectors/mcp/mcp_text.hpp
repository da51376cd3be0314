// What MCP's packages look like as text, before anybody knows what they mean.
#pragma once

#include <string_view>

#include "dissectors/json/json_boundary.hpp"
#include "dissectors/json/json_index.hpp"

namespace overhear::mcp {

// Whether a package can be what was decrypted: an object with a type.
inline bool is_package(const JsonIndex& json) {
  return json.root().kind == JsonKind::Object && json.find("type") != nullptr;
}

constexpr bool is_base64_character(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '/' || c == '=';
}

inline std::string_view without_space_behind(std::string_view text) {
  while (!text.empty() && is_json_separator(text.back())) text.remove_suffix(1);
  return text;
}

}  // namespace overhear::mcp
