#include "cli/help_formatter.hpp"

#include <string>

namespace overhear {
namespace {

constexpr std::size_t kWidth = 80;
constexpr std::size_t kNames = 24;  // the names of an option, and the space behind them

}  // namespace

HelpFormatter::HelpFormatter() {
  column_width(kNames);
}

std::string HelpFormatter::make_option(const CLI::Option* option, bool is_positional) const {
  std::string text = CLI::Formatter::make_option(option, is_positional);
  std::size_t line = 0;
  while (text.size() - line > kWidth + 1) {  // with its line end
    // Behind a long name the description is on a line of its own already.
    const std::size_t end = text.find('\n', line);
    if (end <= line + kWidth) {
      line = end + 1;
      continue;
    }
    const std::size_t space = text.rfind(' ', line + kWidth);
    if (space == std::string::npos || space < line + kNames) break;
    text.replace(space, 1, "\n" + std::string(kNames, ' '));
    line = space + 1;
  }
  return text;
}

}  // namespace overhear
