#include "dissectors/tls/tls_layer.hpp"

#include <utility>

namespace overhear {
namespace {

// How much content was lost cannot be told from how many bytes of records were: more than any message has.
constexpr std::uint64_t kUnknownLoss = std::uint64_t{1} << 62;

constexpr std::size_t index(Direction direction) {
  return static_cast<std::size_t>(direction);
}

Hints inside_tls(Hints hints) {
  hints.is_inside_tls = true;
  hints.is_midstream = false;
  return hints;
}

}  // namespace

TlsLayer::TlsLayer(LayerContext& context, Hints hints, DetectingLayer::OnDetected on_detected)
    : context_(context),
      connection_(context.keys),
      outer_{TlsStream(context, connection_, Direction::Client, *this),
             TlsStream(context, connection_, Direction::Server, *this)},
      inner_context_{context.limits, context.keys, inner_, static_cast<UnitSink&>(*this), context.workspace},
      inner_layer_(inner_context_, inside_tls(hints), std::move(on_detected)) {}

void TlsLayer::on_data(Direction direction) {
  if (inner_context_.lacks_key[index(direction)]) return resume(direction);
  at(other(direction)).on_turn();
  run(direction);
}

// The other side may wait for what each record tells, and goes on at once, so that it does not matter how they come.
void TlsLayer::run(Direction direction) {
  while (!is_inside_waiting() && at(direction).step()) wake(other(direction));
}

void TlsLayer::wake(Direction direction) {
  if (!at(direction).is_waiting()) return;
  run(direction);
  if (!is_inside_waiting()) at(direction).on_turn();
  context_.streams[direction].settle();
}

// Asks again what waits inside, and goes on where both sides stopped for it.
void TlsLayer::resume(Direction direction) {
  inner_context_.lacks_key[index(direction)] = false;
  feed_inside(direction);
  run(direction);
  run(other(direction));
  context_.streams[other(direction)].settle();
}

// What stands in a stream inside is looked at, and what it lacks is passed on to who can wait.
void TlsLayer::feed_inside(Direction direction) {
  inner_context_.may_wait = context_.may_wait;
  inner_layer_.on_data(direction);
  inner_[direction].settle();
  for (const Direction side : {Direction::Client, Direction::Server}) {
    if (inner_context_.lacks_key[index(side)]) context_.lacks_key[index(side)] = true;
  }
}

void TlsLayer::on_gap(Direction direction, std::uint64_t missing) {
  at(direction).on_gap(missing);
  inner_context_.lacks_key[index(direction)] = false;
  wake(other(direction));
}

void TlsLayer::on_end(Direction direction) {
  at(direction).on_end();
  inner_context_.is_cut_short[index(direction)] = context_.is_cut_short[index(direction)];
  inner_layer_.on_end(direction);
  inner_context_.lacks_key[index(direction)] = false;
  inner_[direction].settle();
  wake(other(direction));
}

std::size_t TlsLayer::held(Direction direction) const {
  const StreamBuffer& content = direction == Direction::Client ? inner_.client : inner_.server;
  return at(direction).held() + content.held() + inner_layer_.held(direction);
}

void TlsLayer::on_content(Direction direction, Bytes content, const Carrier& carrier, KeySource source) {
  has_content_[index(direction)] = true;
  sources_[index(direction)] = source;
  inner_[direction].push(content, carrier);
  feed_inside(direction);
}

void TlsLayer::on_content_lost(Direction direction) {
  context_.has_losses = true;
  if (!has_content_[index(direction)]) return;
  inner_layer_.on_gap(direction, kUnknownLoss);
  inner_[direction].settle();
}

void TlsLayer::on_unit(Unit& unit) {
  if (!unit.is_encrypted && unit.decrypted.empty()) unit.decrypted = to_string(sources_[index(unit.direction)]);
  context_.sink.on_unit(unit);
}

void TlsLayer::on_finding(std::optional<Direction> direction, Finding& finding) {
  context_.sink.on_finding(direction, finding);
}

void TlsLayer::on_event(Direction direction, std::string_view layer, std::string_view event,
                        std::optional<std::uint64_t> size, std::string_view detail) {
  context_.sink.on_event(direction, layer, event, size, detail);
}

bool TlsLayer::is_message(const JsonIndex& json) const {
  return context_.sink.is_message(json);
}

}  // namespace overhear
