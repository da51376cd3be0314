#include "proxy/listener.hpp"

#include <fmt/format.h>

#include <array>
#include <boost/asio/ip/network_v4.hpp>
#include <boost/asio/ip/network_v6.hpp>
#include <boost/asio/ip/v6_only.hpp>

namespace overhear {
namespace {

constexpr int kBacklog = 4096;  // the kernel's own limit lies below

std::expected<tcp::acceptor, error_code> listen(asio::io_context& io, const tcp::endpoint& endpoint) {
  tcp::acceptor acceptor(io);
  error_code error;
  (void)acceptor.open(endpoint.protocol(), error);
  if (!error) (void)acceptor.set_option(asio::socket_base::reuse_address(true), error);
  if (!error && endpoint.protocol() == tcp::v6()) (void)acceptor.set_option(asio::ip::v6_only(true), error);
  if (!error) (void)acceptor.bind(endpoint, error);
  if (!error) (void)acceptor.listen(kBacklog, error);
  if (error) return std::unexpected(error);
  return acceptor;
}

Error cannot_listen(const ListenAddress& place, const error_code& why) {
  const std::string where = place.host.empty() ? fmt::format("port {}", place.port) : to_string(place);
  const std::string_view mend = why == asio::error::address_in_use ? "; name another one: --listen [HOST:]PORT" : "";
  return {ErrorKind::Environment, fmt::format("cannot listen on {}: {}{}", where, why.message(), mend)};
}

// Programs look for localhost by IPv6 first, or by IPv4 alone.
std::expected<std::vector<tcp::acceptor>, Error> open_loopback(asio::io_context& io, const ListenAddress& place) {
  std::vector<tcp::acceptor> out;
  auto v4 = listen(io, {asio::ip::address_v4::loopback(), place.port});
  if (!v4) return std::unexpected(cannot_listen(place, v4.error()));
  const std::uint16_t port = v4->local_endpoint().port();
  out.push_back(*std::move(v4));
  auto v6 = listen(io, {asio::ip::address_v6::loopback(), port});
  if (v6) {
    out.push_back(*std::move(v6));
  } else if (v6.error() == asio::error::address_in_use && place.port != 0) {
    return std::unexpected(cannot_listen(place, v6.error()));
  }
  return out;
}

}  // namespace

std::expected<std::vector<tcp::acceptor>, Error> open_listeners(asio::io_context& io, const ListenAddress& place) {
  if (place.host.empty()) return open_loopback(io, place);
  error_code error;
  tcp::resolver resolver(io);
  const auto found = resolver.resolve(place.host, std::to_string(place.port), tcp::resolver::passive, error);
  if (error) return std::unexpected(cannot_listen(place, error));
  std::vector<tcp::acceptor> out;
  for (const auto& entry : found) {
    auto acceptor = listen(io, entry.endpoint());
    if (!acceptor) return std::unexpected(cannot_listen(place, acceptor.error()));
    out.push_back(*std::move(acceptor));
  }
  return out;
}

bool is_global(const asio::ip::address& address) {
  if (address.is_loopback() || address.is_unspecified()) return false;
  if (address.is_v6()) {
    const asio::ip::address_v6 v6 = address.to_v6();
    if (v6.is_v4_mapped()) return is_global(asio::ip::make_address_v4(asio::ip::v4_mapped, v6));
    const bool is_unique_local = (v6.to_bytes()[0] & 0xfe) == 0xfc;
    return !v6.is_link_local() && !is_unique_local;
  }
  static const std::array kPrivate{asio::ip::make_network_v4("10.0.0.0/8"), asio::ip::make_network_v4("172.16.0.0/12"),
                                   asio::ip::make_network_v4("192.168.0.0/16"),
                                   asio::ip::make_network_v4("169.254.0.0/16"),
                                   asio::ip::make_network_v4("100.64.0.0/10")};
  const asio::ip::address_v4 v4 = address.to_v4();
  return std::ranges::none_of(kPrivate, [v4](const asio::ip::network_v4& network) {
    return network.canonical().network() == asio::ip::network_v4(v4, network.prefix_length()).network();
  });
}

}  // namespace overhear
