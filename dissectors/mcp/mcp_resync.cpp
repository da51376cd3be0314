#include "dissectors/mcp/mcp_resync.hpp"

#include <algorithm>

#include "decrypt/base64.hpp"
#include "dissectors/mcp/mcp_text.hpp"

namespace overhear::mcp {
namespace {

constexpr std::size_t kFirstChunk = 512;
constexpr std::size_t kShortestLine = 24;  // base64 of {"type":"A.B"}, rounded up

}  // namespace

void Resync::prepare() {
  if (opener_ != nullptr) {
    if (ciphers_.empty()) add(opener_->variant(), {}, &opener_->keystream());
    return;
  }
  while (keystreams_.size() < ConnectionKeys::kMostCandidates) {
    const McpSecret* const secret = keys_.candidate(keystreams_.size());
    if (secret == nullptr) return;
    SecretKeystreams& keystreams = keystreams_.emplace_back(*secret);
    for (const McpVariant& variant : kMcpVariants) add(variant, keystreams.origin(), keystreams.find(variant));
  }
}

void Resync::add(const McpVariant& variant, std::string_view origin, Keystream* keystream) {
  if (keystream == nullptr || variant.keystream == KeystreamUse::Continuous) return;
  std::uint8_t start[2] = {'{', '"'};
  keystream->xor_at(0, Bytes(start), start);
  ciphers_.push_back({&variant, origin, keystream, {static_cast<char>(start[0]), static_cast<char>(start[1])}});
}

Resync::Found Resync::advance(std::string_view text, bool is_final) {
  prepare();
  for (; at_ < text.size(); step_over(text[at_])) {
    const std::string_view rest = text.substr(at_);
    if (candidates_.empty()) open_candidates(rest);
    for (auto candidate = candidates_.begin(); candidate != candidates_.end();) {
      switch (judge(*candidate, rest, is_final)) {
        case Judgement::NeedMore: ++candidate; break;
        case Judgement::None: candidate = candidates_.erase(candidate); break;
        case Judgement::Package: {
          found_ = candidate->cipher;
          const bool is_sealed_line = candidate->is_line && found_ == nullptr;
          candidates_.clear();
          return found_ != nullptr ? Found::Sealed : is_sealed_line ? Found::SealedLine : Found::Clear;
        }
      }
    }
    if (!candidates_.empty()) return Found::Nothing;
  }
  return Found::Nothing;
}

void Resync::step_over(char c) {
  ++at_;
  is_line_start_ = c == '\n';
  if (!is_json_separator(c)) before_ = c;
}

void Resync::open_candidates(std::string_view text) {
  const auto open = [this](const Cipher* cipher, bool is_line) {
    candidates_.push_back({cipher, is_line, 0, {}, JsonProgress(context_.limits)});
  };
  // A value behind one of these is a part of another.
  const bool is_inside = before_ == ':' || before_ == ',' || before_ == '[';
  if (text.front() == '{' && !is_inside) open(nullptr, false);
  const bool can_be_line = opener_ == nullptr || !opener_->is_raw();
  if (can_be_line && is_line_start_ && is_base64_character(text.front())) open(nullptr, true);
  for (const Cipher& cipher : ciphers_) {
    if (cipher.variant->framing != Framing::Raw) continue;
    if (text.front() == cipher.start[0] && (text.size() < 2 || text[1] == cipher.start[1])) open(&cipher, false);
  }
}

Resync::Judgement Resync::judge(Candidate& candidate, std::string_view text, bool is_final) {
  if (candidate.is_line) return judge_line(candidate, text, is_final);
  // Only as far as it takes to see that it is none: most are none, and much may follow.
  for (;;) {
    const std::size_t had = candidate.scanned;
    const std::size_t size = candidate.scanned = std::min(text.size(), std::max(kFirstChunk, 2 * had));
    std::string_view plain = text.substr(0, size);
    if (candidate.cipher != nullptr) {
      candidate.plain.resize(size);
      candidate.cipher->keystream->xor_at(had, as_bytes(text.substr(had, size - had)),
                                          reinterpret_cast<std::uint8_t*>(candidate.plain.data()) + had);
      plain = candidate.plain;
    }
    const bool is_all = size == text.size();
    const Judgement judgement = judge_text(candidate, plain, is_all, is_final);
    if (judgement != Judgement::NeedMore || is_all) return judgement;
  }
}

Resync::Judgement Resync::judge_text(Candidate& candidate, std::string_view plain, bool is_all, bool is_final) {
  switch (candidate.progress.scan(plain)) {
    case JsonProgress::Status::Broken: return Judgement::None;
    case JsonProgress::Status::NeedMore: {
      const bool is_hopeless = (is_all && is_final) || plain.size() > context_.limits.message_bytes;
      return is_hopeless ? Judgement::None : Judgement::NeedMore;
    }
    case JsonProgress::Status::Whole: break;
  }
  JsonIndex& json = context_.workspace.json;
  const std::string_view object = plain.substr(0, candidate.progress.length());
  const bool is_valid = json.parse(object, context_.limits) == JsonIndex::Status::Valid;
  return is_valid && is_package(json) ? Judgement::Package : Judgement::None;
}

Resync::Judgement Resync::judge_line(Candidate& candidate, std::string_view text, bool is_final) {
  std::size_t& end = candidate.scanned;
  while (end < text.size() && is_base64_character(text[end])) ++end;
  if (end == text.size() && !is_final) {
    return end > context_.limits.message_bytes ? Judgement::None : Judgement::NeedMore;
  }
  const bool is_line = end == text.size() || text[end] == '\n' || text[end] == '\r';
  std::vector<std::uint8_t> line;
  if (!is_line || !decode_base64(text.substr(0, end), line, Base64::Lenient)) return Judgement::None;
  if (ciphers_.empty()) return end >= kShortestLine ? Judgement::Package : Judgement::None;
  const auto cipher = std::ranges::find_if(ciphers_, [&](const Cipher& one) { return opens(one, line); });
  if (cipher == ciphers_.end()) return Judgement::None;
  candidate.cipher = &*cipher;
  return Judgement::Package;
}

bool Resync::opens(const Cipher& cipher, const std::vector<std::uint8_t>& line) {
  if (cipher.variant->framing != Framing::Base64Line) return false;
  std::string& plain = context_.workspace.bytes;
  plain.resize(line.size());
  cipher.keystream->xor_at(0, line, reinterpret_cast<std::uint8_t*>(plain.data()));
  JsonIndex& json = context_.workspace.json;
  return json.parse(plain, context_.limits) == JsonIndex::Status::Valid && is_package(json);
}

bool Resync::is_telling() const {
  constexpr std::size_t kPackageStart = 8;  // {"type":
  return std::ranges::any_of(candidates_, [](const Candidate& candidate) {
    return candidate.is_line ? candidate.scanned >= kShortestLine : candidate.progress.length() >= kPackageStart;
  });
}

std::size_t Resync::held() const {
  std::size_t held = 0;
  for (const Candidate& candidate : candidates_) held += candidate.plain.size();
  return held;
}

}  // namespace overhear::mcp
