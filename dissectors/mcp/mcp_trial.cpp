#include "dissectors/mcp/mcp_trial.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "decrypt/base64.hpp"
#include "dissectors/mcp/mcp_text.hpp"

namespace overhear::mcp {
namespace {

// Of what a wrong key makes, not one in 2^40 reads as the beginning of an object for so long: a message that is torn or
// wrong behind it does not speak against the key.
constexpr std::size_t kTelling = 24;

// Beginnings of the ciphertext that are tried among white space.
constexpr std::size_t kMostSkips = 8;

// Whether `text`, of which nothing more comes, was opened by the right key.
bool is_opened(std::string_view text, LayerContext& context) {
  JsonProgress progress(context.limits);
  if (progress.scan(text) != JsonProgress::Status::Whole) return progress.length() >= kTelling;
  JsonIndex& json = context.workspace.json;
  const std::string_view object = text.substr(0, progress.length());
  if (json.parse(object, context.limits) != JsonIndex::Status::Valid) return false;
  if (!std::ranges::all_of(text.substr(object.size()), is_json_separator)) return false;
  return is_package(json) || progress.length() >= kTelling;
}

}  // namespace

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

VariantTrial::Status VariantTrial::try_raw(Raw& raw, std::string_view text, LayerContext& context, bool is_end) {
  const std::string_view cipher = text.substr(std::min(raw.skipped, text.size()));
  const std::size_t had = raw.plain.size();
  raw.plain.resize(cipher.size());
  raw.keystream->xor_at(had, as_bytes(cipher.substr(had)), reinterpret_cast<std::uint8_t*>(raw.plain.data()) + had);
  switch (raw.progress.scan(raw.plain)) {
    case JsonProgress::Status::Broken: return raw.progress.length() >= kTelling ? Status::Found : Status::None;
    case JsonProgress::Status::NeedMore: {
      if (!is_end && raw.plain.size() <= context.limits.message_bytes) return Status::NeedMore;
      return raw.plain.size() >= kTelling ? Status::Found : Status::None;
    }
    case JsonProgress::Status::Whole: break;
  }
  // What lies behind the first message was decrypted at the wrong place, so only what comes before counts.
  const std::string_view message = std::string_view(raw.plain).substr(0, raw.progress.length());
  return is_opened(message, context) ? Status::Found : Status::None;
}

VariantTrial::Status VariantTrial::try_line(std::string_view text, LayerContext& context, bool is_end) {
  const auto begin = std::ranges::find_if_not(text, is_json_separator);
  const auto blank = static_cast<std::size_t>(begin - text.begin());
  scanned_ = std::max(scanned_, blank);
  while (scanned_ < text.size() && is_base64_character(text[scanned_])) ++scanned_;
  if (scanned_ == text.size() && !is_end) return Status::NeedMore;
  std::vector<std::uint8_t> cipher;
  const bool is_line = scanned_ == text.size() || text[scanned_] == '\n' || text[scanned_] == '\r';
  if (!is_line || !decode_base64(text.substr(blank, scanned_ - blank), cipher, Base64::Lenient) || cipher.empty()) {
    return Status::None;
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
    return Status::Found;
  }
  return Status::None;
}

VariantTrial::Status VariantTrial::advance(std::string_view text, LayerContext& context, bool is_end) {
  if (!has_started_) {
    // White space may go on: wait for the first byte behind it before the candidates are made.
    if (std::ranges::all_of(text, is_json_separator) && !is_end) return Status::NeedMore;
    start(text, context.limits);
  }
  for (auto raw = raws_.begin(); raw != raws_.end();) {
    switch (try_raw(*raw, text, context, is_end)) {
      case Status::NeedMore: ++raw; break;
      case Status::None: raw = raws_.erase(raw); break;
      case Status::Found: {
        variant_ = raw->variant;
        skipped_ = raw->skipped;
        return Status::Found;
      }
    }
  }
  if (are_lines_possible_) {
    const Status line = try_line(text, context, is_end);
    if (line != Status::None) return line;
    are_lines_possible_ = false;
  }
  return raws_.empty() ? Status::None : Status::NeedMore;
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
