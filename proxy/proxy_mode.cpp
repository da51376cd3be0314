#include "proxy/proxy_mode.hpp"

#include <fmt/format.h>

#include <charconv>
#include <optional>
#include <utility>

namespace overhear {
namespace {

constexpr std::uint16_t kProxyPort = 8080;  // mitmproxy's, as is the grammar
constexpr std::uint16_t kSocksPort = 1080;  // RFC 1928, 3
constexpr std::uint16_t kHttpPort = 80;
constexpr std::uint16_t kHttpsPort = 443;
constexpr std::uint16_t kMcpPort = 3072;

std::optional<std::uint16_t> parse_port(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return port;
}

std::unexpected<Error> wrong(std::string_view option, std::string_view given, std::string_view why) {
  return std::unexpected(Error{ErrorKind::Usage, fmt::format("{} {}: {}", option, given, why)});
}

// "//HOST[:PORT]", with nothing or a slash behind it.
std::expected<HostPort, std::string> parse_authority(std::string_view text, std::optional<std::uint16_t> usual_port) {
  if (text.ends_with('/')) text.remove_suffix(1);
  if (text.find('/') != std::string_view::npos) {
    return std::unexpected("a server has no path here: clients name their own");
  }
  const bool has_port = text.rfind(':') != std::string_view::npos && !text.ends_with(']');
  if (has_port || !usual_port) return parse_host_port(text);
  return parse_host_port(fmt::format("{}:{}", text, *usual_port));
}

std::expected<void, std::string> parse_server(std::string_view url, ProxyMode& mode) {
  const std::size_t colon = url.find("://");
  if (colon == std::string_view::npos) return std::unexpected("which server? say reverse:tcp://HOST:PORT");
  const std::string_view scheme = url.substr(0, colon);
  std::optional<std::uint16_t> usual_port;
  if (scheme == "mcp") {
    mode.scheme = ProxyScheme::Mcp;
    usual_port = kMcpPort;
  } else if (scheme == "ws") {
    usual_port = kHttpPort;
  } else if (scheme == "tls" || scheme == "wss") {
    mode.scheme = ProxyScheme::Tls;
    if (scheme == "wss") usual_port = kHttpsPort;
  } else if (scheme != "tcp") {
    return std::unexpected(
        fmt::format("{}:// is not known; there are tcp://, ws://, tls://, wss:// and mcp://", scheme));
  }
  auto target = parse_authority(url.substr(colon + 3), usual_port);
  if (!target) return std::unexpected(std::move(target.error()));
  if (target->port == 0) return std::unexpected("nobody listens on port 0");
  mode.target = *std::move(target);
  return {};
}

}  // namespace

std::string to_string(const HostPort& place) {
  const bool is_v6 = place.host.find(':') != std::string::npos;
  return is_v6 ? fmt::format("[{}]:{}", place.host, place.port) : fmt::format("{}:{}", place.host, place.port);
}

std::expected<HostPort, std::string> parse_host_port(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  std::string_view host = text.substr(0, colon == std::string_view::npos ? 0 : colon);
  const auto port = colon == std::string_view::npos ? std::nullopt : parse_port(text.substr(colon + 1));
  if (!port) return std::unexpected("a port from 0 to 65535 stands behind the last colon: HOST:PORT");
  const bool has_brackets = host.starts_with('[') && host.ends_with(']');
  if (has_brackets) host = host.substr(1, host.size() - 2);
  if (!has_brackets && host.find(':') != std::string_view::npos) {
    return std::unexpected("an IPv6 address stands in brackets: [::1]:PORT");
  }
  if (host.empty()) return std::unexpected("which host? HOST:PORT");
  return HostPort{std::string(host), *port};
}

std::expected<ListenAddress, Error> parse_listen_address(std::string_view text) {
  if (const auto port = parse_port(text)) return ListenAddress{{}, *port};
  auto place = parse_host_port(text);
  if (!place) return wrong("--listen", text, place.error());
  if (place->host == "*") place->host = "0.0.0.0";
  return *std::move(place);
}

std::expected<ProxyMode, Error> parse_proxy_mode(std::string_view text) {
  const std::size_t at = text.rfind('@');
  const std::string_view name = text.substr(0, at);
  ProxyMode mode{.name = std::string(name),
                 .kind = ProxyKind::Reverse,
                 .target = {},
                 .scheme = ProxyScheme::Tcp,
                 .listen = {{}, kProxyPort}};
  if (at != std::string_view::npos) {
    auto listen = parse_listen_address(text.substr(at + 1));
    if (!listen) return std::unexpected(listen.error());
    mode.listen = *std::move(listen);
  }
  constexpr std::string_view kReverse = "reverse:";
  if (name.starts_with(kReverse)) {
    const auto parsed = parse_server(name.substr(kReverse.size()), mode);
    if (!parsed) return wrong("--mode", text, parsed.error());
  } else if (name == "socks5") {
    mode.kind = ProxyKind::Socks5;
    if (at == std::string_view::npos) mode.listen.port = kSocksPort;
  } else if (name == "regular") {
    mode.kind = ProxyKind::Regular;
  } else {
    return wrong("--mode", text,
                 "no such mode; there are reverse:tcp://HOST:PORT, reverse:ws://HOST, reverse:mcp://HOST, "
                 "reverse:tls://HOST:PORT, reverse:wss://HOST, socks5, regular");
  }
  return mode;
}

}  // namespace overhear
