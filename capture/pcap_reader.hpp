// Reads the classic pcap format: micro- and nanoseconds, either byte order, the modified and the old variants.
#pragma once

#include <memory>

#include "base/limits.hpp"
#include "capture/byte_reader.hpp"
#include "capture/capture_file.hpp"
#include "capture/file_log.hpp"
#include "capture/pcap_record.hpp"

namespace overhear {

class PcapReader final : public CaptureFile {
 public:
  // `reader` stands at the file header, which has a pcap magic number. An Error if the header is cut off.
  static std::expected<std::unique_ptr<CaptureFile>, Error> open(ByteReader reader, CaptureEvents& events,
                                                                 const Limits& limits);

  PcapReader(ByteReader reader, const PcapFormat& format, CaptureEvents& events, const Limits& limits);

  std::expected<bool, Error> next(Packet& packet) override;
  std::uint64_t bytes_read() const override { return reader_.position(); }
  std::uint64_t size() const override { return reader_.size(); }
  std::string_view format() const override { return "pcap"; }

 private:
  bool is_usual(const PcapRecord& record) const;
  // Whether `offset` bytes ahead another record starts or the file ends.
  bool is_followed(std::size_t offset);
  // Of a record's two lengths one may be damaged: if its bytes are followed by a record when the original length is
  // taken for the captured one, says so and takes it.
  bool mend(PcapRecord& record);
  void deliver(const PcapRecord& record, Packet& packet);
  // The record at hand cannot be right: moves on to the next one that can and reports what was lost.
  void recover(const PcapRecord& record, bool reaches_beyond_end);
  // Moves to the next place that reads as a record of about this time; without one to the end of the file, and returns
  // false.
  bool find_next(Timestamp around);
  std::expected<bool, Error> end();

  ByteReader reader_;
  PcapFormat format_;
  Limits limits_;
  FileLog log_;
  bool has_time_ = false;
};

}  // namespace overhear
