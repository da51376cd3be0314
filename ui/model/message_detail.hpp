// A message in full, as texts: what it is, how it came, what was found about it, its JSON laid out. Everything
// printable, and passwords and tokens masked unless asked for. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "dissectors/message.hpp"
#include "ui/model/packet_fetch.hpp"

namespace overhear {

struct FindingText {
  Severity severity = Severity::Note;
  std::string text;  // with its code and the section it rests on
};

struct MessageDetail {
  std::string head;     // "1.17  mcp  Message.CreateTextMessage — says something in a room"
  std::string facts;    // ends, time, size, answer to what, decrypted by what, packets
  std::string content;  // what was opened inside the body
  std::vector<FindingText> findings;
  std::vector<std::string> json_lines;
  std::string body;  // as it came
  std::vector<std::uint64_t> packets;
};
MessageDetail detail_of(const Message& message, bool show_secrets);

// Offsets; the end is behind the last byte.
using ByteRange = std::pair<std::size_t, std::size_t>;

// Where things stand in a line of bytes in hex and ASCII, in characters: "000010  48 65 …  He…".
inline constexpr std::size_t kHexBytesPerLine = 16;
inline constexpr std::size_t kHexTextColumn = 8 + kHexBytesPerLine * 3 + 2;
constexpr std::size_t hex_column(std::size_t byte) {
  return 8 + byte * 3 + (byte >= kHexBytesPerLine / 2 ? 1 : 0);
}
// `hidden`: shown as dots.
std::string hex_line(std::string_view bytes, std::size_t line, const std::vector<ByteRange>& hidden);
std::string hex_dump(std::string_view bytes, const std::vector<ByteRange>& hidden);
// A part of the body, with "•••" for what is hidden in it.
std::string masked_part(std::string_view body, ByteRange part, const std::vector<ByteRange>& hidden);
// All of them in hex, with a heading for each.
std::vector<std::string> packet_lines(const std::vector<FetchedPacket>& packets);

}  // namespace overhear
