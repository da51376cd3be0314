// The escapes of JSON strings (RFC 8259, 7).
#pragma once

#include <array>
#include <cstddef>

namespace overhear {

constexpr bool is_json_digit(char c) {
  return c >= '0' && c <= '9';
}

// Tables, since what an escape is cannot be foreseen: a wrong guess at a branch costs more than the rest of it.
namespace json_escapes_detail {

using Table = std::array<signed char, 256>;

constexpr Table hex_digits() {
  Table values{};
  values.fill(-1);
  for (int i = 0; i < 10; ++i) values[static_cast<std::size_t>('0' + i)] = static_cast<signed char>(i);
  for (int i = 0; i < 6; ++i) {
    values[static_cast<std::size_t>('a' + i)] = values[static_cast<std::size_t>('A' + i)] =
        static_cast<signed char>(10 + i);
  }
  return values;
}

constexpr Table letters() {
  Table meanings{};
  for (const char c : {'"', '\\', '/'}) meanings[static_cast<std::size_t>(c)] = c;
  meanings['b'] = '\b';
  meanings['f'] = '\f';
  meanings['n'] = '\n';
  meanings['r'] = '\r';
  meanings['t'] = '\t';
  return meanings;
}

inline constexpr Table kHexDigits = hex_digits();
inline constexpr Table kLetters = letters();

}  // namespace json_escapes_detail

// -1: it is none.
constexpr int hex_digit(char c) {
  return json_escapes_detail::kHexDigits[static_cast<unsigned char>(c)];
}

// The value of the four hex digits at p; negative where one of them is none.
constexpr int hex4(const char* p) {
  return hex_digit(p[0]) * 0x1000 | hex_digit(p[1]) * 0x100 | hex_digit(p[2]) * 0x10 | hex_digit(p[3]);
}

// What this letter means behind a backslash; 0: nothing by itself.
constexpr char meaning_of_letter(char c) {
  return json_escapes_detail::kLetters[static_cast<unsigned char>(c)];
}

constexpr bool is_high_surrogate(int unit) {
  return unit >= 0xD800 && unit < 0xDC00;
}
constexpr bool is_low_surrogate(int unit) {
  return unit >= 0xDC00 && unit < 0xE000;
}

}  // namespace overhear
