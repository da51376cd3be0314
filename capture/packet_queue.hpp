// Packets on their way from the thread that captures them to the one that looks at them: one writer, one reader, and a
// bound on what may lie between. Packets are copied, in order, into blocks that are used again.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <vector>

#include "capture/packet.hpp"

namespace overhear {

class PacketQueue {
 public:
  // `bytes`: how much may wait; a single packet always may.
  explicit PacketQueue(std::size_t bytes);
  ~PacketQueue();
  PacketQueue(const PacketQueue&) = delete;

  // The writer's. False: there is no room, and nothing was kept.
  bool push(const Packet& packet);
  // Tells the reader of what was pushed. A full block tells it by itself.
  void wake();
  // Waits until there is room. False: nothing more will be taken.
  bool wait_for_room();
  // Nothing more is pushed.
  void close();

  // The reader's: hands out a block of packets, whose bytes are valid until the next call. False: none waits now.
  using OnPacket = std::function<void(const Packet& packet)>;
  bool take(const OnPacket& on_packet);
  // Closed, and everything was taken.
  bool is_over();
  // Nothing more is taken.
  void abandon();
  // Becomes readable (poll) when something may have been pushed, or the queue was closed.
  int descriptor() const { return event_; }
  // Waits for that.
  void wait(int milliseconds) const;

 private:
  struct Block {
    std::vector<std::uint8_t> bytes;
    std::size_t used = 0;
  };

  Block& block_for(std::size_t length);
  void release_taken();

  std::mutex mutex_;
  std::condition_variable has_room_;
  std::deque<Block> waiting_;  // the last one is being filled
  std::vector<Block> spare_;
  Block taken_;  // the reader's, until it takes the next
  std::size_t limit_;
  std::size_t held_ = 0;  // bytes of all blocks that are in use, also by the reader
  int event_ = -1;
  bool is_closed_ = false;
  bool is_abandoned_ = false;
};

}  // namespace overhear
