#include "cli/read_command.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstring>
#include <map>
#include <optional>

#include "cli/decode_as.hpp"
#include "cli/exit_status.hpp"
#include "cli/print_error.hpp"
#include "cli/print_output.hpp"
#include "cli/progress.hpp"
#include "cli/text_view.hpp"
#include "session/capture_analysis.hpp"
#include "session/export/json_exporter.hpp"
#include "session/export/ndjson_exporter.hpp"

namespace overhear {
namespace {

constexpr std::uint64_t kPacketsPerStep = 4096;

const std::map<std::string, ColorChoice> kColors{
    {"auto", ColorChoice::Auto}, {"always", ColorChoice::Always}, {"never", ColorChoice::Never}};

// What is wrong with the argument, in words of ours; empty where nothing is.
std::string check_count(const std::string& text) {
  std::uint64_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (error == std::errc() && end == text.data() + text.size() && count > 0) return {};
  return fmt::format("'{}' is no number of packets (1 or more)", text);
}

// The same, and leaves the number that CLI11 reads an enumerator from.
std::string choose_color(std::string& text) {
  const auto found = kColors.find(text);
  if (found == kColors.end()) return fmt::format("'{}' should read auto, always or never", text);
  text = std::to_string(static_cast<int>(found->second));
  return {};
}

// The descriptor to write to; closes it unless it is standard output.
class OutputFile {
 public:
  static std::expected<OutputFile, Error> open(const std::string& path) {
    if (path == "-") return OutputFile(STDOUT_FILENO);
    const int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
    if (descriptor < 0) {
      return std::unexpected(Error{ErrorKind::Environment, fmt::format("{}: {}", path, std::strerror(errno))});
    }
    return OutputFile(descriptor);
  }
  OutputFile(OutputFile&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  OutputFile& operator=(OutputFile&&) = delete;
  ~OutputFile() {
    if (descriptor_ > STDERR_FILENO) ::close(descriptor_);
  }
  int descriptor() const { return descriptor_; }
  bool is_same_as(const std::string& path) const {
    struct stat mine{};
    struct stat other{};
    return descriptor_ > STDERR_FILENO && ::fstat(descriptor_, &mine) == 0 && ::stat(path.c_str(), &other) == 0 &&
           S_ISREG(mine.st_mode) && mine.st_dev == other.st_dev && mine.st_ino == other.st_ino;
  }
  void truncate() const {
    struct stat status{};
    const bool is_file = ::fstat(descriptor_, &status) == 0 && S_ISREG(status.st_mode);
    // Standard output may be a file that others append to.
    if (descriptor_ > STDERR_FILENO && is_file) (void)!::ftruncate(descriptor_, 0);
  }

 private:
  explicit OutputFile(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
};

std::unique_ptr<MessageSink> make_exporter(const ReadArguments& arguments, const std::string& source, Output& output,
                                           int descriptor) {
  const std::string name = source == "-" ? source : source.substr(source.rfind('/') + 1);
  if (arguments.format == "ndjson") return std::make_unique<NdjsonExporter>(output, name, arguments.with_events);
  if (arguments.format == "json") return std::make_unique<JsonExporter>(output, name, arguments.with_events);
  TextOptions options;
  options.with_color = use_color(arguments.color, descriptor);
  options.with_events = arguments.with_events;
  options.show_secrets = arguments.show_secrets;
  options.width = terminal_columns(descriptor);
  return std::make_unique<TextView>(output, options);
}

// Whether nothing waits on standard input at the moment.
bool is_input_idle() {
  pollfd input{.fd = STDIN_FILENO, .events = POLLIN, .revents = 0};
  return ::poll(&input, 1, 0) == 0;
}

// Moves the whole capture through; an error is kept until what was read has been written. From a pipe, what was found
// is shown before more is waited for.
std::optional<Error> drive(CaptureAnalysis& analysis, Output& output, bool is_streaming, bool is_watched) {
  Progress progress(analysis.size());
  while (output.error() == 0) {
    const auto more = analysis.step(is_streaming ? 1 : kPacketsPerStep);
    if (!more) return more.error();
    if (!output.is_empty() && (is_watched || (is_streaming && is_input_idle()))) output.flush();
    if (!*more) break;
    progress.update(analysis.bytes_read());
  }
  return std::nullopt;
}

void explain_silence(const CaptureAnalysis& analysis) {
  if (!is_terminal(STDERR_FILENO)) return;
  put_error_text(
      fmt::format("no messages in {} packets and {} TCP connections\n", analysis.packets(), analysis.sessions()));
}

}  // namespace

void add_read_command(CLI::App& app, ReadArguments& arguments) {
  CLI::App* const read = app.add_subcommand("read", "Show the messages in a capture file");
  read->add_option("FILE", arguments.file, "pcap or pcapng file; - for standard input")->type_name("");
  read->add_option("-r", arguments.file_by_r, "the same, as tshark has it")->type_name("FILE");
  read->add_option("-T", arguments.format, "text, json (one document) or ndjson (one record a line)")
      ->check(CLI::IsMember({"text", "json", "ndjson"}).description(""))
      ->type_name("FORMAT")
      ->capture_default_str();
  read->add_flag("--events", arguments.with_events, "also tell what is no message: sessions, upgrades, pings, closes");
  read->add_option("-d", arguments.decode_as, "tcp.port==PORT,PROTOCOL: what is spoken on a port (repeatable)")
      ->type_name("RULE")
      ->allow_extra_args(false);
  read->add_option("--keylog", arguments.key_logs, "file with MCP or cchat keys (repeatable)")
      ->type_name("FILE")
      ->allow_extra_args(false);
  read->add_option("-c", arguments.packets, "stop after this many packets")
      ->type_name("PACKETS")
      ->check(CLI::Validator(check_count, ""));
  read->add_option("--color", arguments.color, "auto, always or never")
      ->transform(CLI::Validator(choose_color, ""))
      ->type_name("WHEN")
      ->default_str("auto");
  read->add_option("-o", arguments.output, "write to a file instead of standard output")->type_name("FILE");
  read->add_flag("--show-secrets", arguments.show_secrets, "show passwords and tokens in text (JSON always has them)");
  read->footer(
      "Examples:\n"
      "  overhear read chat.pcapng\n"
      "  overhear read mcp.pcapng --keylog mcp.keylog\n"
      "  overhear read -T ndjson chat.pcapng | jq 'select(.record == \"message\") | .body'\n"
      "  tcpdump -i lo -U -w - 'tcp port 9000' | overhear read -\n"
      "  overhear read -d tcp.port==9100,chatmaster chat.pcap");
}

int run_read(const ReadArguments& arguments) {
  if (arguments.file.empty() == arguments.file_by_r.empty()) {
    return print_error({ErrorKind::Usage, arguments.file.empty()
                                              ? "read: which capture? Give a file, or - for standard input"
                                              : "read: one capture at a time: FILE or -r FILE"});
  }
  CaptureInput input;
  input.path = arguments.file.empty() ? arguments.file_by_r : arguments.file;
  input.key_logs = arguments.key_logs;
  input.packet_limit = arguments.packets;
  AnalysisOptions options;
  for (const std::string& rule : arguments.decode_as) {
    const auto parsed = parse_decode_as(rule);
    if (!parsed) return print_error({ErrorKind::Usage, "-d: " + parsed.error()});
    options.decode_as.push_back(*parsed);
  }
  auto file = OutputFile::open(arguments.output);
  if (!file) return print_error(file.error());
  std::vector<std::string> inputs = input.key_logs;
  inputs.push_back(input.path);
  for (const std::string& path : inputs) {
    if (!file->is_same_as(path)) continue;
    return print_error({ErrorKind::Usage, fmt::format("-o: {} is what is read: it would be lost", path)});
  }
  Output output(file->descriptor());
  const std::unique_ptr<MessageSink> exporter = make_exporter(arguments, input.path, output, file->descriptor());
  auto analysis = CaptureAnalysis::open(input, options, *exporter);
  if (!analysis) return print_error(analysis.error());
  file->truncate();  // only now: a capture that cannot be read must not cost an earlier result
  const auto failure = drive(**analysis, output, input.path == "-", is_terminal(file->descriptor()));
  if (auto* const json = dynamic_cast<JsonExporter*>(exporter.get()); json != nullptr && !json->finish()) {
    return print_error(
        {ErrorKind::Environment, "no room for temporary files: the document lacks findings or sessions"});
  }
  output.flush();
  if (const int status = check_output(output, arguments.output); status != kExitDone) return status;
  if (failure) return print_error(*failure);
  if ((*analysis)->messages() == 0) explain_silence(**analysis);
  return kExitDone;
}

}  // namespace overhear
