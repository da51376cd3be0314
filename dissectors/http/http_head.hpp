// The head of an HTTP/1.1 message (RFC 9112), parsed by Boost.Beast.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace overhear {

struct HttpHead {
  bool is_request = false;
  std::string method;    // of a request
  std::string target;    // of a request, as sent
  unsigned version = 0;  // of a request: 10 or 11
  unsigned status = 0;   // of a response
  std::string reason;
  bool has_bare_lf = false;         // lines that end without CR (RFC 9112, 2.2)
  bool lacks_status_space = false;  // behind the code, as sent by those who give no reason (RFC 9112, 4)
  std::vector<std::pair<std::string, std::string>> fields;

  // All fields of this name (in any case), joined by ", " as RFC 9110, 5.3 allows; empty where there is none.
  std::string field(std::string_view name) const;
  // Whether a comma-separated field lists this token (in any case).
  bool lists(std::string_view name, std::string_view token) const;
  std::optional<std::uint64_t> content_length() const;
};

// How many bytes of empty lines `text` begins with: a few may stand before a head and mean nothing (RFC 9112, 2.2).
std::size_t empty_lines(std::string_view text);

// How long the head is that `text` begins with, the empty line behind it included; nullopt where it goes on.
// `searched`: that much of it was here at an earlier call.
std::optional<std::size_t> find_head_end(std::string_view text, std::size_t searched);

// `text` is a whole head with the empty line behind it. nullopt where it is none.
std::optional<HttpHead> parse_http_head(std::string_view text);

// Whether a stream that begins with `text` speaks HTTP; nullopt where more is needed to know. A few empty lines may
// stand in front.
std::optional<bool> looks_like_http(std::string_view text);

}  // namespace overhear
