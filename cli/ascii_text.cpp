#include "cli/ascii_text.hpp"

#include <algorithm>

#include "base/utf8.hpp"
#include "cli/terminal.hpp"
#include "session/text/character_width.hpp"

namespace overhear {
namespace {

// What the views draw, and below it what is most like it: marks and lines, then bars.
constexpr std::u32string_view kDrawn =
    U"│─├┤┼▶◀→↩µ…·✗✓•—"
    U"▏▎▍▌▋▊▉█"
    U"▁▂▃▄▅▆▇";
constexpr std::string_view kLikes =
    "|-||-><>^u~.x+*-"
    "---===##"
    "_.-=+*%";
static_assert(kDrawn.size() == kLikes.size());

}  // namespace

std::string to_ascii(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const unsigned length = std::max(1u, utf8_length(text.data(), text.data() + text.size()));
    const char32_t character = utf8_character(text.data(), length);
    const std::size_t drawn = kDrawn.find(character);
    if (length == 1) {
      out += text.front();
    } else if (drawn != std::u32string_view::npos) {
      out += kLikes[drawn];
    } else {
      out.append(character_width(character), '?');
    }
    text.remove_prefix(length);
  }
  return out;
}

std::string in_locale(std::string text) {
  return is_utf8_locale() ? std::move(text) : to_ascii(text);
}

}  // namespace overhear
