// One check from its input to its exit status: what it was asked for, what judges, and what becomes of the verdict.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "cli/message_output.hpp"
#include "cli/output_file.hpp"
#include "session/check/checker.hpp"
#include "session/filter/filter_sink.hpp"

namespace overhear {

struct CheckArguments {
  std::vector<std::string> files;    // positional
  std::vector<std::string> command;  // what stands behind --
  std::string fail_on = "warning";
  std::vector<std::string> ignored;
  std::vector<std::string> budgets;
  std::size_t places = 5;
  // with a command
  std::string interface = "lo";
  std::string capture_filter;
  std::string record;      // -w
  OutputArguments output;  // of it the format, -Y, -d, --keylog, -o and --color
};

// The judge, and the filter before it where there is one.
class CheckRun {
 public:
  CheckRun(const CheckArguments& arguments, const CheckOptions& options, std::optional<Filter> filter);
  CheckRun(const CheckRun&) = delete;

  MessageSink& sink() { return filter_ ? static_cast<MessageSink&>(*filter_) : checker_; }

  // Behind the analysis. Without the source.
  CheckReport report() const { return checker_.report(); }
  // Writes the report, tells of an error that ended the input, and gives the exit status. `captures`: their
  // paths, at least one, or another name for what was looked at.
  int conclude(CheckReport& report, const std::vector<std::string>& captures, OutputFile& output,
               const std::optional<Error>& lost);

 private:
  int put_report(const CheckReport& report, const std::string& artifact, OutputFile& output);

  const CheckArguments& arguments_;
  Checker checker_;
  std::optional<FilterSink> filter_;
};

}  // namespace overhear
