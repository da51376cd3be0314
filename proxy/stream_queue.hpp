// What is relayed, on its way from the thread that relays to the one that looks at it. Forwarding never waits for the
// looking: where the queue is full, bytes pass by it and the reader learns how many.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>
#include <vector>

#include "base/record_queue.hpp"
#include "base/stream_event.hpp"

namespace overhear {

class StreamQueue final : public RecordQueue {
 public:
  using RecordQueue::RecordQueue;

  // The writer's. Connections are told apart by a number that is used once.
  void open(std::uint64_t connection, const Connection& ends, Timestamp time);
  // `missing`: so many bytes in front of these found no room. False: nor was there any for these.
  bool bytes(std::uint64_t connection, Side from, std::uint64_t missing, Bytes bytes, Timestamp time);
  void gap(std::uint64_t connection, Side from, std::uint64_t missing, Timestamp time);
  void end(std::uint64_t connection, Side from, Timestamp time);
  void close(std::uint64_t connection, CloseReason reason, Timestamp time);
  using RecordQueue::close;
  // What opens the MCP session on this connection from here on.
  void mcp_secret(std::uint64_t connection, Bytes client_public, Bytes secret, Timestamp time);
  // About this connection, or none (0).
  void tell(std::uint64_t connection, const Rule& rule, std::string_view text, Timestamp time);
};

// The writer's end for one connection. Counts what found no room.
class StreamTap {
 public:
  StreamTap(StreamQueue& queue, std::uint64_t connection, const Connection& ends, Timestamp time);

  void on_bytes(Side from, Bytes bytes, Timestamp time);
  void on_end(Side from, Timestamp time);
  void on_closed(CloseReason reason, Timestamp time);
  void on_mcp_secret(Bytes client_public, Bytes secret, Timestamp time);
  void tell(const Rule& rule, std::string_view text, Timestamp time);

 private:
  void tell_missing(Side from, Timestamp time);

  StreamQueue& queue_;
  std::uint64_t connection_;
  std::uint64_t missing_[2] = {0, 0};  // by Side
};

// Who opens what is relayed.
class ProxiedKeys {
 public:
  virtual ~ProxiedKeys() = default;
  virtual void add_mcp(Bytes client_public, Bytes secret) = 0;
  virtual void forget_mcp(Bytes client_public) = 0;
};

// The reader's end: plays what was relayed to a sink.
class StreamPlayer {
 public:
  // All outlive this; `keys` may be null.
  StreamPlayer(StreamQueue& queue, ConnectionSink& sink, ProxiedKeys* keys = nullptr)
      : queue_(queue), sink_(sink), keys_(keys) {}

  // Called before anything of a later time is told.
  using OnTime = std::function<void(Timestamp now)>;
  // Plays what waits, as much as one block. False: nothing does.
  bool play(const OnTime& on_time);
  // Nothing more comes: connections that are still open end here.
  void finish();

 private:
  void play(Bytes record);
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
  boost::unordered_flat_map<std::uint64_t, Open> open_;
  Timestamp last_;
};

}  // namespace overhear
