// Where a text is broken into lines of some width. Pure: how wide characters are is told in a table, so that the same
// text always breaks in the same places, whatever has been drawn yet.
#pragma once

#include <array>
#include <string_view>
#include <utility>
#include <vector>

namespace overhear {

// In pixels.
struct CharacterWidths {
  std::array<float, 128> plain{};  // of ASCII
  float column = 0;                // of others, for each column that a terminal gives them

  friend bool operator==(const CharacterWidths&, const CharacterWidths&) = default;
};

// Of a text in one line.
float text_width(std::string_view text, const CharacterWidths& widths);

// Line by line, from where to where in the text: broken at line feeds, behind spaces, and where neither helps within
// words. At least one.
void wrap_text(std::string_view text, const CharacterWidths& widths, float width,
               std::vector<std::pair<std::size_t, std::size_t>>& lines);

}  // namespace overhear
