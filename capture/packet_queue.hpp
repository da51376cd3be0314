// Packets on their way from the thread that captures them to the one that looks at them.
#pragma once

#include <functional>

#include "base/record_queue.hpp"
#include "capture/packet.hpp"

namespace overhear {

class PacketQueue final : public RecordQueue {
 public:
  using RecordQueue::RecordQueue;

  // False: there is no room, and nothing was kept.
  bool push(const Packet& packet);
  // Hands out packets whose bytes are valid until the next call. False: none waits now.
  using OnPacket = std::function<void(const Packet& packet)>;
  bool take(const OnPacket& on_packet);
};

}  // namespace overhear
