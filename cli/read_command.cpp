#include "cli/read_command.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <set>

#include "cli/capture_paths.hpp"
#include "cli/exit_status.hpp"
#include "cli/interrupt.hpp"
#include "cli/print_error.hpp"
#include "cli/progress.hpp"
#include "session/capture_analysis.hpp"
#include "session/load_changed.hpp"
#include "session/packet_copy.hpp"
#include "session/session_filter.hpp"

namespace overhear {
namespace {

constexpr std::uint64_t kPacketsPerStep = 4096;
constexpr int kFollowMilliseconds = 50;

// What is wrong with the argument, in words of ours; empty where nothing is.
std::string check_count(const std::string& text) {
  std::uint64_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (error == std::errc() && end == text.data() + text.size() && count > 0) return {};
  return fmt::format("'{}' is no number of packets (1 or more)", text);
}

bool has_standard_input(const std::vector<std::string>& paths) {
  return std::ranges::find(paths, "-") != paths.end();
}

// Whether nothing waits on standard input at the moment.
bool is_input_idle() {
  pollfd input{.fd = STDIN_FILENO, .events = POLLIN, .revents = 0};
  return ::poll(&input, 1, 0) == 0;
}

// Moves the whole capture through; an error is kept until what was read has been written.
std::optional<Error> drive(CaptureAnalysis& analysis, MessageOutput& output) {
  Progress progress(analysis.size());
  const bool is_watched = output.is_watched();
  while (!output.has_failed()) {
    const auto more = analysis.step(kPacketsPerStep);
    if (!more) return more.error();
    if (is_watched && !output.is_empty()) output.flush();
    if (!*more) break;
    if (was_interrupted()) analysis.stop();
    progress.update(analysis.bytes_read());
  }
  return std::nullopt;
}

std::expected<std::set<std::uint32_t>, Error> parse_sessions(const std::vector<std::string>& texts) {
  std::set<std::uint32_t> sessions;
  for (const std::string& text : texts) {
    std::uint32_t session = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), session);
    if (error != std::errc() || end != text.data() + text.size() || session == 0) {
      return std::unexpected(
          Error{ErrorKind::Usage, fmt::format("--session: '{}' is no session's number (1 or more)", text)});
    }
    sessions.insert(session);
  }
  return sessions;
}

std::expected<std::vector<std::string>, Error> captures_of(const ReadArguments& arguments) {
  const auto wrong = [](std::string text) { return std::unexpected(Error{ErrorKind::Usage, std::move(text)}); };
  std::vector<std::string> paths = arguments.files.empty() ? arguments.files_by_r : arguments.files;
  if (paths.empty()) return wrong("read: which capture? Give a file, or - for standard input");
  if (!arguments.files.empty() && !arguments.files_by_r.empty()) {
    return wrong("read: name captures in one way: FILE or -r FILE");
  }
  if (const auto bad = check_captures("read", paths)) return std::unexpected(*bad);
  if (arguments.is_followed && paths.size() > 1) return wrong("read: --follow is for one file");
  if (arguments.is_followed && has_standard_input(paths)) {
    return wrong("read: --follow is for files; standard input is followed anyway");
  }
  return paths;
}

// What is wrong with the options about a new capture, or nothing.
std::optional<Error> check_copy(const ReadArguments& arguments, const std::vector<std::string>& paths) {
  const auto wrong = [](std::string text) { return Error{ErrorKind::Usage, std::move(text)}; };
  if (arguments.copy.empty()) {
    if (arguments.embeds_keys) return wrong("--embed-keys: into what? Name a new capture with -w");
    return std::nullopt;
  }
  if (!arguments.output.filter.empty()) {
    return wrong("-w and -Y: packets of some messages alone can be read by nobody; choose sessions: --session");
  }
  if (has_standard_input(paths))
    return wrong("-w: standard input can be read only once; keep it with tee, and read the file");
  if (arguments.is_followed) return wrong("-w and --follow exclude each other: the capture must be complete");
  std::vector<std::string> inputs = key_log_paths(arguments.output);
  inputs.insert(inputs.end(), paths.begin(), paths.end());
  return check_capture_path(arguments.copy, arguments.output, inputs);
}

std::expected<void, Error> write_copy(const ReadArguments& arguments, const std::vector<std::string>& paths,
                                      const std::set<std::uint32_t>& sessions, const Analysis& analysis,
                                      const AnalysisOptions& options) {
  PacketCopy copy{.from = paths, .to = arguments.copy, .sessions = sessions, .packet_limit = arguments.packets};
  if (arguments.embeds_keys) {
    auto keys = keys_of_sessions(copy, analysis.used_key_log(), options);
    if (!keys) return std::unexpected(keys.error());
    copy.key_log = std::move(*keys);
  }
  copy.program = kProgram;
  if (const auto copied = copy_packets(copy, options.limits); !copied) return std::unexpected(copied.error());
  return {};
}

