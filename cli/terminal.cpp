#include "cli/terminal.hpp"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>
#include <iterator>

#include "dissectors/json/utf8.hpp"

namespace overhear {
namespace {

struct Character {
  char32_t code = 0;
  unsigned length = 1;
};

Character decode(const char* p, const char* end) {
  const unsigned length = utf8_length(p, end);
  const auto at = [p](int i) { return static_cast<char32_t>(static_cast<unsigned char>(p[i])); };
  switch (length) {
    case 2: return {(at(0) & 0x1F) << 6 | (at(1) & 0x3F), 2};
    case 3: return {(at(0) & 0x0F) << 12 | (at(1) & 0x3F) << 6 | (at(2) & 0x3F), 3};
    case 4: return {(at(0) & 7) << 18 | (at(1) & 0x3F) << 12 | (at(2) & 0x3F) << 6 | (at(3) & 0x3F), 4};
    default: return {at(0), 1};
  }
}

// Columns of one character on common terminals.
std::size_t width_of(char32_t c) {
  const bool is_combining =
      (c >= 0x300 && c <= 0x36F) || (c >= 0x200B && c <= 0x200F) || (c >= 0xFE00 && c <= 0xFE0F) || c == 0xFEFF;
  if (is_combining) return 0;
  const bool is_wide = (c >= 0x1100 && c <= 0x115F) || (c >= 0x2E80 && c <= 0xA4CF) || (c >= 0xAC00 && c <= 0xD7A3) ||
                       (c >= 0xF900 && c <= 0xFAFF) || (c >= 0xFE30 && c <= 0xFE6F) || (c >= 0xFF00 && c <= 0xFF60) ||
                       (c >= 0xFFE0 && c <= 0xFFE6) || (c >= 0x1F300 && c <= 0x1F64F) ||
                       (c >= 0x1F900 && c <= 0x1F9FF) || (c >= 0x20000 && c <= 0x3FFFD);
  return is_wide ? 2 : 1;
}

}  // namespace

bool is_terminal(int descriptor) {
  return ::isatty(descriptor) == 1;
}

std::size_t terminal_columns(int descriptor) {
  winsize size{};
  if (!is_terminal(descriptor) || ::ioctl(descriptor, TIOCGWINSZ, &size) != 0) return 0;
  return size.ws_col;
}

bool use_color(ColorChoice choice, int descriptor) {
  if (choice != ColorChoice::Auto) return choice == ColorChoice::Always;
  const char* const no_color = std::getenv("NO_COLOR");
  const char* const term = std::getenv("TERM");
  const bool is_dumb = term == nullptr || std::string_view(term) == "dumb";
  return (no_color == nullptr || *no_color == '\0') && !is_dumb && is_terminal(descriptor);
}

void append_printable(std::string& out, std::string_view text) {
  const char* p = text.data();
  const char* const end = p + text.size();
  while (p != end) {
    const auto c = static_cast<unsigned char>(*p);
    if (c >= 0x20 && c < 0x7F) {
      out += *p++;
      continue;
    }
    const unsigned length = c < 0x80 ? 1 : utf8_length(p, end);
    if (c == '\n') {
      out += "\\n";
    } else if (c == '\t') {
      out += "\\t";
    } else if (length <= 1) {
      fmt::format_to(std::back_inserter(out), "\\x{:02x}", c);
    } else if (is_unsafe_character(p, length)) {
      fmt::format_to(std::back_inserter(out), "\\u{:04x}", static_cast<unsigned>(decode(p, end).code));
    } else {
      out.append(p, length);
    }
    p += length == 0 ? 1 : length;
  }
}

std::size_t columns(std::string_view text) {
  std::size_t sum = 0;
  for (const char* p = text.data(); p != text.data() + text.size();) {
    const Character c = decode(p, text.data() + text.size());
    sum += width_of(c.code);
    p += c.length;
  }
  return sum;
}

std::string fit(std::string_view text, std::size_t width) {
  if (columns(text) <= width) return std::string(text);
  std::size_t used = 0;
  const char* p = text.data();
  const char* const end = p + text.size();
  while (p != end) {
    const Character c = decode(p, end);
    if (used + width_of(c.code) + 1 > width) break;
    used += width_of(c.code);
    p += c.length;
  }
  return std::string(text.data(), p) + "…";
}

}  // namespace overhear
