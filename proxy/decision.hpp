// What somebody decides about messages on their way, and who has it done.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/stream_event.hpp"

namespace overhear {

struct Decision {
  enum class Kind : std::uint8_t { Forward, Edit, Drop, Send };
  Kind kind = Kind::Forward;
  std::uint64_t hold = 0;      // what it is about; of Send nothing
  Side to = Side::Second;      // of Send
  std::string_view text = {};  // of Edit and Send; looked at during the call only
};

// Who has what is decided about done: sent, and shown. Empty: it is; else why it cannot be, for people.
class DecisionTaker {
 public:
  virtual ~DecisionTaker() = default;
  virtual std::string take(const Decision& decision) = 0;
};

}  // namespace overhear
