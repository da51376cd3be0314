#include "dissectors/proxy_protocol/proxy_header.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <string>

namespace overhear {
namespace {

constexpr std::string_view kText = "PROXY ";
constexpr std::size_t kLongestLine = 107;  // 2.1, with CRLF
constexpr std::string_view kSignature{"\r\n\r\n\0\r\nQUIT\n", 12};
constexpr std::size_t kBinaryHeader = 16;
constexpr std::size_t kLongestBinary = 4096;  // with TLVs; longer ones are not written

ProxyHeader of(ProxyHeader::Status status, std::size_t size, int version) {
  ProxyHeader header;
  header.status = status;
  header.size = size;
  header.version = version;
  return header;
}

// The word up to the next space, and steps behind it.
std::string_view take_word(std::string_view& line) {
  const std::size_t end = std::min(line.find(' '), line.size());
  const std::string_view word = line.substr(0, end);
  line.remove_prefix(std::min(end + 1, line.size()));
  return word;
}

std::optional<Endpoint> parse_endpoint(std::string_view address, std::string_view port, bool is_v6) {
  Endpoint endpoint;
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), endpoint.port);
  if (error != std::errc() || end != port.data() + port.size()) return std::nullopt;
  endpoint.address.is_v6 = is_v6;
  const std::string text(address);
  if (::inet_pton(is_v6 ? AF_INET6 : AF_INET, text.c_str(), endpoint.address.bytes.data()) != 1) return std::nullopt;
  return endpoint;
}

ProxyHeader parse_line(std::string_view text) {
  const std::string_view front = text.substr(0, kLongestLine);
  const std::size_t end = front.find("\r\n");
  if (end == std::string_view::npos) {
    const bool may_go_on = text.size() < kLongestLine && front.find('\n') == std::string_view::npos;
    return may_go_on ? of(ProxyHeader::Status::NeedMore, 0, 1) : of(ProxyHeader::Status::Malformed, front.size(), 1);
  }
  ProxyHeader header = of(ProxyHeader::Status::Whole, end + 2, 1);
  std::string_view line = front.substr(kText.size(), end - kText.size());
  const std::string_view family = take_word(line);
  if (family == "UNKNOWN") return header;  // whatever follows is to be ignored (2.1)
  const bool is_v6 = family == "TCP6";
  std::array<std::string_view, 4> words;
  for (std::string_view& word : words) word = take_word(line);
  header.client = parse_endpoint(words[0], words[2], is_v6);
  header.server = parse_endpoint(words[1], words[3], is_v6);
  const bool is_right = (is_v6 || family == "TCP4") && header.client && header.server && line.empty();
  return is_right ? header : of(ProxyHeader::Status::Malformed, header.size, 1);
}

ProxyHeader parse_binary(std::string_view text) {
  const auto byte = [text](std::size_t at) { return static_cast<unsigned>(static_cast<unsigned char>(text[at])); };
  if (text.size() < kBinaryHeader) return of(ProxyHeader::Status::NeedMore, 0, 2);
  const std::size_t length = byte(14) << 8 | byte(15);
  const std::size_t size = kBinaryHeader + length;
  const unsigned version = byte(12) >> 4;
  const unsigned command = byte(12) & 15;
  if (version != 2 || command > 1 || size > kLongestBinary) return of(ProxyHeader::Status::Malformed, kBinaryHeader, 2);
  if (text.size() < size) return of(ProxyHeader::Status::NeedMore, 0, 2);
  ProxyHeader header = of(ProxyHeader::Status::Whole, size, 2);
  const unsigned family = byte(13) >> 4;
  const bool is_ip = family == 1 || family == 2;
  if (command == 0 || !is_ip) return header;  // LOCAL, or nothing that has an address of ours
  const bool is_v6 = family == 2;
  const std::size_t address = is_v6 ? 16 : 4;
  if (length < 2 * address + 4) return of(ProxyHeader::Status::Malformed, size, 2);
  const auto endpoint = [&](std::size_t address_at, std::size_t port_at) {
    Endpoint end;
    end.address.is_v6 = is_v6;
    std::memcpy(end.address.bytes.data(), text.data() + address_at, address);
    end.port = static_cast<std::uint16_t>(byte(port_at) << 8 | byte(port_at + 1));
    return end;
  };
  header.client = endpoint(kBinaryHeader, kBinaryHeader + 2 * address);
  header.server = endpoint(kBinaryHeader + address, kBinaryHeader + 2 * address + 2);
  return header;
}

}  // namespace

ProxyHeader parse_proxy_header(std::string_view text) {
  if (text.starts_with(kText)) return parse_line(text);
  if (text.starts_with(kSignature)) return parse_binary(text);
  const bool may_be = !text.empty() && (kText.starts_with(text) || kSignature.starts_with(text));
  return may_be ? of(ProxyHeader::Status::NeedMore, 0, 0) : ProxyHeader{};
}

}  // namespace overhear
