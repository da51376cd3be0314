#include "capture/tcp_header.hpp"

#include <cstddef>

#include "capture/byte_order.hpp"

namespace overhear {

namespace {
constexpr std::size_t kHeader = 20;
}

std::expected<void, IpFault> parse_tcp(const IpPacket& ip, TcpSegment& segment) {
  const Bytes bytes = ip.payload;
  if (bytes.size() < kHeader) [[unlikely]] {
    return std::unexpected(IpFault{ip.missing_tail == 0 ? "the packet ends inside the TCP header"
                                                        : "the capture cut the packet inside the TCP header"});
  }
  const std::uint8_t* const header = bytes.data();
  const std::size_t offset = (header[12] >> 4) * 4u;
  if (offset < kHeader) [[unlikely]] {
    return std::unexpected(IpFault{"the TCP header claims to be shorter than 20 bytes"});
  }
  if (offset > bytes.size()) [[unlikely]] {
    return std::unexpected(IpFault{ip.missing_tail == 0 ? "the packet ends inside the TCP options"
                                                        : "the capture cut the packet inside the TCP options"});
  }
  segment.source = {ip.source, load_be16(header)};
  segment.destination = {ip.destination, load_be16(header + 2)};
  segment.sequence = load_be32(header + 4);
  segment.acknowledgment = load_be32(header + 8);
  segment.flags = header[13];
  segment.window = load_be16(header + 14);
  segment.payload = bytes.subspan(offset);
  segment.missing_tail = ip.missing_tail;
  return {};
}

}  // namespace overhear
