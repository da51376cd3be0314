#include "ui/arguments.hpp"

#include <CLI/CLI.hpp>
#include <iostream>
#include <sstream>

namespace overhear {

std::expected<ViewArguments, int> parse_arguments(int count, char** values) {
  constexpr int kUsage = 2;
  ViewArguments arguments;
  CLI::App app("Looks at captures of chat protocols in a window", "overhear view");
  app.add_option("FILE", arguments.captures, "captures (pcap, pcapng), merged by time; - for standard input")
      ->type_name("");
  app.add_option("--keylog", arguments.key_logs, "keys that open what is encrypted (repeatable)")
      ->type_name("FILE")
      ->allow_extra_args(false);
  app.add_flag("--follow", arguments.is_followed, "the captures are still being written: show what comes");
  app.add_option("--picture", arguments.picture, "save a PNG of the window when all is read, and end")
      ->type_name("FILE");
  app.add_option("--size", arguments.size, "of the window, instead of what it was last: 1280x800")->type_name("WxH");
  app.footer(
      "Examples:\n"
      "  overhear view chat.pcapng\n"
      "  overhear view mcp.pcapng --keylog mcp.keylog\n"
      "  overhear view client.pcap server.pcap\n"
      "  tcpdump -i lo -U -w - 'tcp port 9000' | overhear view -");
  try {
    app.parse(count, values);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == static_cast<int>(CLI::ExitCodes::Success)) return std::unexpected(app.exit(error));
    std::cerr << "overhear view: " << error.what() << " (see overhear view --help)\n";
    return std::unexpected(kUsage);
  }
  return arguments;
}

}  // namespace overhear
