// What every command that shows messages has in common: the options that say how, and the output they go to.
#pragma once

#include <CLI/CLI.hpp>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "cli/table_options.hpp"
#include "cli/terminal.hpp"
#include "cli/transcript_view.hpp"
#include "dissectors/message.hpp"
#include "session/export/output.hpp"
#include "session/filter/filter_sink.hpp"
#include "session/options.hpp"

namespace overhear {

struct OutputArguments {
  std::string format = "text";
  bool with_events = false;
  std::string filter;    // -Y
  TableArguments table;  // -e, -E
  std::vector<std::string> decode_as;
  std::vector<std::string> key_logs;
  ColorChoice color = ColorChoice::Auto;
  std::string output = "-";
  bool show_secrets = false;
  std::size_t width = 0;  // of lines that people read; 0: the terminal's
};

// `key_log_option` is what key logs are read by.
void add_output_options(CLI::App& command, OutputArguments& arguments, const std::string& key_log_option = "--keylog");
// Parts of those, for commands that show messages in another way or none: -d and --keylog, --color, --width, -o.
void add_input_options(CLI::App& command, OutputArguments& arguments, const std::string& key_log_option = "--keylog");
void add_color_option(CLI::App& command, OutputArguments& arguments);
void add_width_option(CLI::App& command, OutputArguments& arguments);
void add_file_option(CLI::App& command, OutputArguments& arguments);
// From -d.
std::expected<AnalysisOptions, Error> analysis_options(const OutputArguments& arguments);
// From -Y: nothing where everything is shown. Else the exit status; the error has been printed.
std::expected<std::optional<Filter>, int> output_filter(const OutputArguments& arguments);
// From -T fields or csv: nothing with other formats. Else the exit status; the error has been printed.
std::expected<std::optional<TableOptions>, int> output_table(const OutputArguments& arguments);
// From --keylog, and where TLS libraries are told by SSLKEYLOGFILE to write their keys.
std::vector<std::string> key_log_paths(const OutputArguments& arguments);

// Whether two paths are the same regular file, by any name, or would become it.
bool is_same_file(const std::string& path, const std::string& other);
// What is wrong with writing packets to `path` (-w) beside these messages, or nothing. `inputs` are files that are
// read.
std::optional<Error> check_capture_path(const std::string& path, const OutputArguments& arguments,
                                        const std::vector<std::string>& inputs);

// What captures say that wrote them.
inline constexpr std::string_view kProgram = "overhear " OVERHEAR_VERSION;

class MessageOutput {
 public:
  // Opens -o without emptying it, so that an input that cannot be read costs no earlier result. `source` is what the
  // messages come from, as the output's own header names it. `inputs` are files that must not be overwritten; only what
  // `filter` matches is shown.
  static std::expected<std::unique_ptr<MessageOutput>, Error> open(const OutputArguments& arguments,
                                                                   const std::string& source,
                                                                   const std::vector<std::string>& inputs,
                                                                   std::optional<Filter> filter,
                                                                   std::optional<TableOptions> table);
  ~MessageOutput();
  MessageOutput(const MessageOutput&) = delete;

  MessageSink& sink() { return filter_ ? static_cast<MessageSink&>(*filter_) : *exporter_; }
  // Whether there is a filter, and messages that it left out, and none that it did not.
  bool is_silenced() const { return filter_ && filter_->seen() > 0 && filter_->shown() == 0; }
  std::uint64_t left_out() const { return filter_ ? filter_->seen() - filter_->shown() : 0; }
  // Empties the file: the input is open.
  void begin();
  void flush() { output_.flush(); }
  bool is_empty() const { return output_.is_empty(); }
  bool is_watched() const { return is_terminal(descriptor_); }
  // A failure, or a reader that went away: nothing more can be written.
  bool has_failed() const { return output_.error() != 0; }
  // Writes what is left. The exit status; an error has been printed.
  int finish();

 private:
  MessageOutput(const OutputArguments& arguments, const std::string& source, int descriptor,
                std::optional<Filter> filter, std::optional<TableOptions> table);

  void make_exporter(const OutputArguments& arguments, const std::string& source);

  const Limits limits_;
  int descriptor_;
  std::string name_;
  Output output_;
  std::optional<TranscriptView> transcript_;  // behind the exporter
  std::unique_ptr<MessageSink> exporter_;
  std::optional<TableExporter> table_;  // instead of the exporter; behind a filter, that knows about sessions
  std::optional<FilterSink> filter_;
};

}  // namespace overhear
