#include "dissectors/detecting_layer.hpp"

#include <fmt/format.h>

#include <string>
#include <utility>

#include "base/prefetch.hpp"
#include "dissectors/framing/opaque_layer.hpp"
#include "dissectors/framing/plain_layer.hpp"
#include "dissectors/http/http_layer.hpp"
#include "dissectors/mcp/mcp_layer.hpp"
#include "dissectors/tls/tls_layer.hpp"
#include "dissectors/websocket/ws_layer.hpp"

namespace overhear {
namespace {

bool is_clearly_a_message(const JsonIndex& json) {
  return recognize(json, nullptr).recognition.evidence == Evidence::Strong;
}

constexpr std::size_t index(Direction direction) {
  return static_cast<std::size_t>(direction);
}

}  // namespace

std::unique_ptr<Layer> DetectingLayer::make_layer(const Verdict& verdict) {
  switch (verdict.carriage) {
    case Carriage::Tls: return std::make_unique<TlsLayer>(context_, hints_, on_detected_);
    case Carriage::Http: return std::make_unique<HttpLayer>(context_, hints_, on_detected_);
    case Carriage::WebSocket: return std::make_unique<WsLayer>(context_);
    case Carriage::Mcp: return std::make_unique<mcp::McpLayer>(context_);
    case Carriage::Plain: {
      const Protocol* const protocol = verdict.protocol;
      return std::make_unique<PlainLayer>(context_, protocol == nullptr ? verdict.framing : protocol->framing);
    }
    case Carriage::Opaque: {
      auto opaque = std::make_unique<OpaqueLayer>(context_, is_clearly_a_message);
      opaque_ = opaque.get();
      return opaque;
    }
  }
  return nullptr;
}

DetectingLayer::DetectingLayer(LayerContext& context, const Hints& hints, OnDetected on_detected)
    : context_(context), hints_(hints), on_detected_(std::move(on_detected)) {}

// Looks at what has come in one direction. False: more is needed to know what is spoken.
bool DetectingLayer::detect(Direction direction, bool is_end) {
  if (!take_proxy_header(direction, is_end) || context_.streams[direction].empty()) return false;
  auto verdict = detectors_[index(direction)].look(context_.streams[direction].view(), hints_, context_.limits,
                                                   context_.workspace.json, is_end);
  if (!verdict) return false;
  // Who puts such a header in front has opened the connection.
  if (proxy_header_) verdict->sender = proxied_ == direction ? Direction::Client : Direction::Server;
  start(direction, *verdict);
  return true;
}

// False where more is needed to know whether there is one.
bool DetectingLayer::take_proxy_header(Direction direction, bool is_end) {
  if (proxy_header_ || hints_.is_midstream) return true;
  ProxyHeader header = parse_proxy_header(context_.streams[direction].view());
  if (header.status == ProxyHeader::Status::NeedMore) return is_end;
  if (header.status == ProxyHeader::Status::None) return true;
  proxied_ = direction;
  proxy_header_ = header;
  if (header.status == ProxyHeader::Status::Malformed) {
    emit_opaque(context_, direction, header.size, proxy_header_rules::kMalformed);
  } else {
    context_.streams[direction].consume(header.size);
  }
  return true;
}

void DetectingLayer::report_proxy_header(Direction direction) {
  const ProxyHeader& header = *proxy_header_;
  if (header.status == ProxyHeader::Status::Malformed) return;
  std::string detail = fmt::format("version {}", header.version);
  if (header.client) detail += fmt::format(", {} to {}", to_string(*header.client), to_string(*header.server));
  context_.sink.on_event(direction, "proxy", "header", header.size, detail);
  if (!header.client) return;
  Finding finding{.rule = &proxy_header_rules::kClient,
                  .spec = {},
                  .text = fmt::format("the client behind the proxy is {}, which connected to {}",
                                      to_string(*header.client), to_string(*header.server)),
                  .field = {},
                  .bytes = {}};
  context_.sink.on_finding(direction, finding);
}

void DetectingLayer::start(Direction sender, const Verdict& verdict) {
  const Direction now = on_detected_(sender, verdict);
  if (now != sender) std::swap(has_ended_[0], has_ended_[1]);
  if (proxy_header_) report_proxy_header(proxied_ == sender ? now : other(now));
  layer_ = make_layer(verdict);
  // What came before ends with the turn: told of it now, a layer of runs would end the run that has just begun.
  const bool has_runs = verdict.carriage == Carriage::Opaque;
  if (!has_runs && !context_.streams[other(now)].empty()) layer_->on_data(other(now));
  if (!context_.streams[now].empty()) layer_->on_data(now);
  if (start_behind_opaque()) return;
  for (const Direction direction : {other(now), now}) {
    if (!has_ended_[index(direction)]) continue;
    layer_->on_end(direction);
    if (start_behind_opaque()) return;
  }
}

// Whether a message was found behind bytes that nobody claimed: then what it belongs to is read from there on.
bool DetectingLayer::start_behind_opaque() {
  if (opaque_ == nullptr || !opaque_->found()) return false;
  const Direction sender = *opaque_->found();
  opaque_ = nullptr;
  Detector detector;
  const auto verdict =
      detector.look(context_.streams[sender].view(), hints_, context_.limits, context_.workspace.json, true);
  start(sender, verdict.value_or(Verdict{Carriage::Plain, nullptr, std::nullopt, false}));
  return true;
}

void DetectingLayer::on_data(Direction direction) {
  if (!layer_) {
    detect(direction, false);
    return;
  }
  layer_->on_data(direction);
  if (opaque_ != nullptr) start_behind_opaque();
}

void DetectingLayer::on_gap(Direction direction, std::uint64_t missing) {
  if (!layer_) {
    // What comes behind the loss begins somewhere.
    context_.is_midstream = hints_.is_midstream = true;
    if (context_.streams[direction].empty()) return;
    detect(direction, true);
  }
  layer_->on_gap(direction, missing);
  if (start_behind_opaque()) layer_->on_gap(direction, missing);
}

void DetectingLayer::on_end(Direction direction) {
  has_ended_[index(direction)] = true;
  if (layer_) {
    layer_->on_end(direction);
    start_behind_opaque();
    return;
  }
  // Who has spoken first is not lost while the other side may still tell what this is.
  if (!has_ended_[index(other(direction))]) return;
  for (const Direction each : {Direction::Client, Direction::Server}) {
    if (!layer_ && !context_.streams[each].empty()) detect(each, true);
  }
}

void DetectingLayer::fetch_ahead(int step) const {
  if (step == 0) {
    prefetch(layer_.get(), 4 * kCacheLine);
  } else if (layer_) {
    layer_->fetch_ahead(step - 1);
  }
}

}  // namespace overhear
