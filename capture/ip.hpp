// IPv4 and IPv6 headers, with IPv6's chain of extension headers. Pure parsing of one packet; putting fragments together
// is defragmenter.hpp's part. Checksums are not looked at.
#pragma once

#include <cstdint>
#include <expected>
#include <string_view>

#include "base/bytes.hpp"
#include "base/endpoint.hpp"
#include "capture/link.hpp"

namespace overhear {

namespace ip_protocol {
inline constexpr std::uint8_t kHopByHop = 0;
inline constexpr std::uint8_t kTcp = 6;
inline constexpr std::uint8_t kRouting = 43;
inline constexpr std::uint8_t kFragment = 44;
inline constexpr std::uint8_t kAuthentication = 51;
inline constexpr std::uint8_t kDestinationOptions = 60;
inline constexpr std::uint8_t kMobility = 135;
inline constexpr std::uint8_t kHostIdentity = 139;
inline constexpr std::uint8_t kShim6 = 140;
}  // namespace ip_protocol

struct IpPacket {
  Address source;
  Address destination;
  std::uint8_t protocol = 0;       // of what `payload` starts with
  Bytes payload;                   // without padding behind the packet
  std::uint32_t missing_tail = 0;  // bytes of the payload that a snaplen cut off
  // Fragments: `payload` is then a piece of the datagram's, `protocol` still the one it starts with.
  bool is_fragment = false;
  bool has_more_fragments = false;
  std::uint32_t fragment_offset = 0;  // in bytes
  std::uint32_t identification = 0;
};

// What a header says that cannot be; one clause of static text.
struct IpFault {
  std::string_view text;
};

// Fills `packet`, which is new, with the IP packet in a frame. A fragment header, where there is one, ends the chain of
// extension headers.
std::expected<void, IpFault> parse_ip(const NetworkPacket& network, unsigned most_extension_headers, IpPacket& packet);

// Whether TCP can follow: it stands there, or an extension header does.
bool may_carry_tcp(const IpPacket& packet);

// Goes on behind extension headers that `packet` starts with, to the first header that is none or to a fragment header.
// Needed by itself for a datagram that was put together from fragments.
std::expected<void, IpFault> skip_extension_headers(IpPacket& packet, unsigned most_extension_headers);

}  // namespace overhear
