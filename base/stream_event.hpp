// The narrow waist: what capture files, live interfaces and the proxy all turn into, and all that anything above sees
// of where bytes came from. Per connection: opened, then bytes (in order, exactly once), gaps and ends of either
// stream, then closed.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "base/bytes.hpp"
#include "base/endpoint.hpp"
#include "base/finding.hpp"
#include "base/time.hpp"

namespace overhear {

// One of the two ends of a connection, before anybody knows who is the client.
enum class Side : std::uint8_t { First, Second };

constexpr Side other(Side side) {
  return side == Side::First ? Side::Second : Side::First;
}

struct Connection {
  std::array<Endpoint, 2> ends;     // by Side; First sent the first packet that was seen
  std::optional<Side> initiator;    // who opened it, where the opening (SYN or SYN-ACK) was seen
  bool is_midstream = false;        // picked up in the middle: the first bytes may lie inside a message
  std::string_view opened_by = {};  // who opened what was encrypted below these streams; static storage

  const Endpoint& end(Side side) const { return ends[static_cast<std::size_t>(side)]; }
};

enum class CloseReason : std::uint8_t { Fin, Reset, Timeout, EndOfCapture };

constexpr std::string_view to_string(CloseReason reason) {
  switch (reason) {
    case CloseReason::Fin: return "fin";
    case CloseReason::Reset: return "reset";
    case CloseReason::Timeout: return "timeout";
    case CloseReason::EndOfCapture: return "end of capture";
  }
  return {};
}

// What consumes one connection. Views are valid during the call.
class StreamConsumer {
 public:
  // How much of a consumer is fetched before anything of it is looked at.
  static constexpr std::size_t kFetched = 1280;

  virtual ~StreamConsumer() = default;

  virtual void on_bytes(Side from, Bytes bytes, const Stamp& at) = 0;
  // `missing` bytes of this stream were not captured; the next bytes follow behind them.
  virtual void on_gap(Side from, std::uint64_t missing, const Stamp& at) = 0;
  // This stream ended with a FIN; the other may go on (half-close).
  virtual void on_end(Side from, const Stamp& at) = 0;
  // Nothing follows. Streams that have not ended end here.
  virtual void on_closed(CloseReason reason, const Stamp& at) = 0;
  // The layer below observed something about this connection (or one stream of it). May be moved from.
  virtual void on_finding(std::optional<Side> from, Finding& finding, const Stamp& at) = 0;
  // on_bytes() comes soon (see base/prefetch.hpp).
  virtual void fetch_ahead(int) const {}
};

// What all connections of one source go to.
class ConnectionSink {
 public:
  virtual ~ConnectionSink() = default;

  // A new connection (a reused port is a new one). Its consumer is destroyed right after on_closed.
  virtual std::unique_ptr<StreamConsumer> on_opened(const Connection& connection, const Stamp& at) = 0;
  // An observation that belongs to no connection: about a packet or the capture.
  virtual void on_finding(Finding& finding, const Stamp& at) = 0;
};

}  // namespace overhear
