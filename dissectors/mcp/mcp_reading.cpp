#include "dissectors/mcp/mcp_reading.hpp"

#include <algorithm>
#include <array>

#include "dissectors/mcp/mcp_text.hpp"

namespace overhear::mcp {

bool is_opened(std::string_view text, LayerContext& context) {
  JsonProgress progress(context.limits);
  if (progress.scan(text) != JsonProgress::Status::Whole) return progress.length() >= kTelling;
  JsonIndex& json = context.workspace.json;
  const std::string_view object = text.substr(0, progress.length());
  if (json.parse(object, context.limits) != JsonIndex::Status::Valid) return false;
  if (!std::ranges::all_of(text.substr(object.size()), is_json_separator)) return false;
  return is_package(json) || progress.length() >= kTelling;
}

Reading read_plain(JsonProgress& progress, std::string_view plain, bool is_final, LayerContext& context) {
  switch (progress.scan(plain)) {
    case JsonProgress::Status::Broken: return progress.length() >= kTelling ? Reading::Package : Reading::None;
    case JsonProgress::Status::NeedMore: {
      if (!is_final) return Reading::NeedMore;
      return plain.size() >= kTelling ? Reading::Package : Reading::None;
    }
    case JsonProgress::Status::Whole: break;
  }
  // What lies behind the first message was decrypted at the wrong place, so only what comes before counts.
  return is_opened(plain.substr(0, progress.length()), context) ? Reading::Package : Reading::None;
}

Reading read_cipher(std::string_view cipher, Keystream& keystream, std::uint64_t offset, bool is_end,
                    LayerContext& context) {
  std::array<char, kTelling> plain;
  const std::string_view front = cipher.substr(0, plain.size());
  keystream.xor_at(offset, as_bytes(front), reinterpret_cast<std::uint8_t*>(plain.data()));
  JsonProgress progress(context.limits);
  return read_plain(progress, {plain.data(), front.size()}, is_end || front.size() == plain.size(), context);
}

void AnyReading::prepare() {
  if (generation_ != keys_.generation()) {
    keystreams_.clear();
    ways_.clear();
  }
  generation_ = keys_.generation();
  while (keystreams_.size() < ConnectionKeys::kMostCandidates) {
    const McpSecret* const secret = keys_.candidate(keystreams_.size());
    if (secret == nullptr) return;
    SecretKeystreams& keystreams = keystreams_.emplace_back(*secret);
    for (const McpVariant& variant : kMcpVariants) {
      if (variant.framing != Framing::Raw || variant.keystream == KeystreamUse::Continuous) continue;
      Keystream* const keystream = keystreams.find(variant);
      if (keystream == nullptr) continue;
      std::uint8_t start = '{';
      keystream->xor_at(0, Bytes(&start, 1), &start);
      ways_.push_back({keystream, static_cast<char>(start)});
    }
  }
}

Reading AnyReading::read(std::string_view text, bool is_end) {
  prepare();
  bool need_more = false;
  for (const Way& way : ways_) {
    const Reading reading = read_behind_space(text, way, is_end);
    if (reading == Reading::Package) return reading;
    need_more |= reading == Reading::NeedMore;
  }
  return need_more ? Reading::NeedMore : Reading::None;
}

Reading AnyReading::read_behind_space(std::string_view text, const Way& way, bool is_end) {
  for (std::size_t skipped = 0; skipped < std::min(text.size(), kMostSkips); ++skipped) {
    if (text[skipped] == way.start) {
      const Reading reading = read_cipher(text.substr(skipped), *way.keystream, 0, is_end, context_);
      if (reading != Reading::None) return reading;
    }
    if (!is_json_separator(text[skipped])) break;
  }
  return Reading::None;
}

}  // namespace overhear::mcp
