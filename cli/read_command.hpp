// overhear read: a capture file in, messages out.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "cli/message_output.hpp"

namespace overhear {

struct ReadArguments {
  std::vector<std::string> files;       // positional
  std::vector<std::string> files_by_r;  // -r, as tshark has it
  std::uint64_t packets = 0;
  bool is_followed = false;
  std::vector<std::string> sessions;  // "3", "5,7"
  std::string copy;                   // -w
  bool embeds_keys = false;
  OutputArguments output;
};

void add_read_command(CLI::App& app, ReadArguments& arguments);
// The exit status; errors have been printed.
int run_read(const ReadArguments& arguments);

}  // namespace overhear
