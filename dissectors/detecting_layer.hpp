// The layer at the bottom of whatever carries chat: finds out by the first bytes what its streams speak, and then is
// the layer that reads that. Holds both streams back until one of them tells. Where none does, the first message that
// clearly is one tells, behind bytes that are none. What a load balancer put in front of them (the PROXY protocol) is
// told and taken off.
#pragma once

#include <array>
#include <functional>
#include <memory>
#include <optional>

#include "dissectors/detection.hpp"
#include "dissectors/layer.hpp"
#include "dissectors/proxy_protocol/proxy_header.hpp"

namespace overhear {

class OpaqueLayer;

class DetectingLayer final : public Layer {
 public:
  // Called before the verdict's layer is made (again for what TLS carries, for what follows HTTP, and for what is found
  // behind bytes that nobody claimed), with the direction of the bytes that told. Answers which direction that is from
  // now on: who learns here that client and server are the other way round has exchanged the streams.
  using OnDetected = std::function<Direction(Direction sender, const Verdict& verdict)>;

  DetectingLayer(LayerContext& context, const Hints& hints, OnDetected on_detected);

  void on_data(Direction direction) override;
  void on_gap(Direction direction, std::uint64_t missing) override;
  void on_end(Direction direction) override;
  std::size_t held(Direction direction) const override { return layer_ ? layer_->held(direction) : 0; }
  // What is spoken is known to be nothing of ours, so far.
  bool is_opaque() const { return opaque_ != nullptr; }

  void fetch_ahead(int step) const override;

 private:
  bool detect(Direction direction, bool is_end);
  bool take_proxy_header(Direction direction, bool is_end);
  void report_proxy_header(Direction direction);
  void start(Direction sender, const Verdict& verdict);
  bool start_behind_opaque();
  std::unique_ptr<Layer> make_layer(const Verdict& verdict);

  LayerContext& context_;
  Hints hints_;
  OnDetected on_detected_;
  std::array<Detector, 2> detectors_;
  std::array<bool, 2> has_ended_{};
  std::optional<ProxyHeader> proxy_header_;
  Direction proxied_ = Direction::Client;  // the direction that it stood in
  std::unique_ptr<Layer> layer_;
  OpaqueLayer* opaque_ = nullptr;  // layer_, if it is one
};

}  // namespace overhear
