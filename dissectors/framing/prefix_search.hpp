// Looks for the next place of a stream where a 4-byte length and a JSON object of just that length stand. JSON text
// holds no zero byte and every such length begins with one, so nothing inside a message is taken for a message.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/limits.hpp"
#include "dissectors/json/json_progress.hpp"

namespace overhear {

inline constexpr std::size_t kLengthPrefixBytes = 4;

// REQUIRES: kLengthPrefixBytes bytes.
std::uint32_t read_length_prefix(std::string_view bytes);
void append_length_prefix(std::uint32_t length, std::string& out);

class PrefixSearch {
 public:
  enum class Found : std::uint8_t {
    Message,   // begins at position()
    Nothing,   // begins before position()
    NeedMore,  // what stands at position() may become one
  };

  explicit PrefixSearch(const Limits& limits, std::size_t from = 0) : limits_(limits), at_(from) {}

  // `text`: the same as at the call before, possibly longer. Only what begins before `end` counts. `is_final`: nothing
  // follows the text, so the answer is never NeedMore.
  Found advance(std::string_view text, bool is_final, std::size_t end = std::string_view::npos);

  std::size_t position() const { return at_; }
  // The first `bytes` (at most position()) were taken off the text.
  void consumed(std::size_t bytes) { at_ -= bytes; }

 private:
  Found judge(std::string_view text);

  const Limits& limits_;
  std::size_t at_;
  std::optional<JsonProgress> object_;  // behind the length at at_
};

}  // namespace overhear
