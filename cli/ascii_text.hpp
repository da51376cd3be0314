// What people read where the locale's characters are not those of UTF-8.
#pragma once

#include <string>
#include <string_view>

namespace overhear {

// Of the marks and lines that the views draw, what is most like them in ASCII; '?' for every other character. As many
// columns as before. REQUIRES: made printable.
std::string to_ascii(std::string_view text);
// The text of a page as the locale can show it.
std::string in_locale(std::string text);

}  // namespace overhear
