// The PROXY protocol (haproxy.org/download/3.0/doc/proxy-protocol.txt): what a load balancer puts in front of a
// connection's first byte, to tell who the client behind it is. Version 1 is a line of text:
//
//   PROXY TCP4 203.0.113.7 192.0.2.10 51234 8888\r\n
//
// version 2 is binary:
//
//   0           12        13       14       16            16 + length
//   | signature | version | family | length | addresses, TLVs |
//   |           | command |        |        |                 |
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "base/endpoint.hpp"
#include "base/finding.hpp"

namespace overhear {

namespace proxy_header_rules {

inline constexpr Rule kClient{"tcp.proxied", Severity::Note, "PROXY protocol, 2",
                              "a proxy tells who the client behind it is"};
inline constexpr Rule kMalformed{"tcp.proxy_header", Severity::Warning, "PROXY protocol, 2",
                                 "a PROXY header that cannot be read"};

inline constexpr const Rule* kAll[] = {&kClient, &kMalformed};

}  // namespace proxy_header_rules

struct ProxyHeader {
  enum class Status : std::uint8_t {
    None,       // the stream begins with something else
    NeedMore,   // what has come may be the beginning of a header
    Whole,      // `size` bytes are a header
    Malformed,  // `size` bytes announce themselves as a header and are none
  };

  Status status = Status::None;
  std::size_t size = 0;
  int version = 0;
  // Absent where the proxy speaks for itself (LOCAL) or does not know (UNKNOWN).
  std::optional<Endpoint> client;
  std::optional<Endpoint> server;  // where the client connected to
};

// `text`: the first bytes of the stream.
ProxyHeader parse_proxy_header(std::string_view text);

}  // namespace overhear
