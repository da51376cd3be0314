#include "cli/text_table.hpp"

#include <algorithm>

#include "session/text/printable_text.hpp"

namespace overhear {
namespace {

constexpr std::size_t kLeastLine = 8;  // columns behind the indent, without which words are not cut

void break_line(std::string& out, std::size_t indent) {
  out.erase(out.find_last_not_of(' ') + 1);
  out += '\n';
  out.append(indent, ' ');
}

}  // namespace

void append_wrapped(std::string& out, std::string_view text, std::size_t at, std::size_t indent, std::size_t width) {
  std::size_t used = at;
  for (bool is_first = true; !text.empty(); is_first = false) {
    std::string_view word = text.substr(0, text.find(' '));
    text.remove_prefix(std::min(text.size(), word.size() + 1));
    const std::size_t gap = is_first ? 0 : 1;
    const bool has_room_below = used > indent && indent + columns(word) <= width;
    if (used + gap + columns(word) > width && (!is_first || has_room_below)) {
      break_line(out, indent);
      used = indent;
    } else {
      out.append(gap, ' ');
      used += gap;
    }
    while (used + columns(word) > width && indent + kLeastLine <= width) {
      const std::string_view part = beginning(word, width - std::min(used, width));
      out += part;
      word.remove_prefix(part.size());
      break_line(out, indent);
      used = indent;
    }
    out += word;
    used += columns(word);
  }
  out += '\n';
}

void append_table(std::string& out, const std::vector<TextRow>& rows, std::size_t indent, std::size_t width) {
  constexpr std::size_t kGap = 2;
  std::array<std::size_t, 2> widths{};
  for (const TextRow& row : rows) {
    for (std::size_t i = 0; i < widths.size(); ++i) widths[i] = std::max(widths[i], columns(row[i]));
  }
  std::size_t last = indent;
  for (const std::size_t taken : widths) last += taken == 0 ? 0 : taken + kGap;
  for (const TextRow& row : rows) {
    const std::size_t start = out.size();
    out.append(indent, ' ');
    for (std::size_t i = 0; i < widths.size(); ++i) {
      if (widths[i] == 0) continue;
      out += row[i];
      out.append(widths[i] - columns(row[i]) + kGap, ' ');
    }
    append_wrapped(out, row.back(), last, last, width);
    // Where the last cells are empty, no blanks are left behind.
    const std::size_t end = out.find_last_not_of(" \n");
    if (end != std::string::npos && end >= start) out.resize(end + 1);
    out += '\n';
  }
}

}  // namespace overhear
