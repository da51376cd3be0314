// overhear ca: the certificate authority that stands behind the proxy's TLS, and how clients come to trust it.
#pragma once

#include <CLI/CLI.hpp>
#include <expected>
#include <string>

#include "proxy/certificate_authority.hpp"

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

// For every command that needs the authority: where it is, and it, with a line on standard error where it was made.
void add_ca_directory_option(CLI::App& command, std::string& directory);
std::expected<CertificateAuthority, Error> open_authority(const std::string& directory);

}  // namespace overhear
