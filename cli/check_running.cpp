#include "cli/check_running.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "capture/capture_thread.hpp"
#include "capture/live_capture.hpp"
#include "capture/privileges.hpp"
#include "capture/recording.hpp"
#include "cli/child_command.hpp"
#include "cli/print_error.hpp"
#include "session/live_analysis.hpp"

namespace overhear {
namespace {

constexpr int kWaitMilliseconds = 1000;

// The capture ends when the command does.
class CommandHost final : public LiveHost {
 public:
  explicit CommandHost(ChildCommand& command) : command_(command) {}

  bool has_failed() const override { return false; }
  void flush() override {}
  void tell(const Error& error) override { (void)print_error(error); }
  LiveWait wait(int descriptor, int milliseconds) override {
    return command_.wait(descriptor, milliseconds) == Wait::Interrupted ? LiveWait::Stopped : LiveWait::Over;
  }

 private:
  ChildCommand& command_;
};

// Also the one that the command is told by the environment to write, and has not made yet.
std::vector<std::string> growing_key_logs(const OutputArguments& arguments) {
  std::vector<std::string> paths = key_log_paths(arguments);
  const char* const by_environment = std::getenv("SSLKEYLOGFILE");
  const bool is_missing =
      by_environment != nullptr && *by_environment != '\0' && std::ranges::find(paths, by_environment) == paths.end();
  if (is_missing) paths.insert(paths.begin(), by_environment);
  return paths;
}

std::expected<std::optional<Recording>, Error> open_recording(const CheckArguments& arguments,
                                                              const LiveCapture& capture) {
  if (arguments.record.empty()) return std::nullopt;
  auto opened = Recording::open(arguments.record,
                                {.name = arguments.interface,
                                 .filter = arguments.capture_filter,
                                 .link_type = capture.link_type(),
                                 .snap_length = capture.options().snap_length},
                                {}, capture_clock(), kProgram);
  if (!opened) return std::unexpected(opened.error());
  return std::move(*opened);
}

}  // namespace

int check_command(const CheckArguments& arguments, const AnalysisOptions& options, const CheckOptions& check_options,
                  std::optional<Filter> filter) {
  const std::vector<std::string> key_logs = growing_key_logs(arguments.output);
  if (!arguments.record.empty()) {
    if (const auto bad = check_capture_path(arguments.record, arguments.output, key_logs)) return print_error(*bad);
  }
  const auto command = ChildCommand::prepare(arguments.command);
  if (!command) return print_error(command.error());
  const auto capture = LiveCapture::open(
      {.interface = arguments.interface, .filter = arguments.capture_filter, .is_promiscuous = false});
  if (!capture) return print_error(capture.error());
  if (const auto dropped = drop_capabilities(); !dropped) return print_error(dropped.error());
  auto recording = open_recording(arguments, **capture);
  if (!recording) return print_error(recording.error());
  const auto output = OutputFile::open(arguments.output.output, key_logs);
  if (!output) return print_error(output.error());
  CheckRun check(arguments, check_options, std::move(filter));
  Analysis analysis(options, check.sink());
  analysis.set_keys_may_grow(!key_logs.empty());
  CaptureThread thread(**capture, std::move(*recording), {}, options.limits.live_queue_bytes);
  if (const int why = (*command)->start(); why != 0) {
    (void)print_error(
        {ErrorKind::Environment, fmt::format("cannot run {}: {}", arguments.command.front(), std::strerror(why))});
    return (*command)->status();
  }
  CommandHost host(**command);
  const std::optional<Error> lost = LiveAnalysis(thread, analysis, host, key_logs).run();
  while ((*command)->wait(-1, kWaitMilliseconds) != Wait::Interrupted) continue;  // an interface went away before it
  CheckReport report = check.report();
  report.command = CommandResult{arguments.command, (*command)->status()};
  report.lost_packets = (*capture)->counts().dropped_by_kernel;
  const std::string& artifact = arguments.record.empty() ? arguments.interface : arguments.record;
  return check.conclude(report, {artifact}, **output, lost);
}

}  // namespace overhear
