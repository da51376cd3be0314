#include "cli/control_place.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <algorithm>
#include <vector>

#include "cli/control_channel.hpp"
#include "proxy/certificate_authority.hpp"
#include "proxy/control_names.hpp"

namespace overhear {
namespace {

constexpr std::string_view kHowTo = "start one with overhear proxy --intercept FILTER";

// Whether somebody is behind it.
bool answers(const std::filesystem::path& path) {
  const int descriptor = connect_control(path);
  if (descriptor >= 0) ::close(descriptor);
  return descriptor >= 0;
}

bool is_port(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

// The ports of those that run, in order.
std::vector<std::string> running(const std::filesystem::path& folder) {
  std::vector<std::string> ports;
  std::error_code none;
  for (const auto& entry : std::filesystem::directory_iterator(folder, none)) {
    const std::string port = entry.path().stem().native();
    if (entry.path().extension() == kControlEnding && is_port(port) && answers(entry.path())) ports.push_back(port);
  }
  std::ranges::sort(ports, {}, [](const std::string& port) { return std::pair(port.size(), port); });
  return ports;
}

std::unexpected<Error> failure(std::string text) {
  return std::unexpected(Error{ErrorKind::Input, std::move(text)});
}

}  // namespace

std::expected<std::filesystem::path, Error> find_control(const std::string& named) {
  if (!named.empty() && !is_port(named)) return named;
  const auto home = CertificateAuthority::default_directory();
  if (!home) return failure("HOME is not set; name the control socket: overhear intercept PATH");
  const std::filesystem::path folder = *home / kControlFolder;
  const auto socket_of = [&](std::string_view port) { return folder / fmt::format("{}{}", port, kControlEnding); };
  if (!named.empty() && answers(socket_of(named))) return socket_of(named);
  const std::vector<std::string> ports = running(folder);
  if (ports.empty()) return failure(fmt::format("no proxy holds messages here; {}", kHowTo));
  if (!named.empty()) {
    return failure(
        fmt::format("no proxy that holds messages listens on port {}; there is {}", named, fmt::join(ports, ", ")));
  }
  if (ports.size() == 1) return socket_of(ports.front());
  return std::unexpected(Error{
      ErrorKind::Usage, fmt::format("several proxies hold messages: say which port, {}", fmt::join(ports, ", "))});
}

}  // namespace overhear
