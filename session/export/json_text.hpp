// The pieces of JSON that exporters write. All append, nothing allocates but the output itself.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/bytes.hpp"
#include "base/time.hpp"
#include "dissectors/json/json_index.hpp"
#include "session/export/text_buffer.hpp"

namespace overhear {

// A JSON string with its quotes. Bytes that are no UTF-8 become U+FFFD; controls, DEL, C1 and bidi controls are
// escaped.
void append_json_string(TextBuffer& out, std::string_view text);
// The same for text that was taken out of a JSON string and still has its escapes.
void append_json_string_as_sent(TextBuffer& out, std::string_view escaped);

// A message's own JSON, verbatim but for what must not reach a terminal or break a line: line breaks and tabs between
// tokens become spaces; DEL, C1 and bidi controls inside strings become \uXXXX, of which there are some exactly where
// json.flags().unsafe_in_strings. REQUIRES: json is Valid.
void append_json_body(TextBuffer& out, const JsonIndex& json);

void append_number(TextBuffer& out, std::uint64_t number);

// "2026-11-20T12:00:00.123456789Z". Remembers the last second, since records come in the order of time.
class TimeFormatter {
 public:
  void append(TextBuffer& out, Timestamp time);

 private:
  std::int64_t second_ = INT64_MIN;
  char text_[20] = {};  // up to the full second
};

}  // namespace overhear
