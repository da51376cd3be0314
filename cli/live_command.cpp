#include "cli/live_command.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <optional>

#include "base/amount_text.hpp"
#include "capture/capture_thread.hpp"
#include "capture/live_capture.hpp"
#include "capture/privileges.hpp"
#include "capture/recording.hpp"
#include "cli/capture_limits.hpp"
#include "cli/exit_status.hpp"
#include "cli/interrupt.hpp"
#include "cli/print_error.hpp"
#include "cli/print_output.hpp"
#include "session/analysis.hpp"
#include "session/live_analysis.hpp"

namespace overhear {
namespace {

// Messages go out as they complete, until Ctrl-C.
class OutputHost final : public LiveHost {
 public:
  explicit OutputHost(MessageOutput& output) : output_(output) {}

  bool has_failed() const override { return output_.has_failed(); }
  void flush() override { output_.flush(); }
  void tell(const Error& error) override { (void)print_error(error); }
  LiveWait wait(int descriptor, int milliseconds) override {
    return wait_for_input(descriptor, milliseconds) == Wait::Interrupted ? LiveWait::Stopped : LiveWait::Over;
  }

 private:
  MessageOutput& output_;
};

void print_summary(const LiveCapture& capture, std::uint64_t packets, const Analysis& analysis) {
  const LiveCapture::Counts counts = capture.counts();
  put_error_text(fmt::format("{} seen, {} dropped by the kernel, {} by the interface; {} in {}, {}\n",
                             counted(packets, "packet"), counts.dropped_by_kernel, counts.dropped_by_interface,
                             counted(analysis.messages(), "message"), counted(analysis.sessions(), "session"),
                             counted(analysis.findings(), "finding")));
}

std::expected<RingOptions, Error> ring_of(const LiveArguments& arguments) {
  const auto limits = parse_capture_limits(arguments.ring, "-b");
  if (!limits) return std::unexpected(limits.error());
  const RingOptions ring{.file_bytes = limits->file_bytes,
                         .file_packets = limits->packets,
                         .file_duration_ns = limits->duration_ns,
                         .files = limits->files};
  const auto wrong = [](std::string text) { return std::unexpected(Error{ErrorKind::Usage, std::move(text)}); };
  if (!arguments.ring.empty() && arguments.record.empty())
    return wrong("-b: a ring of files needs their name: -w FILE");
  if (!arguments.ring.empty() && arguments.record == "-") return wrong("-b: standard output is no ring of files");
  if (ring.files != 0 && !ring.is_ring()) {
    return wrong("-b files:N: say too when a file is full: -b filesize:KILOBYTES, -b duration:SECONDS or -b packets:N");
  }
  return ring;
}

std::expected<CaptureLimits, Error> stop_of(const LiveArguments& arguments, const RingOptions& ring) {
  auto limits = parse_capture_limits(arguments.stop, "-a");
  if (!limits) return limits;
  if (arguments.packets != 0) limits->packets = arguments.packets;
  const auto wrong = [](std::string text) { return std::unexpected(Error{ErrorKind::Usage, std::move(text)}); };
  if (limits->file_bytes != 0 && arguments.record.empty()) return wrong("-a filesize:KILOBYTES needs a file: -w FILE");
  if (limits->files != 0 && !ring.is_ring()) return wrong("-a files:N needs a ring of files: -b");
  return limits;
}

}  // namespace

void add_live_command(CLI::App& app, LiveArguments& arguments) {
  CLI::App* const live = app.add_subcommand("live", "Show the messages on an interface as they come");
  live->add_option("-i", arguments.interface, "the interface ('overhear interfaces' lists them)")
      ->type_name("INTERFACE")
      ->required();
  live->add_option("-f", arguments.filter, "capture filter, as tcpdump has it")->type_name("FILTER");
  live->add_option("-w", arguments.record, "also keep the packets, as pcapng")->type_name("FILE");
  live->add_flag("--embed-keys", arguments.embeds_keys,
                 "with -w: at the end, put the keys that were used into the file");
  live->add_option("-a", arguments.stop, "end after duration:SECONDS, filesize:KILOBYTES, packets:N or files:N")
      ->type_name("LIMIT")
      ->allow_extra_args(false);
  live->add_option("-b", arguments.ring,
                   "go on in the next file after duration:SECONDS, filesize:KILOBYTES or packets:N; keep files:N")
      ->type_name("LIMIT")
      ->allow_extra_args(false);
  live->add_option("-c", arguments.packets, "end after this many packets")
      ->type_name("PACKETS")
      ->check(CLI::PositiveNumber.description(""));
  live->add_option("-s", arguments.snap_length, "bytes of each packet that are captured")
      ->type_name("BYTES")
      ->check(CLI::Range(64, 262'144).description(""))
      ->capture_default_str();
  live->add_option("-B", arguments.buffer_mebibytes, "the kernel's buffer, in MiB")
      ->type_name("MIB")
      ->check(CLI::Range(1, 1024).description(""))
      ->capture_default_str();
  live->add_flag("-p", arguments.is_not_promiscuous, "leave the interface's promiscuous mode alone");
  live->add_flag("-q", arguments.is_quiet, "no summary at the end");
  add_output_options(*live, arguments.output);
  live->footer(
      "Examples:\n"
      "  overhear live -i lo\n"
      "  overhear live -i lo -f 'tcp port 9000' -w chat.pcapng\n"
      "  overhear live -i lo --keylog mcp.keylog -T ndjson | jq .\n"
      "  overhear live -i lo -Y 'finding.severity >= warning'\n"
      "  overhear live -i eth0 -w chat.pcapng -b filesize:100000 -b files:5\n"
      "\n"
      "Ends with Ctrl-C. A key log is looked at again whenever it grows.");
}

int run_live(const LiveArguments& arguments) {
  const auto options = analysis_options(arguments.output);
  if (!options) return print_error(options.error());
  const auto ring = ring_of(arguments);
  if (!ring) return print_error(ring.error());
  const auto stop = stop_of(arguments, *ring);
  if (!stop) return print_error(stop.error());
  const bool can_embed = !arguments.record.empty() && arguments.record != "-" && !ring->is_ring();
  if (arguments.embeds_keys && !can_embed) {
    return print_error({ErrorKind::Usage, "--embed-keys goes with one file: -w FILE, without -b"});
  }
  auto filter = output_filter(arguments.output);
  if (!filter) return filter.error();
  auto table = output_table(arguments.output);
  if (!table) return table.error();
  const std::vector<std::string> key_logs = key_log_paths(arguments.output);
  if (!arguments.record.empty()) {
    if (const auto wrong = check_capture_path(arguments.record, arguments.output, key_logs)) return print_error(*wrong);
  }
  catch_interrupts();
  const auto capture = LiveCapture::open({.interface = arguments.interface,
                                          .filter = arguments.filter,
                                          .snap_length = arguments.snap_length,
                                          .buffer_bytes = arguments.buffer_mebibytes << 20,
                                          .is_promiscuous = !arguments.is_not_promiscuous});
  if (!capture) return print_error(capture.error());
  if (const auto dropped = drop_capabilities(); !dropped) return print_error(dropped.error());
  std::optional<Recording> recording;
  if (!arguments.record.empty()) {
    auto opened = Recording::open(arguments.record,
                                  {.name = arguments.interface,
                                   .filter = arguments.filter,
                                   .link_type = (*capture)->link_type(),
                                   .snap_length = arguments.snap_length},
                                  *ring, capture_clock(), kProgram);
    if (!opened) return print_error(opened.error());
    recording = std::move(*opened);
  }
  auto output =
      MessageOutput::open(arguments.output, arguments.interface, key_logs, std::move(*filter), std::move(*table));
  if (!output) return print_error(output.error());
  (*output)->begin();
  Analysis analysis(*options, (*output)->sink());
  analysis.set_keys_may_grow(!key_logs.empty());
  CaptureThread thread(**capture, std::move(recording), *stop, options->limits.live_queue_bytes);
  OutputHost host(**output);
  std::optional<Error> lost = LiveAnalysis(thread, analysis, host, key_logs).run();
  if (const std::string keys = analysis.used_key_log(); arguments.embeds_keys && !keys.empty()) {
    if (const auto done = insert_secrets(arguments.record, keys); !done && !lost) lost = done.error();
  }
  const int status = (*output)->finish();
  if (!arguments.is_quiet) print_summary(**capture, thread.packets(), analysis);
  if (status != kExitDone) return status;
  return lost ? print_error(*lost) : kExitDone;
}

void add_interfaces_command(CLI::App& app) {
  app.add_subcommand("interfaces", "List the interfaces that can be captured from");
}

int run_interfaces() {
  const auto interfaces = list_interfaces();
  if (!interfaces) return print_error(interfaces.error());
  std::size_t width = 0;
  for (const NetworkInterface& interface : *interfaces) width = std::max(width, interface.name.size());
  std::string text;
  for (const NetworkInterface& interface : *interfaces) {
    std::string about = fmt::format("{}", fmt::join(interface.addresses, " "));
    if (!interface.description.empty()) about += (about.empty() ? "" : "  ") + interface.description;
    if (!interface.is_up) about += about.empty() ? "down" : "  (down)";
    text += fmt::format("{:<{}}  {}\n", interface.name, width, about);
  }
  return print_output(text);
}

}  // namespace overhear
