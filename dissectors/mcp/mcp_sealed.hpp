// One direction's ciphertext that no key opens: a line of base64 is one encrypted message, anything else is shown in
// runs, since packets are not messages. Stands behind McpStream, which knows whether there is a key.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "dissectors/layer.hpp"

namespace overhear::mcp {

// Hands the first `length` bytes of a stream on as an encrypted unit that shows `cipher`, and consumes them. `rule` may
// be null.
void emit_sealed(LayerContext& context, Direction direction, std::size_t length, std::string_view cipher,
                 bool boundaries_unknown, const Rule* rule);

class SealedStream {
 public:
  enum class Shape : std::uint8_t { Unknown, Lines, Runs };

  SealedStream(LayerContext& context, Direction direction) : context_(context), direction_(direction) {}

  Shape shape() const { return shape_; }
  void set_shape(Shape shape) { shape_ = shape; }
  // Finds the shape from what stands at the front. False where more is needed.
  bool decide(bool is_end);
  // Hands on one message or run. False where more is needed. REQUIRES: the shape is known.
  bool take(bool is_end) { return shape_ == Shape::Lines ? take_line(is_end) : take_run(is_end); }

  // Bytes are missing: a line under way is none any more.
  void on_gap() { scanned_ = 0; }

 private:
  bool take_line(bool is_end);
  bool take_run(bool is_end);
  StreamBuffer& in() { return context_.streams[direction_]; }

  LayerContext& context_;
  Direction direction_;
  Shape shape_ = Shape::Unknown;
  std::size_t scanned_ = 0;  // for the end of the line
};

}  // namespace overhear::mcp
