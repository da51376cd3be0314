#include "cli/print_filter_error.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.hpp"
#include "base/utf8.hpp"
#include "cli/exit_status.hpp"
#include "cli/print_error.hpp"
#include "session/text/printable_text.hpp"

namespace overhear {
namespace {

constexpr std::size_t kAround = 60;  // bytes before the place and behind it

bool is_tail(char c) {
  return (static_cast<unsigned char>(c) & 0xC0) == 0x80;
}

}  // namespace

std::string point_at(std::string_view option, std::string_view filter, const FilterError& error) {
  const std::size_t at = std::min(error.begin, filter.size());
  std::size_t from = at > kAround ? at - kAround : 0;
  while (from < at && is_tail(filter[from])) ++from;
  const std::string_view behind = filter.substr(at);
  const std::string_view shown_behind = utf8_prefix(behind, kAround);
  std::string line = fmt::format("overhear: {}: ", option);
  if (from > 0) line += "…";
  append_printable(line, filter.substr(from, at - from));
  const std::size_t column = columns(line);
  append_printable(line, shown_behind);
  if (shown_behind.size() < behind.size()) line += "…";
  std::string what;
  append_printable(what, error.text);
  if (!error.meant.empty()) {
    what += "; did you mean ";
    append_printable(what, error.meant);
    what += '?';
  }
  return fmt::format("{}\n{:{}}^ {}\n", line, "", column, what);
}

int print_filter_error(std::string_view option, std::string_view filter, const FilterError& error) {
  put_error_text(point_at(option, filter, error));
  return exit_status(ErrorKind::Usage);
}

}  // namespace overhear
