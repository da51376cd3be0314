#include "session/exchanges.hpp"

#include <algorithm>

namespace overhear {

bool Exchanges::on_message(Message& message, const Dissection& dissection) {
  if (dissection.key.empty()) return false;
  const auto found = pending_.find(dissection.key);
  const bool is_answer =
      found != pending_.end() && dissection.role != Role::Request && found->second.direction != message.direction;
  if (is_answer) {
    Request& request = found->second;
    message.reply_to = request.number;
    message.latency_ns = std::max<std::int64_t>(0, message.time_first - request.time);
    answered_type_.swap(request.type);
    message.reply_type = answered_type_;
    pending_.erase(found);
    return false;
  }
  if (dissection.role != Role::Request) return dissection.role == Role::Answer;
  if (order_.size() >= limit_) {
    pending_.erase(order_.front());
    order_.pop_front();
  }
  order_.push_back(dissection.key);
  pending_.insert_or_assign(dissection.key,
                            Request{message.number, message.direction, message.time, std::string(message.type)});
  return false;
}

}  // namespace overhear
