// overhear live: messages from an interface as they complete; overhear interfaces: where they can be had.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <string>
#include <vector>

#include "cli/message_output.hpp"

namespace overhear {

struct LiveArguments {
  std::string interface;
  std::string filter;
  std::string record;  // -w
  std::vector<std::string> stop;
  std::vector<std::string> ring;
  std::uint64_t packets = 0;
  std::uint32_t snap_length = 262'144;
  std::uint32_t buffer_mebibytes = 64;
  bool is_not_promiscuous = false;
  bool is_quiet = false;
  bool embeds_keys = false;
  OutputArguments output;
};

void add_live_command(CLI::App& app, LiveArguments& arguments);
// The exit status; errors have been printed.
int run_live(const LiveArguments& arguments);

void add_interfaces_command(CLI::App& app);
int run_interfaces();

}  // namespace overhear
