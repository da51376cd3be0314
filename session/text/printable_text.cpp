#include "session/text/printable_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <iterator>

#include "base/utf8.hpp"
#include "session/text/character_width.hpp"

namespace overhear {
namespace {

struct Range {
  char32_t first;
  char32_t last;
};

// C1, and Unicode's format characters (Cf) and separators of lines (Zl, Zp). Not the zero-width joiners: scripts and
// emoji need them. Not the signs of Arabic and Syriac numbers: they have a picture.
constexpr Range kWithoutPicture[] = {
    {0x80, 0x9F},                            // C1
    {0xAD, 0xAD},                            // soft hyphen
    {0x61C, 0x61C},                          // Arabic letter mark
    {0x180E, 0x180E},                        // Mongolian vowel separator
    {0x200B, 0x200B},                        // zero-width space
    {0x200E, 0x200F},                        // left-to-right and right-to-left mark
    {0x2028, 0x202E},                        // line and paragraph separator, bidi embeddings and overrides
    {0x2060, 0x206F},                        // word joiner, invisible operators, bidi isolates
    {0xFEFF, 0xFEFF},                        // byte order mark
    {0xFFF9, 0xFFFB},                        // interlinear annotation
    {0x13430, 0x13438},                      // joiners of hieroglyphs
    {0x1BCA0, 0x1BCA3}, {0x1D173, 0x1D17A},  // of shorthand and of music
    {0xE0000, 0xE007F},                      // tags
};

bool has_picture(char32_t c) {
  return std::ranges::none_of(kWithoutPicture, [c](const Range& range) { return c >= range.first && c <= range.last; });
}

std::size_t width_at(std::string_view text, unsigned& length) {
  const char* const p = text.data();
  length = std::max(1u, utf8_length(p, p + text.size()));
  return character_width(utf8_character(p, length));
}

// The longest ending of `text` that takes no more columns.
std::string_view ending(std::string_view text, std::size_t width) {
  for (std::size_t left = columns(text); left > width;) {
    unsigned length = 0;
    left -= width_at(text, length);
    text.remove_prefix(length);
  }
  return text;
}

// Whether a part begins there: "a-Part", "a_part", "A.Part", "aPart".
bool begins_word(std::string_view name, std::size_t at) {
  const char before = name[at - 1];
  const bool is_hump = before >= 'a' && before <= 'z' && name[at] >= 'A' && name[at] <= 'Z';
  return is_hump || std::string_view("-_./").contains(before);
}

// The ending of `name` without the part that it begins in the middle of; all of it where that is its only part.
std::string_view from_word(std::string_view name, std::string_view ending) {
  for (std::size_t at = name.size() - ending.size(); at < name.size(); ++at) {
    if (begins_word(name, at)) return name.substr(at);
  }
  return ending;
}

}  // namespace

void append_printable(std::string& out, std::string_view text) {
  const char* p = text.data();
  const char* const end = p + text.size();
  while (p != end) {
    const auto c = static_cast<unsigned char>(*p);
    if (c >= 0x20 && c < 0x7F) {
      out += *p++;
      continue;
    }
    const unsigned length = utf8_length(p, end);
    const char32_t character = length > 1 ? utf8_character(p, length) : 0;
    if (c == '\n') {
      out += "\\n";
    } else if (c == '\t') {
      out += "\\t";
    } else if (length <= 1) {
      fmt::format_to(std::back_inserter(out), "\\x{:02x}", c);
    } else if (has_picture(character)) {
      out.append(p, length);
    } else {
      const bool is_long = character > 0xFFFF;
      fmt::format_to(std::back_inserter(out), "\\{}{:0{}x}", is_long ? 'U' : 'u', static_cast<std::uint32_t>(character),
                     is_long ? 8 : 4);
    }
    p += std::max(1u, length);
  }
}

std::size_t columns(std::string_view text) {
  std::size_t sum = 0;
  while (!text.empty()) {
    unsigned length = 0;
    sum += width_at(text, length);
    text.remove_prefix(length);
  }
  return sum;
}

std::string_view beginning(std::string_view text, std::size_t width) {
  std::size_t end = 0;
  while (end != text.size()) {
    unsigned length = 0;
    const std::size_t taken = width_at(text.substr(end), length);
    if (taken > width) break;
    width -= taken;
    end += length;
  }
  return text.substr(0, end);
}

std::string fit(std::string_view text, std::size_t width) {
  if (columns(text) <= width) return std::string(text);
  return width == 0 ? std::string() : std::string(beginning(text, width - 1)) + "…";
}

std::string fit_name(std::string_view name, std::size_t width) {
  if (columns(name) <= width) return std::string(name);
  if (width == 0) return {};
  const std::size_t shown = width - 1;
  const std::string_view end = from_word(name, ending(name, shown - shown / 4));
  return fmt::format("{}…{}", beginning(name, shown - columns(end)), end);
}

}  // namespace overhear
