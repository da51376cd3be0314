// overhear: the command line.
#include <fcntl.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <memory>
#include <sstream>

#include "base/nearest.hpp"
#include "cli/ca_command.hpp"
#include "cli/check_command.hpp"
#include "cli/exit_status.hpp"
#include "cli/fields_command.hpp"
#include "cli/heap.hpp"
#include "cli/help_formatter.hpp"
#include "cli/intercept_command.hpp"
#include "cli/live_command.hpp"
#include "cli/print_error.hpp"
#include "cli/print_output.hpp"
#include "cli/protocols_command.hpp"
#include "cli/proxy_command.hpp"
#include "cli/read_command.hpp"
#include "cli/stats_command.hpp"
#include "cli/view_command.hpp"

namespace {

// What is wrong where no command was named; CLI11 would only say that one is required.
std::string explain_command(const CLI::App& app, const std::vector<std::string>& arguments) {
  std::vector<std::string_view> commands;
  for (const CLI::App* command : app.get_subcommands({})) commands.emplace_back(command->get_name());
  const std::string known = fmt::format("there are {}", fmt::join(commands, ", "));
  if (arguments.empty()) return "which command? " + known;
  const std::string& given = arguments.front();
  if (given.starts_with('-')) return "no such option: " + given;
  const std::string wrong = "no such command: " + given;
  if (::access(given.c_str(), F_OK) == 0) return fmt::format("{}; did you mean read {}?", wrong, given);
  const std::string_view meant = overhear::nearest(given, commands);
  if (meant.empty()) return fmt::format("{}; {}", wrong, known);
  return fmt::format("{}; did you mean {}?", wrong, meant);
}

// CLI11 has statuses of its own; all but one of them mean that the command line was wrong.
int explain(const CLI::App& app, const CLI::ParseError& error) {
  if (error.get_exit_code() == static_cast<int>(CLI::ExitCodes::Success)) {
    std::ostringstream asked_for;  // the help or the version
    app.exit(error, asked_for);
    return overhear::print_output(asked_for.str());
  }
  const std::string wrong = app.get_subcommands().empty() ? explain_command(app, app.remaining()) : error.what();
  return overhear::print_error({overhear::ErrorKind::Usage, wrong + " (see overhear --help)"});
}

// A descriptor that the caller closed must not become that of a file which is opened later, where it would be taken for
// the standard stream. What is written to a closed one is lost, as its owner wants.
void hold_standard_streams() {
  for (const int descriptor : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (::fcntl(descriptor, F_GETFD) < 0) (void)::open("/dev/null", O_RDWR);
  }
}

}  // namespace

int main(int argc, char** argv) {
  overhear::use_huge_pages();
  hold_standard_streams();
  if (const auto status = overhear::run_view(argc, argv)) return *status;
  // A reader that goes away ends us quietly: write() then fails with EPIPE.
  std::signal(SIGPIPE, SIG_IGN);
  CLI::App app(
      "Shows what chat clients and servers say to each other: opens captures and\n"
      "interfaces, finds the messages, tells what they mean and what breaks the\n"
      "specification.",
      "overhear");
  app.formatter(std::make_shared<overhear::HelpFormatter>());
  app.set_help_flag("-h,--help", "show this help");
  app.set_version_flag("--version", "overhear " OVERHEAR_VERSION, "show the version");
  app.require_subcommand(1);
  app.footer(
      "Examples:\n"
      "  overhear read chat.pcapng                    the conversation as a timeline\n"
      "  overhear read -T ndjson chat.pcapng          the same for machines\n"
      "  overhear read mcp.pcapng --keylog mcp.keys   decrypted\n"
      "  overhear read -Y 'user == alice' chat.pcapng only what she said\n"
      "  overhear view chat.pcapng                    in a window\n"
      "  overhear live -i lo                          what is said on this machine, now\n"
      "  overhear proxy --mode reverse:tcp://localhost:9000   in between\n"
      "  overhear intercept                           change what the proxy holds\n"
      "  overhear ca install-help                     how programs trust the proxy\n"
      "  overhear check chat.pcapng                   fail where a rule is broken\n"
      "  overhear stats chat.pcapng                   rates, sizes, latencies\n"
      "  overhear protocols mcp                       every message that is known\n"
      "\n"
      "Exit status: 0 done, 1 a check failed, 2 wrong usage, 3 an input cannot be\n"
      "read, 4 other failure.");
  overhear::ReadArguments read;
  overhear::LiveArguments live;
  overhear::ProxyArguments proxy;
  overhear::InterceptArguments intercept;
  overhear::CaArguments ca;
  overhear::CheckArguments check;
  overhear::StatsArguments stats;
  overhear::ProtocolsArguments protocols;
  overhear::FieldsArguments fields;
  overhear::add_read_command(app, read);
  overhear::add_view_command(app);
  overhear::add_live_command(app, live);
  overhear::add_proxy_command(app, proxy);
  overhear::add_intercept_command(app, intercept);
  overhear::add_ca_command(app, ca);
  const CLI::App& check_command = *overhear::add_check_command(app, check);
  overhear::add_stats_command(app, stats);
  overhear::add_interfaces_command(app);
  overhear::add_protocols_command(app, protocols);
  overhear::add_fields_command(app, fields);
  check.command = overhear::take_command(argc, argv);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return explain(app, error);
  }
  if (app.got_subcommand("read")) return overhear::run_read(read);
  if (app.got_subcommand("live")) return overhear::run_live(live);
  if (app.got_subcommand("proxy")) return overhear::run_proxy(proxy);
  if (app.got_subcommand("intercept")) return overhear::run_intercept(intercept);
  if (app.got_subcommand("ca")) return overhear::run_ca(ca);
  if (app.got_subcommand("check")) return overhear::run_check(check, check_command);
  if (app.got_subcommand("stats")) return overhear::run_stats(stats);
  if (app.got_subcommand("interfaces")) return overhear::run_interfaces();
  if (app.got_subcommand("fields")) return overhear::run_fields(fields);
  return overhear::run_protocols(protocols);
}
