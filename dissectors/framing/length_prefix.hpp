// Messages behind a 4-byte big-endian length.
//
//   0       4                    4 + length
//   | length | JSON text, UTF-8 |
//
// After a loss the rest of a torn message is passed over if the loss lies inside it; else the next place is looked for
// where a length and a whole JSON object of just that length stand.
#pragma once

#include <cstdint>

#include "dissectors/layer.hpp"

namespace overhear {

class LengthPrefix final : public Framer {
 public:
  LengthPrefix(LayerContext& context, Direction direction);

  void on_data() override;
  void on_gap(std::uint64_t missing) override;
  void on_end() override;

 private:
  bool take_message();
  bool skip_rest();
  bool search();
  void start_search();

  StreamBuffer& in() { return context_.streams[direction_]; }

  LayerContext& context_;
  Direction direction_;
  bool is_searching_;
  std::size_t searched_ = 0;
  std::uint64_t rest_ = 0;  // bytes of a torn message that are still to come
};

inline constexpr std::size_t kLengthPrefixBytes = 4;

}  // namespace overhear
