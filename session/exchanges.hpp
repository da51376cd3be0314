// Which message answers which request, by the protocol's correlation ids, within one session. Bounded: beyond so many
// requests that wait for an answer the oldest is forgotten.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/prefetch.hpp"
#include "base/time.hpp"
#include "dissectors/message.hpp"
#include "dissectors/protocol.hpp"

namespace overhear {

class Exchanges {
 public:
  // Fills in reply_to, latency_ns and reply_type where `message` answers an earlier request, and remembers it where it
  // is a request, one of `limit` at most. `message` is complete but for those. True: it is an answer whose request is
  // not known. The views given out hold until the next call.
  bool on_message(Message& message, const Dissection& dissection, std::size_t limit);

  void fetch_ahead() const { prefetch(pending_.data() + first_, sizeof(Request)); }

 private:
  struct Request {
    std::string key;
    std::string_view type;     // of a row of the protocol's table
    std::string unknown_type;  // of a message that has no row
    Timestamp time;
    std::uint32_t number = 0;
    Direction direction = Direction::Client;
  };

  // In the order of sending, from first_ on; an answered one has an empty key. Few: most peers have one request under
  // way, and the oldest is answered first.
  std::vector<Request> pending_;
  std::size_t first_ = 0;
  std::string answered_type_;  // where it is not in the table
};

}  // namespace overhear
