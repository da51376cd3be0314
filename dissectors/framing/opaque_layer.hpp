// Bytes that no protocol claims: one record a run (until the other side speaks, bytes are lost, or the stream ends).
#pragma once

#include "dissectors/layer.hpp"

namespace overhear {

class OpaqueLayer final : public Layer {
 public:
  explicit OpaqueLayer(LayerContext& context) : context_(context) {}

  void on_data(Direction direction) override {
    flush(other(direction));
    while (context_.streams[direction].size() >= context_.limits.opaque_run_bytes) {
      emit_data(context_, direction, context_.limits.opaque_run_bytes);
    }
  }
  void on_gap(Direction direction, std::uint64_t) override { flush(direction); }
  void on_end(Direction direction) override { flush(direction); }

 private:
  void flush(Direction direction) { emit_data(context_, direction, context_.streams[direction].size()); }

  LayerContext& context_;
};

}  // namespace overhear
