// SHA-1, which the WebSocket handshake asks for (RFC 6455, 4.2.2) and cchat's identifiers are made of.
#pragma once

#include <array>
#include <cstdint>

#include "base/bytes.hpp"

namespace overhear {

std::array<std::uint8_t, 20> sha1(Bytes bytes);

}  // namespace overhear
