#include "proxy/control_socket.hpp"

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/write.hpp>
#include <chrono>
#include <utility>

namespace overhear {
namespace {

constexpr std::size_t kLongestLine = std::size_t{64} << 20;  // of a command
constexpr std::size_t kMostWaiting = std::size_t{64} << 20;  // for who does not read
constexpr std::size_t kMostAhead = std::size_t{1} << 20;     // of what was held before it came
constexpr std::chrono::milliseconds kSendCheck{5};
constexpr std::size_t kReadBytes = std::size_t{64} << 10;

std::unexpected<Error> failure(const std::filesystem::path& path, std::string_view what) {
  return std::unexpected(Error{ErrorKind::Environment, fmt::format("--control {}: {}", path.native(), what)});
}

// Whether somebody listens there.
bool is_in_use(asio::io_context& io, const asio::local::stream_protocol::endpoint& place) {
  asio::local::stream_protocol::socket probe(io);
  error_code error;
  (void)probe.connect(place, error);
  return !error;
}

// A socket's own mode does not keep others away everywhere.
bool is_ours(asio::local::stream_protocol::socket& socket) {
  ucred peer{};
  socklen_t size = sizeof peer;
  if (::getsockopt(socket.native_handle(), SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) return false;
  return peer.uid == ::geteuid() || peer.uid == 0;
}

}  // namespace

ControlSocket::ControlSocket(asio::io_context& io, std::filesystem::path path, std::vector<std::string> listening,
                             Interception& interception, const Limits& limits)
    : io_(io),
      path_(std::move(path)),
      listening_(std::move(listening)),
      interception_(interception),
      commands_(interception, limits),
      acceptor_(io) {
  interception_.set_listener(this);
}

std::expected<std::unique_ptr<ControlSocket>, Error> ControlSocket::open(asio::io_context& io,
                                                                         const std::filesystem::path& path,
                                                                         std::vector<std::string> listening,
                                                                         Interception& interception,
                                                                         const Limits& limits) {
  sockaddr_un longest{};
  if (path.native().size() >= sizeof longest.sun_path) return failure(path, "the path is too long for a socket");
  const Protocol::endpoint place(path.native());
  struct stat found{};
  if (::lstat(path.c_str(), &found) == 0) {
    if (!S_ISSOCK(found.st_mode)) return failure(path, "there is a file that is no socket");
    if (is_in_use(io, place)) return failure(path, "another proxy listens there");
    (void)::unlink(path.c_str());
  }
  std::unique_ptr<ControlSocket> made(new ControlSocket(io, path, std::move(listening), interception, limits));
  error_code error;
  (void)made->acceptor_.open(Protocol(), error);
  const mode_t before = ::umask(S_IRWXG | S_IRWXO | S_IXUSR);
  if (!error) (void)made->acceptor_.bind(place, error);
  (void)::umask(before);
  if (!error) (void)made->acceptor_.listen(asio::socket_base::max_listen_connections, error);
  if (error) return failure(path, error.message());
  return made;
}

ControlSocket::~ControlSocket() {
  interception_.set_listener(nullptr);
  stop();
}

void ControlSocket::start() {
  asio::co_spawn(io_, admit_all(), asio::detached);
}

void ControlSocket::stop() {
  if (!acceptor_.is_open()) return;
  error_code ignored;
  (void)acceptor_.close(ignored);
  (void)::unlink(path_.c_str());
  for (const auto& peer : peers_) hang_up(*peer);
}

asio::awaitable<void> ControlSocket::admit_all() {
  while (acceptor_.is_open()) {
    auto [error, socket] = co_await acceptor_.async_accept(kAsTuple);
    if (!acceptor_.is_open()) co_return;
    if (error) {  // no descriptor is left
      constexpr std::chrono::milliseconds kPause{100};
      asio::steady_timer timer(io_, kPause);
      (void)co_await timer.async_wait(kAsTuple);
    } else if (is_ours(socket)) {
      asio::co_spawn(io_, serve(std::make_shared<Peer>(std::move(socket))), asio::detached);
    }
  }
}

asio::awaitable<void> ControlSocket::serve(std::shared_ptr<Peer> peer) {
  const auto place = peers_.insert(peers_.end(), peer);
  send(peer, hello_line(interception_, listening_));
  asio::co_spawn(io_, tell_held(peer), asio::detached);
  std::string received;
  std::size_t searched = 0;
  while (!peer->is_over && received.size() < kLongestLine) {
    const std::size_t before = received.size();
    received.resize(before + kReadBytes);
    const auto [error, size] =
        co_await peer->socket.async_read_some(asio::buffer(received.data() + before, kReadBytes), kAsTuple);
    received.resize(before + size);
    if (error) break;
    std::size_t done = 0;
    for (std::size_t end = 0; (end = received.find('\n', std::max(searched, done))) != received.npos; done = end + 1) {
      const std::string_view line(received.data() + done, end - done);
      if (!line.empty()) send(peer, commands_.run(line));
    }
    received.erase(0, done);
    searched = received.size();
  }
  hang_up(*peer);
  peers_.erase(place);
}

// It may be more than may wait for somebody who listens well.
asio::awaitable<void> ControlSocket::tell_held(std::shared_ptr<Peer> peer) {
  asio::steady_timer soon(io_);
  while (!peer->is_over) {
    const auto next = interception_.held().upper_bound(peer->told);
    if (next == interception_.held().end()) break;
    peer->told = next->first;
    send(peer, held_line(next->first, next->second));
    while (peer->waiting.size() > kMostAhead && !peer->is_over) {
      soon.expires_after(kSendCheck);
      (void)co_await soon.async_wait(kAsTuple);
    }
  }
  peer->is_caught_up = true;
}

void ControlSocket::hang_up(Peer& peer) {
  peer.is_over = true;
  error_code ignored;
  (void)peer.socket.close(ignored);
}

void ControlSocket::send(const std::shared_ptr<Peer>& peer, std::string_view line) {
  if (peer->is_over) return;
  if (peer->waiting.size() > kMostWaiting) return hang_up(*peer);
  peer->waiting += line;
  peer->waiting += '\n';
  if (!std::exchange(peer->is_sending, true)) asio::co_spawn(io_, send_waiting(peer), asio::detached);
}

asio::awaitable<void> ControlSocket::send_waiting(std::shared_ptr<Peer> peer) {
  while (!peer->waiting.empty() && !peer->is_over) {
    const std::string part = std::exchange(peer->waiting, {});
    const auto [error, size] = co_await asio::async_write(peer->socket, asio::buffer(part), kAsTuple);
    if (error) hang_up(*peer);
  }
  peer->is_sending = false;
}

void ControlSocket::send_all(std::string_view line) {
  for (const auto& peer : peers_) send(peer, line);
}

void ControlSocket::on_held(std::uint64_t hold, const HeldMessage& message) {
  if (peers_.empty()) return;
  const std::string line = held_line(hold, message);
  for (const auto& peer : peers_) {
    if (peer->is_caught_up) send(peer, line);
  }
}

void ControlSocket::on_released(std::uint64_t hold, ReleasedHow how) {
  const std::string line = released_line(hold, how);
  for (const auto& peer : peers_) {
    if (peer->is_caught_up || hold <= peer->told) send(peer, line);
  }
}

void ControlSocket::on_filter(std::string_view filter) {
  send_all(filter_line(filter));
}

}  // namespace overhear
