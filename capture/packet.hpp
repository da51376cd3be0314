// One captured frame, and where frames come from. A source knows files or interfaces; nothing above it does.
#pragma once

#include <cstdint>
#include <expected>
#include <string>

#include "base/bytes.hpp"
#include "base/error.hpp"
#include "base/time.hpp"

namespace overhear {

// Where packets were captured.
struct InterfaceDescription {
  std::string name = {};          // empty: not told
  std::string filter = {};        // capture filter; empty: none
  int link_type = 0;              // LINKTYPE_ value
  std::uint32_t snap_length = 0;  // 0: none
};

struct Packet {
  std::uint64_t number = 0;     // 1-based over the whole capture, as Wireshark counts
  std::uint32_t interface = 0;  // 0-based over the whole capture, in the order of their descriptions
  Timestamp time;
  int link_type = 0;                  // LINKTYPE_ value as in files (tcpdump.org/linktypes.html)
  Bytes bytes;                        // what was captured; its source says how long that is valid
  std::uint32_t original_length = 0;  // what was on the wire; more than bytes.size() where a snaplen cut it
};

class PacketSource {
 public:
  virtual ~PacketSource() = default;

  // Fills `packet`, whose bytes are valid until the next call at least, and returns true, or returns false at the end.
  // Damage in the input is a finding and the reading goes on; an Error means that nothing more can be read.
  virtual std::expected<bool, Error> next(Packet& packet) = 0;
};

}  // namespace overhear
