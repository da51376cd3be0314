// Who the sides of a proxied connection are: the client is the one that came first.
#pragma once

#include <string_view>

#include "base/stream_event.hpp"
#include "dissectors/message.hpp"

namespace overhear {

constexpr Direction direction_of(Side side) {
  return side == Side::First ? Direction::Client : Direction::Server;
}

constexpr Side side_of(Direction direction) {
  return direction == Direction::Client ? Side::First : Side::Second;
}

// "client" or "server".
constexpr std::string_view name_of(Side side) {
  return to_string(direction_of(side));
}

}  // namespace overhear
