#include "decrypt/public_key_text.hpp"

#include <algorithm>
#include <utility>
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
bool is_lower_hex(char c) {
  return c >= 'a' && c <= 'f';
}
bool is_upper_hex(char c) {
  return c >= 'A' && c <= 'F';
}
bool is_hex_digit(char c) {
  return is_decimal_digit(c) || is_lower_hex(c) || is_upper_hex(c);
}

std::string_view without_spaces(std::string_view text) {
  const auto is_space = [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; };
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

bool has_sign_byte(Bytes bytes) {
  return bytes.size() > 1 && bytes[0] == 0 && bytes[1] >= 0x80;
}

PublicKeyText from_hex(std::string_view text) {
  const bool has_lower = std::ranges::any_of(text, is_lower_hex);
  const bool has_upper = std::ranges::any_of(text, is_upper_hex);
  std::vector<std::uint8_t> bytes;
  const bool is_hex = decode_hex(text, bytes, OddHex::LeadingZero);
  PublicKeyText key;
  if (is_hex) key.number = to_number(bytes);
  key.style.encoding = !has_upper  ? PublicKeyEncoding::HexLower
                       : has_lower ? PublicKeyEncoding::HexMixed
                                   : PublicKeyEncoding::HexUpper;
  key.style.has_sign_byte = text.size() % 2 == 0 && has_sign_byte(bytes);
  return key;
}

std::optional<PublicKeyText> from_base64(std::string_view text) {
  std::vector<std::uint8_t> bytes;
  if (!decode_base64(text, bytes, Base64::Lenient) || bytes.empty()) return std::nullopt;
  PublicKeyText key;
  key.number = to_number(bytes);
  const bool is_url = text.find_first_of("-_") != std::string_view::npos;
  key.style.encoding = is_url ? PublicKeyEncoding::Base64Url : PublicKeyEncoding::Base64;
  key.style.has_sign_byte = has_sign_byte(bytes);
  // Where the length needs no padding nothing is known; the standard alphabet usually has it, the other not.
  key.style.is_padded = bytes.size() % 3 == 0 ? !is_url : text.ends_with('=');
  return key;
}

}  // namespace

std::string_view to_string(PublicKeyEncoding encoding) {
  switch (encoding) {
    case PublicKeyEncoding::HexLower: return "hex";
    case PublicKeyEncoding::HexUpper: return "HEX";
    case PublicKeyEncoding::HexMixed: return "mixed hex";
    case PublicKeyEncoding::Base64: return "base64";
    case PublicKeyEncoding::Base64Url: return "base64url";
    case PublicKeyEncoding::Decimal: return "decimal";
  }
  return {};
}

std::optional<PublicKeyText> parse_public_key(std::string_view text) {
  if (text.size() > kMaxPublicKeyText) return std::nullopt;
  text = without_spaces(text);
  if (text.empty()) return std::nullopt;
  std::optional<PublicKeyText> key;
  if (text.size() > kMaxHexDigits && std::ranges::all_of(text, is_decimal_digit)) {
    if (auto number = number_from_decimal(text)) {
      key = PublicKeyText{std::move(*number), {.encoding = PublicKeyEncoding::Decimal}};
    }
  } else if (std::ranges::all_of(text, is_hex_digit)) {
    key = from_hex(text);
  } else {
    key = from_base64(text);
  }
  if (key) key->style.width = text.size();
  return key;
}

std::string format_public_key(Bytes number, const PublicKeyStyle& style) {
  const Bytes digits = without_leading_zeros(number);
  if (style.encoding == PublicKeyEncoding::Decimal) return number_to_decimal(digits);
  std::vector<std::uint8_t> bytes(std::max(digits.size(), modp5::kBytes));
  write_padded(digits, bytes);
  if (style.has_sign_byte && bytes.front() >= 0x80) bytes.insert(bytes.begin(), 0);
  std::string text;
  switch (style.encoding) {
    case PublicKeyEncoding::HexUpper:
      text = to_hex(bytes);
      std::ranges::transform(text, text.begin(),
                             [](char c) { return is_lower_hex(c) ? static_cast<char>(c - 32) : c; });
      break;
    case PublicKeyEncoding::Base64: append_base64(text, bytes, Base64Alphabet::Standard, style.is_padded); break;
    case PublicKeyEncoding::Base64Url: append_base64(text, bytes, Base64Alphabet::Url, style.is_padded); break;
    case PublicKeyEncoding::HexLower:
    case PublicKeyEncoding::HexMixed:
    case PublicKeyEncoding::Decimal: text = to_hex(bytes); break;
  }
  return text;
}

}  // namespace overhear
