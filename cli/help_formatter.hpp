// How the help looks: no line of an option is longer than a terminal of 80 columns, and what goes on stands below what
// it explains.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

namespace overhear {

class HelpFormatter final : public CLI::Formatter {
 public:
  HelpFormatter();

  std::string make_option(const CLI::Option* option, bool is_positional) const override;
};

}  // namespace overhear
