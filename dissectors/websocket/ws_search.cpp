#include "dissectors/websocket/ws_search.hpp"

#include <algorithm>

namespace overhear {
namespace {

constexpr std::size_t kFirstLook = 8;  // what is no object shows it soon
constexpr std::size_t kLook = 4096;
constexpr std::size_t kLooksPerByte = 16;
static_assert(kFirstLook % 4 == 0 && kLook % 4 == 0, "so that the mask begins anew with each look");

}  // namespace

WsSearch::WsSearch(LayerContext& context, Direction direction, bool is_masked, std::size_t from)
    : context_(context),
      direction_(direction),
      is_masked_(is_masked),
      at_(from),
      budget_(context.limits.message_bytes + context.limits.opaque_run_bytes) {}

bool WsSearch::advance(std::string_view text, bool is_final, std::size_t end) {
  const std::size_t most = context_.limits.message_bytes + context_.limits.opaque_run_bytes;
  end = std::min(end, text.size());
  for (; at_ < end; ++at_) {
    Judgement judgement = judge(text.substr(at_));
    const bool is_alone = judgement == Judgement::Message && needs_follower_ && candidate_->is_whole;
    if (is_alone) judgement = judge_follower(text.substr(at_), is_final);
    if (judgement == Judgement::NeedMore && !is_final) return false;
    candidate_.reset();
    if (judgement == Judgement::Message) return true;
    budget_ = std::min(budget_ + kLooksPerByte, most);
  }
  return false;
}

// Whether a message stands at the beginning of `view`. Masked or not, since some clients do not mask.
WsSearch::Judgement WsSearch::judge(std::string_view view) {
  if (!candidate_) {
    const auto opcode = static_cast<std::uint8_t>(view[0] & 15);
    if (opcode != 1 && opcode != 2) return Judgement::None;
    const auto header = parse_ws_header(view);
    if (!header) return Judgement::NeedMore;
    if (!is_plausible(*header, header->is_masked) || header->length == 0) return Judgement::None;
    const bool is_compressed = header->reserved != 0;
    if (is_compressed && header->is_masked != is_masked_) return Judgement::None;
    candidate_.emplace(context_.limits, is_compressed);
    if (is_compressed && inflater_) inflater_->reset();
    if (is_compressed && !inflater_) inflater_.emplace();
  }
  if (candidate_->is_whole) return Judgement::Message;
  const Judgement text = candidate_->is_broken ? Judgement::None : judge_text(view);
  if (text == Judgement::None) candidate_->is_broken = true;
  if (text == Judgement::Message) candidate_->is_whole = true;
  const bool may_be_unreadable =
      candidate_->is_compressed && extension_.is_expected() && extension_.has_takeover(direction_);
  if (text == Judgement::Message || !may_be_unreadable) return text;
  const Judgement chain = judge_chain(view);
  return chain == Judgement::None ? text : chain;
}

bool WsSearch::is_plausible(const WsFrameHeader& header, bool is_masked) const {
  if (!header.is_known_opcode() || !header.is_shortest || header.is_masked != is_masked) return false;
  if (header.length > context_.limits.message_bytes) return false;
  if (header.is_control()) return header.is_final && header.reserved == 0 && header.length <= kWsControlLimit;
  return header.reserved == 0 || (header.reserved == kWsRsv1 && header.opcode != 0 && extension_.is_possible());
}

// Goes through the frames of the message that begins here; control frames may stand between them.
WsSearch::Judgement WsSearch::judge_text(std::string_view view) {
  Candidate& candidate = *candidate_;
  const bool is_masked = parse_ws_header(view)->is_masked;
  for (;;) {
    if (candidate.frame > view.size()) return Judgement::NeedMore;
    const auto header = parse_ws_header(view.substr(candidate.frame));
    if (!header) return Judgement::NeedMore;
    const bool goes_on = candidate.frame == 0 || header->is_control() || header->opcode == 0;
    if (!goes_on || !is_plausible(*header, is_masked)) return Judgement::None;
    const auto length = static_cast<std::size_t>(header->length);
    const std::string_view payload = view.substr(candidate.frame + header->size, length);
    while (!header->is_control() && candidate.looked < length) {
      const std::size_t part = std::min(std::clamp(candidate.looked, kFirstLook, kLook), length - candidate.looked);
      if (payload.size() < candidate.looked + part) return Judgement::NeedMore;
      if (!take(*header, payload.substr(candidate.looked, part))) return Judgement::None;
      candidate.looked += part;
    }
    if (payload.size() < length) return Judgement::NeedMore;
    if (!spend(header->size + (header->is_control() ? length : 0))) return Judgement::None;
    candidate.frame += header->size + length;
    candidate.looked = 0;
    if (header->is_final && !header->is_control()) return is_whole() ? Judgement::Message : Judgement::None;
  }
}

// Reads on in the candidate's payload. False: its text is no object.
bool WsSearch::take(const WsFrameHeader& header, std::string_view part) {
  const std::string_view payload = unmasked(header, part, context_.workspace.bytes);
  if (!candidate_->is_compressed) return spend(part.size()) && take_text(payload);
  std::string& text = context_.workspace.inflated;
  text.clear();
  const bool is_deflated = inflater_->feed(payload, text, context_.limits.message_bytes) == nullptr;
  return is_deflated && spend(std::max(part.size(), text.size())) && take_text(text);
}

bool WsSearch::take_text(std::string_view text) {
  JsonProgress& object = candidate_->object;
  const std::size_t before = object.length();
  switch (object.feed(text)) {
    case JsonProgress::Status::Broken: return false;
    case JsonProgress::Status::NeedMore: return true;
    case JsonProgress::Status::Whole: break;
  }
  return text.substr(object.length() - before).find_first_not_of(" \t\r\n") == std::string_view::npos;
}

// Whether the text of the candidate, whose frames have all been read, is an object.
bool WsSearch::is_whole() {
  if (candidate_->is_compressed) {
    std::string& text = context_.workspace.inflated;
    text.clear();
    if (inflater_->finish(text, context_.limits.message_bytes) != nullptr || !take_text(text)) return false;
  }
  return candidate_->object.feed({}) == JsonProgress::Status::Whole;
}

bool WsSearch::spend(std::size_t bytes) {
  const bool is_enough = bytes <= budget_;
  budget_ -= std::min(bytes, budget_);
  return is_enough;
}

// A compressed message that cannot be opened, since what it refers to is lost: several frames in a row are the proof.
WsSearch::Judgement WsSearch::judge_chain(std::string_view view) const {
  constexpr int kProof = 4;
  std::size_t at = 0;
  for (int frames = 0; frames < kProof; ++frames) {
    if (at > view.size()) return Judgement::NeedMore;
    const auto header = parse_ws_header(view.substr(at));
    if (!header) return Judgement::NeedMore;
    if (!is_plausible(*header, is_masked_)) return Judgement::None;
    at += header->size + static_cast<std::size_t>(header->length);
    if (at > context_.limits.opaque_run_bytes) return Judgement::None;
  }
  return Judgement::Message;
}

// Whether what stands behind the candidate, which is a message, can.
WsSearch::Judgement WsSearch::judge_follower(std::string_view view, bool is_final) const {
  const std::string_view behind = view.substr(std::min(candidate_->frame, view.size()));
  if (behind.empty()) return is_final ? Judgement::Message : Judgement::NeedMore;
  const auto header = parse_ws_header(behind);
  if (!header) return Judgement::NeedMore;
  const bool begins_anew = header->opcode != static_cast<std::uint8_t>(WsOpcode::Continuation);
  const bool can_follow = begins_anew && is_plausible(*header, parse_ws_header(view)->is_masked);
  return can_follow ? Judgement::Message : Judgement::None;
}

}  // namespace overhear
