// Whom a certificate is made for. The name comes from the wire (SNI, CONNECT, SOCKS) and may be anything: only what is
// a host name or an address gets into a certificate.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

namespace overhear {

struct CertificateName {
  enum class Kind : std::uint8_t {
    Nobody,   // neither host name nor address: no client that verifies takes it for its server
    Host,     // in lower case, without a dot at its end, at most 253 characters
    Address,  // the 4 or 16 bytes of it
  };

  Kind kind = Kind::Nobody;
  std::string value;

  friend auto operator<=>(const CertificateName&, const CertificateName&) = default;
};

// Host names are those of RFC 1123, 2.1, with the underscores that real ones have: labels of at most 63 letters,
// digits,
// - and _, the last not all digits, since that is an address in some form. No wildcards, no IPv6 zones.
CertificateName parse_certificate_name(std::string_view host);

}  // namespace overhear
