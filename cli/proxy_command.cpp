#include "cli/proxy_command.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <charconv>
#include <cmath>
#include <memory>
#include <optional>
#include <utility>

#include "base/amount_text.hpp"
#include "cli/exit_status.hpp"
#include "cli/interrupt.hpp"
#include "cli/key_log_file.hpp"
#include "cli/print_error.hpp"
#include "cli/print_filter_error.hpp"
#include "cli/proxy_session.hpp"
#include "proxy/proxy.hpp"
#include "proxy/recorder.hpp"
#include "session/stream_analysis.hpp"

namespace overhear {
namespace {

constexpr double kLongestTimeout = 1e7;  // seconds

std::unexpected<Error> usage(std::string text) {
  return std::unexpected(Error{ErrorKind::Usage, std::move(text)});
}

// Whether both name the same port of this machine, as they are written.
bool is_same_place(const HostPort& target, const ListenAddress& listen) {
  if (target.port != listen.port) return false;
  if (target.host == listen.host) return true;
  const auto is_here = [](std::string_view host) {
    return host.empty() || host == "localhost" || host == "127.0.0.1" || host == "::1" || host == "0.0.0.0";
  };
  return is_here(target.host) && is_here(listen.host);
}

std::expected<std::vector<ProxyMode>, Error> modes_of(const ProxyArguments& arguments) {
  std::vector<ProxyMode> modes;
  if (arguments.listen.size() > arguments.modes.size()) {
    return usage("--listen: one for each --mode, in the same order");
  }
  for (std::size_t i = 0; i < arguments.modes.size(); ++i) {
    auto mode = parse_proxy_mode(arguments.modes[i]);
    if (!mode) return std::unexpected(mode.error());
    if (i < arguments.listen.size()) {
      if (arguments.modes[i].contains('@')) {
        return usage(fmt::format("--mode {}: says already where to listen; leave --listen away", arguments.modes[i]));
      }
      auto listen = parse_listen_address(arguments.listen[i]);
      if (!listen) return std::unexpected(listen.error());
      mode->listen = *std::move(listen);
    }
    if (mode->kind == ProxyKind::Reverse && is_same_place(mode->target, mode->listen)) {
      return usage(
          fmt::format("--mode {}: that is where the proxy itself would listen; name another port: --listen PORT",
                      arguments.modes[i]));
    }
    modes.push_back(*std::move(mode));
  }
  return modes;
}

std::expected<ProxyTimeouts, Error> timeouts_of(const std::vector<std::string>& given) {
  ProxyTimeouts timeouts;
  const std::pair<std::string_view, std::chrono::milliseconds*> known[] = {{"greeting", &timeouts.greeting},
                                                                           {"connect", &timeouts.connect},
                                                                           {"idle", &timeouts.idle},
                                                                           {"fin", &timeouts.half_closed}};
  for (const std::string& one : given) {
    const std::size_t equals = one.find('=');
    std::chrono::milliseconds* place = nullptr;
    for (const auto& [name, timeout] : known) {
      if (one.substr(0, equals) == name) place = timeout;
    }
    double seconds = -1;
    if (equals != std::string::npos) {
      const char* const end = one.data() + one.size();
      const auto [stopped, error] = std::from_chars(one.data() + equals + 1, end, seconds);
      if (error != std::errc{} || (std::string_view(stopped, end) != "s" && stopped != end)) seconds = -1;
    }
    if (place == nullptr || !(seconds >= 0 && seconds <= kLongestTimeout)) {
      return usage(
          fmt::format("--timeout {}: say greeting, connect, idle or fin, and seconds: idle=300 (0: none)", one));
    }
    *place = std::chrono::milliseconds(std::llround(std::ceil(seconds * 1000)));
  }
  return timeouts;
}

void announce(const Proxy& proxy, bool is_quiet) {
  for (const Proxy::Listening& one : proxy.listening()) {
    std::vector<std::string> places;
    for (const Endpoint& endpoint : one.at) places.push_back(to_string(endpoint));
    if (!is_quiet) put_error_text(fmt::format("listening on {} ({})\n", fmt::join(places, " and "), one.mode->name));
    if (one.is_public) {
      put_error_text(fmt::format(
          "warning: {} can be reached from other machines, whose users then see and say what this one may\n",
          fmt::join(places, " and ")));
    }
  }
  if (!is_quiet && !proxy.control().empty()) {
    put_error_text(fmt::format("overhear intercept decides about held messages, over {}\n", proxy.control().native()));
  }
  if (!is_quiet && proxy.seed()) put_error_text(fmt::format("rules: seed {}\n", *proxy.seed()));
  const std::filesystem::path made = proxy.new_authority();
  if (is_quiet || made.empty()) return;
  put_error_text(fmt::format(
      "made a certificate authority in {}: clients have to trust it (overhear ca install-help)\n", made.string()));
}

// What is wrong with the files that are written beside the messages, or nothing.
std::optional<Error> check_written(const ProxyArguments& arguments, const std::vector<std::string>& inputs) {
  if (!arguments.record.empty()) {
    if (auto wrong = check_capture_path(arguments.record, arguments.output, inputs)) return wrong;
  }
  if (arguments.key_log.empty()) return std::nullopt;
  for (const std::string& other : {arguments.record, arguments.output.output}) {
    if (is_same_file(arguments.key_log, other)) {
      return Error{ErrorKind::Usage, fmt::format("--keylog: {} is written to already", other)};
    }
  }
  return std::nullopt;
}

// Files that are written while it relays.
struct Kept {
  std::unique_ptr<Recorder> recorder;
  std::optional<KeyLogFile> keys;

