#include "capture/packet_queue.hpp"

#include <cstring>

namespace overhear {
namespace {

// In front of each packet's bytes.
struct Head {
  std::uint64_t number;
  Timestamp time;
  std::uint32_t interface;
  int link_type;
  std::uint32_t original_length;
};

}  // namespace

bool PacketQueue::push(const Packet& packet) {
  const Head head{.number = packet.number,
                  .time = packet.time,
                  .interface = packet.interface,
                  .link_type = packet.link_type,
                  .original_length = packet.original_length};
  return RecordQueue::push({reinterpret_cast<const std::uint8_t*>(&head), sizeof head}, packet.bytes);
}

bool PacketQueue::take(const OnPacket& on_packet) {
  return RecordQueue::take([&on_packet](Bytes record) {
    Head head;
    std::memcpy(&head, record.data(), sizeof head);
    Packet packet;
    packet.number = head.number;
    packet.time = head.time;
    packet.interface = head.interface;
    packet.link_type = head.link_type;
    packet.bytes = record.subspan(sizeof head);
    packet.original_length = head.original_length;
    on_packet(packet);
  });
}

}  // namespace overhear
