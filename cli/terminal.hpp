// What the terminal can do.
#pragma once

#include <cstddef>

namespace overhear {

enum class ColorChoice { Auto, Always, Never };

bool is_terminal(int descriptor);
// Columns of the terminal behind `descriptor`; 0 where it is none.
std::size_t terminal_columns(int descriptor);
// Columns of a page that has no width of its own: `asked` or, where that is 0, the terminal's, and elsewhere 100.
std::size_t page_columns(std::size_t asked, int descriptor);
// `auto` is yes on a terminal that is no "dumb" one, unless NO_COLOR is set (no-color.org).
bool use_color(ColorChoice choice, int descriptor);
// Whether the locale's characters are UTF-8 (LC_ALL, LC_CTYPE or LANG).
bool is_utf8_locale();

}  // namespace overhear
