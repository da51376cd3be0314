// overhear proxy: between clients and their server, showing what is said.
#pragma once

#include <CLI/CLI.hpp>
#include <cstddef>
#include <string>
#include <vector>

#include "cli/message_output.hpp"

namespace overhear {

struct ProxyArguments {
  std::vector<std::string> modes;
  std::vector<std::string> listen;  // by mode
  std::vector<std::string> timeouts;
  std::size_t connections = 0;
  bool admits_strangers = false;
  bool fails_closed = false;
  std::string ca_directory;
  std::string upstream_ca;
  bool is_insecure = false;
  std::vector<std::string> passthrough;
  std::string intercept;  // a filter; empty: none
  std::string rules;      // a file; empty: none
  std::string control;    // a path; empty: the default
  std::string record;     // a capture; empty: none
  std::string key_log;    // written; empty: none
  bool is_quiet = false;
  OutputArguments output;
};

void add_proxy_command(CLI::App& app, ProxyArguments& arguments);
// The exit status; errors have been printed.
int run_proxy(const ProxyArguments& arguments);

}  // namespace overhear
