// Builds text by appending its parts: strings, characters and integers. JSON is all braces and quotes, which a raw
// string shows as they are and a format string does not.
#pragma once

#include <charconv>
#include <concepts>
#include <string>
#include <string_view>

#include "base/bytes.hpp"

namespace overhear::bench {

inline void append_part(std::string& out, std::string_view text) {
  out += text;
}
inline void append_part(std::string& out, char character) {
  out += character;
}

template <std::integral Integer>
  requires(!std::same_as<Integer, char>)
void append_part(std::string& out, Integer value) {
  char digits[24];
  const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
  out.append(digits, end);
}

template <typename... Parts>
void append(std::string& out, const Parts&... parts) {
  (append_part(out, parts), ...);
}

void append_hex(std::string& out, Bytes bytes);
void append_base64(std::string& out, Bytes bytes);

}  // namespace overhear::bench
