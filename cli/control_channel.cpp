#include "cli/control_channel.hpp"

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string_view>
#include <utility>

#include "cli/interrupt.hpp"
#include "proxy/control_names.hpp"

namespace overhear {
namespace {

using nlohmann::json;

constexpr int kPatience = 5000;  // milliseconds, for the greeting
// A message of 16 MiB twice, each of its bytes an escape.
constexpr std::size_t kLongestLine = 256u << 20;

std::unexpected<Error> failure(const std::filesystem::path& path, std::string_view what) {
  return std::unexpected(Error{ErrorKind::Input, fmt::format("{}: {}", path.native(), what)});
}

}  // namespace

int connect_control(const std::filesystem::path& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.native().size() >= sizeof address.sun_path) {
    errno = ENAMETOOLONG;
    return -1;
  }
  std::memcpy(address.sun_path, path.c_str(), path.native().size());
  const int descriptor = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return -1;
  if (::connect(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) return descriptor;
  const int why = errno;
  ::close(descriptor);
  errno = why;
  return -1;
}

std::expected<std::unique_ptr<ControlChannel>, Error> ControlChannel::open(const std::filesystem::path& path) {
  const int descriptor = connect_control(path);
  if (descriptor < 0) return failure(path, errno == ECONNREFUSED ? "no proxy listens there" : std::strerror(errno));
  std::unique_ptr<ControlChannel> channel(new ControlChannel(descriptor));
  if (!channel->greet()) return failure(path, "is no control socket of an overhear proxy, or of one that hangs");
  const auto schema = channel->hello_.find("schema");
  if (schema == channel->hello_.end() || *schema != kControlSchema) {
    return failure(path, fmt::format("the proxy speaks another version than {}", kControlSchema));
  }
  return channel;
}

ControlChannel::~ControlChannel() {
  ::close(descriptor_);
}

bool ControlChannel::greet() {
  while (!has_event() && !is_over_ && wait_for_input(descriptor_, kPatience) == Wait::Input) receive();
  if (!has_event()) return false;
  hello_ = take_event();
  const auto event = hello_.find("event");
  return event != hello_.end() && *event == "hello";
}

void ControlChannel::receive() {
  char part[65536];
  const ssize_t size = ::recv(descriptor_, part, sizeof part, MSG_DONTWAIT);
  if (size < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (size <= 0) {
    is_over_ = true;
    return;
  }
  received_.append(part, static_cast<std::size_t>(size));
  if (std::memchr(part, '\n', static_cast<std::size_t>(size)) != nullptr) take_lines();
  if (received_.size() > kLongestLine) is_over_ = true;
}

void ControlChannel::take_lines() {
  std::size_t begin = 0;
  for (std::size_t end = 0; (end = received_.find('\n', begin)) != std::string::npos; begin = end + 1) {
    json event = json::parse(received_.begin() + static_cast<std::ptrdiff_t>(begin),
                             received_.begin() + static_cast<std::ptrdiff_t>(end), nullptr, false);
    if (!event.is_object()) {
      is_over_ = true;
      return;
    }
    events_.push_back(std::move(event));
  }
  received_.erase(0, begin);
}

json ControlChannel::take_event() {
  json event = std::move(events_.front());
  events_.pop_front();
  return event;
}

void ControlChannel::send(const json& command) {
  // It is told of what is no UTF-8 in another way.
  const std::string line = command.dump(-1, ' ', false, json::error_handler_t::replace) + '\n';
  std::string_view rest = line;
  while (!rest.empty() && !is_over_) {
    const ssize_t sent = ::send(descriptor_, rest.data(), rest.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent > 0) {
      rest.remove_prefix(static_cast<std::size_t>(sent));
      continue;
    }
    if (sent < 0 && errno != EAGAIN && errno != EINTR) {
      is_over_ = true;
      return;
    }
    // Who does not read may wait for us to read.
    pollfd ready{.fd = descriptor_, .events = POLLIN | POLLOUT, .revents = 0};
    if (wait_for_any({&ready, 1}, -1) == Wait::Interrupted) return;
    if ((ready.revents & POLLIN) != 0) receive();
  }
}

}  // namespace overhear
