// overhear ca: the certificate authority that stands behind the proxy's TLS, and how clients come to trust it.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

namespace overhear {

struct CaArguments {
  std::string directory;  // empty: the default
  std::string format = "pem";
  std::string file = "-";
  std::string command;  // as named
};

void add_ca_command(CLI::App& app, CaArguments& arguments);
// The exit status; errors have been printed.
int run_ca(const CaArguments& arguments);

}  // namespace overhear
