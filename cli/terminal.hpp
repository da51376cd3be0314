// What the terminal can do, and text that is safe to show there.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace overhear {

enum class ColorChoice { Auto, Always, Never };

bool is_terminal(int descriptor);
// Columns of the terminal behind `descriptor`; 0 where it is none.
std::size_t terminal_columns(int descriptor);
// `auto` is yes on a terminal that is no "dumb" one, unless NO_COLOR is set (no-color.org).
bool use_color(ColorChoice choice, int descriptor);

// Appends text from the wire so that nothing in it acts on the terminal: controls become \n, \t or \xNN, C1 and bidi
// controls \uNNNN, bytes that are no UTF-8 \xNN. One line stays one line.
void append_printable(std::string& out, std::string_view text);

// How many columns the text takes, counting each character as one and combining ones as none; wide East Asian
// characters as two.
std::size_t columns(std::string_view text);
// The text cut to so many columns, with "…" where it was cut.
std::string fit(std::string_view text, std::size_t width);

}  // namespace overhear
