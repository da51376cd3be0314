#include "cli/wrap.hpp"

#include <algorithm>

#include "base/utf8.hpp"
#include "session/text/character_width.hpp"
#include "session/text/printable_text.hpp"

namespace overhear {
namespace {

// Where the first line of so many columns ends, and where the next one begins.
struct Break {
  std::size_t end;
  std::size_t next;
};

Break find_break(std::string_view text, std::size_t width) {
  std::size_t used = 0;
  Break at_space{0, 0};
  for (std::size_t at = 0; at < text.size();) {
    const char* const p = text.data() + at;
    const unsigned length = std::max(1u, utf8_length(p, text.data() + text.size()));
    used += character_width(utf8_character(p, length));
    const bool is_space = *p == ' ' && at > 0;
    if (is_space) at_space = {at, at + 1};
    // One character at least, however wide.
    if (used > width && at > 0) return at_space.end > 0 ? at_space : Break{at, at};
    at += length;
  }
  return {text.size(), text.size()};
}

}  // namespace

std::vector<std::string> wrap(std::string_view text, std::size_t width) {
  std::vector<std::string> lines;
  std::string printable;
  for (bool is_last = false; !is_last;) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    is_last = end == text.size();
    const bool has_return = end > 0 && text[end - 1] == '\r' && !is_last;
    printable.clear();
    append_printable(printable, text.substr(0, end - (has_return ? 1 : 0)));
    text.remove_prefix(is_last ? end : end + 1);
    std::string_view left = printable;
    do {
      const Break found = width == 0 ? Break{left.size(), left.size()} : find_break(left, width);
      lines.emplace_back(left.substr(0, found.end));
      left.remove_prefix(found.next);
    } while (!left.empty());
  }
  return lines;
}

}  // namespace overhear
