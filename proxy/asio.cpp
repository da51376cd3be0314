#include "proxy/asio.hpp"

#include <algorithm>

namespace overhear {

// An IPv4 client of an IPv6 listener is an IPv4 client.
Endpoint to_endpoint(const tcp::endpoint& endpoint) {
  Endpoint out;
  out.port = endpoint.port();
  const asio::ip::address address = endpoint.address();
  if (address.is_v4() || address.to_v6().is_v4_mapped()) {
    const auto v4 = address.is_v4() ? address.to_v4() : asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6());
    std::ranges::copy(v4.to_bytes(), out.address.bytes.begin());
    return out;
  }
  out.address.is_v6 = true;
  std::ranges::copy(address.to_v6().to_bytes(), out.address.bytes.begin());
  return out;
}

}  // namespace overhear
