#include "dissectors/websocket/deflate_extension.hpp"

#include <algorithm>

namespace overhear {
namespace {

std::string_view trim(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t\"");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\"") - begin + 1);
}

bool equals_ignoring_case(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](char x, char y) { return (x | 0x20) == (y | 0x20); });
}

// The part before `separator`; `rest` goes on behind it.
std::string_view take_until(std::string_view& rest, char separator) {
  const auto at = std::min(rest.find(separator), rest.size());
  const std::string_view part = rest.substr(0, at);
  rest.remove_prefix(std::min(at + 1, rest.size()));
  return trim(part);
}

}  // namespace

DeflateExtension parse_extensions(std::string_view header) {
  while (!header.empty()) {
    std::string_view extension = take_until(header, ',');
    if (!equals_ignoring_case(take_until(extension, ';'), "permessage-deflate")) continue;
    DeflateExtension agreed{.standing = DeflateExtension::Standing::Agreed};
    while (!extension.empty()) {
      std::string_view parameter = take_until(extension, ';');
      const std::string_view name = take_until(parameter, '=');
      if (equals_ignoring_case(name, "server_no_context_takeover")) agreed.server_no_context_takeover = true;
      if (equals_ignoring_case(name, "client_no_context_takeover")) agreed.client_no_context_takeover = true;
    }
    return agreed;
  }
  return {.standing = DeflateExtension::Standing::Absent};
}

DeflateExtension parse_extension_offer(std::string_view header) {
  const bool is_offered = parse_extensions(header).is_agreed();
  return {.standing = is_offered ? DeflateExtension::Standing::Offered : DeflateExtension::Standing::Absent};
}

}  // namespace overhear
