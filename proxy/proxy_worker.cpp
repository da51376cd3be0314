#include "proxy/proxy_worker.hpp"

#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <random>
#include <utility>

#include "capture/ip_packet.hpp"
#include "proxy/control_names.hpp"
#include "proxy/listener.hpp"
#include "proxy/private_files.hpp"
#include "session/proxy_rules.hpp"

namespace overhear {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kReadBytes = 128u << 10;  // where it is recorded, what goes into one packet
constexpr auto kSweep = 100ms;
constexpr auto kPause = 100ms;    // before the next try where no descriptor was left
constexpr auto kRetell = 1min;    // what goes on is told again after this
constexpr auto kPatience = 1s;    // with relays, when all ends
constexpr rlim_t kReserved = 64;  // descriptors for all that is no relay

// As many relays as there are descriptors for, two each.
std::size_t room_for_relays() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return 1;
  limit.rlim_cur = limit.rlim_max;
  (void)::setrlimit(RLIMIT_NOFILE, &limit);
  (void)::getrlimit(RLIMIT_NOFILE, &limit);
  return limit.rlim_cur > kReserved + 2 ? (limit.rlim_cur - kReserved) / 2 : 1;
}

bool opens_tls(const ProxyOptions& options) {
  const bool leaves_all_alone = std::ranges::find(options.tls.passthrough, "*") != options.tls.passthrough.end();
  return std::ranges::any_of(options.modes, [leaves_all_alone](const ProxyMode& mode) {
    return mode.scheme == ProxyScheme::Tls || (mode.kind != ProxyKind::Reverse && !leaves_all_alone);
  });
}

bool is_out_of_descriptors(const error_code& error) {
  return error == asio::error::no_descriptors || error == boost::system::errc::too_many_files_open_in_system ||
         error == asio::error::no_buffer_space || error == asio::error::no_memory;
}

}  // namespace

ProxyWorker::ProxyWorker(ProxyOptions options)
    : options_(std::move(options)),
      queue_(options_.queue_bytes),
      faults_(options_.faults),
      key_logs_(options_.key_logs),
      sweeper_(io_),
      room_(io_),
      buffer_(options_.records ? kMostSynthesised : kReadBytes) {
  room_.expires_at(asio::steady_timer::time_point::max());
  if (options_.connections == 0) options_.connections = room_for_relays();
  if (options_.intercepts()) interception_.emplace(options_.analysis, options_.intercept_filter);
}

std::expected<void, Error> ProxyWorker::open() {
  look_at_keys();
  if (!options_.rules.empty()) {
    rules_.emplace(options_.rules, std::random_device{}());
    auto book = rules_->read();
    if (!book) return std::unexpected(book.error());
    seed_ = book->seed;
    set_rules(*std::move(book));
  }
  if (opens_tls(options_)) {
    options_.tls.tells_keys = options_.tells_keys;
    auto setup = TlsSetup::make(options_.tls);
    if (!setup) return std::unexpected(setup.error());
    tls_ = *std::move(setup);
  }
  for (const ProxyMode& mode : options_.modes) {
    auto acceptors = open_listeners(io_, mode.listen);
    if (!acceptors) return std::unexpected(acceptors.error());
    doors_.push_back({&mode, *std::move(acceptors)});
  }
  return options_.controls ? open_control() : std::expected<void, Error>();
}

// They hold from the moment on in which they are saved.
void ProxyWorker::look_at_rules() {
  if (!rules_) return;
  auto book = rules_->read_if_changed();
  if (!book) return;
  if (!*book) return tell(proxy_rules::kRulesInvalid, book->error().message);
  tell(proxy_rules::kRulesChanged, {});
  set_rules(*std::move(*book));
}

// Those of the network hold for connections that begin now.
void ProxyWorker::set_rules(RuleBook book) {
  faults_ = {.seed = book.seed, .faults = std::move(book.faults)};
  interception_->set_rules(std::move(book));
  for (const auto& [number, relay] : relays_) relay->look_at_rules();
}

// Where no path is given, in the user's own directory, by the port of the first listener.
std::expected<void, Error> ProxyWorker::open_control() {
  std::vector<std::string> places;
  for (const Proxy::Listening& one : listening()) {
    for (const Endpoint& at : one.at) places.push_back(to_string(at));
  }
  std::filesystem::path path = options_.control;
  if (path.empty()) {
    auto folder = CertificateAuthority::default_directory();
    if (!folder) return std::unexpected(folder.error());
    for (const std::filesystem::path& each : {*folder, *folder / kControlFolder}) {
      if (auto opened = open_private_directory(each); !opened) return opened;
    }
    path = *folder / kControlFolder / fmt::format("{}{}", listening().front().at.front().port, kControlEnding);
  }
  auto control = ControlSocket::open(io_, path, std::move(places), *interception_, options_.limits);
  if (!control) return std::unexpected(control.error());
  control_ = *std::move(control);
  return {};
}

void ProxyWorker::look_at_keys() {
  if (!interception_) return;
  for (const std::string& path : key_logs_.changed()) interception_->analysis().load_key_log(path);
}

void ProxyWorker::start() {
  if (control_) control_->start();
  for (Door& door : doors_) {
    for (tcp::acceptor& acceptor : door.acceptors) {
      asio::co_spawn(io_, admit_all(acceptor, *door.mode), asio::detached);
    }
  }
  asio::co_spawn(io_, sweep(), asio::detached);
  thread_ = std::jthread([this] {
    io_.run();
    queue_.close();
  });
}

