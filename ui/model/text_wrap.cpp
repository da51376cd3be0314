#include "ui/model/text_wrap.hpp"

#include <algorithm>

#include "base/utf8.hpp"
#include "session/text/character_width.hpp"

namespace overhear {
namespace {

struct Character {
  std::size_t length = 1;
  float width = 0;
};

Character character_at(std::string_view text, std::size_t at, const CharacterWidths& widths) {
  const auto lead = static_cast<unsigned char>(text[at]);
  if (lead < 0x80) return {1, widths.plain[lead]};
  const unsigned length = utf8_length(text.data() + at, text.data() + text.size());
  if (length == 0) return {1, widths.column};
  const char32_t character = utf8_character(text.data() + at, length);
  return {length, static_cast<float>(character_width(character)) * widths.column};
}

}  // namespace

float text_width(std::string_view text, const CharacterWidths& widths) {
  float width = 0;
  for (std::size_t at = 0; at < text.size();) {
    const Character character = character_at(text, at, widths);
    width += character.width;
    at += character.length;
  }
  return width;
}

void wrap_text(std::string_view text, const CharacterWidths& widths, float width,
               std::vector<std::pair<std::size_t, std::size_t>>& lines) {
  lines.clear();
  std::size_t begin = 0;
  std::size_t space = 0;  // behind the last one of the line; begin: there is none
  float used = 0;
  float behind_space = 0;
  for (std::size_t at = 0; at < text.size();) {
    if (text[at] == '\n') {
      lines.emplace_back(begin, at);
      begin = space = ++at;
      used = behind_space = 0;
      continue;
    }
    const Character character = character_at(text, at, widths);
    // A space may hang over the edge.
    if (used + character.width > width && at > begin && text[at] != ' ') {
      const bool is_in_word = space == begin;
      const std::size_t end = is_in_word ? at : space;
      lines.emplace_back(begin, end);
      used = is_in_word ? 0 : behind_space;
      begin = space = end;
      behind_space = 0;
    }
    used += character.width;
    behind_space += character.width;
    at += character.length;
    if (text[at - character.length] == ' ') {
      space = at;
      behind_space = 0;
    }
  }
  lines.emplace_back(begin, text.size());
}

}  // namespace overhear
