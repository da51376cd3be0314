// What the rules do to one message, and to one connection.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/stream_event.hpp"
#include "proxy/rule_book.hpp"

namespace overhear {

struct Treatment {
  bool is_dropped = false;
  std::chrono::milliseconds delay{};
  unsigned copies = 1;
  unsigned reorder = 0;                                  // so many later messages of its side go first
  std::optional<std::string> text = {};                  // goes on instead
  std::vector<std::pair<Side, std::string>> after = {};  // what is sent behind it, and to whom
  std::vector<std::uint64_t> flips = {};                 // bits of it, modulo how many it has
  MessageRule::Closing closing = MessageRule::Closing::None;
  std::vector<std::string> told = {};  // what that is, for people
};

}  // namespace overhear
