// Bytes that no protocol claims: one record a run (until the other side speaks, bytes are lost, or the stream ends).
// The beginning of each stream is searched for a message that clearly is one, bare or behind its length, and for a
// request for a WebSocket. There this layer stops, and another one goes on.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "dissectors/framing/json_search.hpp"
#include "dissectors/http/upgrade_search.hpp"
#include "dissectors/layer.hpp"

namespace overhear {

class OpaqueLayer final : public Layer {
 public:
  // `is_message`: whether an object is a message that no other protocol of ours looks like.
  explicit OpaqueLayer(LayerContext& context, JsonSearch::IsMessage is_message = nullptr);

  void on_data(Direction direction) override;
  void on_gap(Direction direction, std::uint64_t missing) override;
  void on_end(Direction direction) override;
  std::size_t held(Direction direction) const override;

  // Where something was found, which stands at the front. Nothing may be told to this layer any more.
  std::optional<Direction> found() const { return found_; }

 private:
  struct Search {
    JsonSearch message;
    UpgradeSearch upgrade;
    std::size_t position() const { return std::min(message.position(), upgrade.position()); }
  };
  struct Stream {
    std::optional<Search> search;  // as far as the limit
    std::size_t passed = 0;
  };

  Stream& stream(Direction direction) { return streams_[static_cast<std::size_t>(direction)]; }
  bool look(Direction direction, bool is_final);
  bool find(Direction direction, std::size_t begin);
  void end_run(Direction direction);
  void pass(Direction direction, std::size_t length);

  LayerContext& context_;
  Stream streams_[2];
  std::optional<Direction> found_;
};

}  // namespace overhear
