#include "cli/protocols_command.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <nlohmann/json.hpp>

#include "cli/exit_status.hpp"
#include "cli/print_error.hpp"
#include "cli/print_output.hpp"
#include "cli/protocol_tables.hpp"
#include "cli/terminal.hpp"
#include "dissectors/registry.hpp"

namespace overhear {
namespace {

constexpr std::size_t kWidthElsewhere = 100;  // where there is no terminal

}  // namespace
void add_protocols_command(CLI::App& app, ProtocolsArguments& arguments) {
  CLI::App* const protocols = app.add_subcommand("protocols", "Show what overhear knows about its protocols");
  protocols->add_option("NAME", arguments.name, "one protocol with all its messages; none: an overview")->type_name("");
  protocols->add_flag("--json", arguments.as_json, "the same for machines");
  protocols->footer(
      "Examples:\n  overhear protocols\n  overhear protocols mcp\n  overhear protocols scrp --json | jq .codes");
}

int run_protocols(const ProtocolsArguments& arguments) {
  if (arguments.name.empty()) {
    if (!arguments.as_json) return print_output(describe_protocols());
    nlohmann::ordered_json all = nlohmann::ordered_json::array();
    for (const Protocol* protocol : all_protocols()) all.push_back(to_json(*protocol));
    return print_output(all.dump(2) + "\n");
  }
  const Protocol* const protocol = find_protocol(arguments.name);
  if (protocol == nullptr) {
    std::string names;
    for (const Protocol* known : all_protocols()) names += fmt::format("{}{}", names.empty() ? "" : ", ", known->name);
    return print_error({ErrorKind::Usage, fmt::format("protocols: no '{}': there are {}", arguments.name, names)});
  }
  const std::size_t columns = terminal_columns(STDOUT_FILENO);
  const std::size_t width = columns == 0 ? kWidthElsewhere : columns;
  return print_output(arguments.as_json ? to_json(*protocol).dump(2) + "\n" : describe_protocol(*protocol, width));
}

}  // namespace overhear
