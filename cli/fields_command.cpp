#include "cli/fields_command.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <nlohmann/json.hpp>

#include "cli/ascii_text.hpp"
#include "cli/print_output.hpp"
#include "cli/terminal.hpp"
#include "cli/text_table.hpp"
#include "session/filter/filter_field.hpp"

namespace overhear {
namespace {

std::string fields_as_json() {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const FilterField& field : filter_fields()) {
    nlohmann::ordered_json one{{"name", field.name},
                               {"type", name_of(field.type)},
                               {"operators", operators_of(field.type)},
                               {"meaning", field.meaning},
                               {"example", field.example}};
    if (const auto choices = filter_choices(field.id); !choices.empty()) one["values"] = choices;
    if (!field.elsewhere.empty()) one["wireshark"] = field.elsewhere;
    list.push_back(std::move(one));
  }
  return list.dump(2) + "\n";
}

std::string fields_as_text(std::size_t width) {
  std::string out = "What a filter (-Y) or a column (-e) may name:\n\n";
  std::vector<TextRow> rows;
  for (const FilterField& field : filter_fields()) {
    rows.push_back({std::string(field.name), std::string(name_of(field.type)),
                    fmt::format("{} ({})", field.meaning, field.example)});
  }
  append_table(out, rows, 2, width);
  out += "\nAnd how its values are compared:\n\n";
  rows.clear();
  for (const FilterType type : kFilterTypes) {
    rows.push_back({std::string(name_of(type)), "", fmt::format("{}", fmt::join(operators_of(type), "  "))});
  }
  append_table(out, rows, 2, width);
  out += "\nA name alone asks whether the field is there. Join with && || ! and parentheses.\n";
  return out;
}

}  // namespace

void add_fields_command(CLI::App& app, FieldsArguments& arguments) {
  CLI::App* const fields = app.add_subcommand("fields", "List what a filter (-Y) or a column (-e) may name");
  fields->add_flag("--json", arguments.as_json, "the same for machines");
  fields->footer("Examples:\n  overhear fields\n  overhear fields --json | jq -r '.[].example'");
}

int run_fields(const FieldsArguments& arguments) {
  if (arguments.as_json) return print_output(fields_as_json());
  return print_output(in_locale(fields_as_text(page_columns(0, STDOUT_FILENO))));
}

}  // namespace overhear
