#include "dissectors/json/json_boundary.hpp"

#include "dissectors/json/text_scan.hpp"

namespace overhear {
namespace {

// Bytes of which numbers and literals consist, also of misspelt ones (0x1F, NaN): they end together.
constexpr bool is_scalar_byte(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '+' || c == '-' || c == '.';
}

}  // namespace

std::size_t JsonBoundary::scan(std::string_view text) {
  const char* const begin = text.data();
  const char* const end = begin + text.size();
  const char* p = begin + position_;
  if (p != end && depth_ == 0 && !in_string_ && is_scalar_byte(*begin)) {
    while (p != end && is_scalar_byte(*p)) ++p;
    position_ = static_cast<std::size_t>(p - begin);
    return p == end ? 0 : position_;
  }
  while (p != end) {
    if (in_string_) {
      p = find_quote_or_backslash(p, end);
      if (p == end) break;
      if (*p == '\\') {
        if (end - p < 2) break;  // what it escapes has not come yet: look at it again then
        p += 2;
        continue;
      }
      ++p;
      in_string_ = false;
      if (depth_ == 0) return static_cast<std::size_t>(p - begin);
      continue;
    }
    const char c = *p++;
    if (c == '"') {
      in_string_ = true;
    } else if (c == '{' || c == '[') {
      ++depth_;
    } else if (c == '}' || c == ']') {
      if (depth_ <= 1) return static_cast<std::size_t>(p - begin);
      --depth_;
    }
  }
  position_ = static_cast<std::size_t>(p - begin);
  return 0;
}

std::size_t JsonBoundary::length_at_end(std::string_view text) {
  if (const std::size_t length = scan(text)) return length;
  return !text.empty() && depth_ == 0 && !in_string_ && is_scalar_byte(text.front()) ? text.size() : 0;
}

}  // namespace overhear
