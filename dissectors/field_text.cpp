#include "dissectors/field_text.hpp"

#include <algorithm>

#include "dissectors/json/json_escapes.hpp"

namespace overhear {
namespace {

// Length of the first character of a JSON string's text: an escape, a pair of surrogates, or UTF-8.
std::size_t first_character(std::string_view escaped) {
  const auto lead = static_cast<unsigned char>(escaped.front());
  std::size_t length = 1;
  if (lead == '\\') {
    const bool is_unit = escaped.size() >= 6 && escaped[1] == 'u';
    const bool is_pair = is_unit && escaped.size() >= 12 && is_high_surrogate(hex4(escaped.data() + 2)) &&
                         escaped[6] == '\\' && escaped[7] == 'u';
    length = is_pair ? 12 : is_unit ? 6 : 2;
  } else if (lead >= 0xC0) {
    length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  }
  return std::min(length, escaped.size());
}

}  // namespace

bool means_the_same(std::string_view a, std::string_view b) {
  if (a == b) return true;
  const auto has_escapes = [](std::string_view text) { return text.find('\\') != std::string_view::npos; };
  if (!has_escapes(a) && !has_escapes(b)) return false;
  std::string meaning_a;
  std::string meaning_b;
  append_unescaped(meaning_a, a);
  append_unescaped(meaning_b, b);
  return meaning_a == meaning_b;
}

void append_cut(std::string& out, std::string_view escaped, std::size_t characters) {
  std::size_t end = 0;
  for (; end < escaped.size() && characters > 0; --characters) end += first_character(escaped.substr(end));
  append_unescaped(out, escaped.substr(0, end));
  if (end < escaped.size()) out += "…";
}

std::size_t count_characters(std::string_view escaped) {
  std::size_t count = 0;
  for (; !escaped.empty(); ++count) escaped.remove_prefix(first_character(escaped));
  return count;
}

void append_value(std::string& out, const JsonIndex& json, const JsonNode* node, std::string_view absent,
                  std::size_t characters) {
  const bool has_line = node != nullptr && node->kind != JsonKind::Null && node->kind != JsonKind::Object &&
                        node->kind != JsonKind::Array;
  if (has_line) {
    append_cut(out, json.value(*node), characters);
  } else {
    out += absent;
  }
}

bool sounds_secret(std::string_view name) {
  constexpr std::string_view kTelling[] = {"password", "token", "secret"};
  const auto is_same_letter = [](char a, char b) { return (a | 0x20) == b; };
  return std::ranges::any_of(
      kTelling, [&](std::string_view word) { return !std::ranges::search(name, word, is_same_letter).empty(); });
}

}  // namespace overhear
