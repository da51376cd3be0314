// Makes the IP packet that carries a TCP segment, with right lengths and checksums: for captures of streams that came
// without packets.
#pragma once

#include <cstdint>
#include <vector>

#include "capture/tcp_segment.hpp"

namespace overhear {

// Appends it to `out`: IPv4, or IPv6 if one of the addresses is. REQUIRES: the payload has no more than
// kMostSynthesised bytes.
inline constexpr std::size_t kMostSynthesised = 32u << 10;
void append_ip_packet(const TcpSegment& segment, std::vector<std::uint8_t>& out);

}  // namespace overhear
