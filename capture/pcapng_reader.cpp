#include "capture/pcapng_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "capture/file_rules.hpp"
#include "capture/pcapng_format.hpp"

namespace overhear {

PcapngReader::PcapngReader(ByteReader reader, CaptureEvents& events, const Limits& limits)
    : limits_(limits), log_(events), blocks_(std::move(reader), limits, log_) {}

std::expected<bool, Error> PcapngReader::next(Packet& packet) {
  PcapngBlock block;
  while (true) {
    std::expected<bool, Error> got = blocks_.next(block);
    if (!got || !*got) return got;
    switch (block.type) {
      case pcapng::kEnhancedPacket:
      case pcapng::kSimplePacket:
      case pcapng::kPacket:
        if (read_packet(block, packet)) return true;
        break;
      case pcapng::kSectionHeader:
        first_interface_ += static_cast<std::uint32_t>(interfaces_.size());
        interfaces_.clear();
        break;
      case pcapng::kInterfaceDescription: read_interface(block); break;
      case pcapng::kDecryptionSecrets: read_secrets(block); break;
      default: break;
    }
  }
}

bool PcapngReader::parse_layout(const PcapngBlock& block, Layout& layout) const {
  const std::uint8_t* const at = block.body.data();
  const ByteOrder order = block.order;
  const std::size_t room = block.body.size();
  if (block.type == pcapng::kSimplePacket) {
    if (room < pcapng::kSimplePacketHeader) return false;
    layout.header = pcapng::kSimplePacketHeader;
    layout.original = order.u32(at);
    // It does not say how much was captured: all but what the snap length (or the block, where none is told) cut off.
    const std::uint32_t snap = interfaces_.empty() ? 0 : interfaces_[0].description.snap_length;
    layout.captured = static_cast<std::uint32_t>(std::min<std::size_t>(layout.original, room - layout.header));
    if (snap != 0) layout.captured = std::min(layout.captured, snap);
    layout.has_time = false;
    return true;
  }
  // Enhanced Packet:  interface (4) | time, upper half | lower half | captured | original
  // obsolete Packet:  interface (2) | drops (2) | the same
  if (room < pcapng::kEnhancedPacketHeader) return false;
  layout.header = pcapng::kEnhancedPacketHeader;
  layout.interface = block.type == pcapng::kPacket ? order.u16(at) : order.u32(at);
  layout.ticks = std::uint64_t{order.u32(at + 4)} << 32 | order.u32(at + 8);
  layout.captured = order.u32(at + 12);
  layout.original = order.u32(at + 16);
  return true;
}

bool PcapngReader::read_packet(const PcapngBlock& block, Packet& packet) {
  const std::uint64_t number = ++log_.last.packet;
  Layout layout;
  if (!parse_layout(block, layout)) {
    report(block, "is too short for its header");
    return false;
  }
  if (layout.interface >= interfaces_.size()) {
    report(block, fmt::format("names interface {}, and the section has {}", layout.interface, interfaces_.size()));
    return false;
  }
  if (layout.captured > block.body.size() - layout.header || layout.captured > limits_.packet_bytes) {
    report(block, fmt::format("claims {} captured bytes, and its block has room for {}", layout.captured,
                              std::min(block.body.size() - layout.header, limits_.packet_bytes)));
    return false;
  }
  const PcapngInterface& interface = interfaces_[layout.interface];
  if (layout.has_time) log_.last.time = interface.clock.to_time(layout.ticks);
  packet.number = number;
  packet.time = log_.last.time;
  packet.interface = first_interface_ + layout.interface;
  packet.link_type = interface.description.link_type;
  packet.bytes = block.body.subspan(layout.header, layout.captured);
  packet.original_length = std::max(layout.original, layout.captured);
  return true;
}

void PcapngReader::read_interface(const PcapngBlock& block) {
  const std::optional<PcapngInterface> interface = parse_interface(block.body, block.order);
  if (interface && interfaces_.size() < kMostInterfaces) {
    log_.on_interface(interface->description);
    interfaces_.push_back(*interface);
    return;
  }
  log_.report(file_rules::kBadRecord,
              fmt::format("the interface description at offset {} {}", block.offset,
                          interface ? "is one too many" : "is too short"),
              block.body.size() + pcapng::kBlockFrame);
}

void PcapngReader::read_secrets(const PcapngBlock& block) {
  if (const std::optional<PcapngSecrets> secrets = parse_secrets(block)) {
    log_.on_secrets(secrets->type, secrets->bytes);
    return;
  }
  log_.report(file_rules::kBadRecord,
              fmt::format("the secrets at offset {} claim more bytes than their block has", block.offset),
              block.body.size() + pcapng::kBlockFrame);
}

void PcapngReader::report(const PcapngBlock& block, const std::string& problem) {
  log_.report(file_rules::kBadRecord, fmt::format("packet {} (offset {}) {}", log_.last.packet, block.offset, problem),
              block.body.size() + pcapng::kBlockFrame);
}

std::optional<PcapngSecrets> parse_secrets(const PcapngBlock& block) {
  constexpr std::size_t kHeader = 8;  // type, length
  if (block.body.size() < kHeader) return std::nullopt;
  const std::size_t length = block.order.u32(block.body.data() + 4);
  if (length > block.body.size() - kHeader) return std::nullopt;
  return PcapngSecrets{block.order.u32(block.body.data()), block.body.subspan(kHeader, length)};
}

}  // namespace overhear
