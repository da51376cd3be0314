// overhear read: a capture file in, messages out.
#pragma once

#include <CLI/CLI.hpp>
#include <memory>
#include <string>
#include <vector>

#include "cli/terminal.hpp"

namespace overhear {

struct ReadArguments {
  std::string file;       // positional
  std::string file_by_r;  // -r, as tshark has it
  std::string format = "text";
  bool with_events = false;
  std::vector<std::string> decode_as;
  std::vector<std::string> key_logs;
  std::uint64_t packets = 0;
  ColorChoice color = ColorChoice::Auto;
  std::string output = "-";
  bool show_secrets = false;
};

void add_read_command(CLI::App& app, ReadArguments& arguments);
// The exit status; errors have been printed.
int run_read(const ReadArguments& arguments);

}  // namespace overhear
