// Text from the wire in a summary: unescaped, one character not half, cut where a line would get too long.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

#include "dissectors/json/json_index.hpp"

namespace overhear::scrp {

inline constexpr std::size_t kTextCharacters = 120;
inline constexpr std::size_t kNameCharacters = 40;

namespace text_detail {
// Length of the first character of a JSON string's text: an escape, a pair of surrogates, or UTF-8.
constexpr std::size_t step(std::string_view escaped) {
  const auto lead = static_cast<unsigned char>(escaped.front());
  std::size_t length = 1;
  if (lead == '\\') {
    const bool is_unit = escaped.size() > 1 && escaped[1] == 'u';
    const bool is_high = is_unit && escaped.size() >= 12 && (escaped[2] | 0x20) == 'd' &&
                         std::string_view("89abAB").contains(escaped[3]) && escaped[6] == '\\' && escaped[7] == 'u';
    length = is_high ? 12 : is_unit ? 6 : 2;
  } else if (lead >= 0xC0) {
    length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  }
  return std::min(length, escaped.size());
}
}  // namespace text_detail

// Appends what a JSON string (without quotes) means, at most `characters` of it.
inline void append_cut(std::string& out, std::string_view escaped, std::size_t characters = kTextCharacters) {
  std::size_t end = 0;
  for (; end < escaped.size() && characters > 0; --characters) end += text_detail::step(escaped.substr(end));
  append_unescaped(out, escaped.substr(0, end));
  if (end < escaped.size()) out += "…";
}

// Appends a value for people; `absent` where there is none, it is null, or it has no one-line form.
inline void append_value(std::string& out, const JsonIndex& json, const JsonNode* node, std::string_view absent = "?",
                         std::size_t characters = kNameCharacters) {
  const bool is_plain = node != nullptr && node->kind != JsonKind::Null && node->kind != JsonKind::Object &&
                        node->kind != JsonKind::Array;
  if (is_plain)
    append_cut(out, json.value(*node), characters);
  else
    out += absent;
}

inline bool is_string(const JsonNode* node) {
  return node != nullptr && node->kind == JsonKind::String;
}

// A string's text as it stands, escapes included; empty for anything else.
inline std::string_view string_of(const JsonIndex& json, const JsonNode* node) {
  return is_string(node) ? json.value(*node) : std::string_view();
}

// What a string means: itself, or with its escapes resolved into `scratch` where it has any.
inline std::string_view meaning_of(const JsonIndex& json, const JsonNode* node, std::string& scratch) {
  if (!is_string(node)) return {};
  if (!node->has_escapes) return json.value(*node);
  scratch.clear();
  append_unescaped(scratch, json.value(*node));
  return scratch;
}

}  // namespace overhear::scrp
