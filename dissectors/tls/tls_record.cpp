#include "dissectors/tls/tls_record.hpp"

namespace overhear {
namespace {

constexpr std::uint8_t byte_at(std::string_view view, std::size_t at) {
  return static_cast<std::uint8_t>(view[at]);
}

constexpr std::size_t kHandshakeHeaderBytes = 4;  // msg_type, length (RFC 8446, 4)
constexpr std::uint8_t kClientHello = 1;
constexpr std::uint8_t kServerHello = 2;

std::optional<bool> begins_with_hello(std::string_view text, const TlsRecordHeader& header) {
  if (header.type != ContentType::Handshake || header.length < kHandshakeHeaderBytes) return false;
  if (text.size() <= kTlsHeaderBytes) return std::nullopt;
  const std::uint8_t type = byte_at(text, kTlsHeaderBytes);
  return type == kClientHello || type == kServerHello;
}

// Enough of a record that what follows can be seen to be one too.
std::optional<bool> has_successor(std::string_view text, const TlsRecordHeader& header) {
  constexpr std::size_t kTelling = 3;  // type and version
  if (text.size() < header.record_bytes() + kTelling) return std::nullopt;
  return may_begin_record(text.substr(header.record_bytes()));
}

}  // namespace

bool may_begin_record(std::string_view view) {
  if (!view.empty() && (byte_at(view, 0) < 20 || byte_at(view, 0) > 23)) return false;
  if (view.size() > 1 && byte_at(view, 1) != 3) return false;
  if (view.size() > 2 && byte_at(view, 2) > 4) return false;
  if (view.size() < kTlsHeaderBytes) return true;
  const std::size_t length = static_cast<std::size_t>(byte_at(view, 3)) << 8 | byte_at(view, 4);
  return length > 0 && length <= kMaxFragmentBytes;
}

std::optional<TlsRecordHeader> parse_record_header(std::string_view view) {
  if (view.size() < kTlsHeaderBytes) return std::nullopt;
  return TlsRecordHeader{static_cast<ContentType>(byte_at(view, 0)),
                         static_cast<std::size_t>(byte_at(view, 3)) << 8 | byte_at(view, 4)};
}

std::optional<bool> looks_like_tls(std::string_view text, bool is_midstream) {
  if (!may_begin_record(text)) return false;
  const auto header = parse_record_header(text);
  if (!header) return std::nullopt;
  const auto is_hello = begins_with_hello(text, *header);
  if (!is_midstream || is_hello.value_or(true)) return is_hello;
  return has_successor(text, *header);
}

std::optional<Direction> sender_of_hello(std::string_view text) {
  const auto header = parse_record_header(text);
  if (!header || !begins_with_hello(text, *header).value_or(false)) return std::nullopt;
  return byte_at(text, kTlsHeaderBytes) == kClientHello ? Direction::Client : Direction::Server;
}

}  // namespace overhear
