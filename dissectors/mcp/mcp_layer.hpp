// An MCP connection: two directions that share the handshake's keys.
#pragma once

#include "base/prefetch.hpp"
#include "dissectors/layer.hpp"
#include "dissectors/mcp/mcp_keys.hpp"
#include "dissectors/mcp/mcp_stream.hpp"

namespace overhear::mcp {

class McpLayer final : public Layer {
 public:
  explicit McpLayer(LayerContext& context)
      : keys_(context.keys),
        streams_{McpStream(context, keys_, Direction::Client), McpStream(context, keys_, Direction::Server)} {}

  void on_data(Direction direction) override {
    at(other(direction)).on_turn();
    at(direction).on_data();
  }
  void on_gap(Direction direction, std::uint64_t missing) override { at(direction).on_gap(missing); }
  void on_end(Direction direction) override { at(direction).on_end(); }
  std::size_t held(Direction direction) const override { return streams_[static_cast<std::size_t>(direction)].held(); }

  void fetch_ahead(int step) const override {
    if (step == 0) prefetch(this, sizeof *this);
    if (step != 1) return;
    for (const McpStream& stream : streams_) stream.fetch_ahead();
  }

 private:
  McpStream& at(Direction direction) { return streams_[static_cast<std::size_t>(direction)]; }

  ConnectionKeys keys_;
  McpStream streams_[2];
};

}  // namespace overhear::mcp
