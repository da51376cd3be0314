#include "decrypt/public_key_text.hpp"

#include <algorithm>
#include <vector>

#include "decrypt/base64.hpp"
#include "decrypt/dh_group.hpp"
#include "decrypt/hex.hpp"

namespace overhear {
namespace {

// 193 bytes: a number of the group with a sign byte. Digits beyond that are no hex of it.
constexpr std::size_t kMaxHexDigits = 2 * (modp5::kBytes + 1);

bool is_decimal_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_hex_digit(char c) {
  return is_decimal_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

std::string_view without_spaces(std::string_view text) {
  const auto is_space = [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; };
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

}  // namespace

std::optional<Number> parse_public_key(std::string_view text) {
  if (text.size() > kMaxPublicKeyText) return std::nullopt;
  text = without_spaces(text);
  if (text.empty()) return std::nullopt;
  if (text.size() > kMaxHexDigits && std::ranges::all_of(text, is_decimal_digit)) return number_from_decimal(text);
  std::vector<std::uint8_t> bytes;
  const bool is_read = std::ranges::all_of(text, is_hex_digit)
                           ? decode_hex(text, bytes, OddHex::LeadingZero)
                           : decode_base64(text, bytes, Base64::Lenient) && !bytes.empty();
  return is_read ? std::optional(to_number(bytes)) : std::nullopt;
}

}  // namespace overhear
