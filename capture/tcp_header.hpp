// The TCP header (RFC 9293, 3.1): from an IP packet to the segment that reassembly takes.
#pragma once

#include <expected>

#include "base/time.hpp"
#include "capture/ip.hpp"
#include "capture/tcp_segment.hpp"

namespace overhear {

// REQUIRES: ip.protocol is TCP, and ip is no fragment. Options are stepped over; the checksum is not looked at.
std::expected<TcpSegment, IpFault> parse_tcp(const IpPacket& ip, const Stamp& at);

}  // namespace overhear
