// A TLS connection: two directions that share what was agreed on, and whatever protocol they carry, which is found out
// and read as on a connection of its own.
#pragma once

#include <array>

#include "dissectors/detecting_layer.hpp"
#include "dissectors/tls/tls_connection.hpp"
#include "dissectors/tls/tls_stream.hpp"

namespace overhear {

class TlsLayer final : public Layer, private UnitSink, private TlsContentSink {
 public:
  // The hints, and who is told what was found, are about what TLS carries.
  TlsLayer(LayerContext& context, Hints hints, DetectingLayer::OnDetected on_detected);

  void on_data(Direction direction) override;
  void on_gap(Direction direction, std::uint64_t missing) override;
  void on_end(Direction direction) override;
  std::size_t held(Direction direction) const override;

 private:
  // UnitSink, of the layers inside
  void on_unit(Unit& unit) override;
  void on_finding(std::optional<Direction> direction, Finding& finding) override;
  void on_event(Direction direction, std::string_view layer, std::string_view event, std::optional<std::uint64_t> size,
                std::string_view detail) override;
  bool is_message(const JsonIndex& json) const override;
  // TlsContentSink
  void on_content(Direction direction, Bytes content, const Carrier& carrier, KeySource source) override;
  void on_content_lost(Direction direction) override;

  void run(Direction direction);
  void wake(Direction direction);
  void resume(Direction direction);
  void feed_inside(Direction direction);
  // What TLS carries waits for a key of its own: no record is opened meanwhile.
  bool is_inside_waiting() const { return inner_context_.lacks_key[0] || inner_context_.lacks_key[1]; }

  TlsStream& at(Direction direction) { return outer_[static_cast<std::size_t>(direction)]; }
  const TlsStream& at(Direction direction) const { return outer_[static_cast<std::size_t>(direction)]; }

  LayerContext& context_;
  TlsConnection connection_;
  TlsStream outer_[2];

  Streams inner_;
  LayerContext inner_context_;
  DetectingLayer inner_layer_;
  std::array<bool, 2> has_content_{};
  std::array<KeySource, 2> sources_{};  // of the key that opened what was last handed on
};

}  // namespace overhear
