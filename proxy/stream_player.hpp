// What was relayed, played to those who look at it, on their thread: to a sink for connections, and to the wire's where
// it is recorded.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>
#include <vector>

#include "base/stream_event.hpp"
#include "proxy/stream_queue.hpp"
#include "proxy/wire.hpp"

namespace overhear {

struct RecordHead;

// Who opens what is relayed.
class ProxiedKeys {
 public:
  virtual ~ProxiedKeys() = default;
  virtual void add_mcp(Bytes client_public, Bytes secret) = 0;
  virtual void forget_mcp(Bytes client_public) = 0;
  // What opens the legs, in lines of a key log.
  virtual void add_keys(std::string_view key_log) = 0;
};

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
