#include "cli/check_command.hpp"

#include <fmt/format.h>

#include <optional>

#include "cli/capture_paths.hpp"
#include "cli/check_running.hpp"
#include "cli/output_file.hpp"
#include "cli/print_error.hpp"
#include "cli/read_whole.hpp"

namespace overhear {
namespace {

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

int check_capture(const CheckArguments& arguments, const AnalysisOptions& options, const CheckOptions& check_options,
                  std::optional<Filter> filter) {
  CaptureInput input;
  input.paths = arguments.files;
  input.key_logs = key_log_paths(arguments.output);
  std::vector<std::string> inputs = input.key_logs;
  inputs.insert(inputs.end(), arguments.files.begin(), arguments.files.end());
  const auto output = OutputFile::open(arguments.output.output, inputs);
  if (!output) return print_error(output.error());
  CheckRun check(arguments, check_options, std::move(filter));
  const auto lost = read_whole(input, options, check.sink());
  if (!lost) return print_error(lost.error());
  CheckReport report = check.report();
  return check.conclude(report, arguments.files, **output, *lost);
}

// What is wrong with the arguments as a whole, or nothing.
std::optional<Error> look_at(const CheckArguments& arguments, const CLI::App& given) {
  const auto is_wrong = [](std::string text) { return Error{ErrorKind::Usage, std::move(text)}; };
  if (arguments.files.empty() && arguments.command.empty()) {
    return is_wrong("check: what? Give a capture, - for standard input, or a command to run: check -- COMMAND");
  }
  if (!arguments.files.empty() && !arguments.command.empty()) {
    return is_wrong("check: a capture or a command, not both");
  }
  for (const char* const option : {"-i", "-f", "-w"}) {
    if (given.count(option) > 0 && arguments.command.empty()) {
      return is_wrong(fmt::format("check: {} goes with a command to run: check {} … -- COMMAND", option, option));
    }
  }
  if (arguments.record == "-") return is_wrong("-w -: standard output is the command's; name a file");
  return check_captures("check", arguments.files);
}

void add_options(CLI::App& check, CheckArguments& arguments) {
  const auto member_of = [](std::vector<std::string> names) { return CLI::IsMember(std::move(names)).description(""); };
  check.add_option("CAPTURE", arguments.files, kCapturesHelp)->type_name("");
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
  add_input_options(check, arguments.output);
  add_width_option(check, arguments.output);
  add_file_option(check, arguments.output);
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