void ProxyWorker::stop() {
  asio::post(io_, [this] { on_stop(); });
}

std::vector<Proxy::Listening> ProxyWorker::listening() const {
  std::vector<Proxy::Listening> out;
  for (const Door& door : doors_) {
    Proxy::Listening& one = out.emplace_back(door.mode);
    for (const tcp::acceptor& acceptor : door.acceptors) {
      error_code ignored;
      const tcp::endpoint at = acceptor.local_endpoint(ignored);
      one.at.push_back(to_endpoint(at));
      one.is_public |= !at.address().is_loopback();
    }
  }
  return out;
}

Timestamp ProxyWorker::now() {
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  const Timestamp time{std::chrono::duration_cast<std::chrono::nanoseconds>(since).count()};
  now_ = std::max(now_, time);
  return now_;
}

asio::awaitable<void> ProxyWorker::admit_all(tcp::acceptor& acceptor, const ProxyMode& mode) {
  while (!is_stopped_) {
    if (relays_.size() >= options_.connections) co_await wait_for_room();
    // Nobody looks at what is relayed, and even that clients come and go takes memory.
    while (!is_stopped_ && queue_.is_overfull()) co_await pause();
    auto [error, client] = co_await acceptor.async_accept(kAsTuple);
    if (is_stopped_) co_return;
    if (!error) {
      admit(std::move(client), mode);
    } else if (is_out_of_descriptors(error)) {
      tell_now_and_then(proxy_rules::kNoDescriptors, told_of_descriptors_);
      co_await pause();
    }
  }
}

asio::awaitable<void> ProxyWorker::pause() {
  asio::steady_timer timer(io_, kPause);
  (void)co_await timer.async_wait(kAsTuple);
}

asio::awaitable<void> ProxyWorker::wait_for_room() {
  tell_now_and_then(proxy_rules::kTooManyConnections, told_of_connections_);
  while (!is_stopped_ && relays_.size() >= options_.connections) {
    (void)co_await room_.async_wait(kAsTuple);
  }
}

void ProxyWorker::admit(tcp::socket client, const ProxyMode& mode) {
  error_code error;
  const tcp::endpoint peer = client.remote_endpoint(error);
  if (error) return;  // gone already
  const Way way{peer, client.local_endpoint(error)};
  if (!options_.admits_strangers && is_global(peer.address())) {
    tell(proxy_rules::kClientRefused,
         fmt::format("client {} comes from outside, and --allow-global was not said", to_string(to_endpoint(peer))));
    return;
  }
  const std::uint64_t number = ++clients_;
  if (outgoing_.contains(way)) {
    (void)client.set_option(asio::socket_base::linger(true, 0), error);
    return tell_of_loop(peer);
  }
  auto relay = std::make_unique<Relay>(*this, number, mode, std::move(client), way);
  Relay& made = *relay;
  relays_.emplace(number, std::move(relay));
  incoming_.insert_or_assign(way, &made);
  made.start();
}

void ProxyWorker::tell_of_loop(const tcp::endpoint& peer) {
  tell(proxy_rules::kLoop,
       fmt::format("client {} is this proxy itself: the connection was reset", to_string(to_endpoint(peer))));
}

// The client that a loop brings may have been let in already.
bool ProxyWorker::add_outgoing(const Way& way) {
  if (const auto found = incoming_.find(way); found != incoming_.end()) {
    found->second->break_loop();
    return false;
  }
  outgoing_.insert(way);
  return true;
}

void ProxyWorker::remove(Relay& relay) {
  if (relay.outgoing()) outgoing_.erase(*relay.outgoing());
  const auto incoming = incoming_.find(relay.incoming());
  if (incoming != incoming_.end() && incoming->second == &relay) incoming_.erase(incoming);
  relays_.erase(relay.number());
  room_.cancel_one();
  if (is_stopped_ && relays_.empty()) io_.stop();
}

asio::awaitable<void> ProxyWorker::sweep() {
  while (!is_stopped_) {
    sweeper_.expires_after(kSweep);
    (void)co_await sweeper_.async_wait(kAsTuple);
    tick_ = Clock::now();
    look_at_rules();
    look_at_keys();
    for (const auto& [number, relay] : relays_) relay->sweep();
  }
}

void ProxyWorker::on_stop() {
  is_stopped_ = true;
  if (control_) control_->stop();
  for (Door& door : doors_) {
    error_code ignored;
    for (tcp::acceptor& acceptor : door.acceptors) (void)acceptor.close(ignored);
  }
  room_.cancel();
  for (const auto& [number, relay] : relays_) relay->stop();
  if (relays_.empty()) io_.stop();
  sweeper_.expires_after(kPatience);
  sweeper_.async_wait([this](const error_code&) { io_.stop(); });
}

void ProxyWorker::tell(const Rule& rule, std::string_view text) {
  queue_.tell(0, rule, text, now());
  queue_.wake();
}

void ProxyWorker::tell_now_and_then(const Rule& rule, Clock::time_point& told) {
  const Clock::time_point time = Clock::now();
  if (told != Clock::time_point{} && time - told < kRetell) return;
  told = time;
  tell(rule, {});
}

}  // namespace overhear
