#include "proxy/tls_hello.hpp"

#include <openssl/tls1.h>

#include <algorithm>

namespace overhear {

std::optional<bool> is_hello(Bytes first) {
  constexpr unsigned char kHandshake = 22, kMajorVersion = 3, kMostMinor = 4, kClientHello = 1;
  constexpr std::size_t kHead = 5, kMostLength = 1 << 14;
  if (first.empty()) return std::nullopt;
  if (first[0] != kHandshake || (first.size() > 1 && first[1] != kMajorVersion)) return false;
  if (first.size() > 2 && first[2] > kMostMinor) return false;
  if (first.size() < kHead) return std::nullopt;
  const std::size_t length = static_cast<std::size_t>(first[3]) << 8 | first[4];
  if (length == 0 || length > kMostLength) return false;
  if (first.size() == kHead) return std::nullopt;
  return first[kHead] == kClientHello;
}

std::string server_name(Bytes extension) {
  constexpr std::size_t kHead = 5;
  if (extension.size() <= kHead || extension[2] != TLSEXT_NAMETYPE_host_name) return {};
  const std::size_t length = static_cast<std::size_t>(extension[3]) << 8 | extension[4];
  return std::string(as_text(extension.subspan(kHead, std::min(length, extension.size() - kHead))));
}

}  // namespace overhear
