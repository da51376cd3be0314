// Reads pcapng: sections in either byte order, interfaces of different link types and clocks, all kinds of packet
// blocks, decryption secrets. Every other block is stepped over.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/limits.hpp"
#include "capture/byte_reader.hpp"
#include "capture/capture_file.hpp"
#include "capture/file_log.hpp"
#include "capture/pcapng_blocks.hpp"
#include "capture/pcapng_interface.hpp"

namespace overhear {

class PcapngReader final : public CaptureFile {
 public:
  // Of one section; more of them are damage.
  static constexpr std::size_t kMostInterfaces = 65'536;

  // `reader` stands at a section header.
  PcapngReader(ByteReader reader, CaptureEvents& events, const Limits& limits);

  std::expected<bool, Error> next(Packet& packet) override;
  std::uint64_t bytes_read() const override { return blocks_.reader().position(); }
  std::uint64_t size() const override { return blocks_.reader().size(); }
  std::string_view format() const override { return "pcapng"; }

 private:
  // Where a packet block keeps what; all three kinds come down to this.
  struct Layout {
    std::size_t header = 0;
    std::uint32_t interface = 0;
    std::uint32_t captured = 0;
    std::uint32_t original = 0;
    std::uint64_t ticks = 0;
    bool has_time = true;
  };

  bool read_packet(const PcapngBlock& block, Packet& packet);
  bool parse_layout(const PcapngBlock& block, Layout& layout) const;
  void read_interface(const PcapngBlock& block);
  void read_secrets(const PcapngBlock& block);
  void report(const PcapngBlock& block, const std::string& problem);

  Limits limits_;
  FileLog log_;
  PcapngBlocks blocks_;
  std::vector<PcapngInterface> interfaces_;  // of this section
  std::uint32_t first_interface_ = 0;        // how many the sections before had
};

// The secrets of a Decryption Secrets Block; nothing if their length cannot be.
struct PcapngSecrets {
  std::uint32_t type = 0;
  Bytes bytes;
};
std::optional<PcapngSecrets> parse_secrets(const PcapngBlock& block);

}  // namespace overhear
