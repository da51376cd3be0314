// One TCP connection as it appears in a capture: opening, data cut into segments, acknowledgements, the end, and what
// networks and captures do to them. It also knows when a message is complete for whoever reads the capture in order.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "bench/generator/capture_file.hpp"
#include "bench/generator/conversation.hpp"
#include "bench/generator/packet_writer.hpp"
#include "bench/generator/random.hpp"

namespace overhear::bench {

// Probabilities per data segment.
struct Disturbance {
  double reorder = 0;     // it changes places with its successor; a single one is cut in two for that
  double retransmit = 0;  // it is in the capture a second time, a little later
  double loss = 0;        // it reached its receiver, but never the capture
};

struct TcpSettings {
  std::uint16_t mss = 1460;
  Disturbance disturbance;
};

class TcpConnection {
 public:
  // `payloads` may be null. What is referred to outlives the connection.
  TcpConnection(Host client, Host server, Random random, const TcpSettings& settings, PacketWriter& packets,
                std::FILE* payloads);

  bool is_open() const { return is_open_; }
  void open();
  // Adds bytes that wait until `cut`. `spoken` is the message that ends with them, or empty.
  void write(Party from, std::string_view bytes, std::string_view spoken);
  std::size_t waiting(Party from) const { return stream(from).bytes.size(); }
  // Cuts what waits into segments. REQUIRES: all that was cut before has been sent.
  void cut(Party from, bool may_be_lost);
  // Puts up to `count` segments into the capture. False when none are left.
  bool send(unsigned count);
  void close();

 private:
  struct Spoken {
    std::uint64_t begin;
    std::uint64_t end;
    std::string text;
    bool is_torn = false;
  };
  struct Stream {
    Host host;
    std::uint32_t first_sequence = 0;  // of the first byte of data
    std::uint64_t offset = 0;          // of bytes[0] in the stream
    std::string bytes;                 // written and not yet all sent
    std::uint64_t delivered = 0;       // in order, or lost for good
    std::uint64_t acknowledged = 0;    // of `delivered`, by the other side
    unsigned unacknowledged_segments = 0;
    std::deque<Spoken> spoken;
    std::uint64_t spoken_end = 0;
  };
  struct Piece {
    std::uint64_t begin;
    std::uint64_t end;
    bool is_lost = false;
  };

  Stream& stream(Party party) { return streams_[static_cast<std::size_t>(party)]; }
  const Stream& stream(Party party) const { return streams_[static_cast<std::size_t>(party)]; }
  void write_packet(Party from, std::uint8_t flags, std::uint64_t offset, std::string_view payload);
  void send_piece(const Piece& piece, bool is_last);
  void send_copy();
  void acknowledge(Party to);
  void complete(Stream& stream);
  void tear(Stream& stream, const Piece& piece);

  Random random_;
  const TcpSettings& settings_;
  PacketWriter& packets_;
  std::FILE* payloads_;
  bool is_open_ = false;
  Stream streams_[2];

  Party cut_from_ = Party::Client;
  std::vector<Piece> pieces_;
  std::size_t next_piece_ = 0;
  Piece early_{0, 0};  // arrived before its predecessor

  std::string copy_;  // waits to be retransmitted
  Party copy_from_ = Party::Client;
  std::uint64_t copy_offset_ = 0;
};

}  // namespace overhear::bench
