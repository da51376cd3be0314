#include "dissectors/mcp/mcp_trial.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "decrypt/base64.hpp"
#include "dissectors/mcp/mcp_text.hpp"

namespace overhear::mcp {

void VariantTrial::start(std::string_view text, const Limits& limits) {
  has_started_ = true;
  const auto begin = std::ranges::find_if_not(text, is_json_separator);
  const auto blank = static_cast<std::size_t>(begin - text.begin());
  // Any of it may be the first byte of the ciphertext.
  for (std::size_t skipped = 0; skipped <= blank;
       skipped += skipped == 0 && blank > kMostSkips ? blank - kMostSkips : 1) {
    for (const McpVariant& variant : kMcpVariants) {
      // A continuous keystream starts as one that starts anew at each message: the second message tells them apart.
      if (variant.framing != Framing::Raw || variant.keystream == KeystreamUse::Continuous) continue;
      if (Keystream* keystream = keystreams_.find(variant)) {
        raws_.push_back({&variant, skipped, keystream, {}, JsonProgress(limits)});
      }
    }
  }
}

Reading VariantTrial::try_raw(Raw& raw, std::string_view text, LayerContext& context, bool is_end) {
  const std::string_view cipher = text.substr(std::min(raw.skipped, text.size()));
  const std::size_t had = raw.plain.size();
  raw.plain.resize(cipher.size());
  raw.keystream->xor_at(had, as_bytes(cipher.substr(had)), reinterpret_cast<std::uint8_t*>(raw.plain.data()) + had);
  const bool is_final = is_end || raw.plain.size() > context.limits.message_bytes;
  return read_plain(raw.progress, raw.plain, is_final, context);
}

Reading VariantTrial::try_line(std::string_view text, LayerContext& context, bool is_end) {
  const auto begin = std::ranges::find_if_not(text, is_json_separator);
  const auto blank = static_cast<std::size_t>(begin - text.begin());
  scanned_ = std::max(scanned_, blank);
  while (scanned_ < text.size() && is_base64_character(text[scanned_])) ++scanned_;
  if (scanned_ == text.size() && !is_end) return Reading::NeedMore;
  std::vector<std::uint8_t> cipher;
  const bool is_line = scanned_ == text.size() || text[scanned_] == '\n' || text[scanned_] == '\r';
  if (!is_line || !decode_base64(text.substr(blank, scanned_ - blank), cipher, Base64::Lenient) || cipher.empty()) {
    return Reading::None;
  }
  std::string& plain = context.workspace.bytes;
  for (const McpVariant& variant : kMcpVariants) {
    if (variant.framing != Framing::Base64Line || variant.keystream == KeystreamUse::Continuous) continue;
    Keystream* const keystream = keystreams_.find(variant);
    if (keystream == nullptr) continue;
    plain.resize(cipher.size());
    keystream->xor_at(0, cipher, reinterpret_cast<std::uint8_t*>(plain.data()));
    if (!is_opened(plain, context)) continue;
    variant_ = &variant;
    skipped_ = blank;
    return Reading::Package;
  }
  return Reading::None;
}

Reading VariantTrial::advance(std::string_view text, LayerContext& context, bool is_end) {
  if (!has_started_) {
    // White space may go on: wait for the first byte behind it before the candidates are made.
    if (std::ranges::all_of(text, is_json_separator) && !is_end) return Reading::NeedMore;
    start(text, context.limits);
  }
  for (auto raw = raws_.begin(); raw != raws_.end();) {
    switch (try_raw(*raw, text, context, is_end)) {
      case Reading::NeedMore: ++raw; break;
      case Reading::None: raw = raws_.erase(raw); break;
      case Reading::Package: {
        variant_ = raw->variant;
        skipped_ = raw->skipped;
        return Reading::Package;
      }
    }
  }
  if (are_lines_possible_) {
    const Reading line = try_line(text, context, is_end);
    if (line != Reading::None) return line;
    are_lines_possible_ = false;
  }
  return raws_.empty() ? Reading::None : Reading::NeedMore;
}

Opening VariantTrial::take_opening() {
  return {variant_, keystreams_.origin(), std::move(*keystreams_.find(*variant_))};
}

std::size_t VariantTrial::held() const {
  std::size_t held = 0;
  for (const Raw& raw : raws_) held += raw.plain.size();
  return held;
}

}  // namespace overhear::mcp
