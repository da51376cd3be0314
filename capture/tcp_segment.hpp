// A TCP segment as it leaves the IP layer and enters reassembly.
#pragma once

#include <cstdint>

#include "base/bytes.hpp"
#include "base/endpoint.hpp"
#include "base/time.hpp"

namespace overhear {

// RFC 9293, 3.1: control bits.
struct TcpFlags {
  static constexpr std::uint8_t kFin = 0x01;
  static constexpr std::uint8_t kSyn = 0x02;
  static constexpr std::uint8_t kRst = 0x04;
  static constexpr std::uint8_t kAck = 0x10;
};

struct TcpSegment {
  Endpoint source;
  Endpoint destination;
  std::uint32_t sequence = 0;
  std::uint32_t acknowledgment = 0;  // meaningful with kAck
  std::uint8_t flags = 0;
  std::uint16_t window = 0;
  Bytes payload;                   // what was captured of it
  std::uint32_t missing_tail = 0;  // bytes of the payload that a snaplen cut off, behind `payload`
  Stamp at;
};

}  // namespace overhear
