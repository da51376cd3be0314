// A pcapng file as a row of blocks: framing, sections' byte orders, damage. What is in a block is not looked at here.
#pragma once

#include <cstdint>
#include <expected>
#include <string>

#include "base/bytes.hpp"
#include "base/error.hpp"
#include "base/limits.hpp"
#include "capture/byte_order.hpp"
#include "capture/byte_reader.hpp"
#include "capture/file_log.hpp"

namespace overhear {

struct PcapngBlock {
  std::uint32_t type = 0;
  Bytes body;  // behind the block's header, before its trailing length; valid until the next call
  ByteOrder order;
  std::uint64_t offset = 0;  // of the block in the file
};

class PcapngBlocks {
 public:
  // `reader` stands at a section header. `log` must outlive this.
  PcapngBlocks(ByteReader reader, const Limits& limits, FileLog& log);

  // The next whole block, or false at the end. A damaged block is reported and stepped over; if it would have carried
  // a packet, that packet's number is used up. A section header that is damaged comes with an empty body, since a new
  // section starts there all the same.
  std::expected<bool, Error> next(PcapngBlock& block);

  const ByteReader& reader() const { return reader_; }

 private:
  // Why this length cannot be, or nothing.
  std::string length_problem(std::uint32_t type, std::uint32_t length) const;
  // Whether a block could start `offset` bytes ahead, or the file ends there.
  bool is_followed(std::size_t offset);
  void take(PcapngBlock& block, std::uint32_t length);
  // The block at hand cannot be right. Moves to the next one and reports what was lost. If the damaged one turns out
  // to be whole after all but for its length, takes it and returns true.
  bool recover(PcapngBlock& block, const std::string& problem, bool reaches_beyond_end);
  void report_loss(const PcapngBlock& block, const std::string& problem, bool is_found, bool reaches_beyond_end);
  std::expected<bool, Error> end();

  ByteReader reader_;
  Limits limits_;
  FileLog& log_;
  ByteOrder order_;
};

}  // namespace overhear
