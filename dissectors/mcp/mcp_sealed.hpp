// One direction's ciphertext that no key opens: a line of base64 is one encrypted message, anything else comes in runs,
// since packets are not messages. Stands behind McpStream, which knows whether there is a key and takes the runs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "dissectors/framing/separators.hpp"
#include "dissectors/layer.hpp"

namespace overhear::mcp {

// Hands the first `length` bytes of a stream on as an encrypted unit that shows `cipher`, and consumes them. `rule` may
// be null.
void emit_sealed(LayerContext& context, Direction direction, std::size_t length, std::string_view cipher,
                 bool boundaries_unknown, const Rule* rule);

class SealedStream {
 public:
  enum class Shape : std::uint8_t { Unknown, Lines, Runs };

  SealedStream(LayerContext& context, Direction direction, Separators& separators)
      : context_(context), direction_(direction), separators_(separators) {}

  Shape shape() const { return shape_; }
  void set_shape(Shape shape) { shape_ = shape; }
  // Finds the shape from what stands at the front. False where more is needed.
  bool decide(bool is_end);
  // Hands on one line, as data where it cannot be encrypted. False where more is needed.
  bool take_line(bool is_end, bool is_cipher);

  // Bytes are missing: a line under way is none any more.
  void on_gap() { scanned_ = 0; }

 private:
  StreamBuffer& in() { return context_.streams[direction_]; }

  LayerContext& context_;
  Direction direction_;
  Separators& separators_;
  Shape shape_ = Shape::Unknown;
  std::size_t scanned_ = 0;  // for the end of the line
};

}  // namespace overhear::mcp
