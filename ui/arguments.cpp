#include "ui/arguments.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>
#include <map>
#include <sstream>

#include "session/decode_as.hpp"

namespace overhear {
namespace {

const std::map<std::string, MainView> kViews = {{"messages", MainView::Messages}, {"timeline", MainView::Timeline},
                                                {"ladder", MainView::Ladder},     {"transcript", MainView::Transcript},
                                                {"findings", MainView::Findings}, {"statistics", MainView::Statistics}};

}  // namespace

std::expected<ViewArguments, int> parse_arguments(int count, char** values) {
  constexpr int kUsage = 2;
  ViewArguments arguments;
  CLI::App app("Looks at captures of chat protocols in a window", "overhear view");
  app.add_option("FILE", arguments.captures, "captures (pcap, pcapng), merged by time; - for standard input")
      ->type_name("");
  app.add_option("--keylog", arguments.key_logs, "keys that open what is encrypted (repeatable)")
      ->type_name("FILE")
      ->allow_extra_args(false);
  std::vector<std::string> rules;
  app.add_option("-d", rules, "tcp.port==PORT,PROTOCOL: what that port speaks (repeatable)")
      ->type_name("RULE")
      ->allow_extra_args(false);
  app.add_option("-i,--interface", arguments.interface, "watch a network interface ('overhear interfaces' lists them)")
      ->type_name("NAME");
  app.add_option("-f", arguments.capture_filter, "with -i: capture filter, in libpcap's language")->type_name("FILTER");
  app.add_flag("--follow", arguments.is_followed, "the captures are still being written: show what comes");
  app.add_option("--select", arguments.selected, "show this message: 3.12")->type_name("MESSAGE");
  app.add_option("--view", arguments.view,
                 "show this first: messages, timeline, ladder, transcript, findings, statistics")
      ->type_name("VIEW")
      ->transform(CLI::CheckedTransformer(kViews).description(""));
  app.add_flag("--show-secrets", arguments.show_secrets, "do not mask passwords and tokens");
  app.add_flag("--measure", arguments.is_measured, "print how long showing and scrolling takes, and end");
  app.add_option("--picture", arguments.picture, "save a PNG of the window when all is read, and end")
      ->type_name("FILE");
  app.add_option("--size", arguments.size, "of the window, instead of what it was last: 1280x800")->type_name("WxH");
  app.footer(
      "Examples:\n"
      "  overhear view chat.pcapng\n"
      "  overhear view mcp.pcapng --keylog mcp.keylog\n"
      "  overhear view client.pcap server.pcap\n"
      "  overhear view -i lo -f 'tcp port 9000'\n"
      "  tcpdump -i lo -U -w - 'tcp port 9000' | overhear view -");
  try {
    app.parse(count, values);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == static_cast<int>(CLI::ExitCodes::Success)) return std::unexpected(app.exit(error));
    std::cerr << "overhear view: " << error.what() << " (see overhear view --help)\n";
    return std::unexpected(kUsage);
  }
  const bool is_live = !arguments.interface.empty();
  const bool is_input = std::ranges::find(arguments.captures, "-") != arguments.captures.end();
  std::string wrong;
  for (const std::string& text : rules) {
    const auto rule = parse_decode_as(text);
    if (rule) arguments.decode_as.push_back(*rule);
    if (!rule) wrong = "-d: " + rule.error();
  }
  if (is_live && !arguments.captures.empty()) wrong = "-i and FILE: an interface or captures, not both";
  if (!is_live && !arguments.capture_filter.empty()) wrong = "-f is for interfaces: name one with -i";
  if (is_input && arguments.captures.size() > 1) wrong = "standard input and captures: one or the other";
  if (wrong.empty()) return arguments;
  std::cerr << "overhear view: " << wrong << " (see overhear view --help)\n";
  return std::unexpected(kUsage);
}

}  // namespace overhear
