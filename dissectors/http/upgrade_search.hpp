// Looks for a client's request for a WebSocket (RFC 6455, 4.1) among bytes that are something else: a whole head that
// asks for the upgrade. One place after the other, so that what is found does not depend on how the bytes come.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/limits.hpp"

namespace overhear {

class UpgradeSearch {
 public:
  enum class Found : std::uint8_t {
    Request,   // begins at position()
    Nothing,   // begins before position()
    NeedMore,  // what stands at position() may become one
  };

  explicit UpgradeSearch(const Limits& limits) : limits_(limits) {}

  // `text`: the same as at the call before, possibly longer. Only what begins before `end` counts. `is_final`: nothing
  // follows the text.
  Found advance(std::string_view text, bool is_final, std::size_t end);

  std::size_t position() const { return at_; }
  // The first `bytes` (at most position()) were taken off the text.
  void consumed(std::size_t bytes) { at_ -= bytes; }
  // All of the text was taken off.
  void restart() { at_ = searched_ = 0; }

 private:
  Found judge(std::string_view text);

  const Limits& limits_;
  std::size_t at_ = 0;
  std::size_t searched_ = 0;  // of the head at at_, for its end
};

}  // namespace overhear
