#include "capture/ip_packet.hpp"

#include <cassert>

#include "capture/byte_order.hpp"

namespace overhear {
namespace {

constexpr std::size_t kTcpHeader = 20;
constexpr std::uint8_t kTcp = 6;
constexpr std::uint8_t kHops = 64;

class Writer {
 public:
  explicit Writer(std::vector<std::uint8_t>& out) : out_(out), begin_(out.size()) {}

  void u8(unsigned value) { out_.push_back(static_cast<std::uint8_t>(value)); }
  void u16(unsigned value) {
    u8(value >> 8);
    u8(value & 0xff);
  }
  void u32(std::uint32_t value) {
    u16(value >> 16);
    u16(value & 0xffff);
  }
  void bytes(Bytes bytes) { out_.insert(out_.end(), bytes.begin(), bytes.end()); }
  Bytes written() const { return Bytes(out_).subspan(begin_); }
  // Of what was written, in place of the zeros there.
  void put_checksum(std::size_t at, std::uint16_t checksum) {
    out_[begin_ + at] = static_cast<std::uint8_t>(checksum >> 8);
    out_[begin_ + at + 1] = static_cast<std::uint8_t>(checksum & 0xff);
  }

 private:
  std::vector<std::uint8_t>& out_;
  std::size_t begin_;
};

// RFC 1071, 1: of 16-bit words, the last one padded.
std::uint64_t sum_of(Bytes bytes) {
  std::uint64_t sum = 0;
  std::size_t at = 0;
  for (; at + 2 <= bytes.size(); at += 2) sum += load_be16(bytes.data() + at);
  return at < bytes.size() ? sum + (std::uint64_t{bytes[at]} << 8) : sum;
}

std::uint16_t checksum_of(std::uint64_t sum) {
  while (sum >> 16 != 0) sum = (sum & 0xffff) + (sum >> 16);
  return static_cast<std::uint16_t>(~sum);
}

// RFC 791, 3.1: not a fragment, and never to be one, so that it needs no identification (RFC 6864, 4).
void append_ipv4_header(const TcpSegment& segment, std::vector<std::uint8_t>& out) {
  constexpr unsigned kVersionAndLength = 0x45;
  constexpr unsigned kDontFragment = 0x4000;
  constexpr std::size_t kHeader = 20;
  constexpr std::size_t kChecksum = 10;
  Writer header(out);
  header.u8(kVersionAndLength);
  header.u8(0);
  header.u16(static_cast<unsigned>(kHeader + kTcpHeader + segment.payload.size()));
  header.u16(0);
  header.u16(kDontFragment);
  header.u8(kHops);
  header.u8(kTcp);
  header.u16(0);
  for (const Endpoint& end : {segment.source, segment.destination}) header.bytes(Bytes(end.address.bytes).first(4));
  header.put_checksum(kChecksum, checksum_of(sum_of(header.written())));
}

// RFC 8200, 3.
void append_ipv6_header(const TcpSegment& segment, std::vector<std::uint8_t>& out) {
  constexpr std::uint32_t kVersion = 6u << 28;
  Writer header(out);
  header.u32(kVersion);
  header.u16(static_cast<unsigned>(kTcpHeader + segment.payload.size()));
  header.u8(kTcp);
  header.u8(kHops);
  for (const Endpoint& end : {segment.source, segment.destination}) header.bytes(end.address.bytes);
}

}  // namespace

void append_ip_packet(const TcpSegment& segment, std::vector<std::uint8_t>& out) {
  assert(segment.payload.size() <= kMostSynthesised);
  if (segment.source.address.is_v6 || segment.destination.address.is_v6) {
    append_ipv6_header(segment, out);
  } else {
    append_ipv4_header(segment, out);
  }
  constexpr unsigned kDataOffset = kTcpHeader / 4 << 4;
  constexpr std::size_t kChecksum = 16;
  Writer tcp(out);
  tcp.u16(segment.source.port);
  tcp.u16(segment.destination.port);
  tcp.u32(segment.sequence);
  tcp.u32(segment.acknowledgment);
  tcp.u8(kDataOffset);
  tcp.u8(segment.flags);
  tcp.u16(segment.window);
  tcp.u16(0);
  tcp.u16(0);
  tcp.bytes(segment.payload);
  // RFC 9293, 3.1: with a pseudo-header of both addresses, the protocol and the length.
  const std::uint64_t pseudo =
      sum_of(segment.source.address.bytes) + sum_of(segment.destination.address.bytes) + kTcp + tcp.written().size();
  tcp.put_checksum(kChecksum, checksum_of(pseudo + sum_of(tcp.written())));
}

}  // namespace overhear
