// The pcapng format (draft-ietf-opsawg-pcapng): block types, and what can be believed of a block.
//
//   | type | total length | body, padded to 4 bytes | total length |
//
// All numbers are in the byte order of the section, which its header block tells by its byte-order magic.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/bytes.hpp"
#include "capture/byte_order.hpp"

namespace overhear::pcapng {

inline constexpr std::uint32_t kSectionHeader = 0x0a0d0d0a;  // reads the same in either byte order
inline constexpr std::uint32_t kInterfaceDescription = 1;
inline constexpr std::uint32_t kPacket = 2;  // obsolete, still written by old tools
inline constexpr std::uint32_t kSimplePacket = 3;
inline constexpr std::uint32_t kNameResolution = 4;
inline constexpr std::uint32_t kInterfaceStatistics = 5;
inline constexpr std::uint32_t kEnhancedPacket = 6;
inline constexpr std::uint32_t kSystemdJournal = 9;
inline constexpr std::uint32_t kDecryptionSecrets = 10;
inline constexpr std::uint32_t kCustom = 0x00000bad;
inline constexpr std::uint32_t kCustomNotCopied = 0x40000bad;

inline constexpr std::uint32_t kByteOrderMagic = 0x1a2b3c4d;
inline constexpr std::size_t kBlockHeader = 8;
inline constexpr std::size_t kBlockFrame = 12;  // header and the trailing length

// Bytes of the body before the packet's own.
inline constexpr std::size_t kEnhancedPacketHeader = 20;
inline constexpr std::size_t kSimplePacketHeader = 4;

inline bool is_packet(std::uint32_t type) {
  return type == kEnhancedPacket || type == kSimplePacket || type == kPacket;
}

// The byte order that a section header's magic (8 bytes into its block) tells; nothing if it is none.
std::optional<ByteOrder> parse_byte_order(const std::uint8_t* magic);

// Whether a file that starts so is pcapng, complete or not.
bool is_section_header(Bytes start);

// What is left of `length` bytes when padded to 4.
constexpr std::size_t padded(std::size_t length) {
  return (length + 3) & ~std::size_t{3};
}

// Whether this reads as the start of a block of a known type. REQUIRES: kBlockFrame bytes.
bool is_block_header(const std::uint8_t* at, ByteOrder order);

// Looks for the next whole block of a known type in damaged bytes: its length and the copy of it agree, and a packet
// fits into it. A section header may change `order`; so may, if `any_order`, any block. Returns its offset, or nothing.
// Looks at most kSearchReach bytes ahead of each place: unless is_all, the last so many are not searched. Linear.
inline constexpr std::size_t kSearchReach = 1u << 20;
std::optional<std::size_t> find_block(Bytes bytes, bool is_all, bool any_order, ByteOrder& order);

}  // namespace overhear::pcapng
