// Text in lines of a width.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace overhear {

// The text's own lines, made printable, and cut between words where they take more than `width` columns (0: any
// number); a longer word is cut anywhere, but in the middle of no character. At least one line.
std::vector<std::string> wrap(std::string_view text, std::size_t width);

}  // namespace overhear
