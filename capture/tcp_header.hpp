// The TCP header (RFC 9293, 3.1): from an IP packet to the segment that reassembly takes.
#pragma once

#include <expected>

#include "capture/ip.hpp"
#include "capture/tcp_segment.hpp"

namespace overhear {

// Fills all of `segment` but its time. Options are stepped over; the checksum is not looked at. REQUIRES: ip.protocol
// is TCP, and ip is no fragment.
std::expected<void, IpFault> parse_tcp(const IpPacket& ip, TcpSegment& segment);

}  // namespace overhear
