#include "dissectors/websocket/message_inflater.hpp"

#include <utility>

#include "dissectors/websocket/ws_rules.hpp"

namespace overhear {
namespace {

// RFC 7692, 7.2.2: what the sender took off the end of each compressed message.
constexpr std::string_view kDeflateTail{"\x00\x00\xFF\xFF", 4};

}  // namespace

const Rule* MessageInflater::feed(std::string_view part, std::string& out, std::size_t limit) {
  while (!part.empty()) {
    const auto [status, consumed] = inflater_.inflate(part, out, limit);
    part.remove_prefix(consumed);
    has_ended_ = status == Inflater::Status::End;
    if (has_ended_) {
      inflater_.reset();  // the next byte begins anew
    } else if (status == Inflater::Status::Limit) {
      return &ws_rules::kInflateLimit;
    } else if (status == Inflater::Status::Error || consumed == 0) {
      return &ws_rules::kInflate;
    }
  }
  return nullptr;
}

const Rule* MessageInflater::finish(std::string& out, std::size_t limit) {
  // A message that ends with a final block needs no tail (RFC 7692, 7.2.3.4).
  if (std::exchange(has_ended_, false)) return nullptr;
  const Rule* const problem = feed(kDeflateTail, out, limit);
  if (problem != nullptr) return problem;
  return std::exchange(has_ended_, false) || inflater_.is_between_blocks() ? nullptr : &ws_rules::kInflate;
}

void MessageInflater::reset() {
  inflater_.reset();
  has_ended_ = false;
}

}  // namespace overhear
