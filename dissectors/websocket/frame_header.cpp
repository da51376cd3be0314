#include "dissectors/websocket/frame_header.hpp"

#include <cstring>

namespace overhear {

std::optional<WsFrameHeader> parse_ws_header(std::string_view bytes) {
  const auto at = [bytes](std::size_t i) { return static_cast<std::uint8_t>(bytes[i]); };
  if (bytes.size() < 2) return std::nullopt;
  WsFrameHeader header;
  header.is_final = (at(0) & 0x80) != 0;
  header.reserved = at(0) >> 4 & 7;
  header.opcode = at(0) & 15;
  header.is_masked = (at(1) & 0x80) != 0;
  header.length = at(1) & 127;
  header.size = 2;
  const std::size_t extra = header.length == 126 ? 2 : header.length == 127 ? 8 : 0;
  if (bytes.size() < 2 + extra + (header.is_masked ? 4 : 0)) return std::nullopt;
  if (extra > 0) {
    header.length = 0;
    for (std::size_t i = 0; i < extra; ++i) header.length = header.length << 8 | at(2 + i);
    header.is_shortest = header.length >= (extra == 2 ? 126u : 65536u);
    header.size += extra;
  }
  if (header.is_masked) {
    for (std::size_t i = 0; i < 4; ++i) header.mask[i] = at(header.size + i);
    header.size += 4;
  }
  return header;
}

void append_ws_header(const WsFrameHeader& header, std::string& out) {
  const unsigned extra = header.length < 126 ? 0 : header.length < 65536 ? 2 : 8;
  const std::uint64_t first = extra == 0 ? header.length : extra == 2 ? 126 : 127;
  out += static_cast<char>((header.is_final ? 0x80 : 0) | header.reserved << 4 | header.opcode);
  out += static_cast<char>((header.is_masked ? 0x80 : 0) | first);
  for (unsigned i = extra; i-- > 0;) out += static_cast<char>(header.length >> 8 * i);
  if (!header.is_masked) return;
  for (const std::uint8_t byte : header.mask) out += static_cast<char>(byte);
}

void unmask(std::string_view in, const std::array<std::uint8_t, 4>& mask, char* out) {
  std::uint32_t word = 0;
  std::memcpy(&word, mask.data(), 4);
  const std::uint64_t wide = std::uint64_t{word} << 32 | word;
  std::size_t i = 0;
  for (; i + 8 <= in.size(); i += 8) {
    std::uint64_t block = 0;
    std::memcpy(&block, in.data() + i, 8);
    block ^= wide;
    std::memcpy(out + i, &block, 8);
  }
  for (; i < in.size(); ++i) out[i] = static_cast<char>(in[i] ^ static_cast<char>(mask[i & 3]));
}

std::string_view unmasked(const WsFrameHeader& header, std::string_view payload, std::string& out) {
  if (!header.is_masked) return payload;
  out.resize(payload.size());
  unmask(payload, header.mask, out.data());
  return out;
}

}  // namespace overhear
