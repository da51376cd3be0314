// The header of a WebSocket frame (RFC 6455, 5.2).
//
//   byte 0: FIN RSV1 RSV2 RSV3 opcode(4)   byte 1: MASK length(7)
//   then 2 bytes of length if length is 126, 8 if it is 127; then 4 bytes of masking key if MASK is set
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace overhear {

enum class WsOpcode : std::uint8_t { Continuation = 0, Text = 1, Binary = 2, Close = 8, Ping = 9, Pong = 10 };

struct WsFrameHeader {
  bool is_final = false;
  std::uint8_t reserved = 0;  // RSV1 is 4, RSV2 is 2, RSV3 is 1
  std::uint8_t opcode = 0;
  bool is_masked = false;
  bool is_shortest = true;  // the length is in its shortest form
  std::uint64_t length = 0;
  std::array<std::uint8_t, 4> mask{};
  std::size_t size = 0;  // of the header itself

  bool is_control() const { return (opcode & 8) != 0; }
  bool is_known_opcode() const { return opcode <= 2 || (opcode >= 8 && opcode <= 10); }
};

inline constexpr std::uint8_t kWsRsv1 = 4;
inline constexpr std::size_t kWsControlLimit = 125;

// The header that `bytes` begins with; nullopt where more is needed.
std::optional<WsFrameHeader> parse_ws_header(std::string_view bytes);

// The same the other way: appends the header of a frame of `header.length` bytes, which it says in the shortest form.
void append_ws_header(const WsFrameHeader& header, std::string& out);

// out[i] = in[i] XOR mask[i mod 4]. `out` holds in.size() bytes and may be the same memory.
void unmask(std::string_view in, const std::array<std::uint8_t, 4>& mask, char* out);

// `payload` as the sender meant it: itself, or unmasked into `out`.
std::string_view unmasked(const WsFrameHeader& header, std::string_view payload, std::string& out);

}  // namespace overhear
