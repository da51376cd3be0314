// overhear: the command line.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <csignal>

#include "cli/exit_status.hpp"
#include "cli/print_error.hpp"
#include "cli/protocols_command.hpp"
#include "cli/read_command.hpp"

namespace {

// CLI11 has statuses of its own; all of them mean that the command line was wrong.
int explain(const CLI::App& app, const CLI::ParseError& error) {
  if (error.get_exit_code() == static_cast<int>(CLI::ExitCodes::Success)) return app.exit(error);
  return overhear::print_error({overhear::ErrorKind::Usage, fmt::format("{} (see overhear --help)", error.what())});
}

}  // namespace

int main(int argc, char** argv) {
  // A reader that goes away ends us quietly: write() then fails with EPIPE.
  std::signal(SIGPIPE, SIG_IGN);
  CLI::App app(
      "Shows what chat clients and servers say to each other: opens captures, finds the messages, tells what\n"
      "they mean and what breaks the specification.",
      "overhear");
  app.set_version_flag("--version", "overhear " OVERHEAR_VERSION);
  app.require_subcommand(1);
  app.footer(
      "Examples:\n"
      "  overhear read chat.pcapng                    the conversation as a timeline\n"
      "  overhear read -T ndjson chat.pcapng          the same for machines\n"
      "  overhear read mcp.pcapng --keylog mcp.keys   decrypted\n"
      "  overhear protocols mcp                       every message that is known\n"
      "\n"
      "Exit status: 0 done, 2 wrong usage, 3 an input cannot be read, 4 another failure.");
  overhear::ReadArguments read;
  overhear::ProtocolsArguments protocols;
  overhear::add_read_command(app, read);
  overhear::add_protocols_command(app, protocols);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return explain(app, error);
  }
  return app.got_subcommand("read") ? overhear::run_read(read) : overhear::run_protocols(protocols);
}
