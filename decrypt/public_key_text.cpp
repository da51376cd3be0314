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

enum class Form : std::uint8_t { Hex, Base64, Decimal };

// REQUIRES: no spaces around it.
Form form_of(std::string_view text) {
  if (text.size() > kMaxHexDigits && std::ranges::all_of(text, is_decimal_digit)) return Form::Decimal;
  return std::ranges::all_of(text, is_hex_digit) ? Form::Hex : Form::Base64;
}

bool decode(std::string_view text, Form form, std::vector<std::uint8_t>& bytes) {
  if (form == Form::Hex) return decode_hex(text, bytes, OddHex::LeadingZero);
  return decode_base64(text, bytes, Base64::Lenient) && !bytes.empty();
}

}  // namespace

std::optional<Number> parse_public_key(std::string_view text) {
  if (text.size() > kMaxPublicKeyText) return std::nullopt;
  text = without_spaces(text);
  if (text.empty()) return std::nullopt;
  const Form form = form_of(text);
  if (form == Form::Decimal) return number_from_decimal(text);
  std::vector<std::uint8_t> bytes;
  return decode(text, form, bytes) ? std::optional(to_number(bytes)) : std::nullopt;
}

bool has_sign_byte(std::string_view text) {
  text = without_spaces(text);
  std::vector<std::uint8_t> bytes;
  const Form form = form_of(text);
  return form != Form::Decimal && decode(text, form, bytes) && bytes.size() > modp5::kBytes && bytes.front() == 0;
}

std::string write_public_key_like(std::string_view text, Bytes key) {
  const bool is_signed = has_sign_byte(text);
  text = without_spaces(text);
  std::vector<std::uint8_t> bytes(is_signed ? 1 : 0);
  bytes.insert(bytes.end(), key.begin(), key.end());
  std::string out;
  switch (form_of(text)) {
    case Form::Decimal: return number_to_decimal(key);
    case Form::Hex:
      out = to_hex(bytes);
      if (std::ranges::any_of(text, [](char c) { return c >= 'A' && c <= 'F'; })) {
        std::ranges::transform(out, out.begin(),
                               [](char c) { return c >= 'a' ? static_cast<char>(c - 'a' + 'A') : c; });
      }
      break;
    case Form::Base64: {
      const bool is_url = text.find_first_of("-_") != std::string_view::npos;
      const bool is_padded = text.ends_with('=') || text.size() % 4 == 0;
      append_base64(out, bytes, is_url ? Base64Alphabet::Url : Base64Alphabet::Standard, is_padded);
      break;
    }
  }
  return out;
}

}  // namespace overhear
