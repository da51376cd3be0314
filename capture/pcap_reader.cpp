#include "capture/pcap_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "capture/file_rules.hpp"

namespace overhear {

std::expected<std::unique_ptr<CaptureFile>, Error> PcapReader::open(ByteReader reader, CaptureEvents& events,
                                                                    const Limits& limits) {
  if (!reader.require(PcapFormat::kFileHeader)) {
    return std::unexpected(
        Error{ErrorKind::Input, fmt::format("{} is no capture file: it ends inside the pcap header "
                                            "({} of {} bytes)",
                                            reader.name(), reader.available(), PcapFormat::kFileHeader)});
  }
  const std::optional<PcapFormat> format = parse_pcap_header(reader.data());
  if (!format) return std::unexpected(Error{ErrorKind::Input, reader.name() + " is no pcap file"});
  reader.skip(PcapFormat::kFileHeader);
  events.on_interface({.link_type = format->link_type, .snap_length = format->snap_length});
  return std::make_unique<PcapReader>(std::move(reader), *format, events, limits);
}

PcapReader::PcapReader(ByteReader reader, const PcapFormat& format, CaptureEvents& events, const Limits& limits)
    : reader_(std::move(reader)), format_(format), limits_(limits), log_(events) {}

std::expected<bool, Error> PcapReader::next(Packet& packet) {
  while (reader_.require(format_.record_header)) {
    PcapRecord record = parse_pcap_record(reader_.data(), format_);
    const bool is_allowed = record.captured <= limits_.packet_bytes;
    const bool is_there = is_allowed && !is_hole(record) && reader_.require(format_.record_header + record.captured);
    if ((is_there && (is_usual(record) || is_followed(format_.record_header + record.captured))) || mend(record) ||
        (is_there && is_well_formed(record, format_))) {
      deliver(record, packet);
      return true;
    }
    recover(record, is_allowed && !is_there && !is_hole(record));
  }
  return end();
}

bool PcapReader::is_usual(const PcapRecord& record) const {
  return is_well_formed(record, format_) &&
         (record.captured == record.original || record.captured == format_.snap_length);
}

bool PcapReader::is_followed(std::size_t offset) {
  if (!reader_.require(offset + format_.record_header)) return reader_.available() >= offset;
  const PcapRecord next = parse_pcap_record(reader_.data() + offset, format_);
  return next.captured <= limits_.packet_bytes && is_well_formed(next, format_);
}

bool PcapReader::mend(PcapRecord& record) {
  const bool is_possible =
      record.original != 0 && record.original <= limits_.packet_bytes && record.original != record.captured &&
      reader_.require(format_.record_header + record.original) && is_followed(format_.record_header + record.original);
  if (!is_possible) return false;
  log_.report(file_rules::kBadRecord,
              fmt::format("packet {} (offset {}) claims {} captured bytes, but the next record starts behind {}",
                          log_.last.packet + 1, reader_.position(), record.captured, record.original),
              0);
  record.captured = record.original;
  return true;
}

void PcapReader::deliver(const PcapRecord& record, Packet& packet) {
  packet.number = ++log_.last.packet;
  packet.time = log_.last.time = time_of(record, format_);
  packet.link_type = format_.link_type;
  packet.bytes = {reader_.data() + format_.record_header, record.captured};
  packet.original_length = std::max(record.original, record.captured);
  has_time_ = true;
  reader_.skip(format_.record_header + record.captured);
}

void PcapReader::recover(const PcapRecord& record, bool reaches_beyond_end) {
  const std::uint64_t start = reader_.position();
  const std::uint64_t number = log_.last.packet + 1;
  std::string problem = fmt::format("packet {} (offset {}) claims {} captured bytes of {}", number, start,
                                    record.captured, record.original);
  const bool is_found = find_next(has_time_ ? log_.last.time : time_of(record, format_));
  const std::uint64_t lost = reader_.position() - start;
  if (reaches_beyond_end && !is_found) {
    log_.report(file_rules::kTruncated,
                fmt::format("{}, and the file ends behind {}", problem, lost - format_.record_header), lost);
    return;
  }
  problem += is_found ? fmt::format("; reading goes on at offset {}", reader_.position())
                      : std::string("; no record was found behind it");
  log_.report(file_rules::kBadRecord, std::move(problem), lost);
  log_.last.packet = number;
}

bool PcapReader::find_next(Timestamp around) {
  reader_.widen(4 * kPcapSearchReach);
  while (true) {
    const bool is_all = !reader_.require(kPcapSearchReach + 1);
    const std::optional<std::size_t> found = find_pcap_record(reader_.view().subspan(1), is_all, format_, around);
    if (found || is_all) {
      reader_.skip(found ? 1 + *found : reader_.available());
      return found.has_value();
    }
    reader_.skip(reader_.available() - kPcapSearchReach);
  }
}

std::expected<bool, Error> PcapReader::end() {
  if (reader_.error()) return std::unexpected(*reader_.error());
  if (reader_.available() != 0) {
    log_.report(file_rules::kTruncated,
                fmt::format("the file ends inside the header of packet {} (offset {}, {} of {} bytes)",
                            log_.last.packet + 1, reader_.position(), reader_.available(), format_.record_header),
                reader_.available());
    reader_.skip(reader_.available());
  }
  log_.finish();
  return false;
}

}  // namespace overhear
