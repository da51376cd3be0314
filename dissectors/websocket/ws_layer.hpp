// A connection that is WebSocket frames from its first captured byte on: picked up behind the upgrade.
#pragma once

#include "dissectors/layer.hpp"
#include "dissectors/websocket/ws_stream.hpp"

namespace overhear {

class WsLayer final : public Layer {
 public:
  explicit WsLayer(LayerContext& context)
      : streams_{WsStream(context, Direction::Client, context.is_midstream),
                 WsStream(context, Direction::Server, context.is_midstream)} {}

  void on_data(Direction direction) override { at(direction).on_data(); }
  void on_gap(Direction direction, std::uint64_t missing) override { at(direction).on_gap(missing); }
  void on_end(Direction direction) override { at(direction).on_end(); }
  std::size_t held(Direction direction) const override { return streams_[static_cast<std::size_t>(direction)].held(); }

 private:
  WsStream& at(Direction direction) { return streams_[static_cast<std::size_t>(direction)]; }

  WsStream streams_[2];
};

}  // namespace overhear
