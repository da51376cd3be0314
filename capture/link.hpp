// Link layers: what stands before the IP header of a frame.
#pragma once

#include <cstdint>

#include "base/bytes.hpp"
#include "capture/packet.hpp"

namespace overhear {

// LINKTYPE_ values (tcpdump.org/linktypes.html).
namespace link_type {
inline constexpr int kNull = 0;
inline constexpr int kEthernet = 1;
inline constexpr int kPpp = 9;
inline constexpr int kRaw12 = 12;  // DLT_RAW, which some writers put into files; BSDs use 14
inline constexpr int kRaw14 = 14;
inline constexpr int kPppHdlc = 50;
inline constexpr int kRaw = 101;
inline constexpr int kLoop = 108;
inline constexpr int kLinuxSll = 113;
inline constexpr int kIpv4 = 228;
inline constexpr int kIpv6 = 229;
inline constexpr int kLinuxSll2 = 276;
}  // namespace link_type

enum class NetworkProtocol : std::uint8_t {
  None,  // no IP (ARP, control frames), or not enough of the frame to tell
  Ipv4,
  Ipv6,
  Any,  // IP, and its header tells the version
};

struct NetworkPacket {
  NetworkProtocol protocol = NetworkProtocol::None;
  Bytes bytes;                    // from the IP header to the end of what was captured, link-layer padding included
  std::uint32_t wire_length = 0;  // of the same on the wire; more than bytes.size() where a snaplen cut it
};

bool is_known_link_type(int type);

// What a frame of a known link type carries. VLAN tags are stripped, however many.
NetworkPacket parse_link(const Packet& packet);

}  // namespace overhear
