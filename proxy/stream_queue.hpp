// What is relayed, on its way from the thread that relays to the one that looks at it. Forwarding never waits for the
// looking: where the queue is full, bytes pass by it and the reader learns how many.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>
#include <vector>

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
  // The wire's. False: there is no room.
  void open_legs(std::uint64_t connection, const LegEnds& ends, Timestamp time);
  bool wire(std::uint64_t connection, Leg leg, Side from, std::uint64_t missing, Bytes bytes, Timestamp time);
  void wire_gap(std::uint64_t connection, Leg leg, Side from, std::uint64_t missing, Timestamp time);
  void reset(std::uint64_t connection, Leg leg, Side from, Timestamp time);
  // About this connection, or none (0).
  void tell(std::uint64_t connection, const Rule& rule, std::string_view text, Timestamp time);
};

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

// Who opens what is relayed.
class ProxiedKeys {
 public:
  virtual ~ProxiedKeys() = default;
  virtual void add_mcp(Bytes client_public, Bytes secret) = 0;
  virtual void forget_mcp(Bytes client_public) = 0;
  // What opens the legs, in lines of a key log.
  virtual void add_keys(std::string_view key_log) = 0;
};

struct RecordHead;

// The reader's end: plays what was relayed to a sink.
class StreamPlayer {
 public:
  // All outlive this; `keys` and `wire` may be null. The wire gets what is shown before that is.
  StreamPlayer(StreamQueue& queue, ConnectionSink& sink, ProxiedKeys* keys = nullptr, WireSink* wire = nullptr)
      : queue_(queue), sink_(sink), keys_(keys), wire_(wire) {}

  // Called before anything of a later time is told.
  using OnTime = std::function<void(Timestamp now)>;
  // Plays what waits, as much as one block. False: nothing does.
  bool play(const OnTime& on_time);
  // Nothing more comes: connections that are still open end here.
  void finish();

 private:
  void play(Bytes record);
  bool play_wire(const RecordHead& head, Bytes body);
  void play_bytes(StreamConsumer& consumer, const RecordHead& head, Bytes body);
  Stamp stamp(std::uint64_t connection, Side from, Timestamp time) const;
  void on_closed(std::uint64_t connection, CloseReason reason, const Stamp& at);
  static void on_missing(StreamConsumer& consumer, Side from, std::uint64_t missing, const Stamp& at);
  void tell(std::uint64_t connection, Finding& finding, const Stamp& at);

  StreamQueue& queue_;
  struct Open {
    std::unique_ptr<StreamConsumer> consumer;
    std::vector<std::uint8_t> mcp_client;  // whose secret was added; empty: none was
  };

  ConnectionSink& sink_;
  ProxiedKeys* keys_;
  WireSink* wire_;
  boost::unordered_flat_map<std::uint64_t, Open> open_;
  Timestamp last_;
};

}  // namespace overhear