  static std::expected<Kept, Error> open(const ProxyArguments& arguments) {
    Kept kept;
    if (!arguments.key_log.empty()) {
      auto keys = KeyLogFile::open(arguments.key_log);
      if (!keys) return std::unexpected(keys.error());
      kept.keys.emplace(std::move(*keys));
    }
    if (!arguments.record.empty()) {
      auto recorder = Recorder::open(arguments.record, kProgram);
      if (!recorder) return std::unexpected(recorder.error());
      kept.recorder = std::move(*recorder);
    }
    return kept;
  }
};

}  // namespace

void add_proxy_command(CLI::App& app, ProxyArguments& arguments) {
  CLI::App* const proxy = app.add_subcommand("proxy", "Stand between client and server, and show what they say");
  proxy
      ->add_option(
          "--mode", arguments.modes,
          "reverse:tcp://HOST:PORT, reverse:ws://HOST[:PORT] (to one server); reverse:mcp://HOST[:PORT], "
          "reverse:tls://HOST:PORT, reverse:wss://HOST[:PORT] (the same, and what is encrypted is opened); socks5, "
          "regular (HTTP proxy: the client says where to, and its TLS is opened). Repeatable; @[HOST:]PORT behind it "
          "says where to listen")
      ->type_name("MODE")
      ->allow_extra_args(false)
      ->required();
  proxy
      ->add_option(
          "--listen", arguments.listen,
          "where to wait for clients, one for each --mode: on this machine alone unless HOST says otherwise; port "
          "0 takes a free one (default: 8080, socks5 1080)")
      ->type_name("[HOST:]PORT")
      ->allow_extra_args(false);
  proxy
      ->add_option("--timeout", arguments.timeouts,
                   "greeting=, connect=, idle= or fin=SECONDS: until the client has said where to, until the server is "
                   "reached, without a byte, and that after one side has finished (default: 10, 5, none, 300)")
      ->type_name("NAME=SECONDS")
      ->allow_extra_args(false);
  proxy
      ->add_option("--connections", arguments.connections, "at a time; further clients wait (default: all that can be)")
      ->type_name("COUNT")
      ->check(CLI::PositiveNumber.description(""));
  proxy->add_flag("--allow-global", arguments.admits_strangers,
                  "let in clients with addresses outside of private networks");
  proxy
      ->add_option("--tls-passthrough", arguments.passthrough,
                   "leave TLS with these servers alone; * stands for anything (repeatable)")
      ->type_name("HOST")
      ->allow_extra_args(false);
  proxy->add_option("--upstream-ca", arguments.upstream_ca, "trust servers that this CA (PEM) speaks for, too")
      ->type_name("FILE");
  proxy->add_flag("--insecure", arguments.is_insecure, "trust any server, whoever it says it is");
  proxy->add_option("--ca-dir", arguments.ca_directory, "where this proxy's own CA is kept (default: ~/.overhear)")
      ->type_name("DIRECTORY");
  proxy->add_flag("--fail-closed", arguments.fails_closed,
                  "with mcp://: close a connection where something cannot be opened, instead of passing it on");
  proxy
      ->add_option("--intercept", arguments.intercept,
                   "hold messages that match until somebody forwards, edits or drops them (overhear intercept); the "
                   "language of -Y")
      ->type_name("FILTER");
  proxy
      ->add_option(
          "--control", arguments.control,
          "the Unix socket over which that is decided, and messages are sent into open sessions (default, with "
          "--intercept: ~/.overhear/control/PORT.sock)")
      ->type_name("PATH");
  proxy
      ->add_option(
          "--rules", arguments.rules,
          "a JSON file that says what is done to messages: dropped, delayed, changed, answered, and more; read "
          "again when it is saved")
      ->type_name("FILE");
  proxy->add_flag("-q", arguments.is_quiet, "no word about where it listens, and no summary");
  proxy->add_option("-w", arguments.record, "also keep what is relayed, both sides of it, as pcapng with its keys")
      ->type_name("FILE");
  proxy->add_option("--keylog", arguments.key_log, "append the keys of what is opened to this file, as they are made")
      ->type_name("FILE");
  add_output_options(*proxy, arguments.output, "--read-keylog");
  proxy->footer(
      "Examples:\n"
      "  overhear proxy --mode reverse:tcp://localhost:9000\n"
      "  overhear proxy --mode reverse:ws://localhost:8888 --listen 8889 -T ladder\n"
      "  overhear proxy --mode reverse:mcp://localhost:3072 --listen 3073\n"
      "  overhear proxy --mode reverse:wss://chat.example.com --listen 8443\n"
      "  overhear proxy --mode socks5 --mode regular\n"
      "  overhear proxy --mode reverse:tcp://localhost:9000@7000 -T csv -o chat.csv\n"
      "  overhear proxy --mode reverse:wss://chat.example.com -w chat.pcapng\n"
      "\n"
      "Bytes are passed on as they come, and looked at afterwards; what is encrypted is\n"
      "opened and sealed again (see overhear ca). Ends with Ctrl-C.");
}

int run_proxy(const ProxyArguments& arguments) {
  const auto options = analysis_options(arguments.output);
  if (!options) return print_error(options.error());
  ProxyOptions proxy_options;
  auto modes = modes_of(arguments);
  if (!modes) return print_error(modes.error());
  proxy_options.modes = *std::move(modes);
  const auto timeouts = timeouts_of(arguments.timeouts);
  if (!timeouts) return print_error(timeouts.error());
  proxy_options.timeouts = *timeouts;
  proxy_options.admits_strangers = arguments.admits_strangers;
  proxy_options.mcp.fails_closed = arguments.fails_closed;
  proxy_options.limits = options->limits;
  proxy_options.records = !arguments.record.empty();
  proxy_options.tells_keys = proxy_options.records || !arguments.key_log.empty();
  proxy_options.tls = {.ca_directory = arguments.ca_directory,
                       .upstream_ca = arguments.upstream_ca,
                       .is_insecure = arguments.is_insecure,
                       .passthrough = arguments.passthrough};
  proxy_options.rules = arguments.rules;
  proxy_options.controls = !arguments.intercept.empty() || !arguments.control.empty();
  proxy_options.intercept_filter = arguments.intercept;
  proxy_options.control = arguments.control;
  proxy_options.analysis = *options;
  proxy_options.connections = arguments.connections;
  proxy_options.queue_bytes = options->limits.live_queue_bytes;
  if (const auto intercept = Filter::compile(arguments.intercept); !intercept) {
    return print_filter_error("--intercept", arguments.intercept, intercept.error());
  }
  auto filter = output_filter(arguments.output);
  if (!filter) return filter.error();
  auto table = output_table(arguments.output);
  if (!table) return table.error();
  const std::vector<std::string> key_logs = key_log_paths(arguments.output);
  if (const auto wrong = check_written(arguments, key_logs)) return print_error(*wrong);
  proxy_options.key_logs = key_logs;
  catch_interrupts();
  end_at_second_interrupt();
  const auto proxy = Proxy::open(std::move(proxy_options));
  if (!proxy) return print_error(proxy.error());
  auto kept = Kept::open(arguments);
  if (!kept) return print_error(kept.error());
  auto output = MessageOutput::open(arguments.output, "proxy", key_logs, std::move(*filter), std::move(*table));
  if (!output) return print_error(output.error());
  (*output)->begin();
  StreamAnalysis analysis(*options, (*output)->sink());
  analysis.set_keys_may_grow(!key_logs.empty());
  analysis.set_mcp_advice("--mode reverse:mcp://HOST:PORT opens it, or --read-keylog");
  announce(**proxy, arguments.is_quiet);
  (*proxy)->start();
  const ProxySession::Kept kept_files{.recorder = kept->recorder.get(), .keys = kept->keys ? &*kept->keys : nullptr};
  const std::optional<Error> lost = ProxySession(**proxy, analysis, **output, key_logs, kept_files).run();
  const int status = (*output)->finish();
  if (!arguments.is_quiet) {
    put_error_text(fmt::format("{}; {} in {}, {}\n", counted((*proxy)->clients(), "client"),
                               counted(analysis.messages(), "message"), counted(analysis.sessions(), "session"),
                               counted(analysis.findings(), "finding")));
  }
  if (status != kExitDone) return status;
  return lost ? print_error(*lost) : kExitDone;
}

}  // namespace overhear
