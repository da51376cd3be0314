#include "proxy/worst_cuts.hpp"

#include <string_view>

#include "dissectors/json/json_boundary.hpp"

namespace overhear {
namespace {

constexpr std::uint64_t kMostLength = 16u << 20;  // more is no length of a message
constexpr std::uint64_t kFurther = 8;             // behind the first in a message, one in so many is cut
constexpr std::size_t kPrefix = 4;
constexpr std::string_view kUpgrade = "websocket";

constexpr bool is_hex_digit(std::uint8_t c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

constexpr char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

// RFC 6455, 5.2, by the header's second byte.
constexpr std::size_t length_size(std::uint8_t second) {
  const int code = second & 0x7f;
  return code == 127 ? 8 : code == 126 ? 2 : 0;
}
constexpr std::size_t header_size(std::uint8_t second) {
  return 2 + length_size(second) + ((second & 0x80) != 0 ? 4 : 0);
}

}  // namespace

bool TextCuts::is_taken(bool& is_known, Dice& dice) {
  const bool out = !is_known || dice.below(kFurther) == 0;
  is_known = true;
  return out;
}

bool TextCuts::step(std::uint8_t byte, Dice& dice) {
  const bool is_inside = (byte & 0xc0) == 0x80 && last_ >= 0xc2;  // RFC 3629, 4
  last_ = byte;
  if (is_inside) return is_taken(has_cut_character_, dice);
  switch (escape_) {
    case 0: escape_ = byte == '\\' ? 1 : 0; return false;
    case 1: escape_ = byte == 'u' ? 2 : 0; return escape_ == 0 && is_taken(has_cut_escape_, dice);
    default: break;
  }
  if (!is_hex_digit(byte)) {
    escape_ = byte == '\\' ? 1 : 0;
    return false;
  }
  const bool is_third = escape_ == 4;
  escape_ = escape_ == 5 ? 0 : escape_ + 1;
  return is_third && is_taken(has_cut_escape_, dice);
}

bool WorstCuts::step(std::uint8_t byte) {
  if (kind_ == Kind::Fresh) {
    const char c = static_cast<char>(byte);
    if (c == '\0') {
      kind_ = Kind::LengthPrefix;
    } else if (c == '{' || c == '[' || is_json_separator(c)) {
      kind_ = Kind::Json;
    } else {
      kind_ = c >= 'A' && c <= 'Z' ? Kind::Head : Kind::Unknown;
    }
  }
  switch (kind_) {
    case Kind::Json: return step_json(byte);
    case Kind::Line: return step_line(byte);
    case Kind::Head: return step_head(byte);
    case Kind::WebSocket: return step_web_socket(byte);
    case Kind::LengthPrefix: return step_length_prefix(byte);
    case Kind::Fresh:
    case Kind::Unknown: break;
  }
  is_between_ = false;
  return false;
}

// As JsonBoundary has it.
bool WorstCuts::step_json(std::uint8_t byte) {
  const char c = static_cast<char>(byte);
  if (is_in_string_) {
    is_in_string_ = c != '"' || text_.is_escaping();
    return text_.step(byte, dice_);
  }
  if (depth_ == 0) {
    if (is_json_separator(c)) return false;
    is_between_ = false;
    text_.begin();
    if (c == '{' || c == '[') {
      depth_ = 1;
      return false;
    }
    kind_ = Kind::Line;
    return step_line(byte);
  }
  is_in_string_ = c == '"';
  if (c == '{' || c == '[') ++depth_;
  if (c == '}' || c == ']') is_between_ = --depth_ == 0;
  return is_between_;
}

// Anything that is no JSON, as base64 is.
bool WorstCuts::step_line(std::uint8_t byte) {
  if (byte != '\n') return text_.step(byte, dice_);
  kind_ = Kind::Json;
  is_between_ = true;
  return true;
}

// Of HTTP, both ways (RFC 6455, 4).
bool WorstCuts::step_head(std::uint8_t byte) {
  const char c = static_cast<char>(byte);
  if (position_ < status_.size()) status_[position_++] = c;
  word_ = lower(c) == kUpgrade[word_] ? word_ + 1 : lower(c) == kUpgrade.front() ? 1 : 0;
  if (word_ == kUpgrade.size()) {
    is_upgrade_ = true;
    word_ = 0;
  }
  line_end_ = line_end_ << 8 | byte;
  if (line_end_ != 0x0d0a0d0a) return false;
  const std::string_view status(status_.data(), position_);
  const bool is_switching = !status.starts_with("HTTP/") || status.ends_with(" 101");
  kind_ = is_upgrade_ && is_switching ? Kind::WebSocket : Kind::Unknown;
  is_between_ = kind_ == Kind::WebSocket;
  return true;
}

bool WorstCuts::step_web_socket(std::uint8_t byte) {
  if (payload_left_ > 0) {
    const bool is_masked = (header_[1] & 0x80) != 0;
    const std::size_t mask = header_size(header_[1]) - 4 + (payload_ - payload_left_) % 4;
    return step_payload(is_masked ? byte ^ header_[mask] : byte);
  }
  is_between_ = false;
  const std::size_t at = header_size_;
  header_[header_size_++] = byte;
  if (at == 0) return false;
  const std::size_t size = header_size(header_[1]);
  if (at == 1) header_cut_ = 1 + dice_.below(size - 1);
  if (header_size_ < size) return at == header_cut_;
  std::uint64_t length = header_[1] & 0x7f;
  if (const std::size_t bytes = length_size(header_[1])) {
    length = 0;
    for (std::size_t i = 2; i < 2 + bytes; ++i) length = length << 8 | header_[i];
  }
  const int opcode = header_[0] & 0x0f;
  if (opcode == 1 || opcode == 2) {
    text_.begin();
    is_compressed_ = (header_[0] & 0x40) != 0;
  }
  is_text_ = opcode <= 2 && !is_compressed_;
  begin_frame(length);
  return at == header_cut_;
}

bool WorstCuts::step_length_prefix(std::uint8_t byte) {
  if (payload_left_ > 0) return step_payload(byte);
  is_between_ = false;
  const std::size_t at = header_size_;
  if (at == 0) header_cut_ = 1 + dice_.below(kPrefix - 1);
  header_[header_size_++] = byte;
  if (header_size_ < kPrefix) return at == header_cut_;
  std::uint64_t length = 0;
  for (std::size_t i = 0; i < kPrefix; ++i) length = length << 8 | header_[i];
  if (length > kMostLength) {
    kind_ = Kind::Unknown;
    return false;
  }
  text_.begin();
  is_text_ = true;
  begin_frame(length);
  return at == header_cut_;
}

bool WorstCuts::step_payload(std::uint8_t byte) {
  const bool is_in_text = is_text_ && text_.step(byte, dice_);
  const bool is_last = --payload_left_ == 0;
  if (is_last) end_frame();
  return is_in_text || (is_last && payload_ > 1);
}

void WorstCuts::begin_frame(std::uint64_t length) {
  header_size_ = 0;
  payload_ = length;
  payload_left_ = length;
  if (length == 0) end_frame();
}

void WorstCuts::end_frame() {
  is_between_ = kind_ == Kind::LengthPrefix || (header_[0] & 0x80) != 0;
}

}  // namespace overhear
