// Finds where one JSON value ends in a stream that has no other framing. It only balances brackets and strings, so that
// a value which is wrong inside still has an end and the stream goes on behind it; whether the value is valid is
// JsonIndex's business. Resumable: the text may grow between calls and no byte is looked at twice.
#pragma once

#include <cstddef>
#include <string_view>

namespace overhear {

class JsonBoundary {
 public:
  // `text` begins with the first byte of the value (no white space before it) and is the same text as at the call
  // before, possibly longer. Returns the value's length, or 0 where more is needed. A number or literal ends with the
  // byte behind it, so at the end of a stream use `length_at_end`. A returned length ends
  // the use: REQUIRES reset() before any further call.
  std::size_t scan(std::string_view text);

  // The same at the end of the stream: 0 where the value is torn.
  std::size_t length_at_end(std::string_view text);

  // Whether nothing was looked at since the last reset().
  bool is_fresh() const { return position_ == 0 && depth_ == 0 && !in_string_; }
  void reset() { *this = {}; }

 private:
  std::size_t position_ = 0;
  std::size_t depth_ = 0;
  bool in_string_ = false;
};

// White space between values, plus NUL, which some peers put behind each message.
constexpr bool is_json_separator(char c) {
  return c == ' ' || c == '\n' || c == '\r' || c == '\t' || c == '\0';
}

}  // namespace overhear
