// How JsonParser reads what has no parts: strings that are not plain ASCII, numbers and literals.
#include <algorithm>

#include "base/utf8.hpp"
#include "dissectors/json/json_escapes.hpp"
#include "dissectors/json/json_parser.hpp"
#include "dissectors/json/text_scan.hpp"

namespace overhear {

// p stands on the first byte that needs a look.
const char* JsonParser::rest_of_string(const char* p, bool& has_escapes) {
  for (;; p = find_special_in_string(p, end_)) {
    if (p == end_) return need_more();
    const auto c = static_cast<unsigned char>(*p);
    if (c == '"') return p + 1;
    if (c == '\\') {
      has_escapes = true;
      p = escape(p);
    } else if (c >= 0x80) {
      p = beyond_ascii(p);
    } else if (c == 0x7F) {
      index_.flags_.unsafe_in_strings = true;
      ++p;
    } else {
      return fail("a control character inside a string", p);
    }
    if (p == nullptr) return nullptr;
  }
}

inline const char* JsonParser::escape(const char* p) {
  if (end_ - p < 2) return need_more();
  if (p[1] != 'u') return meaning_of_letter(p[1]) != 0 ? p + 2 : fail("an unknown escape in a string", p);
  const char* const digits = p + 2;
  const bool is_whole = end_ - digits >= 4;
  const int unit = is_whole ? hex4(digits) : 0;
  const bool is_hex = is_whole ? unit >= 0 : std::all_of(digits, end_, [](char c) { return hex_digit(c) >= 0; });
  if (!is_hex) return fail("\\u without four hex digits", p);
  if (!is_whole) return need_more();
  if (is_high_surrogate(unit)) {
    const bool has_pair = end_ - p >= 12 && p[6] == '\\' && p[7] == 'u' && is_low_surrogate(hex4(p + 8));
    if (has_pair) return p + 12;
  }
  has_lone_surrogate_ |= is_high_surrogate(unit) || is_low_surrogate(unit);
  return p + 6;
}

// UTF-8 beyond ASCII, checked by RFC 3629. Controls that act on a terminal are remembered for the exporter.
inline const char* JsonParser::beyond_ascii(const char* p) {
  const unsigned length = utf8_length(p, end_);
  if (length == 0) return utf8_is_cut(p, end_) ? need_more() : fail("a byte that is no UTF-8", p);
  if (is_unsafe_character(p, length)) index_.flags_.unsafe_in_strings = true;
  return p + length;
}

const char* JsonParser::number(const char* p, JsonKind& kind) {
  const char* const start = p;
  const auto digits = [this](const char* from) {
    return std::find_if_not(from, end_, [](char c) { return is_json_digit(c); });
  };
  kind = JsonKind::Integer;
  if (*p == '-') ++p;
  if (p == end_) return need_more();
  if (!is_json_digit(*p)) {
    return fail(*start == '-' ? "a number without digits" : "neither a value nor a literal", start);
  }
  p = *p == '0' ? p + 1 : digits(p);
  if (static_cast<std::size_t>(p - start) > kCommonIntegerDigits) index_.flags_.huge_number = true;
  if (p != end_ && *p == '.') {
    kind = JsonKind::Decimal;
    const char* const fraction = p + 1;
    p = digits(fraction);
    if (p == fraction) return p == end_ ? need_more() : fail("no digit behind the decimal point", start);
  }
  if (p != end_ && (*p == 'e' || *p == 'E')) {
    kind = JsonKind::Decimal;
    ++p;
    if (p != end_ && (*p == '+' || *p == '-')) ++p;
    const char* const exponent = p;
    p = digits(exponent);
    if (p == exponent) return p == end_ ? need_more() : fail("no digit in the exponent", start);
  }
  const bool goes_on = p != end_ && (is_json_digit(*p) || ((*p | 0x20) >= 'a' && (*p | 0x20) <= 'z'));
  return goes_on ? fail("no JSON number", start) : p;
}

const char* JsonParser::literal(const char* p, std::string_view word) {
  const std::string_view rest(p, static_cast<std::size_t>(end_ - p));
  if (rest.starts_with(word)) return p + word.size();
  return word.starts_with(rest) ? need_more() : fail("neither a value nor a literal", p);
}

}  // namespace overhear
