// What is relayed, on its way from the thread that relays to the one that looks at it. Forwarding never waits for the
// looking: where the queue is full, bytes pass by it and the reader learns how many.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "base/record_queue.hpp"
#include "base/stream_event.hpp"
#include "proxy/wire.hpp"

namespace overhear {

class StreamQueue final : public RecordQueue {
 public:
  using RecordQueue::RecordQueue;

  // The writer's. Connections are told apart by a number that is used once.
  void open(std::uint64_t connection, const Connection& ends, Timestamp time);
  // How many bytes in front of others found no room.
  struct Missing {
    std::uint64_t shown = 0;
    std::array<std::uint64_t, 2> on_wire{};  // by Leg
  };
  // `legs` carry just these. False: there was no room for them either.
  bool bytes(std::uint64_t connection, Side from, const Missing& missing, Legs legs, Bytes bytes, Timestamp time);
  void gap(std::uint64_t connection, Side from, std::uint64_t missing, Timestamp time);
  void end(std::uint64_t connection, Side from, Timestamp time);
  void close(std::uint64_t connection, CloseReason reason, Timestamp time);
  using RecordQueue::close;
  // What opens the MCP session on this connection from here on.
  void mcp_secret(std::uint64_t connection, Bytes client_public, Bytes secret, Timestamp time);
  // What opens one of the legs from here on, in lines of a key log.
  void keys(std::string_view key_log, Timestamp time);
  // The wire's.
  void open_legs(std::uint64_t connection, const LegEnds& ends, Timestamp time);
  // False: there is no room.
  bool wire(std::uint64_t connection, Leg leg, Side from, std::uint64_t missing, Bytes bytes, Timestamp time);
  void wire_gap(std::uint64_t connection, Leg leg, Side from, std::uint64_t missing, Timestamp time);
  void reset(std::uint64_t connection, Leg leg, Side from, Timestamp time);
  // About this connection, or none (0).
  void tell(std::uint64_t connection, const Rule& rule, std::string_view text, Timestamp time);
};

}  // namespace overhear
