#include "cli/check_command.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <map>
#include <optional>

#include "capture/capture_thread.hpp"
#include "capture/live_capture.hpp"
#include "capture/privileges.hpp"
#include "capture/recording.hpp"
#include "cli/check_text.hpp"
#include "cli/child_command.hpp"
#include "cli/exit_status.hpp"
#include "cli/live_session.hpp"
#include "cli/output_file.hpp"
#include "cli/print_error.hpp"
#include "cli/progress.hpp"
#include "cli/terminal.hpp"
#include "session/capture_analysis.hpp"
#include "session/check/checker.hpp"
#include "session/check/json_report.hpp"
#include "session/check/junit_report.hpp"
#include "session/check/sarif_report.hpp"
#include "session/filter/filter_sink.hpp"

namespace overhear {
namespace {

constexpr std::uint64_t kPacketsPerStep = 4096;
constexpr std::size_t kWidthElsewhere = 100;  // where there is no terminal
constexpr int kWaitMilliseconds = 1000;
constexpr std::size_t kMostPlaces = 1000;

std::unexpected<Error> wrong(std::string text) {
  return std::unexpected(Error{ErrorKind::Usage, std::move(text)});
}

std::expected<CheckOptions, Error> check_options(const CheckArguments& arguments) {
  CheckOptions options;
  options.places = arguments.places;
  options.fail_on.reset();
  for (const Severity severity : {Severity::Note, Severity::Warning, Severity::Error}) {
    if (to_string(severity) == arguments.fail_on) options.fail_on = severity;
  }
  for (const std::string& codes : arguments.ignored) {
    if (const auto problem = options.ignored.add(codes)) return wrong("--ignore: " + *problem);
  }
  for (const std::string& text : arguments.budgets) {
    auto budgets = parse_budgets(text);
    if (!budgets) return wrong("--budget: " + budgets.error());
    options.budgets.insert(options.budgets.end(), budgets->begin(), budgets->end());
  }
  return options;
}

// What is looked at, and what stands between it and the verdict.
class Check {
 public:
  Check(const CheckOptions& options, std::optional<Filter> filter) : checker_(options) {
    if (filter) {
      filter_.emplace(std::move(*filter), false, [this](Timestamp start) { checker_.start_at(start); }, checker_);
    }
  }

  MessageSink& sink() { return filter_ ? static_cast<MessageSink&>(*filter_) : checker_; }
  CheckReport report() const { return checker_.report(); }

 private:
  Checker checker_;
  std::optional<FilterSink> filter_;
};

// The path without its folder.
std::string name_of_source(const std::string& path) {
  return path == "-" ? path : path.substr(path.rfind('/') + 1);
}

int put_report(const CheckReport& report, const CheckArguments& arguments, const std::string& artifact,
               OutputFile& output) {
  const std::string& format = arguments.output.format;
  if (format == "text") {
    const std::size_t columns = terminal_columns(output.descriptor());
    return output.write(describe_check(report, columns == 0 ? kWidthElsewhere : columns,
                                       use_color(arguments.output.color, output.descriptor())));
  }
  TextBuffer text;
  if (format == "json") write_json_report(report, text);
  if (format == "junit") write_junit_report(report, text);
  if (format == "sarif") write_sarif_report(report, artifact, OVERHEAR_VERSION, text);
  return output.write(text.view());
}

// The report, and what becomes of it and of an error that ended the input.
int conclude(const CheckReport& report, const CheckArguments& arguments, const std::string& artifact,
             OutputFile& output, const std::optional<Error>& lost) {
  const int status = put_report(report, arguments, artifact, output);
  const int error = lost ? print_error(*lost) : kExitDone;
  if (report.command && report.command->status != 0) return report.command->status;
  if (status != kExitDone) return status;
  if (error != kExitDone) return error;
  return report.has_passed() ? kExitDone : kExitFailed;
}

int check_capture(const CheckArguments& arguments, const AnalysisOptions& options, const CheckOptions& check_options,
                  std::optional<Filter> filter) {
  CaptureInput input;
  input.path = arguments.file;
  input.key_logs = key_log_paths(arguments.output);
  std::vector<std::string> inputs = input.key_logs;
  inputs.push_back(arguments.file);
  const auto output = OutputFile::open(arguments.output.output, inputs);
  if (!output) return print_error(output.error());
  Check check(check_options, std::move(filter));
  const auto analysis = CaptureAnalysis::open(input, options, check.sink());
  if (!analysis) return print_error(analysis.error());
  std::optional<Error> lost;
  {
    Progress progress((*analysis)->size());
    while (true) {
      const auto more = (*analysis)->step(kPacketsPerStep);
      if (!more) lost = more.error();
      if (!more || !*more) break;
      progress.update((*analysis)->bytes_read());
    }
  }
  CheckReport report = check.report();
  report.source = name_of_source(arguments.file);
  return conclude(report, arguments, arguments.file, **output, lost);
}

// The capture ends when the command does.
class CommandHost final : public LiveHost {
 public:
  explicit CommandHost(ChildCommand& command) : command_(command) {}

