#include "decrypt/hex.hpp"

#include <array>

namespace overhear {
namespace {

constexpr std::uint8_t kBad = 0xff;

constexpr std::array<std::uint8_t, 256> digit_values() {
  std::array<std::uint8_t, 256> values{};
  values.fill(kBad);
  for (std::uint8_t i = 0; i < 10; ++i) values[static_cast<std::size_t>('0') + i] = i;
  for (std::uint8_t i = 0; i < 6; ++i) {
    values[static_cast<std::size_t>('a') + i] = static_cast<std::uint8_t>(10 + i);
    values[static_cast<std::size_t>('A') + i] = static_cast<std::uint8_t>(10 + i);
  }
  return values;
}

constexpr auto kDigits = digit_values();

std::uint8_t digit(char c) {
  return kDigits[static_cast<unsigned char>(c)];
}

}  // namespace

bool decode_hex(std::string_view text, std::vector<std::uint8_t>& out, OddHex odd) {
  out.clear();
  const bool is_odd = text.size() % 2 != 0;
  if (is_odd && odd == OddHex::Refuse) return false;
  out.reserve(text.size() / 2 + 1);
  // A bad digit sets bits that no pair of good ones does.
  unsigned seen = 0;
  if (is_odd) {
    seen = digit(text.front());
    out.push_back(digit(text.front()));
    text.remove_prefix(1);
  }
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const unsigned high = digit(text[i]);
    const unsigned low = digit(text[i + 1]);
    seen |= high | low;
    out.push_back(static_cast<std::uint8_t>(high << 4 | low));
  }
  if (seen > 0x0f) {
    out.clear();
    return false;
  }
  return true;
}

void append_hex(std::string& out, Bytes bytes) {
  constexpr std::string_view kText = "0123456789abcdef";
  out.reserve(out.size() + 2 * bytes.size());
  for (const std::uint8_t byte : bytes) {
    out += kText[byte >> 4];
    out += kText[byte & 0x0f];
  }
}

std::string to_hex(Bytes bytes) {
  std::string text;
  append_hex(text, bytes);
  return text;
}

}  // namespace overhear
