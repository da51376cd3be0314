#include "cli/check_run.hpp"

#include <utility>

#include "cli/ascii_text.hpp"
#include "cli/capture_paths.hpp"
#include "cli/check_text.hpp"
#include "cli/exit_status.hpp"
#include "cli/print_error.hpp"
#include "cli/terminal.hpp"
#include "session/check/json_report.hpp"
#include "session/check/junit_report.hpp"
#include "session/check/sarif_report.hpp"

namespace overhear {

CheckRun::CheckRun(const CheckArguments& arguments, const CheckOptions& options, std::optional<Filter> filter)
    : arguments_(arguments), checker_(options) {
  if (!filter) return;
  filter_.emplace(std::move(*filter), false, [this](Timestamp start) { checker_.start_at(start); }, checker_);
}

int CheckRun::put_report(const CheckReport& report, const std::string& artifact, OutputFile& output) {
  const std::string& format = arguments_.output.format;
  if (format == "text") {
    const int descriptor = output.descriptor();
    return output.write(in_locale(describe_check(report, page_columns(arguments_.output.width, descriptor),
                                                 use_color(arguments_.output.color, descriptor))));
  }
  TextBuffer text;
  if (format == "json") write_json_report(report, text);
  if (format == "junit") write_junit_report(report, text);
  if (format == "sarif") write_sarif_report(report, artifact, OVERHEAR_VERSION, text);
  return output.write(text.view());
}

int CheckRun::conclude(CheckReport& report, const std::vector<std::string>& captures, OutputFile& output,
                       const std::optional<Error>& lost) {
  report.source = source_name(captures);
  // A place has one file, and a packet of a merge does not say which.
  const int status = put_report(report, captures.front(), output);
  const int error = lost ? print_error(*lost) : kExitDone;
  if (report.command && report.command->status != 0) return report.command->status;
  if (status != kExitDone) return status;
  if (error != kExitDone) return error;
  return report.has_passed() ? kExitDone : kExitFailed;
}

}  // namespace overhear