  bool has_failed() const override { return false; }
  void flush() override {}
  Wait wait(int descriptor, int milliseconds) override { return command_.wait(descriptor, milliseconds); }

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
  Check check(check_options, std::move(filter));
  Analysis analysis(options, check.sink());
  analysis.set_keys_may_grow(!key_logs.empty());
  CaptureThread thread(**capture, std::move(*recording), {}, options.limits.live_queue_bytes);
  if (const int why = (*command)->start(); why != 0) {
    (void)print_error(
        {ErrorKind::Environment, fmt::format("cannot run {}: {}", arguments.command.front(), std::strerror(why))});
    return (*command)->status();
  }
  CommandHost host(**command);
  const std::optional<Error> lost = LiveSession(thread, analysis, host, key_logs).run();
  while ((*command)->wait(-1, kWaitMilliseconds) != Wait::Interrupted) continue;  // an interface went away before it
  CheckReport report = check.report();
  report.source = arguments.record.empty() ? arguments.interface : name_of_source(arguments.record);
  report.command = CommandResult{arguments.command, (*command)->status()};
  report.lost_packets = (*capture)->counts().dropped_by_kernel;
  const std::string& artifact = arguments.record.empty() ? arguments.interface : arguments.record;
  return conclude(report, arguments, artifact, **output, lost);
}

// What is wrong with the arguments as a whole, or nothing.
std::optional<Error> look_at(const CheckArguments& arguments, const CLI::App& given) {
  const auto is_wrong = [](std::string text) { return Error{ErrorKind::Usage, std::move(text)}; };
  if (arguments.file.empty() && arguments.command.empty()) {
    return is_wrong("check: what? Give a capture, - for standard input, or a command to run: check -- COMMAND");
  }
  if (!arguments.file.empty() && !arguments.command.empty()) {
    return is_wrong("check: a capture or a command, not both");
  }
  for (const char* const option : {"-i", "-f", "-w"}) {
    if (given.count(option) > 0 && arguments.command.empty()) {
      return is_wrong(fmt::format("check: {} goes with a command to run: check {} … -- COMMAND", option, option));
    }
  }
  if (arguments.record == "-") return is_wrong("-w -: standard output is the command's; name a file");
  return std::nullopt;
}

void add_options(CLI::App& check, CheckArguments& arguments) {
  const auto member_of = [](std::vector<std::string> names) { return CLI::IsMember(std::move(names)).description(""); };
  check.add_option("CAPTURE", arguments.file, "pcap or pcapng file; - for standard input")->type_name("");
  check.add_option("-T,--format", arguments.output.format, "text, json, junit or sarif")
      ->check(member_of({"text", "json", "junit", "sarif"}))
      ->type_name("FORMAT")
      ->capture_default_str();
  check
      .add_option("--fail-on", arguments.fail_on,
                  "fail where a finding is this grave or graver: note, warning, error; never")
      ->check(member_of({"note", "warning", "error", "never"}))
      ->type_name("SEVERITY")
      ->capture_default_str();
  check
      .add_option("--ignore", arguments.ignored,
                  "pass over findings: app.schema, or all of a layer: 'tcp.*' (repeatable, or with commas)")
      ->type_name("CODES")
      ->allow_extra_args(false);
  check
      .add_option("--budget", arguments.budgets,
                  "fail where this is exceeded: latency.p99=200ms, unanswered=0, findings.warning=5, 'messages>=1' "
                  "(repeatable, or with commas; see below)")
      ->type_name("BUDGETS")
      ->allow_extra_args(false);
  check.add_option("--places", arguments.places, "of each code, so many places are shown")
      ->type_name("COUNT")
      ->check(CLI::Range(std::size_t{0}, kMostPlaces).description(""))
      ->capture_default_str();
  check.add_option("-Y", arguments.output.filter, "check only what matches: 'user == alice' (see overhear fields)")
      ->type_name("FILTER");
  check.add_option("-d", arguments.output.decode_as, "tcp.port==PORT,PROTOCOL: what is spoken on a port (repeatable)")
      ->type_name("RULE")
      ->allow_extra_args(false);
  check
      .add_option("--keylog", arguments.output.key_logs,
                  "file with TLS, MCP or cchat keys (repeatable), besides $SSLKEYLOGFILE")
      ->type_name("FILE")
      ->allow_extra_args(false);
  check.add_option("-o", arguments.output.output, "write to a file instead of standard output")->type_name("FILE");
  check.add_option("-i", arguments.interface, "with a command: the interface to capture from")
      ->type_name("INTERFACE")
      ->capture_default_str();
  check.add_option("-f", arguments.capture_filter, "with a command: capture filter, as tcpdump has it")
      ->type_name("FILTER");
  check.add_option("-w", arguments.record, "with a command: also keep the packets, as pcapng")->type_name("FILE");
}

}  // namespace

std::vector<std::string> take_command(int& argc, char** argv) {
  if (argc < 2 || std::string_view(argv[1]) != "check") return {};
  for (int i = 2; i < argc; ++i) {
    if (std::string_view(argv[i]) != "--") continue;
    std::vector<std::string> command(argv + i + 1, argv + argc);
    argc = i;
    return command;
  }
  return {};
}

CLI::App* add_check_command(CLI::App& app, CheckArguments& arguments) {
  CLI::App* const check = app.add_subcommand("check", "Fail where messages break their specification, for CI");
  add_options(*check, arguments);
  check->footer(
      "Budgets: latency.p50 .p90 .p95 .p99 .mean .max (in ns, us, ms or s), messages;\n"
      "with [TYPE] behind it, of that request, message or protocol alone; unanswered;\n"
      "findings and findings.error .warning .note, in place of --fail-on for these.\n"
      "= and <= say at most, >= at least.\n"
      "\n"
      "Examples:\n"
      "  overhear check chat.pcapng\n"
      "  overhear check chat.pcapng --format junit -o overhear.xml --ignore 'tcp.*'\n"
      "  overhear check chat.pcapng --budget 'latency.p99[Room.Join]=50ms'\n"
      "  overhear check -f 'tcp port 9000' -- npm test    what the tests say meanwhile\n"
      "\n"
      "Exit status: 0 passed, 1 failed, 2 to 4 as for every command; of a command that\n"
      "was run and failed, its own.");
  return check;
}

int run_check(const CheckArguments& arguments, const CLI::App& given) {
  if (const auto bad = look_at(arguments, given)) return print_error(*bad);
  const auto options = analysis_options(arguments.output);
  if (!options) return print_error(options.error());
  const auto judged = check_options(arguments);
  if (!judged) return print_error(judged.error());
  auto filter = output_filter(arguments.output);
  if (!filter) return filter.error();
  if (arguments.command.empty()) return check_capture(arguments, *options, *judged, std::move(*filter));
  return check_command(arguments, *options, *judged, std::move(*filter));
}

}  // namespace overhear
