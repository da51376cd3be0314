// UTF-8 one character at a time (RFC 3629).
#pragma once

#include <string>
#include <string_view>

namespace overhear {

inline constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";  // UTF-8's, which only some write

namespace utf8_detail {
constexpr bool is_tail(unsigned char c) {
  return (c & 0xC0) == 0x80;
}
}  // namespace utf8_detail

// Length in bytes of the well-formed character at p, or 0: it is malformed or cut off by `end`.
inline unsigned utf8_length(const char* p, const char* end) {
  using utf8_detail::is_tail;
  const auto at = [p](int i) { return static_cast<unsigned char>(p[i]); };
  const auto left = end - p;
  if (left < 1) return 0;
  const unsigned char lead = at(0);
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead <= 0xDF) return left >= 2 && is_tail(at(1)) ? 2 : 0;
  if (lead >= 0xE0 && lead <= 0xEF) {
    if (left < 3 || !is_tail(at(1)) || !is_tail(at(2))) return 0;
    if (lead == 0xE0 && at(1) < 0xA0) return 0;  // overlong
    if (lead == 0xED && at(1) > 0x9F) return 0;  // surrogate
    return 3;
  }
  if (lead >= 0xF0 && lead <= 0xF4) {
    if (left < 4 || !is_tail(at(1)) || !is_tail(at(2)) || !is_tail(at(3))) return 0;
    if (lead == 0xF0 && at(1) < 0x90) return 0;  // overlong
    if (lead == 0xF4 && at(1) > 0x8F) return 0;  // beyond U+10FFFF
    return 4;
  }
  return 0;
}

// Whether [p, end) is the beginning of a character whose rest may still come.
inline bool utf8_is_cut(const char* p, const char* end) {
  const auto lead = static_cast<unsigned char>(*p);
  const int length = lead >= 0xF0 && lead <= 0xF4   ? 4
                     : lead >= 0xE0 && lead <= 0xEF ? 3
                     : lead >= 0xC2 && lead <= 0xDF ? 2
                                                    : 0;
  if (end - p >= length) return false;
  for (const char* tail = p + 1; tail < end; ++tail) {
    if (!utf8_detail::is_tail(static_cast<unsigned char>(*tail))) return false;
  }
  return true;
}

// Whether all of `text` is well-formed.
bool is_utf8(std::string_view text);

// The character at p. REQUIRES: `length` is its utf8_length(), not 0.
inline char32_t utf8_character(const char* p, unsigned length) {
  const auto at = [p](int i) { return static_cast<char32_t>(static_cast<unsigned char>(p[i])); };
  switch (length) {
    case 2: return (at(0) & 0x1F) << 6 | (at(1) & 0x3F);
    case 3: return (at(0) & 0x0F) << 12 | (at(1) & 0x3F) << 6 | (at(2) & 0x3F);
    case 4: return (at(0) & 0x07) << 18 | (at(1) & 0x3F) << 12 | (at(2) & 0x3F) << 6 | (at(3) & 0x3F);
    default: return at(0);
  }
}

// As much of `text` as fits in so many bytes without cutting a character that is well-formed.
inline std::string_view utf8_prefix(std::string_view text, std::size_t bytes) {
  if (text.size() <= bytes) return text;
  for (std::size_t back = 0; back < 4 && back < bytes; ++back) {
    const std::size_t start = bytes - back;
    if (!utf8_detail::is_tail(static_cast<unsigned char>(text[start]))) return text.substr(0, start);
  }
  return text.substr(0, bytes);
}

// The characters that the export never has bare (docs/export.md): C1 controls, bidi embeddings, overrides and isolates.
inline bool is_unsafe_character(const char* p, unsigned length) {
  const auto at = [p](int i) { return static_cast<unsigned char>(p[i]); };
  if (length == 2) return at(0) == 0xC2 && at(1) < 0xA0;
  if (length != 3 || at(0) != 0xE2) return false;
  return (at(1) == 0x80 && at(2) >= 0xAA && at(2) <= 0xAE) || (at(1) == 0x81 && at(2) >= 0xA6 && at(2) <= 0xA9);
}

// Writes at most four bytes; answers where they end.
inline char* write_utf8(char* out, char32_t c) {
  const auto tail = [c](unsigned shift) { return static_cast<char>(0x80 | ((c >> shift) & 0x3F)); };
  if (c < 0x80) {
    *out++ = static_cast<char>(c);
    return out;
  }
  if (c < 0x800) {
    *out++ = static_cast<char>(0xC0 | (c >> 6));
  } else if (c < 0x10000) {
    *out++ = static_cast<char>(0xE0 | (c >> 12));
    *out++ = tail(6);
  } else {
    *out++ = static_cast<char>(0xF0 | (c >> 18));
    *out++ = tail(12);
    *out++ = tail(6);
  }
  *out++ = tail(0);
  return out;
}

inline void append_utf8(std::string& out, char32_t c) {
  char bytes[4];
  out.append(bytes, write_utf8(bytes, c));
}

}  // namespace overhear
