// Text that is safe to show on a terminal, and how much of a line it takes there.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace overhear {

// Appends text from outside so that nothing in it acts on the terminal, turns other text around or hides: line feeds
// and tabs become \n and \t, other controls and bytes that are no UTF-8 \xNN, C1 controls and the characters without a
// picture (bidi controls, line separators, zero-width spaces, tags: docs/read-a-capture.md has them all) \uNNNN. One
// line stays one line. A backslash stays one: this is for reading, not for reading back.
void append_printable(std::string& out, std::string_view text);

// How many columns the text takes: none for a combining character, two for a wide one. Terminals differ about emoji
// that are joined to one; the sum of their parts is counted. REQUIRES: made printable.
std::size_t columns(std::string_view text);
// The longest beginning of the text that takes no more columns.
std::string_view beginning(std::string_view text, std::size_t width);
// The text cut to so many columns, with "…" where it was cut; nothing where there are none.
std::string fit(std::string_view text, std::size_t width);
// The same for a name in parts ("request-sending-a-message"), of which the last ones tell most: cut before them.
std::string fit_name(std::string_view name, std::size_t width);

}  // namespace overhear
