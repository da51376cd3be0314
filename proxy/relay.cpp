#include "proxy/relay.hpp"

#include <fmt/format.h>

#include <boost/asio/connect.hpp>
#include <boost/asio/write.hpp>
#include <utility>

#include "proxy/mcp_rekey.hpp"
#include "proxy/stream_gate.hpp"
#include "proxy/tls_intercept.hpp"
#include "session/proxy_rules.hpp"

namespace overhear {
namespace {

// A greeting of any length comes in a few of these.
constexpr std::size_t kGreetingChunk = 4096;

std::string seconds_text(std::chrono::milliseconds time) {
  return fmt::format("{:.10g} s", std::chrono::duration<double>(time).count());
}

ConnectFailure kind_of(const error_code& error) {
  if (error == asio::error::connection_refused) return ConnectFailure::Refused;
  if (error.category() == asio::error::get_netdb_category() ||
      error.category() == asio::error::get_addrinfo_category()) {
    return ConnectFailure::NoSuchHost;
  }
  if (error == asio::error::timed_out) return ConnectFailure::TimedOut;
  if (error == asio::error::network_unreachable || error == asio::error::host_unreachable) {
    return ConnectFailure::Unreachable;
  }
  return ConnectFailure::Other;
}

std::string_view text_of(ConnectFailure kind) {
  switch (kind) {
    case ConnectFailure::Refused: return "refused the connection; is the server running?";
    case ConnectFailure::NoSuchHost: return "is no host that can be found";
    case ConnectFailure::TimedOut: return "did not answer";
    case ConnectFailure::Unreachable: return "cannot be reached";
    case ConnectFailure::Other: break;
  }
  return {};
}

}  // namespace

Relay::Relay(RelayHost& host, std::uint64_t number, const ProxyMode& mode, tcp::socket client, const Way& way)
    : host_(host),
      mode_(mode),
      number_(number),
      incoming_(way),
      client_(std::move(client)),
      server_(host.io()),
      greeting_(make_greeting(mode.kind)),
      target_(mode.target) {}

Relay::~Relay() {
  (void)host_.hold(-static_cast<std::int64_t>(held_));
}

void Relay::start() {
  spawn(run());
}

void Relay::spawn(asio::awaitable<void> task) {
  ++tasks_;
  asio::co_spawn(host_.io(), std::move(task), [this](const std::exception_ptr&) {
    if (--tasks_ > 0) return;
    close(CloseReason::Reset);  // where neither side could be told of an end
    host_.remove(*this);
  });
}

asio::awaitable<void> Relay::run() {
  enter(Stage::Greeting, host_.options().timeouts.greeting);
  if (greeting_ && !co_await greet()) co_return;
  enter(Stage::Connecting, host_.options().timeouts.connect);
  const auto failure = co_await connect();
  if (stage_ == Stage::Over) co_return;
  if (failure) {
    co_await fail(*failure);
    co_return;
  }
  begin_relaying();
  if (stage_ == Stage::Over) co_return;
  if (greeting_) {
    const std::string reply = greeting_->connected(to_endpoint(outgoing_->from));
    greeting_.reset();
    (void)co_await asio::async_write(client_, asio::buffer(reply), kAsTuple);
  }
  spawn(pump(Side::Second));
  co_await pump(Side::First);
}

// False: the client has been told what is wrong with it.
asio::awaitable<bool> Relay::greet() {
  Greeting::Status status = Greeting::Status::NeedMore;
  while (status == Greeting::Status::NeedMore) {
    const std::size_t before = received_.size();
    received_.resize(before + kGreetingChunk);
    const auto [error, size] =
        co_await client_.async_read_some(asio::buffer(received_.data() + before, kGreetingChunk), kAsTuple);
    received_.resize(before + size);
    if (stage_ == Stage::Over) co_return false;
    if (error) break;
    std::string reply;
    status = greeting_->feed(received_, reply);
    (void)co_await asio::async_write(client_, asio::buffer(reply), kAsTuple);
  }
  if (stage_ == Stage::Over) co_return false;
  if (status == Greeting::Status::Connect) {
    target_ = greeting_->target();
    co_return true;
  }
  const bool has_left = status == Greeting::Status::NeedMore;
  if (!has_left) tell(proxy_rules::kBadGreeting, greeting_->problem());
  // Who connects and leaves again has looked whether somebody listens.
  if (has_left && !received_.empty()) tell(proxy_rules::kBadGreeting, "it left before it had said where to go");
  close(CloseReason::Fin);
  co_return false;
}

asio::awaitable<std::optional<Relay::Failure>> Relay::connect() {
  const auto failed = [this](const error_code& error) {
    ConnectFailure kind = is_late_ ? ConnectFailure::TimedOut : kind_of(error);
    const std::string_view text = text_of(kind);
    std::string why = fmt::format("{} {}", to_string(target_), text.empty() ? "failed: " + error.message() : text);
    if (is_late_) why += " within " + seconds_text(limit_);
    return Failure{kind, std::move(why)};
  };
  error_code not_literal;
  const asio::ip::address literal = asio::ip::make_address(target_.host, not_literal);
  tcp::resolver::results_type places;
  if (not_literal) {
    asio::steady_timer patience(host_.io());
    lookup_ = &patience;
    auto found = co_await host_.names().find(target_, patience);
    lookup_ = nullptr;
    if (stage_ == Stage::Over) co_return std::nullopt;
    if (!found || is_late_) co_return failed(found ? error_code() : found.error());
    places = *std::move(found);
  } else {
    places = tcp::resolver::results_type::create({literal, target_.port}, target_.host, {});
  }
  const auto [error, place] = co_await asio::async_connect(server_, places, kAsTuple);
  if (error || is_late_) co_return failed(error);
  error_code ignored;
  // Where nobody listens on a port that the kernel also gives to clients, it may connect a socket to itself.
  const bool is_itself = server_.local_endpoint(ignored) == server_.remote_endpoint(ignored);
  if (is_itself && stage_ != Stage::Over) co_return failed(asio::error::connection_refused);
  co_return std::nullopt;
}

// What the client would have met had it gone there itself, as far as that can be done once it is let in.
asio::awaitable<void> Relay::fail(const Failure& failure) {
  tell(proxy_rules::kUpstreamFailed, failure.why);
  if (!greeting_) {
    reset(Side::First);
  } else {
    const std::string reply = greeting_->failed(failure.kind, failure.why);
    (void)co_await asio::async_write(client_, asio::buffer(reply), kAsTuple);
  }
  close(CloseReason::Fin);
}

void Relay::begin_relaying() {
  error_code ignored;
  outgoing_ = Way{server_.local_endpoint(ignored), server_.remote_endpoint(ignored)};
  for (tcp::socket* socket : {&client_, &server_}) {
    (void)socket->set_option(tcp::no_delay(true), ignored);
    (void)socket->set_option(asio::socket_base::keep_alive(true), ignored);
    (void)socket->set_option(asio::socket_base::out_of_band_inline(true), ignored);
  }
  enter(Stage::Relaying, host_.options().timeouts.idle);
  ends_.ends = {to_endpoint(incoming_.from), to_endpoint(outgoing_->to)};
  ends_.initiator = Side::First;
  if (host_.options().records) {
    const LegEnds legs{{{to_endpoint(incoming_.from), to_endpoint(incoming_.to)},
                        {to_endpoint(outgoing_->from), to_endpoint(outgoing_->to)}}};
    wire_.emplace(host_.queue(), number_, legs, host_.now());
  }
  begin_faults();
  rewriter_ = make_rewriter();
  // What opens TLS knows only later whether it does.
  if (mode_.kind == ProxyKind::Reverse && mode_.scheme != ProxyScheme::Tls) (void)tap();
  if (!host_.add_outgoing(*outgoing_)) break_loop();
}

std::unique_ptr<Rewriter> Relay::make_rewriter() {
  auto& host = static_cast<RewriterHost&>(*this);
  const bool is_reverse = mode_.kind == ProxyKind::Reverse;
  if (mode_.scheme == ProxyScheme::Mcp) {
    return std::make_unique<McpRekey>(host_.options().limits, host_.workspace(), host_.options().mcp,
                                      host_.interception(), host);
  }
  Interception* const interception = host_.interception();
  if (host_.tls() == nullptr || (is_reverse && mode_.scheme != ProxyScheme::Tls)) {
    if (interception == nullptr) return nullptr;
    return std::make_unique<StreamGate>(*interception, host);
  }
  error_code ignored;
  const std::string own = is_reverse ? client_.local_endpoint(ignored).address().to_string() : target_.host;
  const TlsRoute route{
      .server = target_.host, .is_server_fixed = is_reverse, .own_name = own, .is_optional = !is_reverse};
  return std::make_unique<TlsIntercept>(*host_.tls(), route, interception, host);
}

StreamTap& Relay::tap() {
  if (!tap_) {
    session_ = host_.next_session();
    tap_.emplace(host_.queue(), number_, ends_, host_.now(), wire_ ? &*wire_ : nullptr);
    tell_faults();
  }
  return *tap_;
}

void Relay::break_loop() {
  tell(proxy_rules::kLoop, fmt::format("{} leads to this proxy itself: both ends were reset", to_string(target_)));
  reset(Side::First);
  reset(Side::Second);
  close(CloseReason::Reset);
}

void Relay::tell(const Rule& rule, std::string_view text) {
  if (stage_ == Stage::Relaying) return tap().tell(rule, text, host_.now());
  host_.queue().tell(0, rule, fmt::format("client {}: {}", to_string(to_endpoint(incoming_.from)), text), host_.now());
  host_.queue().wake();
}

void Relay::on_mcp_secret(Bytes client_public, Bytes secret) {
  tap().on_mcp_secret(client_public, secret, host_.now());
}

RewriterHost::Conversation Relay::conversation() {
  (void)tap();
  return {session_, ends_, *this};
}

void Relay::on_keys(std::string_view key_log) {
  if (host_.options().tells_keys) host_.queue().keys(key_log, host_.now());
}

void Relay::enter(Stage stage, std::chrono::milliseconds limit) {
  stage_ = stage;
  limit_ = limit;
  active_ = host_.tick();
}

std::string Relay::timeout_text() const {
  const std::string time = seconds_text(limit_);
  if (stage_ == Stage::Greeting) return fmt::format("it did not say within {} where to go", time);
  if (has_ended_[0] || has_ended_[1]) {
    return fmt::format("closed: the {} had finished, and nothing was said for {}", has_ended_[0] ? "client" : "server",
                       time);
  }
  return fmt::format("closed: nothing was said for {}", time);
}

void Relay::sweep() {
  if (lost_) return pass_on_reset();
  if (stage_ == Stage::Relaying) look_for_lost();
  if (held_ > 0 && stage_ == Stage::Relaying && !is_releasing_ && host_.tick() > active_) spawn(release());
  // Whoever decides may take as long as that takes, and so may what the network is to be like.
  if (rewriter_ && (rewriter_->keeps_end(Side::First) || rewriter_->keeps_end(Side::Second))) active_ = host_.tick();
  if (is_delaying(Side::First) || is_delaying(Side::Second)) active_ = host_.tick();
  if (stage_ == Stage::Over || limit_.count() == 0 || host_.tick() - active_ < limit_) return;
  if (stage_ == Stage::Connecting) {
    is_late_ = true;
    return give_up_connecting();
  }
  tell(proxy_rules::kTimeout, timeout_text());
  close(CloseReason::Timeout);
}

// A RST instead of a FIN, and at once (RFC 9293, 3.10.4).
void Relay::reset(Side peer) {
  if (wire_) wire_->on_reset(leg_of(peer), other(peer), host_.now());
  error_code ignored;
  (void)socket(peer).set_option(asio::socket_base::linger(true, 0), ignored);
  (void)socket(peer).close(ignored);
}

void Relay::give_up_connecting() {
  error_code ignored;
  (void)server_.close(ignored);
  if (lookup_ != nullptr) lookup_->cancel();
}

// Ends all tasks, each at its wait.
void Relay::close(CloseReason reason) {
  if (stage_ == Stage::Over) return;
  if (stage_ == Stage::Relaying) tap().on_closed(reason, host_.now());
  stage_ = Stage::Over;
  error_code ignored;
  (void)client_.close(ignored);
  if (due_) due_->cancel();
  give_up_connecting();
  for (const auto& way : faulty_ways_) {
    if (way) way->due.cancel();
  }
}

}  // namespace overhear
