#include "proxy/tls_hello.hpp"

#include "dissectors/tls/tls_record.hpp"

namespace overhear {

std::optional<bool> is_hello(Bytes first) {
  if (!first.empty() && first[0] != static_cast<std::uint8_t>(ContentType::Handshake)) return false;
  const std::optional<bool> is_tls = looks_like_tls(as_text(first), false);
  if (!is_tls || !*is_tls) return is_tls;
  return sender_of_hello(as_text(first)) == Direction::Client;
}

}  // namespace overhear
