// A room of the capture: drives one conversation, takes its script line by line to its members' connections and decides
// what shares a segment. A step is small, so that many rooms interleave as in a real capture.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "bench/generator/conversation.hpp"
#include "bench/generator/packet_writer.hpp"
#include "bench/generator/tcp_connection.hpp"

namespace overhear::bench {

struct RoomSettings {
  TcpSettings tcp;
  double coalesce = 0;  // probability that a message waits for the next one of its stream, to share segments
};

class Room {
 public:
  // Members' connections are numbered from `first_connection`. What is referred to outlives the room.
  Room(const Protocol& protocol, RoomSetup setup, std::uint64_t first_connection, const RoomSettings& settings,
       PacketWriter& packets, std::FILE* payloads);

  // One step: some segments that still have to leave, or the next line. Returns how many messages were said (0 or 1).
  unsigned step();
  // Sends what waits and closes the connections that were opened.
  void finish();

  std::size_t members() const { return connections_.size(); }
  std::uint64_t said() const { return said_; }

 private:
  void say(const Line& line);
  void hold_or_send(const Line& line);
  void release_held();
  void drain();

  const RoomSettings& settings_;
  PacketWriter& packets_;
  Random random_;
  std::unique_ptr<Conversation> conversation_;
  Script script_;
  std::deque<TcpConnection> connections_;
  std::uint64_t said_ = 0;
  std::string bytes_;

  std::vector<std::size_t> held_;  // members whose stream from `held_from_` has bytes waiting
  Party held_from_ = Party::Client;
  std::vector<std::size_t> sending_;  // members whose segments have not all left
};

}  // namespace overhear::bench
