// Turns TCP segments into Ethernet frames with right lengths and checksums, and moves the capture's clock on by a few
// microseconds at each.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/time.hpp"
#include "bench/generator/capture_file.hpp"
#include "bench/generator/random.hpp"

namespace overhear::bench {

struct Host {
  std::uint32_t address = 0;  // IPv4
  std::uint16_t port = 0;
};

// RFC 9293, 3.1
inline constexpr std::uint8_t kFin = 0x01;
inline constexpr std::uint8_t kSyn = 0x02;
inline constexpr std::uint8_t kPsh = 0x08;
inline constexpr std::uint8_t kAck = 0x10;

struct TcpSegment {
  Host from;
  Host to;
  bool from_client = false;
  std::uint32_t sequence = 0;
  std::uint32_t acknowledged = 0;
  std::uint8_t flags = 0;
  std::uint16_t announced_mss = 0;  // goes with SYN
  std::string_view payload;
};

class PacketWriter {
 public:
  PacketWriter(CaptureFile& file, Random random) : file_(file), random_(random) {}

  void write(const TcpSegment& segment);
  Timestamp now() const { return now_; }

 private:
  CaptureFile& file_;
  Random random_;
  Timestamp now_{1'795'176'000 * kSecond};  // 2026-11-20T12:00:00Z
  std::uint16_t identification_ = 0;
  std::string frame_;
};

}  // namespace overhear::bench