// Where no message was shown: why.
void explain_silence(const Analysis& analysis, const MessageOutput& output) {
  if (!is_terminal(STDERR_FILENO)) return;
  if (analysis.messages() == 0) {
    put_error_text(
        fmt::format("no messages in {} packets and {} TCP connections\n", analysis.packets(), analysis.sessions()));
  } else if (output.is_silenced()) {
    put_error_text(fmt::format("the filter matches none of {} messages\n", output.left_out()));
  }
}

}  // namespace

void add_read_command(CLI::App& app, ReadArguments& arguments) {
  CLI::App* const read = app.add_subcommand("read", "Show the messages in capture files");
  read->add_option("FILE", arguments.files, kCapturesHelp)->type_name("");
  read->add_option("-r", arguments.files_by_r, "the same, as tshark has it (repeatable)")
      ->type_name("FILE")
      ->allow_extra_args(false);
  read->add_option("-c", arguments.packets, "stop after this many packets")
      ->type_name("PACKETS")
      ->check(CLI::Validator(check_count, ""));
  read->add_option("--session", arguments.sessions, "only these sessions: 3, or 3,5 (repeatable)")
      ->type_name("NUMBERS")
      ->delimiter(',')
      ->allow_extra_args(false);
  read->add_option("-w", arguments.copy, "also write the packets to a new capture, as pcapng")->type_name("NEW");
  read->add_flag("--embed-keys", arguments.embeds_keys, "with -w: put the keys that were used into it");
  read->add_flag("--follow", arguments.is_followed, "wait for more at the end: the file is still being written");
  add_output_options(*read, arguments.output);
  read->footer(
      "Examples:\n"
      "  overhear read chat.pcapng\n"
      "  overhear read mcp.pcapng --keylog mcp.keylog\n"
      "  overhear read chat_00001.pcapng chat_00002.pcapng\n"
      "  overhear read -T ladder --color always chat.pcapng | less -R\n"
      "  overhear read -T csv -e time -e user -e text -Y text chat.pcapng > said.csv\n"
      "  overhear read -T ndjson chat.pcapng | jq 'select(.type != null) | .body'\n"
      "  tcpdump -i lo -U -w - 'tcp port 9000' | overhear read -\n"
      "  overhear read -Y 'user == alice && text contains \"hello\"' chat.pcapng\n"
      "  overhear read -d tcp.port==9100,chatmaster chat.pcap\n"
      "  overhear read mcp.pcapng --session 3 --keylog my.keys -w 3.pcapng --embed-keys");
}

int run_read(const ReadArguments& arguments) {
  const auto paths = captures_of(arguments);
  if (!paths) return print_error(paths.error());
  const auto options = analysis_options(arguments.output);
  if (!options) return print_error(options.error());
  const auto sessions = parse_sessions(arguments.sessions);
  if (!sessions) return print_error(sessions.error());
  if (const auto wrong = check_copy(arguments, *paths)) return print_error(*wrong);
  auto filter = output_filter(arguments.output);
  if (!filter) return filter.error();
  auto table = output_table(arguments.output);
  if (!table) return table.error();
  CaptureInput input;
  input.paths = *paths;
  input.key_logs = key_log_paths(arguments.output);
  input.packet_limit = arguments.packets;
  std::vector<std::string> inputs = input.key_logs;
  inputs.insert(inputs.end(), paths->begin(), paths->end());
  auto output =
      MessageOutput::open(arguments.output, source_name(*paths), inputs, std::move(*filter), std::move(*table));
  if (!output) return print_error(output.error());
  std::unique_ptr<CaptureAnalysis> analysis;
  FileWatch key_logs(input.key_logs);
  if (arguments.is_followed) {
    catch_interrupts();
    input.wait_for_more = [&] {
      (*output)->flush();
      const auto load = [&](const auto& log) { return analysis->analysis().load_key_log(log); };
      if (analysis) load_changed(key_logs, load, print_error);
      return !(*output)->has_failed() && wait_for_input(-1, kFollowMilliseconds) != Wait::Interrupted;
    };
  }
  if (has_standard_input(*paths)) {
    // From a pipe, what was found is shown before more is waited for.
    input.before_read = [&] {
      if (!(*output)->is_empty() && is_input_idle()) (*output)->flush();
      if (analysis && (*output)->has_failed()) analysis->stop();
    };
  }
  SessionFilter chosen(*sessions, (*output)->sink());
  auto opened = CaptureAnalysis::open(input, *options, sessions->empty() ? (*output)->sink() : chosen);
  if (!opened) return print_error(opened.error());
  analysis = std::move(*opened);
  (*output)->begin();
  const auto failure = drive(*analysis, **output);
  if (const int status = (*output)->finish(); status != kExitDone) return status;
  if (failure) return print_error(*failure);
  if (!arguments.copy.empty()) {
    const auto written = write_copy(arguments, *paths, *sessions, analysis->analysis(), *options);
    if (!written) return print_error(written.error());
  }
  explain_silence(analysis->analysis(), **output);
  return kExitDone;
}

}  // namespace overhear
