// TCP segments in the order in which they were captured become, per connection, the stream events of
// base/stream_event.hpp. Stands between the IP layer and everything that knows a protocol; knows no protocol itself.
//
// No clock, no thread: time is the largest packet time seen, so the same segments give the same events. Checksums are
// not looked at (a checksum left to the network card is wrong in every packet that the machine itself sent).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/limits.hpp"
#include "base/stream_event.hpp"
#include "base/time.hpp"
#include "capture/connection_table.hpp"
#include "capture/flow_key.hpp"
#include "capture/tcp_connection.hpp"
#include "capture/tcp_segment.hpp"

namespace overhear {

class Reassembler {
 public:
  // `sink` outlives the Reassembler. Its consumers, and the sink itself, must not call back into the Reassembler.
  Reassembler(ConnectionSink& sink, const Limits& limits);
  // Connections that are still open are dropped without on_closed: call finish() first.
  ~Reassembler();
  Reassembler(const Reassembler&) = delete;
  Reassembler& operator=(const Reassembler&) = delete;

  // Takes the next segment. Its payload is passed on as a view, or copied where it has to wait for earlier bytes.
  // Returns the connection that it belongs to, by its number in the order of opening (from 1 on); 0 for none.
  std::uint64_t feed(const TcpSegment& segment);

  // A segment that will be fed soon, and how far what it needs is fetched (see base/prefetch.hpp). Changes nothing.
  struct Foreseen {
    const TcpConnection* connection = nullptr;  // null: it has none yet
    std::uint64_t erased = 0;                   // the table's count when it was found
    int step = 0;
  };
  Foreseen foresee(const TcpSegment& segment) const;
  void fetch_ahead(Foreseen& foreseen) const;

  // Capture time moved on without a segment: holes whose time is over become gaps. feed() does this for its own time;
  // a time that lies before one already seen changes nothing.
  void advance(Timestamp now);

  // End of the capture: what waits is delivered behind gaps, and every connection closes, in the order of opening.
  void finish(const Stamp& at);

  // Memory of this layer at work, in connections and in bytes (a segment that waits counts with its bookkeeping).
  std::size_t open_connections() const { return table_.open_connections(); }
  std::size_t waiting_bytes() const { return memory_.waiting; }

 private:
  TcpConnection* opened_by(TcpConnection* closed, const Flow& flow, const TcpSegment& segment);
  TcpConnection& open(const Flow& flow, const TcpSegment& segment, const std::optional<NewIncarnation>& announced);
  void make_room(const Stamp& at);
  // After anything happened to an open connection: closes it, or notes when it wants to be looked at again.
  void settle(TcpConnection& connection, const Stamp& at);
  void close(TcpConnection& connection, CloseReason reason, const Stamp& at);
  void enforce_memory_limit(const Stamp& at);
  void report(const Rule& rule, const TcpSegment& segment, std::uint64_t bytes);
  ConnectionContext around() { return {limits_, memory_, now_}; }

  ConnectionSink& sink_;
  const Limits limits_;
  ReassemblyMemory memory_;
  ConnectionTable table_;
  Timestamp now_{INT64_MIN};
  std::int64_t segments_ = 0;      // fed so far: the measure of how long a connection was silent
  std::uint64_t connections_ = 0;  // opened so far
};

}  // namespace overhear
