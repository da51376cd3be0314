#include "capture/pcapng_blocks.hpp"

#include <fmt/format.h>

#include <optional>
#include <utility>

#include "capture/file_rules.hpp"
#include "capture/pcapng_format.hpp"

namespace overhear {

PcapngBlocks::PcapngBlocks(ByteReader reader, const Limits& limits, FileLog& log)
    : reader_(std::move(reader)), limits_(limits), log_(log) {}

std::expected<bool, Error> PcapngBlocks::next(PcapngBlock& block) {
  while (reader_.require(pcapng::kBlockFrame)) {
    const std::uint8_t* const at = reader_.data();
    block.offset = reader_.position();
    block.type = order_.u32(at);
    if (block.type == pcapng::kSectionHeader) [[unlikely]] {
      const std::optional<ByteOrder> order = pcapng::parse_byte_order(at + pcapng::kBlockHeader);
      if (!order) {
        recover(block, fmt::format("has the byte-order magic {:#010x}", order_.u32(at + pcapng::kBlockHeader)), false);
        block.type = pcapng::kSectionHeader;
        block.body = {};
        return true;
      }
      order_ = *order;
    }
    const std::uint32_t length = order_.u32(at + 4);
    if (std::string problem = length_problem(block.type, length); !problem.empty()) {
      if (recover(block, problem, false)) return true;
      continue;
    }
    if (!reader_.require(length)) {
      if (recover(block, fmt::format("is {} bytes long, and the file ends behind {}", length, reader_.available()),
                  true)) {
        return true;
      }
      continue;
    }
    if (const std::uint32_t copy = order_.u32(reader_.data() + length - 4); copy != length) {
      std::string problem = fmt::format("is {} bytes long, or {} as its end has it", length, copy);
      if (is_followed(length)) {
        log_.report(file_rules::kBadRecord, fmt::format("the block at offset {} {}", block.offset, problem), 0);
      } else {
        if (recover(block, problem, false)) return true;
        continue;
      }
    }
    take(block, length);
    return true;
  }
  return end();
}

std::string PcapngBlocks::length_problem(std::uint32_t type, std::uint32_t length) const {
  if (length >= pcapng::kBlockFrame && length % 4 == 0) [[likely]] {
    // A packet block has room for a packet, its own header and options.
    const std::size_t most = pcapng::is_packet(type) ? 2 * limits_.packet_bytes : limits_.block_bytes;
    if (length <= most) [[likely]]
      return {};
    return fmt::format("claims {} bytes, more than the {} that one of type {} can have", length, most, type);
  }
  return fmt::format("claims to be {} bytes long", length);
}

bool PcapngBlocks::is_followed(std::size_t offset) {
  if (!reader_.require(offset + pcapng::kBlockFrame)) return reader_.available() == offset;
  return pcapng::is_block_header(reader_.data() + offset, order_);
}

bool PcapngBlocks::recover(PcapngBlock& block, const std::string& problem, bool reaches_beyond_end) {
  const bool is_section = block.type == pcapng::kSectionHeader;
  ByteOrder order = order_;
  std::optional<std::size_t> found;
  reader_.widen(4 * pcapng::kSearchReach);
  while (true) {
    const bool is_all = !reader_.require(pcapng::kSearchReach + 1);
    const Bytes ahead = reader_.view();
    found = pcapng::find_block(ahead.subspan(1), is_all, is_section, order);
    if (found) ++*found;
    // The length at the block's end may be the right one: then the block is whole.
    const std::size_t length = found ? *found : is_all ? ahead.size() : 0;
    if (!is_section && reader_.position() == block.offset && length >= pcapng::kBlockFrame && length % 4 == 0 &&
        order_.u32(ahead.data() + length - 4) == length) {
      log_.report(file_rules::kBadRecord,
                  fmt::format("the block at offset {} {}; {} is right", block.offset, problem, length), 0);
      take(block, static_cast<std::uint32_t>(length));
      return true;
    }
    if (found || is_all) break;
    reader_.skip(ahead.size() - pcapng::kSearchReach);
  }
  order_ = order;
  reader_.skip(found ? *found : reader_.available());
  report_loss(block, problem, found.has_value(), reaches_beyond_end);
  return false;
}

void PcapngBlocks::report_loss(const PcapngBlock& block, const std::string& problem, bool is_found,
                               bool reaches_beyond_end) {
  const std::uint64_t lost = reader_.position() - block.offset;
  const std::string what = pcapng::is_packet(block.type)
                               ? fmt::format("packet {} (offset {})", log_.last.packet + 1, block.offset)
                               : fmt::format("the block at offset {}", block.offset);
  if (reaches_beyond_end && !is_found) {
    log_.report(file_rules::kTruncated, fmt::format("{} {}", what, problem), lost);
    return;
  }
  log_.report(file_rules::kBadRecord,
              is_found ? fmt::format("{} {}; reading goes on at offset {}", what, problem, reader_.position())
                       : fmt::format("{} {}; no block was found behind it", what, problem),
              lost);
  if (pcapng::is_packet(block.type)) ++log_.last.packet;
}

void PcapngBlocks::take(PcapngBlock& block, std::uint32_t length) {
  block.order = order_;
  block.body = {reader_.data() + pcapng::kBlockHeader, length - pcapng::kBlockFrame};
  reader_.skip(length);
}

std::expected<bool, Error> PcapngBlocks::end() {
  if (reader_.error()) return std::unexpected(*reader_.error());
  if (reader_.available() != 0) {
    log_.report(file_rules::kTruncated,
                fmt::format("the file ends inside the header of the block at offset {}", reader_.position()),
                reader_.available());
    reader_.skip(reader_.available());
  }
  log_.finish();
  return false;
}

}  // namespace overhear
