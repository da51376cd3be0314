#include "base/endpoint.hpp"

#include <arpa/inet.h>

#include <charconv>
#include <cstring>

namespace overhear {

namespace {

// Octets need no general conversion, and there are eight in every record.
char* write_octet(char* out, unsigned value) {
  if (value >= 100) {
    *out++ = static_cast<char>('0' + value / 100);
    value %= 100;
    *out++ = static_cast<char>('0' + value / 10);
  } else if (value >= 10) {
    *out++ = static_cast<char>('0' + value / 10);
  }
  *out++ = static_cast<char>('0' + value % 10);
  return out;
}

}  // namespace

char* write_endpoint(char* out, const Endpoint& endpoint) {
  const auto& bytes = endpoint.address.bytes;
  if (endpoint.address.is_v6) {
    *out++ = '[';
    inet_ntop(AF_INET6, bytes.data(), out, INET6_ADDRSTRLEN);
    out += std::strlen(out);
    *out++ = ']';
  } else {
    for (std::size_t i = 0; i < 4; ++i) {
      if (i > 0) *out++ = '.';
      out = write_octet(out, bytes[i]);
    }
  }
  *out++ = ':';
  return std::to_chars(out, out + 5, endpoint.port).ptr;
}

std::string to_string(const Endpoint& endpoint) {
  char text[kMaxEndpointText];
  return {text, write_endpoint(text, endpoint)};
}

}  // namespace overhear
