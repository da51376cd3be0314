#include "dissectors/framing/first_bytes.hpp"

#include <algorithm>

#include "base/utf8.hpp"
#include "dissectors/framing/length_prefix.hpp"
#include "dissectors/framing/zlib_package.hpp"
#include "dissectors/json/json_boundary.hpp"

namespace overhear {

std::optional<FirstBytes> framing_of(std::string_view text) {
  if (text.empty()) return std::nullopt;
  if (text.front() == '\0') {
    // Every length within the limit begins with a zero byte; NULs between JSON values look the same at first.
    if (text.size() <= kLengthPrefixBytes) return std::nullopt;
    const bool is_zero = text.substr(0, kLengthPrefixBytes).find_first_not_of('\0') == std::string_view::npos;
    return text[kLengthPrefixBytes] == '{' && !is_zero ? FirstBytes::LengthPrefix : FirstBytes::Unknown;
  }
  if (text.front() == 'x') {
    if (text.size() < 2) return std::nullopt;
    return is_zlib_header(text) ? FirstBytes::Zlib : FirstBytes::Unknown;
  }
  if (kByteOrderMark.starts_with(text.substr(0, kByteOrderMark.size()))) {
    if (text.size() < kByteOrderMark.size() + 1) return std::nullopt;
    text.remove_prefix(kByteOrderMark.size());
  }
  const auto begin = std::ranges::find_if_not(text, is_json_separator);
  if (begin == text.end()) return text.size() > kMostBlank ? std::optional(FirstBytes::Unknown) : std::nullopt;
  return *begin == '{' ? FirstBytes::Json : FirstBytes::Unknown;
}

}  // namespace overhear
