#include "cli/table_options.hpp"

#include <fmt/format.h>

#include <optional>

#include "base/nearest.hpp"
#include "cli/print_error.hpp"
#include "cli/print_filter_error.hpp"

namespace overhear {
namespace {

constexpr std::string_view kOptions[] = {"header", "separator", "quote", "occurrence", "aggregator", "bom", "formulas"};

using Wrong = std::optional<std::string>;

Wrong expects(std::string_view name, std::string_view value, std::string_view what) {
  return fmt::format("-E {}: '{}' should read {}", name, value, what);
}

Wrong set_flag(bool& flag, std::string_view name, std::string_view value) {
  if (value != "y" && value != "n") return expects(name, value, "y or n");
  flag = value == "y";
  return {};
}

// "/t", "/s", or the character itself.
Wrong set_character(char& character, std::string_view name, std::string_view value) {
  if (value == "/t" || value == "/s") {
    character = value == "/t" ? '\t' : ' ';
    return {};
  }
  const bool is_one = value.size() == 1 && value.front() >= ' ' && value.front() <= '~' && value.front() != '"';
  if (!is_one) return expects(name, value, "/t (a tab), /s (a space) or one printable character of ASCII");
  character = value.front();
  return {};
}

Wrong set_quoting(Quoting& quoting, std::string_view value, bool is_csv) {
  if (value == "d") {
    quoting = Quoting::Double;
  } else if (is_csv) {
    return fmt::format("-E quote={}: CSV has double quotes where they are needed, or everywhere: quote=d", value);
  } else if (value == "s" || value == "n") {
    quoting = value == "s" ? Quoting::Single : Quoting::None;
  } else {
    return expects("quote", value, "d (double), s (single) or n (none)");
  }
  return {};
}

Wrong set_occurrence(Occurrence& occurrence, std::string_view value) {
  if (value == "f") {
    occurrence = Occurrence::First;
  } else if (value == "l") {
    occurrence = Occurrence::Last;
  } else if (value == "a") {
    occurrence = Occurrence::All;
  } else {
    return expects("occurrence", value, "f (the first), l (the last) or a (all)");
  }
  return {};
}

// What is wrong with "header=y", or nothing.
Wrong set_option(TableOptions& table, std::string_view text, bool is_csv) {
  const std::size_t equals = text.find('=');
  const std::string_view name = text.substr(0, equals);
  if (equals == std::string_view::npos) return fmt::format("-E {}: write it as NAME=VALUE: header=y", text);
  const std::string_view value = text.substr(equals + 1);
  if (name == "header") return set_flag(table.has_header, name, value);
  if (name == "bom") return set_flag(table.has_byte_order_mark, name, value);
  if (name == "separator") return set_character(table.separator, name, value);
  if (name == "aggregator") return set_character(table.cells.aggregator, name, value);
  if (name == "quote") return set_quoting(table.quoting, value, is_csv);
  if (name == "occurrence") return set_occurrence(table.cells.occurrence, value);
  if (name == "formulas") {
    bool are_kept = false;
    const Wrong wrong = set_flag(are_kept, name, value);
    table.guards_formulas = !are_kept;
    return wrong;
  }
  const std::string_view meant = nearest(name, kOptions);
  if (meant.empty()) return fmt::format("-E {}: there are {}", name, fmt::join(kOptions, ", "));
  return fmt::format("-E: there is no {}; did you mean {}?", name, meant);
}

}  // namespace

std::expected<TableOptions, int> parse_table(const std::string& format, const TableArguments& arguments,
                                             bool with_events, bool shows_secrets) {
  const bool is_csv = format == "csv";
  TableOptions table = is_csv ? csv_options() : TableOptions();
  table.with_events = with_events;
  table.cells.masks_secrets = !shows_secrets;
  for (const std::string& name : arguments.fields) {
    auto column = parse_column(name);
    if (!column) return std::unexpected(print_filter_error("-e", name, column.error()));
    table.columns.push_back(std::move(*column));
  }
  const auto wrong = [](std::string text) { return std::unexpected(print_error({ErrorKind::Usage, std::move(text)})); };
  for (const std::string& option : arguments.options) {
    if (auto mistake = set_option(table, option, is_csv)) return wrong(std::move(*mistake));
  }
  if (table.columns.empty() && !is_csv) return wrong("-T fields: which? Name them: -e time -e user -e text");
  if (table.columns.empty()) table.columns = default_columns(with_events);
  return table;
}

}  // namespace overhear
