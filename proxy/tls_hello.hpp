// What a TLS client says first, as far as who stands in between has to know it before OpenSSL does.
#pragma once

#include <optional>

#include "base/bytes.hpp"

namespace overhear {

// Whether this begins a ClientHello (RFC 8446, 5.1 and 4): nothing where more has to come to tell. Other protocols have
// frames that begin with the same bytes.
std::optional<bool> is_hello(Bytes first);

}  // namespace overhear
