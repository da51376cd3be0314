// Which message answers which request, by the protocol's correlation ids, within one session. Bounded: a request that
// waits for longer than Limits::pending_requests others is forgotten.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>

#include "base/limits.hpp"
#include "base/time.hpp"
#include "dissectors/message.hpp"
#include "dissectors/protocol.hpp"

namespace overhear {

class Exchanges {
 public:
  explicit Exchanges(const Limits& limits) : limit_(limits.pending_requests) {}

  // Fills in reply_to, latency_ns and reply_type where `message` answers an earlier request, and remembers it where it
  // is a request. `message` is complete but for those. True: it is an answer whose request is not known. The views
  // given out hold until the next call.
  bool on_message(Message& message, const Dissection& dissection);

 private:
  struct Request {
    std::uint32_t number = 0;
    Direction direction = Direction::Client;
    Timestamp time;
    std::string type;
  };

  std::size_t limit_;
  boost::unordered_flat_map<std::string, Request> pending_;
  std::deque<std::string> order_;  // keys as they came, for the limit; may hold keys that were answered
  std::string answered_type_;
};

}  // namespace overhear
