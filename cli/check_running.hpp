// check -- COMMAND: the command is run with a capture around it, and what was said meanwhile is judged.
#pragma once

#include <optional>

#include "cli/check_run.hpp"
#include "session/filter/filter.hpp"
#include "session/options.hpp"

namespace overhear {

// The exit status; errors have been printed.
int check_command(const CheckArguments& arguments, const AnalysisOptions& options, const CheckOptions& check_options,
                  std::optional<Filter> filter);

}  // namespace overhear
