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

namespace overhear {
namespace {

bool is_nothing_yet(int error) {
  return error == EAGAIN || error == EWOULDBLOCK || error == EINTR;
}

}  // namespace

asio::awaitable<void> Relay::pump(Side from) {
  if (from == Side::First && !received_.empty()) {
    const std::string first = std::exchange(received_, {});
    tap_->on_bytes(from, as_bytes(first), host_.now());
    if (!co_await send_rest(other(from), as_bytes(first))) co_return;
  }
  std::vector<std::uint8_t>& buffer = host_.buffer();
  while (true) {
    (void)co_await socket(from).async_wait(tcp::socket::wait_read, kAsTuple);
    if (stage_ == Stage::Over) co_return;
    const ssize_t got = ::recv(socket(from).native_handle(), buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (got < 0 && is_nothing_yet(errno)) continue;
    if (got < 0) co_return on_lost(from, errno);
    if (got == 0) break;
    active_ = host_.tick();
    const Bytes bytes(buffer.data(), static_cast<std::size_t>(got));
    const Bytes rest = bytes.subspan(send_now(other(from), bytes));
    tap_->on_bytes(from, bytes, host_.now());
    if (rest.empty()) continue;
    const std::vector<std::uint8_t> kept(rest.begin(), rest.end());
    if (!co_await send_rest(other(from), kept)) co_return;
  }
  on_end(from);
  co_await watch(from);
}

// How much the kernel took.
std::size_t Relay::send_now(Side to, Bytes bytes) {
  const ssize_t sent = ::send(socket(to).native_handle(), bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
  return sent < 0 ? 0 : static_cast<std::size_t>(sent);  // an error comes again with the rest
}

// Waits until the peer has room. False: it takes nothing any more.
asio::awaitable<bool> Relay::send_rest(Side to, Bytes bytes) {
  const auto [error, sent] = co_await asio::async_write(socket(to), asio::buffer(bytes.data(), bytes.size()), kAsTuple);
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
