#include "dissectors/detecting_layer.hpp"

#include <utility>

#include "dissectors/framing/opaque_layer.hpp"
#include "dissectors/framing/plain_layer.hpp"
#include "dissectors/http/http_layer.hpp"
#include "dissectors/mcp/mcp_layer.hpp"
#include "dissectors/websocket/ws_layer.hpp"

namespace overhear {
namespace {

constexpr std::size_t index(Direction direction) {
  return static_cast<std::size_t>(direction);
}

std::unique_ptr<Layer> make_layer(const Verdict& verdict, LayerContext& context) {
  switch (verdict.carriage) {
    case Carriage::Http: return std::make_unique<HttpLayer>(context);
    case Carriage::WebSocket: return std::make_unique<WsLayer>(context);
    case Carriage::Mcp: return std::make_unique<mcp::McpLayer>(context);
    case Carriage::Plain: {
      const Protocol* const protocol = verdict.protocol;
      return std::make_unique<PlainLayer>(context, protocol == nullptr ? StreamFraming::Json : protocol->framing);
    }
    case Carriage::Opaque: return std::make_unique<OpaqueLayer>(context);
  }
  return nullptr;
}

}  // namespace

DetectingLayer::DetectingLayer(LayerContext& context, const Hints& hints, OnDetected on_detected)
    : context_(context), hints_(hints), on_detected_(std::move(on_detected)) {}

// Looks at what has come in one direction. False: more is needed to know what is spoken.
bool DetectingLayer::detect(Direction direction, bool is_end) {
  const auto verdict = detectors_[index(direction)].look(context_.streams[direction].view(), hints_, context_.limits,
                                                         context_.workspace.json, is_end);
  if (verdict) start(direction, *verdict);
  return verdict.has_value();
}

void DetectingLayer::start(Direction sender, const Verdict& verdict) {
  const Direction now = on_detected_(sender, verdict);
  if (now != sender) std::swap(has_ended_[0], has_ended_[1]);
  layer_ = make_layer(verdict, context_);
  for (const Direction direction : {other(now), now}) {
    if (!context_.streams[direction].empty()) layer_->on_data(direction);
  }
  for (const Direction direction : {other(now), now}) {
    if (has_ended_[index(direction)]) layer_->on_end(direction);
  }
}

void DetectingLayer::on_data(Direction direction) {
  layer_ ? layer_->on_data(direction) : static_cast<void>(detect(direction, false));
}

void DetectingLayer::on_gap(Direction direction, std::uint64_t missing) {
  if (!layer_) {
    // What comes behind the loss begins somewhere.
    context_.is_midstream = hints_.is_midstream = true;
    if (context_.streams[direction].empty()) return;
    detect(direction, true);
  }
  layer_->on_gap(direction, missing);
}

void DetectingLayer::on_end(Direction direction) {
  if (layer_) return layer_->on_end(direction);
  has_ended_[index(direction)] = true;
  // Who has spoken first is not lost while the other side may still tell what this is.
  if (!has_ended_[index(other(direction))]) return;
  for (const Direction each : {Direction::Client, Direction::Server}) {
    if (!layer_ && !context_.streams[each].empty()) detect(each, true);
  }
}

}  // namespace overhear
