#include "proxy/certificate_name.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <ranges>

namespace overhear {
namespace {

constexpr std::size_t kLongestHost = 253;  // RFC 1035, 2.3.4, without the root's dot
constexpr std::size_t kLongestLabel = 63;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_label(std::string_view label) {
  const auto is_allowed = [](char c) { return (c >= 'a' && c <= 'z') || is_digit(c) || c == '-' || c == '_'; };
  return !label.empty() && label.size() <= kLongestLabel && std::ranges::all_of(label, is_allowed) &&
         label.front() != '-' && label.back() != '-';
}

bool is_host(std::string_view name) {
  if (name.size() > kLongestHost) return false;
  std::string_view last;
  for (const auto part : std::views::split(name, '.')) {
    last = std::string_view(part.begin(), part.end());
    if (!is_label(last)) return false;
  }
  return !std::ranges::all_of(last, is_digit);
}

bool parse_address(int family, const std::string& text, std::size_t size, std::string& out) {
  char address[sizeof(in6_addr)];
  if (::inet_pton(family, text.c_str(), address) != 1) return false;
  out.assign(address, size);
  return true;
}

}  // namespace

CertificateName parse_certificate_name(std::string_view host) {
  CertificateName name;
  // A zero byte would end what inet_pton reads.
  if (host.size() > kLongestHost + 1 || host.contains('\0')) return name;
  std::string text(host);
  if (parse_address(AF_INET, text, sizeof(in_addr), name.value) ||
      parse_address(AF_INET6, text, sizeof(in6_addr), name.value)) {
    name.kind = CertificateName::Kind::Address;
    return name;
  }
  if (text.ends_with('.')) text.pop_back();
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  if (is_host(text)) return {CertificateName::Kind::Host, std::move(text)};
  return name;
}

}  // namespace overhear
