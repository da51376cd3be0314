// Takes an input apart: numbers in front, then what is left as bytes. At its end it goes on with zeros.
#pragma once

#include <algorithm>
#include <cstdint>

#include "base/bytes.hpp"
#include "tests/support/layer_script.hpp"

namespace overhear::fuzz {

class Input {
 public:
  explicit Input(Bytes bytes) : left_(bytes) {}

  std::uint8_t byte() {
    if (left_.empty()) return 0;
    const std::uint8_t first = left_.front();
    left_ = left_.subspan(1);
    return first;
  }
  std::uint32_t number() { return static_cast<std::uint32_t>(byte()) << 8 | byte(); }
  Bytes bytes(std::size_t size) {
    const Bytes out = left_.first(std::min(size, left_.size()));
    left_ = left_.subspan(out.size());
    return out;
  }
  bool empty() const { return left_.empty(); }
  Bytes rest() { return bytes(left_.size()); }

 private:
  Bytes left_;
};

// A conversation: for each part a byte of kind (bit 0 the server, bit 1 a gap) and two of length; the last part takes
// what is left. `change` may make other bytes of a part's, by its kind.
template <typename Change>
testing::Script script_of(Input& input, Change change) {
  testing::Script script;
  while (!input.empty()) {
    const std::uint8_t kind = input.byte();
    const std::uint32_t length = input.number();
    const Direction direction = (kind & 1) != 0 ? Direction::Server : Direction::Client;
    if ((kind & 2) != 0) {
      script.gap(direction, length + 1);
    } else {
      script.send(direction, change(kind, direction, as_text(input.bytes(length))));
    }
  }
  return script;
}

// The first byte tells (bit 0) whether the stream is picked up in the middle and (bit 1) whether it ends with FINs, the
// next two where it is cut. Cut there and byte by byte it must say the same as whole.
template <typename Change>
void check_layer(Bytes bytes, testing::LayerSetup setup, Change change);

void check_cuts(const testing::Script& script, const testing::LayerSetup& setup, std::size_t cut);

template <typename Change>
void check_layer(Bytes bytes, testing::LayerSetup setup, Change change) {
  Input input(bytes);
  const std::uint8_t flags = input.byte();
  const std::size_t cut = input.number();
  setup.is_midstream = (flags & 1) != 0;
  setup.limits.message_bytes = 2000;
  setup.limits.opaque_run_bytes = 100;
  setup.limits.http_head_bytes = 600;
  testing::Script script = script_of(input, change);
  if ((flags & 2) != 0) script.fin();
  check_cuts(script, setup, cut);
}

inline void check_layer(Bytes bytes, testing::LayerSetup setup) {
  check_layer(bytes, std::move(setup),
              [](std::uint8_t, Direction, std::string_view part) { return std::string(part); });
}

}  // namespace overhear::fuzz
