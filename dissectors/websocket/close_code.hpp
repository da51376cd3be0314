// Close codes (RFC 6455, 7.4, and the IANA registry).
#pragma once

namespace overhear {

// Whether an endpoint may put this code into a close frame: 1004-1006 and 1015 are reserved for local use, below 3000
// only registered ones exist, 3000-4999 are free.
constexpr bool is_sendable_close_code(unsigned code) {
  if (code >= 1000 && code <= 1003) return true;
  if (code >= 1007 && code <= 1014) return true;
  return code >= 3000 && code <= 4999;
}

}  // namespace overhear
