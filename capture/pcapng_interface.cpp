#include "capture/pcapng_interface.hpp"

#include <algorithm>
#include <limits>
#include <string_view>

#include "capture/pcapng_format.hpp"

namespace overhear {

namespace {

// Options of an Interface Description Block.
constexpr std::uint16_t kEndOfOptions = 0;
constexpr std::uint16_t kIfName = 2;
constexpr std::uint16_t kIfTsresol = 9;
constexpr std::uint16_t kIfFilter = 11;
constexpr std::uint16_t kIfTsoffset = 14;
constexpr std::size_t kDescriptionHeader = 8;
constexpr std::size_t kLongestText = 1024;  // of a name or filter

__extension__ using Wide = __int128;

Timestamp clamped(Wide ns) {
  // Half of what the type can hold, which is the year 2116: the difference of any two times is a number, too.
  constexpr Wide kMost = std::numeric_limits<std::int64_t>::max() / 2;
  return {static_cast<std::int64_t>(std::clamp(ns, -kMost, kMost))};
}

std::uint64_t power_of_ten(unsigned exponent) {
  std::uint64_t power = 1;
  for (unsigned i = 0; i < exponent; ++i) power *= 10;
  return power;
}

}  // namespace

TickClock::TickClock(std::uint8_t resolution, std::int64_t offset_seconds)
    : offset_ns_(clamped(Wide{offset_seconds} * kSecond).ns) {
  const unsigned exponent = resolution & 0x7f;
  if ((resolution & 0x80) != 0) {
    multiplier_ = kSecond;
    shift_ = exponent;
  } else if (exponent <= 9) {
    multiplier_ = power_of_ten(9 - exponent);
  } else {
    multiplier_ = 1;
    divisor_ = exponent - 9 < 20 ? power_of_ten(exponent - 9) : 0;
  }
  is_simple_ = shift_ == 0 && divisor_ == 1 && offset_ns_ == 0 && multiplier_ <= 1000;
}

Timestamp TickClock::to_time_exactly(std::uint64_t ticks) const {
  const Wide scaled = Wide{ticks} * multiplier_ >> shift_;
  return clamped((divisor_ == 0 ? 0 : scaled / divisor_) + offset_ns_);
}

std::optional<PcapngInterface> parse_interface(Bytes body, ByteOrder order) {
  if (body.size() < kDescriptionHeader) return std::nullopt;
  PcapngInterface interface;
  InterfaceDescription& description = interface.description;
  description.link_type = order.u16(body.data());
  description.snap_length = order.u32(body.data() + 4);
  std::uint8_t resolution = 6;
  std::int64_t offset = 0;
  Bytes options = body.subspan(kDescriptionHeader);
  while (options.size() >= 4) {
    const std::uint16_t code = order.u16(options.data());
    const std::size_t length = order.u16(options.data() + 2);
    options = options.subspan(4);
    if (code == kEndOfOptions || length > options.size()) break;
    const std::string_view text = as_text(options.first(std::min(length, kLongestText)));
    if (code == kIfName) description.name = text;
    // Its first byte is 0 for a filter in words; compiled ones are not kept.
    if (code == kIfFilter && length > 1 && options[0] == 0) description.filter = text.substr(1);
    if (code == kIfTsresol && length >= 1) resolution = options[0];
    if (code == kIfTsoffset && length >= 8) offset = static_cast<std::int64_t>(order.u64(options.data()));
    options = options.subspan(std::min(pcapng::padded(length), options.size()));
  }
  interface.clock = TickClock(resolution, offset);
  return interface;
}

}  // namespace overhear
