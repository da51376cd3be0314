#include "tests/proxy/peer.hpp"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <linux/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>
#include <vector>

namespace overhear::testing {
namespace {

constexpr int kPatience = 20;  // seconds
constexpr int kMoment = 200;   // milliseconds
constexpr std::size_t kChunk = 64u << 10;

struct Place {
  sockaddr_storage storage{};
  socklen_t size = 0;

  Place(const char* address, std::uint16_t port) {
    if (std::string_view(address).find(':') != std::string_view::npos) {
      sockaddr_in6 v6{};
      v6.sin6_family = AF_INET6;
      v6.sin6_port = htons(port);
      ::inet_pton(AF_INET6, address, &v6.sin6_addr);
      std::memcpy(&storage, &v6, size = sizeof v6);
      return;
    }
    sockaddr_in v4{};
    v4.sin_family = AF_INET;
    v4.sin_port = htons(port);
    ::inet_pton(AF_INET, address, &v4.sin_addr);
    std::memcpy(&storage, &v4, size = sizeof v4);
  }

  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
};

std::uint16_t port_of(int descriptor) {
  sockaddr_storage storage{};
  socklen_t size = sizeof storage;
  ::getsockname(descriptor, reinterpret_cast<sockaddr*>(&storage), &size);
  sockaddr_in6 v6{};
  std::memcpy(&v6, &storage, sizeof v6);  // the port stands at the same place in both
  return ntohs(v6.sin6_port);
}

int open_socket(const Place& place) {
  const int out = ::socket(place.get()->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const timeval patience{.tv_sec = kPatience, .tv_usec = 0};
  ::setsockopt(out, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  ::setsockopt(out, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  return out;
}

}  // namespace

Peer::Peer(Peer&& from) noexcept : descriptor_(std::exchange(from.descriptor_, -1)), was_reset_(from.was_reset_) {}

Peer& Peer::operator=(Peer&& from) noexcept {
  std::swap(descriptor_, from.descriptor_);
  std::swap(was_reset_, from.was_reset_);
  return *this;
}

Peer Peer::unconnected() {
  return Peer(open_socket(Place("127.0.0.1", 0)));
}

void Peer::connect_to(std::uint16_t port) {
  const Place place("127.0.0.1", port);
  EXPECT_EQ(::connect(descriptor_, place.get(), place.size), 0) << std::strerror(errno);
}

Peer Peer::connect(std::uint16_t port, const char* address) {
  const Place place(address, port);
  Peer out(open_socket(place));
  EXPECT_EQ(::connect(out.descriptor_, place.get(), place.size), 0) << address << ": " << std::strerror(errno);
  return out;
}

void Peer::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0) {
      was_reset_ = true;
      return;
    }
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

std::size_t Peer::send_until_full() {
  const std::string chunk(kChunk, 'f');
  std::size_t total = 0;
  pollfd output{.fd = descriptor_, .events = POLLOUT, .revents = 0};
  while (::poll(&output, 1, kMoment) > 0) {
    const ssize_t sent = ::send(descriptor_, chunk.data(), chunk.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0) break;
    total += static_cast<std::size_t>(sent);
  }
  return total;
}

std::string Peer::receive(std::size_t size) {
  std::string out;
  std::vector<char> buffer(kChunk);
  while (out.size() < size) {
    const ssize_t got = ::recv(descriptor_, buffer.data(), std::min(buffer.size(), size - out.size()), 0);
    was_reset_ = got < 0 && errno == ECONNRESET;
    EXPECT_TRUE(got >= 0 || was_reset_) << std::strerror(errno);
    if (got <= 0) break;
    out.append(buffer.data(), static_cast<std::size_t>(got));
  }
  return out;
}

std::string Peer::receive_once() {
  std::string out(kChunk, '\0');
  const ssize_t got = ::recv(descriptor_, out.data(), out.size(), 0);
  EXPECT_GE(got, 0) << std::strerror(errno);
  out.resize(got < 0 ? 0 : static_cast<std::size_t>(got));
  return out;
}

bool Peer::is_silent() {
  pollfd input{.fd = descriptor_, .events = POLLIN, .revents = 0};
  return ::poll(&input, 1, kMoment) == 0;
}

void Peer::finish() {
  ::shutdown(descriptor_, SHUT_WR);
}

void Peer::reset() {
  const linger at_once{.l_onoff = 1, .l_linger = 0};
  ::setsockopt(descriptor_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  close();
}

void Peer::close() {
  if (descriptor_ >= 0) ::close(std::exchange(descriptor_, -1));
}

void Peer::set_receive_buffer(int bytes) {
  ::setsockopt(descriptor_, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
}

std::uint16_t Peer::local_port() const {
  return port_of(descriptor_);
}

std::uint32_t Peer::segments() const {
  tcp_info info{};
  socklen_t size = sizeof info;
  EXPECT_EQ(::getsockopt(descriptor_, IPPROTO_TCP, TCP_INFO, &info, &size), 0) << std::strerror(errno);
  return info.tcpi_data_segs_in;
}

Server::Server(const char* address, int queue) {
  const Place place(address, 0);
  descriptor_ = open_socket(place);
  EXPECT_EQ(::bind(descriptor_, place.get(), place.size), 0) << std::strerror(errno);
  EXPECT_EQ(::listen(descriptor_, queue), 0);
  port_ = port_of(descriptor_);
}

Peer Server::accept() {
  const int accepted = ::accept4(descriptor_, nullptr, nullptr, SOCK_CLOEXEC);
  EXPECT_GE(accepted, 0) << std::strerror(errno);
  const timeval patience{.tv_sec = kPatience, .tv_usec = 0};
  ::setsockopt(accepted, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  ::setsockopt(accepted, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  return Peer(accepted);
}

void Server::close() {
  if (descriptor_ >= 0) ::close(std::exchange(descriptor_, -1));
}

}  // namespace overhear::testing
