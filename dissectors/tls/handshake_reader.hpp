// Puts the handshake messages of one direction together, however they lie in records: several in one, one in several
// (RFC 8446, 5.1). What is over the limit is passed over.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/bytes.hpp"
#include "dissectors/tls/tls_handshake.hpp"

namespace overhear {

class HandshakeReader {
 public:
  explicit HandshakeReader(std::size_t limit) : limit_(limit) {}

  // Calls on_message(type, body) with each message that is whole, and on_oversized(type) for each that is over the
  // limit.
  template <typename OnMessage, typename OnOversized>
  void feed(std::string_view fragment, OnMessage on_message, OnOversized on_oversized);

  // A message is under way: nothing else may stand between its records.
  bool is_open() const { return !partial_.empty() || skipped_ > 0; }
  void reset() {
    partial_.clear();
    skipped_ = 0;
  }
  std::size_t held() const { return partial_.size(); }

 private:
  static constexpr std::size_t kHeaderBytes = 4;  // msg_type, length (RFC 8446, 4)

  static std::size_t message_bytes(std::string_view message) {
    const auto byte = [&](std::size_t at) { return static_cast<std::size_t>(static_cast<std::uint8_t>(message[at])); };
    return kHeaderBytes + (byte(1) << 16 | byte(2) << 8 | byte(3));
  }

  std::size_t limit_;
  std::string partial_;
  std::size_t skipped_ = 0;  // bytes of a message over the limit that are still to come
};

template <typename OnMessage, typename OnOversized>
void HandshakeReader::feed(std::string_view fragment, OnMessage on_message, OnOversized on_oversized) {
  const std::size_t passed = std::min(skipped_, fragment.size());
  skipped_ -= passed;
  fragment.remove_prefix(passed);
  if (fragment.empty()) return;
  std::string_view rest = fragment;
  std::string joined;
  if (!partial_.empty()) {
    partial_ += fragment;
    // A message that is not whole yet stays as it is, so that many small records cost no more than one.
    if (partial_.size() < kHeaderBytes) return;
    if (const std::size_t size = message_bytes(partial_); size <= limit_ && partial_.size() < size) return;
    joined.swap(partial_);
    rest = joined;
  }
  while (rest.size() >= kHeaderBytes) {
    const std::size_t size = message_bytes(rest);
    const auto type = static_cast<HandshakeType>(rest.front());
    if (size > limit_) {
      on_oversized(type);
      skipped_ = size - std::min(size, rest.size());
      rest.remove_prefix(std::min(size, rest.size()));
      continue;
    }
    if (rest.size() < size) break;
    on_message(type, as_bytes(rest.substr(kHeaderBytes, size - kHeaderBytes)));
    rest.remove_prefix(size);
  }
  partial_ = rest;
}

}  // namespace overhear
