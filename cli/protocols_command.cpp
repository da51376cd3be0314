#include "cli/protocols_command.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <nlohmann/json.hpp>
#include <ranges>
#include <span>
#include <string_view>

#include "cli/ascii_text.hpp"
#include "cli/exit_status.hpp"
#include "cli/print_error.hpp"
#include "cli/print_output.hpp"
#include "cli/protocol_tables.hpp"
#include "cli/terminal.hpp"
#include "dissectors/registry.hpp"

namespace overhear {
namespace {

std::size_t width() {
  return page_columns(0, STDOUT_FILENO);
}

template <typename Things>
int explain_unknown(const std::string& name, const Things& known) {
  std::string names;
  for (const std::string_view each : known) names += fmt::format("{}{}", names.empty() ? "" : ", ", each);
  return print_error({ErrorKind::Usage, fmt::format("protocols: no '{}': there are {}", name, names)});
}

int show_rules(const ProtocolsArguments& arguments) {
  std::span<const RuleGroup> groups = rule_groups();
  if (!arguments.name.empty()) {
    const RuleGroup* const one = find_rule_group(arguments.name);
    if (one == nullptr) return explain_unknown(arguments.name, groups | std::views::transform(&RuleGroup::name));
    groups = {one, 1};
  }
  return print_output(arguments.as_json ? to_json(groups).dump(2) + "\n" : in_locale(describe_rules(groups, width())));
}

}  // namespace

void add_protocols_command(CLI::App& app, ProtocolsArguments& arguments) {
  CLI::App* const protocols = app.add_subcommand("protocols", "Show what overhear knows about its protocols");
  protocols->add_option("NAME", arguments.name, "one protocol with all its messages; none: an overview")->type_name("");
  protocols->add_flag("--rules", arguments.shows_rules,
                      "what findings rest on: of all layers and protocols, or of NAME");
  protocols->add_flag("--json", arguments.as_json, "the same for machines");
  protocols->footer(
      "Examples:\n  overhear protocols\n  overhear protocols mcp\n  overhear protocols scrp --json | jq .codes\n"
      "  overhear protocols --rules tcp");
}

int run_protocols(const ProtocolsArguments& arguments) {
  if (arguments.shows_rules) return show_rules(arguments);
  if (arguments.name.empty()) {
    if (!arguments.as_json) return print_output(in_locale(describe_protocols()));
    nlohmann::ordered_json all = nlohmann::ordered_json::array();
    for (const Protocol* protocol : all_protocols()) all.push_back(to_json(*protocol));
    return print_output(all.dump(2) + "\n");
  }
  const Protocol* const protocol = find_protocol(arguments.name);
  if (protocol == nullptr) {
    const auto name_of = [](const Protocol* known) { return known->name; };
    return explain_unknown(arguments.name, all_protocols() | std::views::transform(name_of));
  }
  if (arguments.as_json) return print_output(to_json(*protocol).dump(2) + "\n");
  return print_output(in_locale(describe_protocol(*protocol, width())));
}

}  // namespace overhear
