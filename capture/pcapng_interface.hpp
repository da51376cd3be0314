// A pcapng interface: what its description says about the packets that refer to it.
#pragma once

#include <cstdint>
#include <optional>

#include "base/bytes.hpp"
#include "base/time.hpp"
#include "capture/byte_order.hpp"
#include "capture/packet.hpp"

namespace overhear {

// Turns an interface's ticks into nanoseconds (if_tsresol, if_tsoffset). Times beyond 146 years around 1970 are
// clamped, so that subtracting times never overflows.
class TickClock {
 public:
  TickClock() = default;
  // `resolution` as in the option: a negative power of 10 or, with the upper bit set, of 2. Offset in seconds.
  TickClock(std::uint8_t resolution, std::int64_t offset_seconds);

  Timestamp to_time(std::uint64_t ticks) const {
    // The usual case: microseconds or nanoseconds, and a time that fits.
    if (is_simple_ && ticks < kSafeTicks) [[likely]] {
      return {static_cast<std::int64_t>(ticks * multiplier_)};
    }
    return to_time_exactly(ticks);
  }

 private:
  static constexpr std::uint64_t kSafeTicks = std::uint64_t{1} << 52;  // times 1000 stays below 2^62

  Timestamp to_time_exactly(std::uint64_t ticks) const;

  std::uint64_t multiplier_ = 1000;
  std::uint64_t divisor_ = 1;  // 0: ticks are too short to make a nanosecond
  unsigned shift_ = 0;
  bool is_simple_ = true;  // a multiplication is enough
  std::int64_t offset_ns_ = 0;
};

struct PcapngInterface {
  InterfaceDescription description;
  TickClock clock;
};

// Nothing if the block's body is too short. Options that are damaged end the options.
std::optional<PcapngInterface> parse_interface(Bytes body, ByteOrder order);

}  // namespace overhear
