#include "dissectors/http/http_head.hpp"

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <charconv>

namespace overhear {
namespace {

namespace http = boost::beast::http;

constexpr std::uint32_t kHeadLimit = 131'072;  // the limit of what is handed over, with a CR for each LF
constexpr std::string_view kMethods[] = {"GET ",    "POST ",  "PUT ",   "HEAD ",   "OPTIONS ",
                                         "DELETE ", "PATCH ", "TRACE ", "CONNECT "};
constexpr std::string_view kResponse = "HTTP/1.";

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
}

bool equals_ignoring_case(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, {}, lower, lower);
}

template <bool kIsRequest>
bool run_parser(std::string_view text, http::parser<kIsRequest, http::empty_body>& parser) {
  parser.header_limit(kHeadLimit);
  parser.skip(true);
  boost::system::error_code error;
  parser.put(boost::asio::const_buffer(text.data(), text.size()), error);
  return !error && parser.is_header_done();
}

template <typename Fields>
void copy_fields(const Fields& fields, HttpHead& head) {
  for (const auto& field : fields) head.fields.emplace_back(field.name_string(), field.value());
}

}  // namespace

std::string HttpHead::field(std::string_view name) const {
  std::string joined;
  for (const auto& [key, value] : fields) {
    if (!equals_ignoring_case(key, name)) continue;
    if (!joined.empty()) joined += ", ";
    joined += value;
  }
  return joined;
}

bool HttpHead::lists(std::string_view name, std::string_view token) const {
  const std::string all = field(name);
  std::string_view rest = all;
  while (!rest.empty()) {
    const auto end = std::min(rest.find(','), rest.size());
    std::string_view part = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    while (!part.empty() && (part.front() == ' ' || part.front() == '\t')) part.remove_prefix(1);
    while (!part.empty() && (part.back() == ' ' || part.back() == '\t')) part.remove_suffix(1);
    if (equals_ignoring_case(part, token)) return true;
  }
  return false;
}

std::optional<std::uint64_t> HttpHead::content_length() const {
  const std::string text = field("Content-Length");
  std::uint64_t length = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), length);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return length;
}

std::size_t empty_lines(std::string_view text) {
  constexpr std::size_t kMost = 16;
  return std::min({text.find_first_not_of("\r\n"), text.size(), kMost});
}

std::optional<std::size_t> find_head_end(std::string_view text, std::size_t searched) {
  constexpr std::size_t kLongestEnd = 3;  // LF CR LF
  const std::size_t from = searched - std::min(searched, kLongestEnd - 1);
  for (auto at = text.find('\n', from); at != std::string_view::npos; at = text.find('\n', at + 1)) {
    const std::string_view rest = text.substr(at + 1);
    if (rest.starts_with('\n')) return at + 2;
    if (rest.starts_with("\r\n")) return at + kLongestEnd;
  }
  return std::nullopt;
}

std::optional<HttpHead> parse_http_head(std::string_view text) {
  HttpHead head;
  head.is_request = !text.starts_with(kResponse);
  std::string mended;
  mended.reserve(text.size());
  for (const char c : text) {
    if (c == '\n' && !mended.ends_with('\r')) {
      head.has_bare_lf = true;
      mended += '\r';
    }
    mended += c;
  }
  if (head.is_request) {
    http::request_parser<http::empty_body> parser;
    if (!run_parser(mended, parser)) return std::nullopt;
    head.method = parser.get().method_string();
    head.target = parser.get().target();
    head.version = parser.get().version();
    copy_fields(parser.get(), head);
  } else {
    constexpr std::size_t kBehindCode = kResponse.size() + 5;  // "HTTP/1.1 101"
    head.lacks_status_space = mended.size() > kBehindCode && mended[kBehindCode] == '\r';
    if (head.lacks_status_space) mended.insert(kBehindCode, 1, ' ');
    http::response_parser<http::empty_body> parser;
    if (!run_parser(mended, parser)) return std::nullopt;
    head.status = parser.get().result_int();
    head.reason = parser.get().reason();
    copy_fields(parser.get(), head);
  }
  return head;
}

std::optional<bool> looks_like_http(std::string_view text) {
  text.remove_prefix(empty_lines(text));
  bool could_be = kResponse.starts_with(text);
  if (text.starts_with(kResponse)) return true;
  for (const std::string_view method : kMethods) {
    if (text.starts_with(method)) return true;
    could_be |= method.starts_with(text);
  }
  return could_be ? std::nullopt : std::optional(false);
}

}  // namespace overhear
