#include "session/filter/json_number.hpp"

#include <charconv>
#include <cmath>
#include <compare>

#include "base/limits.hpp"
#include "dissectors/json/json_index.hpp"

namespace overhear {
namespace {

int as_int(std::partial_ordering order) {
  return order < 0 ? -1 : order > 0 ? 1 : 0;
}

bool is_integer(std::string_view text) {
  return text.find_first_of(".eE") == std::string_view::npos;
}

// Too large is infinite, too small nothing.
double to_double(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc::result_out_of_range) return value;
  const bool is_tiny = text.find("e-") != std::string_view::npos || text.find("E-") != std::string_view::npos;
  if (is_tiny) return 0;
  return text.starts_with('-') ? -HUGE_VAL : HUGE_VAL;
}

// Of integers that are too large for a machine's: JSON has no leading zeros.
int compare_digits(std::string_view a, std::string_view b) {
  const bool is_a_negative = a.starts_with('-');
  const bool is_b_negative = b.starts_with('-');
  if (is_a_negative != is_b_negative) return is_a_negative ? -1 : 1;
  const int order = a.size() != b.size() ? (a.size() < b.size() ? -1 : 1) : a.compare(b);
  return is_a_negative ? -order : order;
}

}  // namespace

std::optional<JsonNumber> JsonNumber::parse(std::string_view text) {
  JsonIndex json;
  if (json.parse(text, {}) != JsonIndex::Status::Valid) return std::nullopt;
  const JsonKind kind = json.root().kind;
  if (kind != JsonKind::Integer && kind != JsonKind::Decimal) return std::nullopt;
  JsonNumber number;
  number.text_ = text;
  number.is_integer_ = is_integer(text);
  std::int64_t integer = 0;
  if (number.is_integer_ && to_integer(text, integer)) number.integer_ = integer;
  return number;
}

int JsonNumber::order_of(std::string_view text) const {
  if (!is_integer_ || !is_integer(text)) return as_int(to_double(text) <=> to_double(text_));
  std::int64_t other = 0;
  if (integer_ && to_integer(text, other)) return other < *integer_ ? -1 : other > *integer_ ? 1 : 0;
  return compare_digits(text, text_);
}

}  // namespace overhear
