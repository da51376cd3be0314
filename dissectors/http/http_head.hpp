// The head of an HTTP/1.1 message (RFC 9112), parsed by Boost.Beast.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace overhear {

struct HttpHead {
  bool is_request = false;
  std::string method;   // of a request
  std::string target;   // of a request, as sent
  unsigned status = 0;  // of a response
  std::string reason;
  std::vector<std::pair<std::string, std::string>> fields;

  // All fields of this name (in any case), joined by ", " as RFC 9110, 5.3 allows; empty where there is none.
  std::string field(std::string_view name) const;
  // Whether a comma-separated field lists this token (in any case).
  bool lists(std::string_view name, std::string_view token) const;
  std::optional<std::uint64_t> content_length() const;
};

// `text` is a whole head with the empty line behind it. nullopt where it is none.
std::optional<HttpHead> parse_http_head(std::string_view text);

// Whether a stream that begins with `text` speaks HTTP; nullopt where more is needed to know.
std::optional<bool> looks_like_http(std::string_view text);

}  // namespace overhear
