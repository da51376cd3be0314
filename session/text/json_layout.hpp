// A JSON text laid out anew, for people or for the wire. Its tokens stay as they stand: numbers, escapes, the order of
// names, names that stand twice.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace overhear {

// Whether it can be laid out: valid, and nests no deeper than 512.
bool is_json(std::string_view text);

enum class JsonPart : std::uint8_t {
  Mark,     // brackets, commas, colons; a colon with a space behind it
  Name,     // with its quotes
  String,   // with its quotes
  Literal,  // a number, true, false, null
  Break,    // a line ends here; the text is the next one's indentation
};
// Over lines, a member or an element each. Ends early where `put` says false. REQUIRES: is_json(text).
void lay_out(std::string_view text, const std::function<bool(JsonPart, std::string_view)>& put);

// REQUIRES: is_json(text), for both. Without a line end behind it; a byte order mark is left out.
std::string indented_json(std::string_view text);
std::string compact_json(std::string_view text);

}  // namespace overhear
