// Messages on bare TCP. Each direction's framing is told by its first bytes, since real programs frame each side in
// their own way; where they tell nothing, it is the protocol's usual one.
#pragma once

#include <memory>

#include "dissectors/layer.hpp"
#include "dissectors/protocol.hpp"

namespace overhear {

class PlainLayer final : public Layer {
 public:
  PlainLayer(LayerContext& context, StreamFraming usual);

  void on_data(Direction direction) override;
  void on_gap(Direction direction, std::uint64_t missing) override;
  void on_end(Direction direction) override;
  std::size_t held(Direction direction) const override;
  void fetch_ahead(int step) const override;

 private:
  bool choose(Direction direction, bool is_end);
  std::unique_ptr<Framer> make(Direction direction, StreamFraming framing);

  LayerContext& context_;
  StreamFraming usual_;
  std::unique_ptr<Framer> framings_[2];
};

}  // namespace overhear
