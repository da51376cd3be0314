// overhear protocols: the tables that dissection works with, for people and for machines.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

namespace overhear {

struct ProtocolsArguments {
  std::string name;
  bool shows_rules = false;
  bool as_json = false;
};

void add_protocols_command(CLI::App& app, ProtocolsArguments& arguments);
int run_protocols(const ProtocolsArguments& arguments);

}  // namespace overhear
