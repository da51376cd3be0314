#include "capture/pcap_record.hpp"

#include <array>
#include <cstdlib>

namespace overhear {

namespace {

struct Magic {
  std::uint32_t value;
  bool is_nano;
  std::size_t record_header;
};

constexpr std::array kMagics{Magic{0xa1b2c3d4, false, 16}, Magic{0xa1b23c4d, true, 16}, Magic{0xa1b2cd34, false, 24}};

// What a found record may claim; no link layer that we read has larger packets.
constexpr std::uint32_t kLargestFound = 262'144;
constexpr std::int64_t kNear = 30 * 24 * 3600 * kSecond;

bool is_near(Timestamp a, Timestamp b) {
  return std::abs(a - b) < kNear;
}

// One search: the checks around one place share all of this.
class Search {
 public:
  Search(Bytes bytes, bool is_all, const PcapFormat& format, Timestamp around)
      : bytes_(bytes), is_all_(is_all), format_(format), around_(around) {}

  bool is_record(std::size_t at) const {
    const PcapRecord first = record(at);
    if (!is_likely(first)) return false;
    const Timestamp time = time_of(first, format_);
    const std::size_t behind = at + format_.record_header + first.captured;
    if (behind > bytes_.size()) return false;
    const bool is_in_time = is_near(time, around_);
    const std::size_t left = bytes_.size() - behind;
    if (left < format_.record_header) return is_all_ && is_in_time;
    if (!is_next(behind, time)) return false;
    if (is_in_time) return true;
    // The clock jumped, or what it is compared with was damaged: one more record has to agree.
    const std::size_t behind_next = behind + format_.record_header + record(behind).captured;
    if (behind_next == bytes_.size()) return is_all_;
    return behind_next + format_.record_header <= bytes_.size() && is_next(behind_next, time);
  }

 private:
  PcapRecord record(std::size_t at) const { return parse_pcap_record(bytes_.data() + at, format_); }

  bool is_likely(const PcapRecord& r) const {
    return r.captured != 0 && r.captured <= kLargestFound && r.original <= 4 * kLargestFound &&
           is_well_formed(r, format_);
  }

  bool is_next(std::size_t at, Timestamp time) const {
    const PcapRecord next = record(at);
    return next.captured <= kLargestFound && is_well_formed(next, format_) && is_near(time_of(next, format_), time);
  }

  Bytes bytes_;
  bool is_all_;
  const PcapFormat& format_;
  Timestamp around_;
};

}  // namespace

bool is_pcap_magic(Bytes start) {
  if (start.size() < 4) return false;
  for (const Magic& magic : kMagics) {
    if (kLittleEndian.u32(start.data()) == magic.value || kBigEndian.u32(start.data()) == magic.value) return true;
  }
  return false;
}

std::optional<PcapFormat> parse_pcap_header(const std::uint8_t* header) {
  for (const ByteOrder order : {kLittleEndian, kBigEndian}) {
    for (const Magic& magic : kMagics) {
      if (order.u32(header) != magic.value) continue;
      const std::uint16_t major = order.u16(header + 4);
      const std::uint16_t minor = order.u16(header + 6);
      // The upper half of the last field holds the length of frame check sequences, which nobody here needs.
      return PcapFormat{.order = order,
                        .is_nano = magic.is_nano,
                        .has_old_lengths = major < 2 || (major == 2 && minor < 3),
                        .record_header = magic.record_header,
                        .snap_length = order.u32(header + 16),
                        .link_type = static_cast<int>(order.u32(header + 20) & 0xffff)};
    }
  }
  return std::nullopt;
}

std::optional<std::size_t> find_pcap_record(Bytes bytes, bool is_all, const PcapFormat& format, Timestamp around) {
  const std::size_t margin = is_all ? format.record_header : kPcapSearchReach;
  if (bytes.size() < margin) return std::nullopt;
  const Search search(bytes, is_all, format, around);
  for (std::size_t at = 0; at <= bytes.size() - margin; ++at) {
    if (search.is_record(at)) return at;
  }
  return std::nullopt;
}

}  // namespace overhear
