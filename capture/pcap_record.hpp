// The classic pcap format: the file header and the header of one record, as plain data, and what can be believed of it.
//
//   file   | magic | version | version | time zone | accuracy | snaplen | link type |            24 bytes
//   record | seconds | fraction | captured length | original length | (modified format: 8 more) | bytes
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/bytes.hpp"
#include "base/time.hpp"
#include "capture/byte_order.hpp"

namespace overhear {

struct PcapFormat {
  static constexpr std::size_t kFileHeader = 24;

  ByteOrder order;
  bool is_nano = false;
  bool has_old_lengths = false;    // written before version 2.3: the two lengths stand the other way round
  std::size_t record_header = 16;  // 24 in the modified format of some 1990s Linux systems
  std::uint32_t snap_length = 0;
  int link_type = 0;
};

struct PcapRecord {
  std::uint32_t seconds = 0;
  std::uint32_t fraction = 0;  // micro- or nanoseconds
  std::uint32_t captured = 0;
  std::uint32_t original = 0;
};

// Nothing if the first four bytes are no pcap magic number. REQUIRES: PcapFormat::kFileHeader bytes.
std::optional<PcapFormat> parse_pcap_header(const std::uint8_t* header);

// Whether a file that starts so is pcap, complete or not.
bool is_pcap_magic(Bytes start);

inline PcapRecord parse_pcap_record(const std::uint8_t* at, const PcapFormat& format) {
  const ByteOrder order = format.order;
  PcapRecord record{order.u32(at), order.u32(at + 4), order.u32(at + 8), order.u32(at + 12)};
  if (format.has_old_lengths) [[unlikely]]
    std::swap(record.captured, record.original);
  return record;
}

inline Timestamp time_of(const PcapRecord& record, const PcapFormat& format) {
  return {record.seconds * kSecond + std::int64_t{record.fraction} * (format.is_nano ? 1 : 1000)};
}

// What a hole in a file reads as: an empty packet at the epoch.
inline bool is_hole(const PcapRecord& record) {
  return (record.seconds | record.fraction | record.captured | record.original) == 0;
}

// A record as a writer in its right mind writes it: no more than the wire had, and a fraction below one second.
inline bool is_well_formed(const PcapRecord& record, const PcapFormat& format) {
  return record.captured <= record.original && record.fraction < (format.is_nano ? 1'000'000'000u : 1'000'000u) &&
         !is_hole(record);
}

// Looks for the next record in damaged bytes. `bytes` is what lies ahead and `is_all` whether the file ends with it;
// The time of the record should be near `around`. Returns the offset of the first place that reads as a
// record, followed by another or by the end of the file; nothing if there is none. Looks at most kPcapSearchReach bytes
// ahead of each place: unless is_all, the last so many bytes are not searched. Linear.
inline constexpr std::size_t kPcapSearchReach = 1u << 20;
std::optional<std::size_t> find_pcap_record(Bytes bytes, bool is_all, const PcapFormat& format, Timestamp around);

}  // namespace overhear
