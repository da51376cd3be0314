#include "dissectors/mcp/mcp_trial.hpp"

#include <algorithm>

#include "decrypt/base64.hpp"
#include "dissectors/mcp/mcp_text.hpp"

namespace overhear::mcp {

void VariantTrial::start(std::string_view text, ConnectionKeys& keys, const Limits& limits) {
  has_started_ = true;
  const auto begin = std::ranges::find_if_not(text, is_json_separator);
  const auto blank = static_cast<std::size_t>(begin - text.begin());
  for (const std::size_t skipped : {std::size_t{0}, blank}) {
    for (const McpVariant& variant : kMcpVariants) {
      // A continuous keystream starts as one that starts anew at each message: the second message tells them apart.
      if (variant.framing != Framing::Raw || variant.keystream == KeystreamUse::Continuous) continue;
      if (Keystream* keystream = keys.keystream(variant))
        raws_.push_back({&variant, skipped, keystream, {}, JsonProgress(limits)});
    }
    if (blank == 0) break;
  }
}

// True: this variant is it. `is_dead`: it is not.
bool VariantTrial::try_raw(Raw& raw, std::string_view text, LayerContext& context, bool& is_dead) {
  const std::string_view cipher = text.substr(std::min(raw.skipped, text.size()));
  const std::size_t had = raw.plain.size();
  raw.plain.resize(cipher.size());
  raw.keystream->xor_at(had, as_bytes(cipher.substr(had)), reinterpret_cast<std::uint8_t*>(raw.plain.data()) + had);
  const auto status = raw.progress.scan(raw.plain);
  if (status == JsonProgress::Status::NeedMore) {
    is_dead = raw.plain.size() > context.limits.message_bytes;
    return false;
  }
  // What lies behind the first message was decrypted at the wrong place, so only what comes before counts.
  JsonIndex& json = context.workspace.json;
  const std::string_view text_of_message = std::string_view(raw.plain).substr(0, raw.progress.length());
  const bool is_found = status == JsonProgress::Status::Whole &&
                        json.parse(text_of_message, context.limits) == JsonIndex::Status::Valid && is_package(json);
  is_dead = !is_found;
  return is_found;
}

VariantTrial::Status VariantTrial::try_line(std::string_view text, ConnectionKeys& keys, LayerContext& context,
                                            bool is_end) {
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
  JsonIndex& json = context.workspace.json;
  std::string& plain = context.workspace.bytes;
  for (const McpVariant& variant : kMcpVariants) {
    if (variant.framing != Framing::Base64Line || variant.keystream == KeystreamUse::Continuous) continue;
    Keystream* const keystream = keys.keystream(variant);
    if (keystream == nullptr) continue;
    plain.resize(cipher.size());
    keystream->xor_at(0, cipher, reinterpret_cast<std::uint8_t*>(plain.data()));
    if (json.parse(plain, context.limits) == JsonIndex::Status::Valid && is_package(json)) {
      variant_ = &variant;
      skipped_ = blank;
      return Status::Found;
    }
  }
  return Status::None;
}

VariantTrial::Status VariantTrial::advance(std::string_view text, ConnectionKeys& keys, LayerContext& context,
                                           bool is_end) {
  if (!has_started_) {
    // White space may go on: wait for the first byte behind it before the candidates are made.
    if (std::ranges::all_of(text, is_json_separator) && !is_end) return Status::NeedMore;
    start(text, keys, context.limits);
  }
  for (auto raw = raws_.begin(); raw != raws_.end();) {
    bool is_dead = false;
    if (try_raw(*raw, text, context, is_dead)) {
      variant_ = raw->variant;
      skipped_ = raw->skipped;
      return Status::Found;
    }
    raw = is_dead ? raws_.erase(raw) : std::next(raw);
  }
  if (are_lines_possible_) {
    const Status line = try_line(text, keys, context, is_end);
    if (line != Status::None) return line;
    are_lines_possible_ = false;
  }
  return raws_.empty() || is_end ? Status::None : Status::NeedMore;
}

}  // namespace overhear::mcp
