// Tables and paragraphs of text that fit in a width.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace overhear {

using TextRow = std::array<std::string, 3>;

// Appends the words of `text` in lines of at most `width` columns; a word that is longer than a line is cut. The first
// line goes on at column `at`, where `out` is; the following ones begin at column `indent`.
void append_wrapped(std::string& out, std::string_view text, std::size_t at, std::size_t indent, std::size_t width);

// Appends a line or more for each row, from column `indent` on: two columns as wide as what is in them, and one that is
// wrapped at `width`.
void append_table(std::string& out, const std::vector<TextRow>& rows, std::size_t indent, std::size_t width);

}  // namespace overhear
