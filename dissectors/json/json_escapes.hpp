// The escapes of JSON strings (RFC 8259, 7).
#pragma once

namespace overhear {

constexpr bool is_json_digit(char c) {
  return c >= '0' && c <= '9';
}

constexpr int hex_digit(char c) {
  if (is_json_digit(c)) return c - '0';
  const char lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

// The value of the four hex digits at p, or -1.
constexpr int hex4(const char* p) {
  int value = 0;
  for (int i = 0; i < 4; ++i) {
    const int digit = hex_digit(p[i]);
    if (digit < 0) return -1;
    value = value * 16 + digit;
  }
  return value;
}

constexpr bool is_high_surrogate(int unit) {
  return unit >= 0xD800 && unit < 0xDC00;
}
constexpr bool is_low_surrogate(int unit) {
  return unit >= 0xDC00 && unit < 0xE000;
}

}  // namespace overhear
