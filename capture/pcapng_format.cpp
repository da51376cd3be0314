#include "capture/pcapng_format.hpp"

namespace overhear::pcapng {

namespace {

bool is_known(std::uint32_t type) {
  switch (type) {
    case kSectionHeader:
    case kInterfaceDescription:
    case kPacket:
    case kSimplePacket:
    case kNameResolution:
    case kInterfaceStatistics:
    case kEnhancedPacket:
    case kSystemdJournal:
    case kDecryptionSecrets:
    case kCustom:
    case kCustomNotCopied: return true;
    default: return false;
  }
}

// Whether the packet that a block claims fits into it.
bool fits(std::uint32_t type, Bytes body, ByteOrder order) {
  switch (type) {
    case kEnhancedPacket:
    case kPacket:
      return body.size() >= kEnhancedPacketHeader && order.u32(body.data() + 12) <= body.size() - kEnhancedPacketHeader;
    case kSimplePacket: return body.size() >= kSimplePacketHeader;
    case kInterfaceDescription: return body.size() >= 8;
    case kSectionHeader: return body.size() >= 16;
    default: return true;
  }
}

// REQUIRES: kBlockFrame bytes.
bool is_block(Bytes bytes, ByteOrder order) {
  if (!is_known(order.u32(bytes.data()))) return false;
  const std::uint32_t length = order.u32(bytes.data() + 4);
  if (length < kBlockFrame || length % 4 != 0 || length > kSearchReach || length > bytes.size()) return false;
  if (order.u32(bytes.data() + length - 4) != length) return false;
  return fits(order.u32(bytes.data()), bytes.subspan(kBlockHeader, length - kBlockFrame), order);
}

}  // namespace

std::optional<ByteOrder> parse_byte_order(const std::uint8_t* magic) {
  if (kLittleEndian.u32(magic) == kByteOrderMagic) return kLittleEndian;
  if (kBigEndian.u32(magic) == kByteOrderMagic) return kBigEndian;
  return std::nullopt;
}

bool is_section_header(Bytes start) {
  return start.size() >= 4 && kLittleEndian.u32(start.data()) == kSectionHeader &&
         (start.size() < kBlockFrame || parse_byte_order(start.data() + kBlockHeader));
}

bool is_block_header(const std::uint8_t* at, ByteOrder order) {
  if (order.u32(at) == kSectionHeader) return parse_byte_order(at + kBlockHeader).has_value();
  const std::uint32_t length = order.u32(at + 4);
  return is_known(order.u32(at)) && length >= kBlockFrame && length % 4 == 0;
}

std::optional<std::size_t> find_block(Bytes bytes, bool is_all, bool any_order, ByteOrder& order) {
  const std::size_t margin = is_all ? kBlockFrame : kSearchReach;
  if (bytes.size() < margin) return std::nullopt;
  for (std::size_t at = 0; at <= bytes.size() - margin; ++at) {
    const Bytes rest = bytes.subspan(at);
    if (order.u32(rest.data()) == kSectionHeader) {
      const std::optional<ByteOrder> own = parse_byte_order(rest.data() + kBlockHeader);
      if (!own || !is_block(rest, *own)) continue;
      order = *own;
      return at;
    }
    if (is_block(rest, order)) return at;
    if (!any_order) continue;
    for (const ByteOrder other : {kLittleEndian, kBigEndian}) {
      if (!is_block(rest, other)) continue;
      order = other;
      return at;
    }
  }
  return std::nullopt;
}

}  // namespace overhear::pcapng
