#include "bench/generator/append.hpp"

#include <cstddef>

namespace overhear::bench {

void append_hex(std::string& out, Bytes bytes) {
  static constexpr std::string_view kDigits = "0123456789abcdef";
  for (const std::uint8_t byte : bytes) {
    out += kDigits[byte >> 4];
    out += kDigits[byte & 15];
  }
}

void append_base64(std::string& out, Bytes bytes) {
  static constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    const std::size_t have = bytes.size() - at;
    const auto byte = [&](std::size_t i) { return i < have ? static_cast<unsigned>(bytes[at + i]) : 0u; };
    const unsigned group = (byte(0) << 16) | (byte(1) << 8) | byte(2);
    out += kDigits[group >> 18];
    out += kDigits[(group >> 12) & 63];
    out += have > 1 ? kDigits[(group >> 6) & 63] : '=';
    out += have > 2 ? kDigits[group & 63] : '=';
  }
}

}  // namespace overhear::bench
