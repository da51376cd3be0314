#include "bench/generator/packet_writer.hpp"

#include <cstddef>
#include <cstring>

#include "base/bytes.hpp"

namespace overhear::bench {
namespace {

constexpr std::size_t kEthernetSize = 14;
constexpr std::size_t kIpSize = 20;
constexpr std::size_t kTcpSize = 20;
// MSS (RFC 9293, 3.7.1), no-operation, window scale (RFC 7323, 2.2).
constexpr std::size_t kSynOptionsSize = 8;
constexpr std::uint8_t kWindowShift = 7;
// Scaled half a megabyte: more than is ever in flight here, so that no window seems full.
constexpr std::uint16_t kWindow = 4096;

constexpr std::string_view kClientMac("\x02\x00\x00\x00\x00\x0c", 6);
constexpr std::string_view kServerMac("\x02\x00\x00\x00\x00\x05", 6);

void put16(std::string& frame, std::size_t at, std::uint32_t value) {
  frame[at] = static_cast<char>(value >> 8);
  frame[at + 1] = static_cast<char>(value);
}

void put32(std::string& frame, std::size_t at, std::uint32_t value) {
  put16(frame, at, value >> 16);
  put16(frame, at + 2, value & 0xffff);
}

// The one's complement sum (RFC 1071) of whole 32-bit words at a time, in this machine's byte order; sums of the same
// order may be added before folding.
std::uint64_t sum_of(std::string_view bytes) {
  std::uint64_t sum = 0;
  while (bytes.size() >= 4) {
    std::uint32_t word = 0;
    std::memcpy(&word, bytes.data(), 4);
    sum += word;
    bytes.remove_prefix(4);
  }
  std::uint32_t rest = 0;
  std::memcpy(&rest, bytes.data(), bytes.size());
  return sum + rest;
}

void put_checksum(std::string& frame, std::size_t at, std::uint64_t sum) {
  while (sum >> 16 != 0) sum = (sum & 0xffff) + (sum >> 16);
  const auto checksum = static_cast<std::uint16_t>(~sum);
  std::memcpy(frame.data() + at, &checksum, 2);
}

}  // namespace

void PacketWriter::write(const TcpSegment& segment) {
  const bool is_syn = (segment.flags & kSyn) != 0;
  const std::size_t tcp_header = kTcpSize + (is_syn ? kSynOptionsSize : 0);
  const std::size_t tcp_size = tcp_header + segment.payload.size();
  constexpr std::size_t kIp = kEthernetSize;
  constexpr std::size_t kTcp = kEthernetSize + kIpSize;
  frame_.assign(kTcp + tcp_header, '\0');

  frame_.replace(0, 6, segment.from_client ? kServerMac : kClientMac);
  frame_.replace(6, 6, segment.from_client ? kClientMac : kServerMac);
  put16(frame_, 12, 0x0800);

  frame_[kIp] = 0x45;
  put16(frame_, kIp + 2, static_cast<std::uint32_t>(kIpSize + tcp_size));
  put16(frame_, kIp + 4, identification_++);
  put16(frame_, kIp + 6, 0x4000);  // don't fragment
  frame_[kIp + 8] = 64;
  frame_[kIp + 9] = 6;
  put32(frame_, kIp + 12, segment.from.address);
  put32(frame_, kIp + 16, segment.to.address);
  put_checksum(frame_, kIp + 10, sum_of(std::string_view(frame_).substr(kIp, kIpSize)));

  put16(frame_, kTcp, segment.from.port);
  put16(frame_, kTcp + 2, segment.to.port);
  put32(frame_, kTcp + 4, segment.sequence);
  put32(frame_, kTcp + 8, segment.acknowledged);
  frame_[kTcp + 12] = static_cast<char>(tcp_header / 4 << 4);
  frame_[kTcp + 13] = static_cast<char>(segment.flags);
  put16(frame_, kTcp + 14, is_syn ? 0xffff : kWindow);  // a SYN's window is never scaled
  if (is_syn) {
    frame_.replace(kTcp + kTcpSize, 2, "\x02\x04");
    put16(frame_, kTcp + kTcpSize + 2, segment.announced_mss);
    frame_.replace(kTcp + kTcpSize + 4, 3, "\x01\x03\x03");
    frame_[kTcp + kTcpSize + 7] = kWindowShift;
  }
  frame_ += segment.payload;

  // The pseudo-header: both addresses, the protocol and the length.
  std::string pseudo(4, '\0');
  pseudo[1] = 6;
  put16(pseudo, 2, static_cast<std::uint32_t>(tcp_size));
  put_checksum(frame_, kTcp + 16,
               sum_of(pseudo) + sum_of(std::string_view(frame_).substr(kIp + 12, 8)) +
                   sum_of(std::string_view(frame_).substr(kTcp)));

  now_.ns += 1000 * static_cast<std::int64_t>(random_.between(2, 22));
  file_.write(now_, as_bytes(frame_));
}

}  // namespace overhear::bench
