#include "dissectors/number_text.hpp"

#include <algorithm>
#include <cstdint>

#include "dissectors/json/json_index.hpp"

namespace overhear {
namespace {

constexpr std::int64_t kMostDigits = kCommonIntegerDigits;

// `digits` times ten to the power of `scale`; neither end of the digits is a zero.
std::string write(std::string digits, std::int64_t scale) {
  const auto size = static_cast<std::int64_t>(digits.size());
  const std::int64_t whole = size + scale;  // digits before the point
  if (whole > kMostDigits || whole < -kMostDigits) return digits + 'e' + std::to_string(scale);
  if (scale >= 0) return digits.append(static_cast<std::size_t>(scale), '0');
  if (whole > 0) return digits.insert(static_cast<std::size_t>(whole), 1, '.');
  return "0." + std::string(static_cast<std::size_t>(-whole), '0') + digits;
}

}  // namespace

std::string plain_number(std::string_view number) {
  const std::size_t power = std::min(number.find_first_of("eE"), number.size());
  std::int64_t scale = 0;
  // Nobody counts with the rest: it is as it stands.
  const std::string_view exponent = number.substr(std::min(power + 1, number.size()));
  if (!exponent.empty() && !to_integer(exponent.substr(exponent.front() == '+' ? 1 : 0), scale)) {
    return std::string(number);
  }
  const bool is_negative = number.starts_with('-');
  const std::string_view mantissa = number.substr(is_negative ? 1 : 0, power - (is_negative ? 1 : 0));
  const std::size_t point = std::min(mantissa.find('.'), mantissa.size());
  std::string digits(mantissa.substr(0, point));
  if (point < mantissa.size()) digits += mantissa.substr(point + 1);
  const auto fraction = static_cast<std::int64_t>(digits.size() - point);
  digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size()));
  if (digits.empty()) return "0";
  const std::size_t end = digits.find_last_not_of('0') + 1;
  const auto zeros = static_cast<std::int64_t>(digits.size() - end);
  // Far from what can be counted with, the sums below stay in range.
  constexpr std::int64_t kFar = INT64_MAX / 2;
  if (scale > kFar || scale < -kFar) return std::string(number);
  digits.resize(end);
  std::string plain = write(std::move(digits), scale - fraction + zeros);
  return is_negative ? '-' + plain : plain;
}

}  // namespace overhear
