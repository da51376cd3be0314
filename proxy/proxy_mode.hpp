// What the command line says about one listener, in mitmproxy's grammar: MODE[@[HOST:]PORT], where MODE is
// reverse:tcp://HOST:PORT, reverse:ws://HOST[:PORT], reverse:mcp://HOST[:PORT],
// reverse:tls://HOST:PORT, reverse:wss://HOST[:PORT], socks5 or regular.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

#include "base/error.hpp"

namespace overhear {

// A host by name or address (IPv6 without brackets) and a port.
struct HostPort {
  std::string host;
  std::uint16_t port = 0;

  friend bool operator==(const HostPort&, const HostPort&) = default;
};

// "localhost:9000", "[::1]:9000"
std::string to_string(const HostPort& place);
// The same the other way, or what is wrong with it.
std::expected<HostPort, std::string> parse_host_port(std::string_view text);

enum class ProxyKind : std::uint8_t {
  Reverse,  // every connection goes to one server
  Socks5,   // the client says where to (RFC 1928)
  Regular,  // the same by HTTP CONNECT, or by a request with the whole URL (RFC 9110, 7.2 and 9.3.6)
};

// What a connection to the server carries, as far as the proxy has a part in it.
enum class ProxyScheme : std::uint8_t {
  Tcp,  // bytes, which pass as they are; also ws://
  Mcp,  // MCP, which is opened and sealed again
  Tls,  // TLS, the same; also wss://
};

// Where clients are waited for. No host: this machine alone, by IPv4 and IPv6.
using ListenAddress = HostPort;
std::expected<ListenAddress, Error> parse_listen_address(std::string_view text);

struct ProxyMode {
  std::string name;  // as given, without the listening address
  ProxyKind kind = ProxyKind::Reverse;
  HostPort target;  // of Reverse
  ProxyScheme scheme = ProxyScheme::Tcp;
  ListenAddress listen;
};

// Where no address is given the port is the one that this kind of proxy usually has.
std::expected<ProxyMode, Error> parse_proxy_mode(std::string_view text);

}  // namespace overhear
