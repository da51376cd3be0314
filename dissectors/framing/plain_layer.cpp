#include "dissectors/framing/plain_layer.hpp"

#include "base/prefetch.hpp"
#include "dissectors/framing/first_bytes.hpp"
#include "dissectors/framing/json_packages.hpp"
#include "dissectors/framing/length_prefix.hpp"

namespace overhear {

PlainLayer::PlainLayer(LayerContext& context, StreamFraming usual) : context_(context), usual_(usual) {}

std::unique_ptr<Framer> PlainLayer::make(Direction direction, StreamFraming framing) {
  if (framing == StreamFraming::LengthPrefix) return std::make_unique<LengthPrefix>(context_, direction);
  return std::make_unique<JsonPackages>(context_, direction);
}

// False where the first bytes that are here do not tell yet.
bool PlainLayer::choose(Direction direction, bool is_end) {
  auto& framing = framings_[static_cast<std::size_t>(direction)];
  if (framing) return true;
  StreamFraming chosen = usual_;
  const auto told = framing_of(context_.streams[direction].view());
  if (context_.is_midstream) {
    // Of all beginnings only this one stands inside no message.
    if (told == FirstBytes::LengthPrefix) chosen = StreamFraming::LengthPrefix;
  } else {
    if (!told && !is_end) return false;
    if (told && *told != FirstBytes::Unknown) {
      chosen = *told == FirstBytes::LengthPrefix ? StreamFraming::LengthPrefix : StreamFraming::Json;
    }
  }
  framing = make(direction, chosen);
  return true;
}

void PlainLayer::on_data(Direction direction) {
  if (choose(direction, false)) framings_[static_cast<std::size_t>(direction)]->on_data();
}

void PlainLayer::on_gap(Direction direction, std::uint64_t missing) {
  choose(direction, true);
  framings_[static_cast<std::size_t>(direction)]->on_gap(missing);
}

void PlainLayer::on_end(Direction direction) {
  if (context_.streams[direction].empty()) return;
  choose(direction, true);
  framings_[static_cast<std::size_t>(direction)]->on_data();
  framings_[static_cast<std::size_t>(direction)]->on_end();
}

std::size_t PlainLayer::held(Direction direction) const {
  const auto& framing = framings_[static_cast<std::size_t>(direction)];
  return framing ? framing->held() : 0;
}

void PlainLayer::fetch_ahead(int step) const {
  if (step != 0) return;
  for (const auto& framing : framings_) prefetch(framing.get(), 4 * kCacheLine);
}

}  // namespace overhear
