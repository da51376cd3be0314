// IP addresses and endpoints as plain comparable values.
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <string>

namespace overhear {

struct Address {
  // Network byte order. An IPv4 address fills the first four bytes, the rest is zero.
  std::array<std::uint8_t, 16> bytes{};
  bool is_v6 = false;

  friend auto operator<=>(const Address&, const Address&) = default;
};

struct Endpoint {
  Address address;
  std::uint16_t port = 0;

  friend auto operator<=>(const Endpoint&, const Endpoint&) = default;
};

// "127.0.0.1:8888", "[::1]:8888" (RFC 5952). Writes at most kMaxEndpointText characters and gives their end.
inline constexpr std::size_t kMaxEndpointText = 64;
char* write_endpoint(char* out, const Endpoint& endpoint);
std::string to_string(const Endpoint& endpoint);

}  // namespace overhear
