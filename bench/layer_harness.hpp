// A layer's surroundings for a benchmark: streams that are fed and a sink that counts.
#pragma once

#include "dissectors/layer.hpp"

namespace overhear::bench {

class CountingSink final : public UnitSink {
 public:
  void on_unit(Unit& unit) override {
    ++units;
    bytes += unit.bytes.size();
    unit.findings->clear();
  }
  void on_finding(std::optional<Direction>, Finding&) override { ++findings; }
  void on_event(Direction, std::string_view, std::string_view, std::optional<std::uint64_t>,
                std::string_view) override {}
  bool is_message(const JsonIndex&) const override { return true; }

  std::uint64_t units = 0;
  std::uint64_t bytes = 0;
  std::uint64_t findings = 0;
};

struct LayerHarness {
  Limits limits;
  Streams streams;
  CountingSink sink;
  Workspace workspace;
  LayerContext context{limits, nullptr, streams, sink, workspace};

  // One packet's worth of bytes, as a session passes them on.
  void feed(Layer& layer, Direction direction, std::string_view bytes) {
    streams[direction].push(as_bytes(bytes), Stamp{});
    layer.on_data(direction);
    streams[direction].settle();
  }
};

}  // namespace overhear::bench
