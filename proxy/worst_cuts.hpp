// Finds where a receiver is least prepared for a piece to end: inside the header of a message, inside a character,
// inside an escape, and right before the last byte. Sees a stream byte by byte, keeps none of it, and knows JSON (bare,
// in lines, behind lengths of four bytes), lines, and WebSocket; of other streams it knows nothing.
#pragma once

#include <array>
#include <cstdint>

#include "proxy/dice.hpp"

namespace overhear {

// The same inside a text.
class TextCuts {
 public:
  // A new message.
  void begin() { *this = {}; }
  bool step(std::uint8_t byte, Dice& dice);
  // Whether the last byte is a backslash that begins an escape.
  bool is_escaping() const { return escape_ == 1; }

 private:
  bool is_taken(bool& is_known, Dice& dice);

  std::uint8_t last_ = 0;
  int escape_ = 0;  // bytes of one, so far
  bool has_cut_character_ = false;
  bool has_cut_escape_ = false;
};

class WorstCuts {
 public:
  explicit WorstCuts(const Dice& dice) : dice_(dice) {}

  // The stream's next byte. True: right before it is such a place.
  bool step(std::uint8_t byte);
  // Whether a message has ended, and of the next there is nothing yet but white space.
  bool is_between() const { return is_between_; }
  bool knows_messages() const { return kind_ != Kind::Unknown; }

 private:
  enum class Kind : std::uint8_t { Fresh, Json, Line, Head, WebSocket, LengthPrefix, Unknown };

  bool step_json(std::uint8_t byte);
  bool step_line(std::uint8_t byte);
  bool step_head(std::uint8_t byte);
  bool step_web_socket(std::uint8_t byte);
  bool step_length_prefix(std::uint8_t byte);
  bool step_payload(std::uint8_t byte);
  void begin_frame(std::uint64_t length);
  void end_frame();

  Dice dice_;
  Kind kind_ = Kind::Fresh;
  TextCuts text_;
  bool is_between_ = false;

  // Of JSON.
  std::uint64_t depth_ = 0;
  bool is_in_string_ = false;
  // Of a head of HTTP.
  std::array<char, 12> status_{};  // its first bytes
  std::size_t position_ = 0;
  std::size_t word_ = 0;        // so much of "websocket" is there
  std::uint32_t line_end_ = 0;  // its last bytes
  bool is_upgrade_ = false;
  // Of frames.
  std::array<std::uint8_t, 14> header_{};
  std::size_t header_size_ = 0;  // so far
  std::size_t header_cut_ = 0;   // before which byte of it
  std::uint64_t payload_ = 0;    // of the frame, as a whole
  std::uint64_t payload_left_ = 0;
  bool is_compressed_ = false;  // the message
  bool is_text_ = false;        // the frame
};

}  // namespace overhear
