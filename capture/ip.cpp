#include "capture/ip.hpp"

#include <algorithm>
#include <cstddef>
#include <cstring>

#include "capture/byte_order.hpp"

namespace overhear {

namespace {

constexpr std::size_t kIpv4Header = 20;
constexpr std::size_t kIpv6Header = 40;
constexpr std::uint16_t kMoreFragments = 0x2000;  // RFC 791, 3.1
constexpr std::uint16_t kFragmentOffset = 0x1fff;

std::unexpected<IpFault> fault(std::string_view text) {
  return std::unexpected(IpFault{text});
}

// Of a packet that claims `total` bytes, all of which the frame had, `network` may have captured fewer.
void set_payload(IpPacket& packet, const NetworkPacket& network, std::size_t header, std::size_t total) {
  const std::size_t captured = std::min(total, network.bytes.size());
  packet.payload = network.bytes.subspan(header, captured - header);
  packet.missing_tail = static_cast<std::uint32_t>(total - captured);
}

std::expected<void, IpFault> parse_ipv4(const NetworkPacket& network, IpPacket& packet) {
  const Bytes bytes = network.bytes;
  if (bytes.size() < kIpv4Header) return fault("the frame ends inside the IPv4 header");
  const std::uint8_t* const at = bytes.data();
  if (at[0] >> 4 != 4) return fault("the IP version is not 4");
  const std::size_t header = (at[0] & 0x0fu) * 4u;
  if (header < kIpv4Header) return fault("the IPv4 header claims to be shorter than 20 bytes");
  if (header > bytes.size()) return fault("the frame ends inside the IPv4 options");
  std::size_t total = load_be16(at + 2);
  // Segmentation offload hands the capture packets whose length nobody has filled in yet: they fill their frame.
  if (total == 0) total = network.wire_length;
  if (total < header) return fault("the IPv4 packet claims to be shorter than its header");
  if (total > network.wire_length) return fault("the IPv4 packet claims to be longer than its frame");

  const std::uint16_t fragment = load_be16(at + 6);
  packet.protocol = at[9];
  std::memcpy(packet.source.bytes.data(), at + 12, 4);
  std::memcpy(packet.destination.bytes.data(), at + 16, 4);
  set_payload(packet, network, header, total);
  if ((fragment & (kMoreFragments | kFragmentOffset)) != 0) [[unlikely]] {
    packet.is_fragment = true;
    packet.has_more_fragments = (fragment & kMoreFragments) != 0;
    packet.fragment_offset = (fragment & kFragmentOffset) * 8u;
    packet.identification = load_be16(at + 4);
  }
  return {};
}

// The length that a jumbo payload option gives (RFC 2675, 2), or 0.
std::uint32_t parse_jumbo_length(Bytes hop_by_hop) {
  constexpr std::uint8_t kPad1 = 0;
  constexpr std::uint8_t kJumboPayload = 0xc2;
  if (hop_by_hop.size() < 8) return 0;
  Bytes options = hop_by_hop.first(std::min<std::size_t>(hop_by_hop.size(), (hop_by_hop[1] + 1u) * 8u)).subspan(2);
  while (options.size() >= 6) {
    if (options[0] == kJumboPayload && options[1] == 4) return load_be32(options.data() + 2);
    const std::size_t length = options[0] == kPad1 ? 1 : 2u + options[1];
    options = options.subspan(std::min(length, options.size()));
  }
  return 0;
}

std::expected<void, IpFault> parse_ipv6(const NetworkPacket& network, IpPacket& packet, unsigned most_headers) {
  const Bytes bytes = network.bytes;
  if (bytes.size() < kIpv6Header) return fault("the frame ends inside the IPv6 header");
  const std::uint8_t* const at = bytes.data();
  if (at[0] >> 4 != 6) return fault("the IP version is not 6");
  std::size_t length = load_be16(at + 4);
  packet.protocol = at[6];
  if (length == 0) {
    if (packet.protocol == ip_protocol::kHopByHop) length = parse_jumbo_length(bytes.subspan(kIpv6Header));
    if (length == 0) length = network.wire_length - kIpv6Header;  // as in IPv4, segmentation offload
  }
  if (length > network.wire_length - kIpv6Header) return fault("the IPv6 packet claims to be longer than its frame");

  packet.source.is_v6 = packet.destination.is_v6 = true;
  std::memcpy(packet.source.bytes.data(), at + 8, 16);
  std::memcpy(packet.destination.bytes.data(), at + 24, 16);
  set_payload(packet, network, kIpv6Header, kIpv6Header + length);
  if (packet.protocol == ip_protocol::kTcp) return {};
  return skip_extension_headers(packet, most_headers);
}

// Whether another header of the same packet follows this one. IPv4 knows only the authentication header.
bool is_extension(std::uint8_t protocol, bool is_v6) {
  switch (protocol) {
    case ip_protocol::kAuthentication: return true;
    case ip_protocol::kHopByHop:
    case ip_protocol::kRouting:
    case ip_protocol::kFragment:
    case ip_protocol::kDestinationOptions:
    case ip_protocol::kMobility:
    case ip_protocol::kHostIdentity:
    case ip_protocol::kShim6: return is_v6;
    default: return false;
  }
}

std::size_t extension_length(std::uint8_t protocol, std::uint8_t length) {
  if (protocol == ip_protocol::kFragment) return 8;
  if (protocol == ip_protocol::kAuthentication) return (length + 2u) * 4u;  // RFC 4302, 2.2
  return (length + 1u) * 8u;                                                // RFC 8200, 4
}

// next header | reserved | offset (13 bits), reserved (2), more (1) | identification          RFC 8200, 4.5
void read_fragment_header(const std::uint8_t* at, IpPacket& packet) {
  const std::uint16_t fragment = load_be16(at + 2);
  packet.fragment_offset = fragment & 0xfff8u;
  packet.has_more_fragments = (fragment & 1) != 0;
  packet.identification = load_be32(at + 4);
  // A datagram in one fragment is none (RFC 6946).
  packet.is_fragment = packet.has_more_fragments || packet.fragment_offset != 0;
}

}  // namespace

bool may_carry_tcp(const IpPacket& packet) {
  return packet.protocol == ip_protocol::kTcp || is_extension(packet.protocol, packet.source.is_v6);
}

std::expected<void, IpFault> skip_extension_headers(IpPacket& packet, unsigned most_extension_headers) {
  for (unsigned count = 0; is_extension(packet.protocol, packet.source.is_v6) && !packet.is_fragment; ++count) {
    if (count == most_extension_headers) return fault("the packet has too many extension headers");
    const Bytes bytes = packet.payload;
    constexpr std::size_t kLeast = 8;
    if (bytes.size() < kLeast) return fault("the packet ends inside an extension header");
    const std::size_t length = extension_length(packet.protocol, bytes[1]);
    if (length > bytes.size()) return fault("the packet ends inside an extension header");
    if (packet.protocol == ip_protocol::kFragment) read_fragment_header(bytes.data(), packet);
    packet.protocol = bytes[0];
    packet.payload = bytes.subspan(length);
  }
  return {};
}

std::expected<void, IpFault> parse_ip(const NetworkPacket& network, unsigned most_extension_headers, IpPacket& packet) {
  NetworkProtocol protocol = network.protocol;
  if (protocol == NetworkProtocol::Any) {
    if (network.bytes.empty()) return fault("the frame is empty");
    const unsigned version = network.bytes[0] >> 4;
    if (version != 4 && version != 6) return fault("the IP version is neither 4 nor 6");
    protocol = version == 4 ? NetworkProtocol::Ipv4 : NetworkProtocol::Ipv6;
  }
  if (protocol == NetworkProtocol::Ipv6) return parse_ipv6(network, packet, most_extension_headers);
  const std::expected<void, IpFault> done = parse_ipv4(network, packet);
  if (!done || packet.protocol != ip_protocol::kAuthentication) return done;
  return skip_extension_headers(packet, most_extension_headers);
}

}  // namespace overhear
