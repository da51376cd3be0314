#include "proxy/http_greeting.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>

#include "base/limits.hpp"
#include "dissectors/http/http_head.hpp"

namespace overhear {
namespace {

constexpr std::uint16_t kHttpPort = 80;

bool is_same_word(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
}

// For a person, who sees it in a browser or on a terminal.
std::string response(std::string_view status, std::string_view text) {
  return fmt::format(
      "HTTP/1.1 {}\r\nContent-Type: text/plain\r\nContent-Length: {}\r\nConnection: close\r\n\r\noverhear: {}\n",
      status, text.size() + std::string_view("overhear: \n").size(), text);
}

// Which fields speak to the proxy alone, or about the connection to it, or are said anew.
bool is_for_proxy(std::string_view name, bool is_upgrade) {
  constexpr std::array<std::string_view, 4> kForProxy{"proxy-connection", "proxy-authorization", "keep-alive", "host"};
  if (std::ranges::any_of(kForProxy, [name](std::string_view own) { return is_same_word(own, name); })) return true;
  return !is_upgrade && is_same_word("connection", name);
}

}  // namespace

Greeting::Status HttpGreeting::feed(std::string& received, std::string& reply) {
  received.erase(0, empty_lines(received));
  const std::string_view text = received;
  if (looks_like_http(text) == false) {
    return refuse_with(reply, "it does not speak HTTP, by which this proxy is told where to go");
  }
  const auto end = find_head_end(text, searched_);
  searched_ = text.size();
  if (!end) {
    const bool is_too_long = text.size() > Limits{}.http_head_bytes;
    return is_too_long ? refuse_with(reply, "its request does not end within 64 KiB") : Status::NeedMore;
  }
  const auto head = parse_http_head(text.substr(0, *end));
  if (!head || !head->is_request) return refuse_with(reply, "its request is malformed");
  if (head->method != "CONNECT") return forward(*head, *end, received, reply);
  received.erase(0, *end);
  return tunnel(*head, reply);
}

Greeting::Status HttpGreeting::refuse_with(std::string& reply, std::string problem) {
  reply += response("400 Bad Request", problem);
  return refuse(std::move(problem));
}

Greeting::Status HttpGreeting::tunnel(const HttpHead& head, std::string& reply) {
  auto target = parse_host_port(head.target);
  if (!target || target->port == 0) return refuse_with(reply, "its CONNECT does not name HOST:PORT");
  target_ = *std::move(target);
  is_tunnel_ = true;
  return Status::Connect;
}

Greeting::Status HttpGreeting::forward(const HttpHead& head, std::size_t length, std::string& received,
                                       std::string& reply) {
  const std::string_view url = head.target;
  const std::size_t scheme = url.find("://");
  const bool is_plain = scheme != std::string_view::npos &&
                        (is_same_word(url.substr(0, scheme), "http") || is_same_word(url.substr(0, scheme), "ws"));
  if (!is_plain) return refuse_with(reply, "its request has no http:// URL; this is a proxy, not a server");
  const std::size_t begin = scheme + 3;
  const std::size_t path = std::min(url.find_first_of("/?", begin), url.size());
  const std::string authority(url.substr(begin, path - begin));
  const bool has_port = !authority.ends_with(']') && authority.contains(':');
  auto target = parse_host_port(has_port ? authority : fmt::format("{}:{}", authority, kHttpPort));
  if (!target || target->port == 0) return refuse_with(reply, "the URL of its request names no server");
  target_ = *std::move(target);
  const bool is_upgrade = head.lists("Connection", "upgrade");
  const std::string_view rest = url.substr(path);
  // The URL says which host is meant, whatever the Host field does (RFC 9112, 3.2.2).
  std::string request = fmt::format("{} {}{} HTTP/1.{}\r\nHost: {}\r\n", head.method, rest.starts_with('/') ? "" : "/",
                                    rest, head.version % 10, authority);
  for (const auto& [name, value] : head.fields) {
    if (!is_for_proxy(name, is_upgrade)) request += fmt::format("{}: {}\r\n", name, value);
  }
  // The next request may be for another server.
  if (!is_upgrade) request += "Connection: close\r\n";
  received.replace(0, length, request + "\r\n");
  return Status::Connect;
}

std::string HttpGreeting::connected(const Endpoint&) {
  return is_tunnel_ ? "HTTP/1.1 200 Connection established\r\n\r\n" : "";
}

std::string HttpGreeting::failed(ConnectFailure failure, std::string_view why) {
  return response(failure == ConnectFailure::TimedOut ? "504 Gateway Timeout" : "502 Bad Gateway", why);
}

}  // namespace overhear
