// How HttpLayer leaves a connection that goes on with something else.
#include <memory>
#include <utility>

#include "dissectors/detecting_layer.hpp"
#include "dissectors/http/http_layer.hpp"
#include "dissectors/http/http_rules.hpp"

namespace overhear {

// What stands where a head should begin is no HTTP.
bool HttpLayer::leave(Direction direction, bool is_end) {
  const State theirs = stream(other(direction)).state;
  const bool has_unanswered = direction == Direction::Client && theirs == State::Head && !asked_.empty();
  const bool may_wait = !is_end && context_.streams[direction].size() <= context_.limits.message_bytes;
  if (may_wait && (theirs == State::Body || has_unanswered)) {
    is_waiting_ = true;
    return false;
  }
  report(direction, http_rules::kMalformed, "what stands where the next HTTP head should begin is none");
  const bool may_leave = theirs == State::Head || theirs == State::Data;
  if (may_leave && !hints_.is_behind_http) return hand_over(direction);
  stream(direction).state = State::Data;
  return true;
}

bool HttpLayer::hand_over(Direction direction) {
  if (stream(other(direction)).state == State::Data) {
    emit_data(context_, other(direction), context_.streams[other(direction)].size());
  }
  Hints hints = hints_;
  hints.is_behind_http = true;
  hints.is_midstream = false;
  next_ = std::make_unique<DetectingLayer>(context_, hints, on_detected_);
  // What was held back came first, and who is told last is told of it first.
  const Direction last = is_woken_ ? other(direction) : direction;
  for (const Direction each : {last, other(last)}) {
    if (!context_.streams[each].empty()) next_->on_data(each);
    if (has_ended_[static_cast<std::size_t>(each)]) next_->on_end(each);
  }
  return false;
}

// The other side is done with what this one waited for.
void HttpLayer::wake(Direction direction) {
  if (!std::exchange(is_waiting_, false)) return;
  is_woken_ = true;
  on_data(direction);
  is_woken_ = false;
}

}  // namespace overhear
