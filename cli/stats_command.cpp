#include "cli/stats_command.hpp"

#include <optional>

#include "cli/ascii_text.hpp"
#include "cli/capture_paths.hpp"
#include "cli/output_file.hpp"
#include "cli/print_error.hpp"
#include "cli/read_whole.hpp"
#include "cli/stats_text.hpp"
#include "cli/terminal.hpp"
#include "session/filter/filter_sink.hpp"
#include "session/statistics/json_statistics.hpp"

namespace overhear {
namespace {

constexpr std::size_t kMostLines = 1000;

int put(const Statistics& statistics, const StatsArguments& arguments, OutputFile& output) {
  const std::string name = source_name(arguments.files);
  if (arguments.as_json) {
    TextBuffer text;
    write_json_statistics(statistics, name, text);
    return output.write(text.view());
  }
  StatsTextOptions options;
  options.top = arguments.top;
  options.width = page_columns(arguments.output.width, output.descriptor());
  options.with_color = use_color(arguments.output.color, output.descriptor());
  return output.write(in_locale(describe_statistics(statistics, name, options)));
}

}  // namespace

void add_stats_command(CLI::App& app, StatsArguments& arguments) {
  CLI::App* const stats = app.add_subcommand("stats", "Show a capture in numbers: rates, sizes, latencies");
  stats->add_option("CAPTURE", arguments.files, kCapturesHelp)->type_name("")->required();
  stats->add_flag("--json", arguments.as_json, "the same for machines");
  stats->add_option("--top", arguments.top, "so many lines of each table")
      ->type_name("COUNT")
      ->check(CLI::Range(std::size_t{1}, kMostLines).description(""))
      ->capture_default_str();
  stats->add_option("-Y", arguments.output.filter, "count only what matches: 'user == alice' (see overhear fields)")
      ->type_name("FILTER");
  add_input_options(*stats, arguments.output);
  add_width_option(*stats, arguments.output);
  add_file_option(*stats, arguments.output);
  stats->footer(
      "Examples:\n"
      "  overhear stats chat.pcapng\n"
      "  overhear stats mcp.pcapng --keylog mcp.keylog -Y 'session == 3'\n"
      "  overhear stats chat.pcapng --json | jq '.types[] | {type, latency_ns}'");
}

int run_stats(const StatsArguments& arguments) {
  if (const auto wrong = check_captures("stats", arguments.files)) return print_error(*wrong);
  const auto options = analysis_options(arguments.output);
  if (!options) return print_error(options.error());
  auto chosen = output_filter(arguments.output);
  if (!chosen) return chosen.error();
  CaptureInput input;
  input.paths = arguments.files;
  input.key_logs = key_log_paths(arguments.output);
  std::vector<std::string> inputs = input.key_logs;
  inputs.insert(inputs.end(), arguments.files.begin(), arguments.files.end());
  const auto output = OutputFile::open(arguments.output.output, inputs);
  if (!output) return print_error(output.error());
  Statistics statistics;
  std::optional<FilterSink> filter;
  if (*chosen) filter.emplace(std::move(**chosen), false, nullptr, statistics);
  const auto lost = read_whole(input, *options, filter ? static_cast<MessageSink&>(*filter) : statistics);
  if (!lost) return print_error(lost.error());
  const int status = put(statistics, arguments, **output);
  if (*lost) return print_error(**lost);
  return status;
}

}  // namespace overhear
