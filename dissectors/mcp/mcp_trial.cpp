#include "dissectors/mcp/mcp_trial.hpp"

#include <algorithm>

#include "decrypt/base64.hpp"

namespace overhear::mcp {

bool is_package(const JsonIndex& json) {
  return json.root().kind == JsonKind::Object && json.find("type") != nullptr;
}

void VariantTrial::start(std::string_view text, ConnectionKeys& keys) {
  has_started_ = true;
  const auto begin = std::ranges::find_if_not(text, is_json_separator);
  const auto blank = static_cast<std::size_t>(begin - text.begin());
  for (const std::size_t skipped : {std::size_t{0}, blank}) {
    for (const McpVariant& variant : kMcpVariants) {
      // A continuous keystream starts as one that starts anew at each message: the second message tells them apart.
      if (variant.framing != Framing::Raw || variant.keystream == KeystreamUse::Continuous) continue;
      if (Keystream* keystream = keys.keystream(variant)) raws_.push_back({&variant, skipped, keystream, {}, {}, 2});
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
  if (raw.plain.size() < 2) return false;
  if (raw.plain.front() != '{') {
    is_dead = true;
    return false;
  }
  const std::size_t length = raw.boundary.scan(raw.plain);
  if (length == 0 && raw.plain.size() < raw.checked_at) return false;
  JsonIndex& json = context.workspace.json;
  const auto status = json.parse_prefix(raw.plain, context.limits);
  if (status == JsonIndex::Status::Valid) return is_package(json) || (is_dead = true, false);
  // What lies behind the first message was decrypted at the wrong place, so only what comes before counts.
  is_dead = status != JsonIndex::Status::Incomplete || raw.plain.size() > context.limits.message_bytes;
  raw.checked_at = 2 * raw.plain.size();
  return false;
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
    start(text, keys);
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
