#include "dissectors/websocket/message_inflater.hpp"

#include "dissectors/websocket/ws_rules.hpp"

namespace overhear {
namespace {

// RFC 7692, 7.2.2: what the sender took off the end of each compressed message.
constexpr std::string_view kDeflateTail{"\x00\x00\xFF\xFF", 4};

}  // namespace

const Rule* MessageInflater::inflate(std::string_view payload, std::string& out, std::size_t limit) {
  out.clear();
  bool has_ended = false;
  for (const std::string_view part : {payload, kDeflateTail}) {
    std::string_view left = part;
    // A message that ends with a final block needs no tail (RFC 7692, 7.2.3.4).
    if (has_ended) break;
    while (!left.empty()) {
      const auto [status, consumed] = inflater_.inflate(left, out, limit);
      left.remove_prefix(consumed);
      has_ended = status == Inflater::Status::End;
      if (has_ended) {
        inflater_.reset();  // the next byte begins anew
      } else if (status == Inflater::Status::Limit) {
        return &ws_rules::kInflateLimit;
      } else if (status == Inflater::Status::Error || consumed == 0) {
        return &ws_rules::kInflate;
      }
    }
  }
  return has_ended || inflater_.is_between_blocks() ? nullptr : &ws_rules::kInflate;
}

}  // namespace overhear
