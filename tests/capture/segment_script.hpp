// A script of TCP segments and what came of it, both as text, so that a test reads like a packet list:
//
//   A syn              the client's SYN                    (A is the client, B the server)
//   B syn ack 0        flags by name; `ack N` acknowledges the other's bytes up to offset N
//   A "hello"          bytes where A's stream stands
//   A @5 "world"       bytes at offset 5 of A's stream (0 is the first byte behind the SYN, negative is before it)
//   A @5 "wor" cut 2   the same, two more bytes cut off by the snaplen
//   A fin              flags without bytes stand where the stream stands
//   A noack @0 "x"     every segment but a first SYN and a RST carries an ACK; this one does not
//   wait 1000          a second of capture time goes by without a packet; each packet takes a millisecond
//   A isn 7            from here on A's stream has the initial sequence number 7, and stands at 0
//   finish             the end of the capture
//
// Packets are numbered from 1. Text in quotes has no escapes.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/limits.hpp"
#include "base/stream_event.hpp"
#include "capture/reassembly.hpp"
#include "capture/tcp_segment.hpp"

namespace overhear::test {

// Everything a Reassembler says. One line an event: `A hello` bytes, `A gap 5`, `A end`, `closed fin`,
// `A tcp.gap 5` a finding with its bytes, `opened`. Connections beyond the first have their number in front: `2 A
// hello`. Findings of no connection start with `-`. A and B are the client and the server of the script.
class Recorder final : public ConnectionSink {
 public:
  struct Stream {
    std::string bytes;  // delivered; gaps are left out
    std::uint64_t missing = 0;
  };
  struct Session {
    Connection connection;
    Stamp opened;
    std::array<Stream, 2> streams;  // by A and B
    std::optional<CloseReason> closed;
  };
  struct Event {
    std::string text;
    Stamp at;
    std::string finding;  // the text of a finding
  };

  explicit Recorder(Endpoint client) : client_(client) {}

  std::unique_ptr<StreamConsumer> on_opened(const Connection& connection, const Stamp& at) override;
  void on_finding(Finding& finding, const Stamp& at) override;

  std::vector<std::string> lines() const;
  std::vector<std::string> findings() const;  // only those, without their connection and side
  const Event& event(std::string_view text) const;

  bool keeps_events = true;
  std::vector<Event> events;
  std::vector<std::unique_ptr<Session>> sessions;

 private:
  class Consumer;
  Endpoint client_;
};

class Script {
 public:
  explicit Script(const Limits& limits = {});

  Script& run(std::string_view script);
  // The usual three packets.
  Script& handshake() { return run("A syn\nB syn ack 0\nA ack 0"); }

  // A segment like those of the script, for tests that make them in loops. `side` is 'A' or 'B'.
  TcpSegment segment(char side, std::int64_t offset, std::string_view payload, std::uint8_t flags = TcpFlags::kAck);
  void feed(TcpSegment segment);
  void set_ack(char side, std::int64_t offset) { end(side).ack = offset; }
  void set_isn(char side, std::uint32_t isn) { end(side) = {isn, 0, 0}; }

  std::vector<std::string> lines() const { return recorder.lines(); }

  static Endpoint client();
  static Endpoint server();

  Recorder recorder{client()};
  Reassembler reassembler;
  Timestamp time{1'000 * kSecond};
  std::uint64_t packet = 0;

 private:
  struct End {
    std::uint32_t isn;
    std::int64_t next;  // where the stream stands
    std::int64_t ack;   // the last acknowledgment it sent
  };
  End& end(char side) { return ends_[side == 'A' ? 0 : 1]; }
  void run_line(std::string_view line);
  void run_segment(char side, std::string_view rest);

  std::array<End, 2> ends_{End{1'000'000, 0, 0}, End{3'000'000'000, 0, 0}};
};

}  // namespace overhear::test
