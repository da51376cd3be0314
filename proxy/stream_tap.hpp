// What a relay tells of its connection, on the thread that relays: what is shown of it, and what its legs carry where
// that is recorded. What finds no room in the queue is counted, and told later.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/stream_event.hpp"
#include "proxy/stream_queue.hpp"
#include "proxy/wire.hpp"

namespace overhear {

// The writer's end for what one connection's legs carry, where that is recorded. Counts what found no room.
class WireTap {
 public:
  WireTap(StreamQueue& queue, std::uint64_t connection, const LegEnds& ends, Timestamp time);

  void on_bytes(Leg leg, Side from, Bytes bytes, Timestamp time);
  void on_reset(Leg leg, Side from, Timestamp time);
  void tell_missing(Side from, Timestamp time);
  // Of these legs' bytes from there, which come with the next or do not.
  std::uint64_t& missing(Leg leg, Side from) {
    return missing_[static_cast<std::size_t>(leg)][static_cast<std::size_t>(from)];
  }

 private:
  StreamQueue& queue_;
  std::uint64_t connection_;
  std::array<std::array<std::uint64_t, 2>, 2> missing_{};  // by Leg, by Side
};

// The writer's end for what is shown of one connection. Counts what found no room.
class StreamTap {
 public:
  // `wire` is the same connection's; null where nothing is recorded.
  StreamTap(StreamQueue& queue, std::uint64_t connection, const Connection& ends, Timestamp time,
            WireTap* wire = nullptr);

  // `legs` carry just these bytes, of which the wire is not told otherwise.
  void on_bytes(Side from, Bytes bytes, Timestamp time, Legs legs = Legs::None);
  void on_end(Side from, Timestamp time);
  void on_closed(CloseReason reason, Timestamp time);
  void on_mcp_secret(Bytes client_public, Bytes secret, Timestamp time);
  void tell(const Rule& rule, std::string_view text, Timestamp time);

 private:
  void tell_missing(Side from, Timestamp time);

  StreamQueue& queue_;
  std::uint64_t connection_;
  WireTap* wire_;
  std::uint64_t missing_[2] = {0, 0};  // by Side
};

}  // namespace overhear
