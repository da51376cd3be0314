#include "base/endpoint.hpp"

#include <arpa/inet.h>

#include <charconv>

namespace overhear {

void append_endpoint(std::string& out, const Endpoint& endpoint) {
  char text[INET6_ADDRSTRLEN];
  const bool v6 = endpoint.address.is_v6;
  inet_ntop(v6 ? AF_INET6 : AF_INET, endpoint.address.bytes.data(), text, sizeof text);
  if (v6) out += '[';
  out += text;
  if (v6) out += ']';
  char port[8];
  const auto end = std::to_chars(port, port + sizeof port, endpoint.port).ptr;
  out += ':';
  out.append(port, end);
}

std::string to_string(const Endpoint& endpoint) {
  std::string out;
  append_endpoint(out, endpoint);
  return out;
}

}  // namespace overhear
