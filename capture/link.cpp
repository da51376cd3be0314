#include "capture/link.hpp"

#include <algorithm>
#include <cstddef>

#include "capture/byte_order.hpp"

namespace overhear {

namespace {

// EtherType (IEEE 802 Numbers, IANA); below 0x0600 the field is a length (IEEE 802.3).
constexpr std::uint16_t kEtherTypeIpv4 = 0x0800;
constexpr std::uint16_t kEtherTypeIpv6 = 0x86dd;
constexpr std::uint16_t kLeastEtherType = 0x0600;
constexpr std::size_t kEtherTypeAt = 12;
constexpr std::size_t kVlanTag = 4;
constexpr std::size_t kSnap = 8;  // LLC and SNAP: aa aa 03, organisation (3), EtherType (2)

bool is_vlan(std::uint16_t type) {
  return type == 0x8100 || type == 0x88a8 || type == 0x9100 || type == 0x9200;
}

NetworkProtocol protocol_of(std::uint16_t ether_type) {
  if (ether_type == kEtherTypeIpv4) [[likely]]
    return NetworkProtocol::Ipv4;
  return ether_type == kEtherTypeIpv6 ? NetworkProtocol::Ipv6 : NetworkProtocol::None;
}

NetworkPacket carried(const Packet& packet, std::size_t header, NetworkProtocol protocol) {
  if (protocol == NetworkProtocol::None || packet.bytes.size() < header) return {};
  const std::size_t wire = std::max<std::size_t>(packet.original_length, packet.bytes.size());
  return {protocol, packet.bytes.subspan(header), static_cast<std::uint32_t>(wire - header)};
}

// A header that ends with an EtherType at `type_at`; behind it VLAN tags may stand, each ending with another EtherType.
NetworkPacket parse_ether_type(const Packet& packet, std::size_t type_at) {
  const Bytes bytes = packet.bytes;
  if (bytes.size() < type_at + 2) return {};
  std::uint16_t type = load_be16(bytes.data() + type_at);
  while (is_vlan(type)) {
    type_at += kVlanTag;
    if (bytes.size() < type_at + 2) return {};
    type = load_be16(bytes.data() + type_at);
  }
  std::size_t header = type_at + 2;
  if (type < kLeastEtherType && bytes.size() >= header + kSnap && load_be32(bytes.data() + header) == 0xaaaa0300) {
    type = load_be16(bytes.data() + header + 6);  // RFC 1042
    header += kSnap;
  }
  return carried(packet, header, protocol_of(type));
}

// The address family in the byte order of the machine that captured, or in network order.
NetworkPacket parse_loopback(const Packet& packet) {
  constexpr std::size_t kHeader = 4;
  if (packet.bytes.size() < kHeader) return {};
  std::uint32_t family = kLittleEndian.u32(packet.bytes.data());
  if (family > 0xffff) family = load_be32(packet.bytes.data());
  switch (family) {
    case 2: return carried(packet, kHeader, NetworkProtocol::Ipv4);
    case 10:  // AF_INET6 of Linux, Windows, NetBSD, FreeBSD, macOS
    case 23:
    case 24:
    case 28:
    case 30: return carried(packet, kHeader, NetworkProtocol::Ipv6);
    default: return {};
  }
}

// RFC 1661, 2: the protocol field may be one byte; RFC 1662, 3.1: address and control may stand before it.
NetworkPacket parse_ppp(const Packet& packet) {
  const Bytes bytes = packet.bytes;
  std::size_t header = bytes.size() >= 2 && load_be16(bytes.data()) == 0xff03 ? 2 : 0;
  if (bytes.size() < header + 2) return {};
  std::uint16_t protocol = bytes[header];
  header += 1;
  if ((protocol & 1) == 0) {
    protocol = load_be16(bytes.data() + header - 1);
    header += 1;
  }
  if (protocol == 0x0021) return carried(packet, header, NetworkProtocol::Ipv4);
  if (protocol == 0x0057) return carried(packet, header, NetworkProtocol::Ipv6);
  return {};
}

}  // namespace

bool is_known_link_type(int type) {
  switch (type) {
    case link_type::kNull:
    case link_type::kEthernet:
    case link_type::kPpp:
    case link_type::kRaw12:
    case link_type::kRaw14:
    case link_type::kPppHdlc:
    case link_type::kRaw:
    case link_type::kLoop:
    case link_type::kLinuxSll:
    case link_type::kIpv4:
    case link_type::kIpv6:
    case link_type::kLinuxSll2: return true;
    default: return false;
  }
}

NetworkPacket parse_link(const Packet& packet) {
  switch (packet.link_type) {
    case link_type::kEthernet: return parse_ether_type(packet, kEtherTypeAt);
    case link_type::kLinuxSll: return parse_ether_type(packet, 14);
    case link_type::kLinuxSll2: {
      constexpr std::size_t kHeader = 20;  // the protocol comes first
      if (packet.bytes.size() < kHeader) return {};
      const std::uint16_t type = load_be16(packet.bytes.data());
      if (!is_vlan(type)) return carried(packet, kHeader, protocol_of(type));
      return parse_ether_type(packet, kHeader + 2);
    }
    case link_type::kNull:
    case link_type::kLoop: return parse_loopback(packet);
    case link_type::kPpp:
    case link_type::kPppHdlc: return parse_ppp(packet);
    case link_type::kIpv4: return carried(packet, 0, NetworkProtocol::Ipv4);
    case link_type::kIpv6: return carried(packet, 0, NetworkProtocol::Ipv6);
    case link_type::kRaw:
    case link_type::kRaw12:
    case link_type::kRaw14: return carried(packet, 0, NetworkProtocol::Any);
    default: return {};
  }
}

}  // namespace overhear
