// Builds packets and capture files in memory, for tests: TCP over IPv4 or IPv6, link layers around it, pcap and pcapng
// around that. What is built is right in all its lengths and checksums; to get something wrong, set the field that is
// to be wrong or change the bytes afterwards.
//
//   PcapWriter file;
//   file.packet(tcp_packet({.payload = "hello"}), 1 * kSecond);
//   TempFile on_disk(file.bytes());
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "base/endpoint.hpp"

namespace overhear::testing {

using Buffer = std::vector<std::uint8_t>;

inline constexpr std::uint8_t kFin = 0x01, kSyn = 0x02, kRst = 0x04, kPsh = 0x08, kAck = 0x10;

// "45 00 ff": white space is ignored.
Buffer from_hex(std::string_view text);
Buffer from_text(std::string_view text);
Buffer operator+(Buffer a, const Buffer& b);

// "10.0.0.1:80" or "[2001:db8::1]:80". REQUIRES: it is one.
Endpoint endpoint(const std::string& text);

// One TCP segment with all that is around it in an Ethernet frame.
struct TcpPacket {
  std::string source = "10.0.0.1:40000";
  std::string destination = "10.0.0.2:8080";
  std::uint32_t sequence = 1000;
  std::uint32_t acknowledgment = 2000;
  std::uint8_t flags = kPsh | kAck;
  std::uint16_t window = 64240;
  std::string payload = {};
  Buffer options = {};  // padded to 4 bytes
};

struct IpHeader {
  std::string source = "10.0.0.1:0";  // the port is ignored
  std::string destination = "10.0.0.2:0";
  std::uint8_t protocol = 6;
  std::uint32_t identification = 1;
  std::uint32_t fragment_offset = 0;  // bytes
  bool has_more_fragments = false;
  Buffer options = {};                             // IPv4 options; IPv6 extension headers, which `protocol` follows
  std::optional<std::uint8_t> first_header = {};   // IPv6: type of the first of those
  std::optional<std::uint16_t> total_length = {};  // instead of the right one (IPv6: the payload length)
};

Buffer tcp_segment(const TcpPacket& tcp);  // from the TCP header on
Buffer ipv4_packet(const IpHeader& header, const Buffer& payload);
Buffer ipv6_packet(const IpHeader& header, const Buffer& payload);  // a fragment header is added where it is one
Buffer ip_packet(const TcpPacket& tcp);                             // IPv4 or IPv6, as its addresses are
Buffer ethernet_frame(const Buffer& ip, const std::vector<std::uint16_t>& vlan_types = {});
Buffer tcp_packet(const TcpPacket& tcp);  // the whole frame

// The fragments of what `header` carries, in order, each with `piece` bytes (a multiple of 8) but the last.
std::vector<Buffer> ip_fragments(IpHeader header, const Buffer& payload, std::size_t piece);

class PcapWriter {
 public:
  struct Options {
    bool is_big_endian = false;
    bool is_nano = false;
    bool is_modified = false;  // magic a1b2cd34
    int link_type = 1;
    std::uint32_t snap_length = 262144;
  };

  PcapWriter() : PcapWriter(Options()) {}
  explicit PcapWriter(const Options& options);

  PcapWriter& packet(const Buffer& bytes, std::int64_t time_ns, std::optional<std::uint32_t> original = {});
  // A record whose header says what it likes.
  PcapWriter& record(std::uint32_t seconds, std::uint32_t fraction, std::uint32_t captured, std::uint32_t original,
                     const Buffer& bytes);
  PcapWriter& raw(const Buffer& bytes);

  const Buffer& bytes() const { return bytes_; }
  // Where each packet's record starts, and behind the last where it ends.
  std::vector<std::size_t> offsets() const;

 private:
  Options options_;
  Buffer bytes_;
  std::vector<std::size_t> offsets_;
};

class PcapngWriter {
 public:
  struct Interface {
    int link_type = 1;
    std::uint32_t snap_length = 0;
    std::optional<std::uint8_t> resolution = {};  // if_tsresol
    std::optional<std::int64_t> offset = {};      // if_tsoffset, seconds
  };

  // Without a section; the first call is section().
  PcapngWriter& section(bool is_big_endian = false);
  PcapngWriter& interface(const Interface& interface);
  PcapngWriter& interface() { return interface(Interface()); }
  // `ticks` in the interface's own unit: microseconds unless it says otherwise.
  PcapngWriter& packet(const Buffer& bytes, std::uint64_t ticks, std::uint32_t interface = 0,
                       std::optional<std::uint32_t> original = {});
  PcapngWriter& simple_packet(const Buffer& bytes, std::optional<std::uint32_t> original = {});
  PcapngWriter& old_packet(const Buffer& bytes, std::uint64_t ticks, std::uint16_t interface = 0);
  PcapngWriter& secrets(std::uint32_t type, std::string_view text);
  PcapngWriter& block(std::uint32_t type, Buffer body);
  PcapngWriter& raw(const Buffer& bytes);

  const Buffer& bytes() const { return bytes_; }
  std::vector<std::size_t> offsets() const;  // of blocks, and the end

 private:
  bool is_big_endian_ = false;
  Buffer bytes_;
  std::vector<std::size_t> offsets_;
};

// A file that is gone with its object.
class TempFile {
 public:
  explicit TempFile(const Buffer& bytes, const std::string& suffix = ".pcap");
  TempFile(const TempFile&) = delete;
  ~TempFile();

  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace overhear::testing
