#include "session/exchanges.hpp"

#include <algorithm>

namespace overhear {
namespace {

constexpr std::size_t kLongestKey = 256;
constexpr std::size_t kLongestType = 128;

}  // namespace

bool Exchanges::on_message(Message& message, const Dissection& dissection, std::size_t limit) {
  // A key that long pairs nothing that anyone wrote; remembering it would let a peer choose how much is remembered.
  if (dissection.key.empty() || dissection.key.size() > kLongestKey || limit == 0) return false;
  const auto first = pending_.begin() + static_cast<std::ptrdiff_t>(first_);
  if (dissection.role != Role::Request) {
    const auto request = std::find_if(first, pending_.end(), [&](const Request& candidate) {
      return candidate.key == dissection.key && candidate.direction != message.direction;
    });
    if (request == pending_.end()) return dissection.role == Role::Answer;
    message.reply_to = request->number;
    message.latency_ns = std::max<std::int64_t>(0, message.time_first - request->time);
    answered_type_.swap(request->unknown_type);
    message.reply_type = request->type.empty() ? std::string_view(answered_type_) : request->type;
    request->key.clear();
    while (first_ < pending_.size() && pending_[first_].key.empty()) ++first_;
    return false;
  }
  if (pending_.size() - first_ >= limit) ++first_;
  // The places in front are used again before the list grows.
  if (first_ == pending_.size() || (first_ >= 16 && first_ > pending_.size() / 2)) {
    pending_.erase(pending_.begin(), pending_.begin() + static_cast<std::ptrdiff_t>(first_));
    first_ = 0;
  }
  const bool is_in_table = message.type_spec != nullptr && message.type_spec->name == message.type;
  Request& request = pending_.emplace_back();
  request.key = dissection.key;
  if (is_in_table) {
    request.type = message.type_spec->name;
  } else {
    request.unknown_type = message.type.substr(0, kLongestType);
  }
  request.time = message.time;
  request.number = message.number;
  request.direction = message.direction;
  return false;
}

}  // namespace overhear
