#include "cli/message_output.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <map>

#include "cli/exit_status.hpp"
#include "cli/ladder_view.hpp"
#include "cli/print_error.hpp"
#include "cli/print_filter_error.hpp"
#include "cli/print_output.hpp"
#include "cli/text_view.hpp"
#include "session/decode_as.hpp"
#include "session/export/json_exporter.hpp"
#include "session/export/ndjson_exporter.hpp"

namespace overhear {
namespace {

const std::map<std::string, ColorChoice> kColors{
    {"auto", ColorChoice::Auto}, {"always", ColorChoice::Always}, {"never", ColorChoice::Never}};

// What is wrong with the argument, in words of ours; else leaves the number that CLI11 reads an enumerator from.
std::string choose_color(std::string& text) {
  const auto found = kColors.find(text);
  if (found == kColors.end()) return fmt::format("'{}' should read auto, always or never", text);
  text = std::to_string(static_cast<int>(found->second));
  return {};
}

bool is_same(const struct stat& mine, const struct stat& other) {
  return S_ISREG(mine.st_mode) && mine.st_dev == other.st_dev && mine.st_ino == other.st_ino;
}

}  // namespace

void add_input_options(CLI::App& command, OutputArguments& arguments, const std::string& key_log_option) {
  command.add_option("-d", arguments.decode_as, "tcp.port==PORT,PROTOCOL: what is spoken on a port (repeatable)")
      ->type_name("RULE")
      ->allow_extra_args(false);
  command
      .add_option(key_log_option, arguments.key_logs,
                  "file with TLS, MCP or cchat keys (repeatable), besides $SSLKEYLOGFILE")
      ->type_name("FILE")
      ->allow_extra_args(false);
}

void add_file_option(CLI::App& command, OutputArguments& arguments) {
  command.add_option("-o", arguments.output, "write to a file instead of standard output")->type_name("FILE");
}

void add_color_option(CLI::App& command, OutputArguments& arguments) {
  command.add_option("--color", arguments.color, "auto, always or never")
      ->transform(CLI::Validator(choose_color, ""))
      ->type_name("WHEN")
      ->default_str("auto");
}

void add_width_option(CLI::App& command, OutputArguments& arguments) {
  command.add_option("--width", arguments.width, "columns of what people read, instead of the terminal's")
      ->check(CLI::Range(40, 10'000).description(""))
      ->type_name("COLUMNS");
}

void add_output_options(CLI::App& command, OutputArguments& arguments, const std::string& key_log_option) {
  command
      .add_option("-T", arguments.format,
                  "text, ladder (a sequence diagram), transcript (what was said); csv, fields (tables); json (one "
                  "document), ndjson (one record a line)")
      ->check(CLI::IsMember({"text", "ladder", "transcript", "csv", "fields", "json", "ndjson"}).description(""))
      ->type_name("FORMAT")
      ->capture_default_str();
  command
      .add_option("-Y", arguments.filter, "show only what matches: 'user == alice && size > 99' (see overhear fields)")
      ->type_name("FILTER");
  command.add_option("-e", arguments.table.fields, "with -T fields or csv: a column (repeatable; see overhear fields)")
      ->type_name("FIELD")
      ->allow_extra_args(false);
  command
      .add_option(
          "-E", arguments.table.options,
          "and how it is written: header=y separator=, quote=d|s|n occurrence=f|l|a aggregator=, bom=y formulas=y")
      ->type_name("OPTION")
      ->allow_extra_args(false);
  command.add_flag("--events", arguments.with_events,
                   "also tell what is no message: sessions, upgrades, pings, closes");
  add_input_options(command, arguments, key_log_option);
  add_color_option(command, arguments);
  add_width_option(command, arguments);
  add_file_option(command, arguments);
  command.add_flag("--show-secrets", arguments.show_secrets, "show passwords and tokens (JSON always has them)");
}

std::expected<AnalysisOptions, Error> analysis_options(const OutputArguments& arguments) {
  AnalysisOptions options;
  for (const std::string& rule : arguments.decode_as) {
    const auto parsed = parse_decode_as(rule);
    if (!parsed) return std::unexpected(Error{ErrorKind::Usage, "-d: " + parsed.error()});
    options.decode_as.push_back(*parsed);
  }
  return options;
}

std::expected<std::optional<Filter>, int> output_filter(const OutputArguments& arguments) {
  if (arguments.filter.empty()) return std::nullopt;
  auto filter = Filter::compile(arguments.filter);
  if (!filter) return std::unexpected(print_filter_error("-Y", arguments.filter, filter.error()));
  return std::move(*filter);
}

std::expected<std::optional<TableOptions>, int> output_table(const OutputArguments& arguments) {
  if (std::ranges::find(kTableFormats, arguments.format) != std::end(kTableFormats)) {
    return parse_table(arguments.format, arguments.table, arguments.with_events, arguments.show_secrets);
  }
  if (arguments.table.fields.empty() && arguments.table.options.empty()) return std::nullopt;
  const std::string_view option = arguments.table.fields.empty() ? "-E" : "-e";
  return std::unexpected(
      print_error({ErrorKind::Usage, fmt::format("{} goes with a table: -T fields or -T csv", option)}));
}

std::vector<std::string> key_log_paths(const OutputArguments& arguments) {
  std::vector<std::string> paths;
  // A run must not fail for a file that it was not asked to read, and a key that was given outranks one found there.
  const char* const by_environment = std::getenv("SSLKEYLOGFILE");
  if (by_environment != nullptr && ::access(by_environment, R_OK) == 0) paths.emplace_back(by_environment);
  paths.insert(paths.end(), arguments.key_logs.begin(), arguments.key_logs.end());
  return paths;
}

bool is_same_file(const std::string& path, const std::string& other) {
  struct stat mine{};
  struct stat theirs{};
  const bool is_there = ::stat(path.c_str(), &mine) == 0;
  const bool is_other_there = ::stat(other.c_str(), &theirs) == 0;
  if (!is_there && !is_other_there) return path == other;
  return is_there && is_other_there && is_same(mine, theirs);
}

std::optional<Error> check_capture_path(const std::string& path, const OutputArguments& arguments,
                                        const std::vector<std::string>& inputs) {
  const auto wrong = [](std::string text) { return Error{ErrorKind::Usage, std::move(text)}; };
  if (path == "-" && arguments.output == "-") {
    return wrong("-w -: the messages go to standard output too; send one of them elsewhere");
  }
  if (path != "-" && is_same_file(path, arguments.output)) return wrong("-w and -o name the same file");
  for (const std::string& input : inputs) {
    if (is_same_file(path, input)) return wrong(fmt::format("-w: {} is what is read: it would be lost", input));
  }
  return std::nullopt;
}

std::expected<std::unique_ptr<MessageOutput>, Error> MessageOutput::open(const OutputArguments& arguments,
                                                                         const std::string& source,
                                                                         const std::vector<std::string>& inputs,
                                                                         std::optional<Filter> filter,
                                                                         std::optional<TableOptions> table) {
  const std::string& path = arguments.output;
  if (path == "-") {
    return std::unique_ptr<MessageOutput>(
        new MessageOutput(arguments, source, STDOUT_FILENO, std::move(filter), std::move(table)));
  }
  const int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
  if (descriptor < 0) {
    return std::unexpected(Error{ErrorKind::Environment, fmt::format("{}: {}", path, std::strerror(errno))});
  }
  std::unique_ptr<MessageOutput> output(
      new MessageOutput(arguments, source, descriptor, std::move(filter), std::move(table)));
  for (const std::string& input : inputs) {
    if (!is_same_file(path, input)) continue;
    return std::unexpected(Error{ErrorKind::Usage, fmt::format("-o: {} is what is read: it would be lost", input)});
  }
  return output;
}

MessageOutput::MessageOutput(const OutputArguments& arguments, const std::string& source, int descriptor,
                             std::optional<Filter> filter, std::optional<TableOptions> table)
    : descriptor_(descriptor), name_(arguments.output), output_(descriptor) {
  if (table) {
    table_.emplace(output_, std::move(*table));
    filter_.emplace(filter ? std::move(*filter) : *Filter::compile({}), arguments.with_events, *table_);
    return;
  }
  make_exporter(arguments, source);
  if (!filter) return;
  // The timeline's seconds stay those of the messages, whichever are shown.
  auto* const text = dynamic_cast<TextView*>(exporter_.get());
  auto* const ladder = dynamic_cast<LadderView*>(exporter_.get());
  const auto on_start = [text, ladder](Timestamp start) {
    if (text != nullptr) text->start_at(start);
    if (ladder != nullptr) ladder->start_at(start);
  };
  filter_.emplace(std::move(*filter), arguments.with_events, on_start, *exporter_);
}

void MessageOutput::make_exporter(const OutputArguments& arguments, const std::string& source) {
  const bool with_color = use_color(arguments.color, descriptor_);
  const bool is_ascii = !is_utf8_locale();
  const std::size_t width = arguments.width != 0 ? arguments.width : terminal_columns(descriptor_);
  if (arguments.format == "ndjson") {
    exporter_ = std::make_unique<NdjsonExporter>(output_, source, arguments.with_events);
  } else if (arguments.format == "json") {
    exporter_ = std::make_unique<JsonExporter>(output_, source, arguments.with_events);
  } else if (arguments.format == "ladder") {
    const LadderOptions options{.with_color = with_color,
                                .with_events = arguments.with_events,
                                .show_secrets = arguments.show_secrets,
                                .is_ascii = is_ascii,
                                .width = page_columns(arguments.width, descriptor_)};
    exporter_ = std::make_unique<LadderView>(output_, options);
  } else if (arguments.format == "transcript") {
    transcript_.emplace(output_, TranscriptOptions{.with_color = with_color, .is_ascii = is_ascii, .width = width});
    exporter_ = std::make_unique<Transcript>(limits_, *transcript_);
  } else {
    const TextOptions options{.with_color = with_color,
                              .with_events = arguments.with_events,
                              .show_secrets = arguments.show_secrets,
                              .is_ascii = is_ascii,
                              .width = width};
    exporter_ = std::make_unique<TextView>(output_, options);
  }
}

MessageOutput::~MessageOutput() {
  if (descriptor_ > STDERR_FILENO) ::close(descriptor_);
}

void MessageOutput::begin() {
  struct stat status{};
  const bool is_file = ::fstat(descriptor_, &status) == 0 && S_ISREG(status.st_mode);
  // Standard output may be a file that others append to.
  if (descriptor_ > STDERR_FILENO && is_file) (void)!::ftruncate(descriptor_, 0);
}

int MessageOutput::finish() {
  if (auto* const json = dynamic_cast<JsonExporter*>(exporter_.get()); json != nullptr && !json->finish()) {
    return print_error(
        {ErrorKind::Environment, "no room for temporary files: the document lacks findings or sessions"});
  }
  auto* const transcript = dynamic_cast<Transcript*>(exporter_.get());
  if (transcript != nullptr) transcript->finish();
  output_.flush();
  if (transcript != nullptr && transcript->said() == 0) put_error_text("nothing that was said could be read\n");
  return check_output(output_, name_);
}

}  // namespace overhear
