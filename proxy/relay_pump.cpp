// Bytes, ends and resets on their way from one side of a relay to the other. A wait holds no buffer, so that an idle
// connection costs little; what a read brings is sent on before anything else is done with it.
#include <fmt/format.h>
#include <sys/socket.h>

#include <boost/asio/write.hpp>
#include <cerrno>
#include <cstring>
#include <utility>

#include "capture/tcp_rules.hpp"
#include "proxy/relay.hpp"
#include "session/proxy_rules.hpp"

namespace overhear {
namespace {

bool is_nothing_yet(int error) {
  return error == EAGAIN || error == EWOULDBLOCK || error == EINTR;
}

}  // namespace

asio::awaitable<void> Relay::pump(Side from) {
  if (from == Side::First && !received_.empty()) {
    const std::string first = std::exchange(received_, {});
    const Bytes rest = pass_on(from, as_bytes(first));
    const std::vector<std::uint8_t> kept(rest.begin(), rest.end());
    if (!co_await send_rest(other(from), kept)) co_return;
  }
  std::vector<std::uint8_t>& buffer = host_.buffer();
  while (true) {
    (void)co_await socket(from).async_wait(tcp::socket::wait_read, kAsTuple);
    if (stage_ == Stage::Over) co_return;
    const ssize_t got = ::recv(socket(from).native_handle(), buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (got < 0 && is_nothing_yet(errno)) continue;
    if (got < 0) co_return on_lost(from, errno);
    active_ = host_.tick();
    const Bytes rest =
        got == 0 ? rewrite(from, Came::End, {}) : pass_on(from, {buffer.data(), static_cast<std::size_t>(got)});
    if (stage_ == Stage::Over) co_return;
    if (!rest.empty()) {
      const std::vector<std::uint8_t> kept(rest.begin(), rest.end());
      if (!co_await send_rest(other(from), kept)) co_return;
    }
    if (got == 0) break;
  }
  on_end(from);
  co_await watch(from);
}

// What the kernel did not take. Valid until anything else is passed on.
Bytes Relay::pass_on(Side from, Bytes bytes) {
  if (rewriter_) return rewrite(from, Came::Something, bytes);
  const Bytes rest = bytes.subspan(send_now(other(from), bytes));
  tap_->on_bytes(from, bytes, host_.now());
  return rest;
}

// What is shown is the client's side: what it said, and what it is told.
Bytes Relay::rewrite(Side from, Came what, Bytes bytes) {
  if (!rewriter_) return {};
  std::string& out = host_.rewritten();
  out.clear();
  switch (what) {
    case Came::Something: rewriter_->on_bytes(from, bytes, out); break;
    case Came::Nothing: rewriter_->on_pause(from, out); break;
    case Came::End: rewriter_->on_end(from, out); break;
  }
  const Bytes rest = as_bytes(out).subspan(send_now(other(from), as_bytes(out)));
  const Bytes shown = from == Side::First ? bytes : as_bytes(out);
  if (!shown.empty()) tap_->on_bytes(from, shown, host_.now());
  const std::size_t held = rewriter_->held();
  const bool is_too_much = !host_.hold(static_cast<std::int64_t>(held) - static_cast<std::int64_t>(held_));
  held_ = held;
  if (is_too_much) tell(proxy_rules::kMemoryLimit, {});
  if (is_too_much || rewriter_->has_failed()) close(CloseReason::Reset);
  return rest;
}

// A pause may show what that is which waited for more.
asio::awaitable<void> Relay::release() {
  is_releasing_ = true;
  for (const Side from : {Side::First, Side::Second}) {
    if (stage_ != Stage::Relaying || is_sending_[static_cast<std::size_t>(other(from))]) continue;
    const Bytes rest = rewrite(from, Came::Nothing, {});
    const std::vector<std::uint8_t> kept(rest.begin(), rest.end());
    if (!kept.empty()) (void)co_await send_rest(other(from), kept);
  }
  is_releasing_ = false;
}

// How much the kernel took.
std::size_t Relay::send_now(Side to, Bytes bytes) {
  if (bytes.empty()) return 0;
  const ssize_t sent = ::send(socket(to).native_handle(), bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
  return sent < 0 ? 0 : static_cast<std::size_t>(sent);  // an error comes again with the rest
}

// Waits until the peer has room. False: it takes nothing any more.
asio::awaitable<bool> Relay::send_rest(Side to, Bytes bytes) {
  is_sending_[static_cast<std::size_t>(to)] = true;
  const auto [error, sent] = co_await asio::async_write(socket(to), asio::buffer(bytes.data(), bytes.size()), kAsTuple);
  is_sending_[static_cast<std::size_t>(to)] = false;
  if (stage_ == Stage::Over) co_return false;
  active_ = host_.tick();
  if (error) on_deaf(to, error.value());
  co_return !error;
}

// What the peer said before it went away may still have to be read: its own direction finds the end of that.
void Relay::on_deaf(Side side, int error) {
  is_deaf_[static_cast<std::size_t>(side)] = true;
  if (has_ended_[static_cast<std::size_t>(side)]) on_lost(side, error);
}

void Relay::on_end(Side from) {
  // The kernel tells of a reset once, and a send may have heard it.
  if (is_deaf_[static_cast<std::size_t>(from)]) return on_lost(from, ECONNRESET);
  has_ended_[static_cast<std::size_t>(from)] = true;
  error_code ignored;
  socket(other(from)).shutdown(tcp::socket::shutdown_send, ignored);
  tap_->on_end(from, host_.now());
  if (has_ended_[static_cast<std::size_t>(other(from))]) return close(CloseReason::Fin);
  const ProxyTimeouts& timeouts = host_.options().timeouts;
  enter(Stage::Relaying, timeouts.half_closed.count() != 0 ? timeouts.half_closed : timeouts.idle);
}

// Who has finished may still answer what it gets with a reset.
asio::awaitable<void> Relay::watch(Side from) {
  if (stage_ == Stage::Over) co_return;
  (void)co_await socket(from).async_wait(tcp::socket::wait_error, kAsTuple);
  if (stage_ == Stage::Over) co_return;
  int error = 0;
  socklen_t size = sizeof error;
  (void)::getsockopt(socket(from).native_handle(), SOL_SOCKET, SO_ERROR, &error, &size);
  if (error != 0) on_lost(from, error);
}

void Relay::on_lost(Side from, int error) {
  const std::string_view who = from == Side::First ? "client" : "server";
  if (error == ECONNRESET || error == EPIPE) {
    tell(tcp_rules::kReset, fmt::format("the {} reset the connection", who));
  } else {
    tell(tcp_rules::kReset, fmt::format("the connection to the {} was lost: {}", who, std::strerror(error)));
  }
  reset(socket(other(from)));
  close(CloseReason::Reset);
}

}  // namespace overhear
