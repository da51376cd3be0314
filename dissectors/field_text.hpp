// The text of fields: as it stands, as it means, and cut for a summary that people read in one line.
#pragma once

#include <cstddef>
#include <cstring>
#include <string>
#include <string_view>

#include "dissectors/json/json_index.hpp"

namespace overhear {

// What a summary shows of a text that was said, and of a name.
inline constexpr std::size_t kTextCharacters = 120;
inline constexpr std::size_t kNameCharacters = 40;

inline bool is_string(const JsonNode* node) {
  return node != nullptr && node->kind == JsonKind::String;
}

// text == literal, of which a compiler makes one comparison of a number or two.
template <std::size_t kSize>
bool is_literal(std::string_view text, const char (&literal)[kSize]) {
  return text.size() == kSize - 1 && std::memcmp(text.data(), literal, kSize - 1) == 0;
}

// A string's text as it stands, escapes included; empty for anything else.
inline std::string_view string_of(const JsonIndex& json, const JsonNode* node) {
  return is_string(node) ? json.value(*node) : std::string_view();
}

// An id as it stands, a text or a number; empty for anything else.
inline std::string_view id_of(const JsonIndex& json, const JsonNode* node) {
  const bool is_id = node != nullptr && (node->kind == JsonKind::String || node->kind == JsonKind::Integer);
  return is_id ? json.value(*node) : std::string_view();
}

// A number without a fraction that is zero: some writers send 5.0 for what others send as 5.
inline std::string_view without_zero_fraction(std::string_view number) {
  const std::size_t point = number.find('.');
  const bool is_zero = point != std::string_view::npos && point + 1 < number.size() &&
                       number.find_first_not_of('0', point + 1) == std::string_view::npos;
  return is_zero ? number.substr(0, point) : number;
}

// What a string means: itself, or with its escapes resolved into `scratch` where it has any.
inline std::string_view meaning_of(const JsonIndex& json, const JsonNode* node, std::string& scratch) {
  if (!is_string(node)) return {};
  if (!node->has_escapes) return json.value(*node);
  scratch.clear();
  append_unescaped(scratch, json.value(*node));
  return scratch;
}

// Whether two strings, as they stand in JSON, say the same: who sends one may escape what who sends the other does not.
bool means_the_same(std::string_view a, std::string_view b);

// What a dissector keeps of its session's names is bounded: a longer one is no name that anyone chose.
inline constexpr std::size_t kRememberedName = 1024;

inline void remember(std::string& name, std::string_view value) {
  name.clear();
  if (value.size() <= kRememberedName) name = value;
}

// Whether a field of this name, which no table knows, may hold what is not to be shown: password, token, secret in it,
// in letters of either case.
bool sounds_secret(std::string_view name);

// Appends what a JSON string (without quotes) means, at most `characters` of it, no character in halves.
void append_cut(std::string& out, std::string_view escaped, std::size_t characters = kTextCharacters);

// So many characters as the text has when its escapes are resolved.
std::size_t count_characters(std::string_view escaped);

// Appends a value for people; `absent` where there is none, it is null, or it has no one-line form.
void append_value(std::string& out, const JsonIndex& json, const JsonNode* node, std::string_view absent = "?",
                  std::size_t characters = kNameCharacters);

}  // namespace overhear
