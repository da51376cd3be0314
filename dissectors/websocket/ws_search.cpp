#include "dissectors/websocket/ws_search.hpp"

#include "dissectors/websocket/message_inflater.hpp"

namespace overhear {
namespace {

constexpr std::size_t kFirstLook = 64;

}  // namespace

bool WsSearch::advance(std::string_view text, bool is_final) {
  for (; at_ < text.size(); ++at_) {
    const Judgement judgement = judge(text.substr(at_));
    if (judgement == Judgement::NeedMore && !is_final) return false;
    forget_candidate();
    if (judgement == Judgement::Message) return true;
  }
  return false;
}

// Whether a message stands at the beginning of `view`. Masked or not, since some clients do not mask.
WsSearch::Judgement WsSearch::judge(std::string_view view) {
  const auto opcode = static_cast<std::uint8_t>(view[0] & 15);
  if (opcode != 1 && opcode != 2) return Judgement::None;
  const auto header = parse_ws_header(view);
  if (!header) return Judgement::NeedMore;
  if (!is_plausible(*header, header->is_masked) || header->length == 0) return Judgement::None;
  const bool is_compressed = header->reserved != 0;
  if (is_compressed && header->is_masked != is_masked_) return Judgement::None;
  if (is_compressed && extension_.has_takeover(direction_)) return judge_chain(view);
  if (!is_compressed) {
    const Judgement start = judge_start(*header, view);
    if (start != Judgement::Message) return start;
  }
  const Judgement whole = walk(view, *header);
  if (whole != Judgement::Message) return whole;
  const std::string text = message_text(view.substr(0, walked_));
  std::string_view payload = text;
  if (is_compressed) {
    MessageInflater inflater;
    if (inflater.inflate(text, context_.workspace.inflated, context_.limits.message_bytes) != nullptr) {
      return Judgement::None;
    }
    payload = context_.workspace.inflated;
  }
  JsonIndex& json = context_.workspace.json;
  const bool is_object =
      json.parse(payload, context_.limits) == JsonIndex::Status::Valid && json.root().kind == JsonKind::Object;
  return is_object ? Judgement::Message : Judgement::None;
}

bool WsSearch::is_plausible(const WsFrameHeader& header, bool is_masked) const {
  if (!header.is_known_opcode() || !header.is_shortest || header.is_masked != is_masked) return false;
  if (header.length > context_.limits.message_bytes) return false;
  if (header.is_control()) return header.is_final && header.reserved == 0 && header.length <= kWsControlLimit;
  const bool is_rsv1_fine = extension_.is_agreed && header.opcode != 0;
  return header.reserved == 0 || (header.reserved == kWsRsv1 && is_rsv1_fine);
}

// Whether the first frame's payload can be the beginning of an object: a look at as little as tells.
WsSearch::Judgement WsSearch::judge_start(const WsFrameHeader& header, std::string_view view) {
  const std::string_view payload = view.substr(header.size, static_cast<std::size_t>(header.length));
  if (!start_) start_.emplace(context_.limits);
  auto status = start_->feed({});
  for (std::size_t part = kFirstLook; status == JsonProgress::Status::NeedMore && looked_ < payload.size(); part *= 4) {
    WsFrameHeader rest = header;
    for (std::size_t i = 0; i < 4; ++i) rest.mask[i] = header.mask[(looked_ + i) % 4];
    const std::string_view text = unmasked(rest, payload.substr(looked_, part), context_.workspace.bytes);
    looked_ += text.size();
    status = start_->feed(text);
  }
  if (status == JsonProgress::Status::Broken) return Judgement::None;
  return payload.size() == header.length ? Judgement::Message : Judgement::NeedMore;
}

// Goes through the frames of the message that begins here. Message: it is whole and walked_ bytes long.
WsSearch::Judgement WsSearch::walk(std::string_view view, const WsFrameHeader& first) {
  for (;;) {
    const auto header = parse_ws_header(view.substr(walked_));
    if (!header) return Judgement::NeedMore;
    const bool goes_on = walked_ == 0 || header->is_control() || header->opcode == 0;
    if (!goes_on || !is_plausible(*header, first.is_masked)) return Judgement::None;
    const std::size_t end = walked_ + header->size + static_cast<std::size_t>(header->length);
    // What cannot be told by its first byte, or comes in pieces, is not waited for any longer.
    const bool is_simple = walked_ == 0 && header->is_final && header->reserved == 0;
    if (!is_simple && end > context_.limits.opaque_run_bytes) return Judgement::None;
    if (view.size() < end) return Judgement::NeedMore;
    walked_ = end;
    if (header->is_final && !header->is_control()) return Judgement::Message;
  }
}

// The payload of a message's frames, control frames left out.
std::string WsSearch::message_text(std::string_view view) const {
  std::string text;
  while (!view.empty()) {
    const auto header = parse_ws_header(view);
    const auto length = static_cast<std::size_t>(header->length);
    if (!header->is_control()) {
      text += unmasked(*header, view.substr(header->size, length), context_.workspace.bytes);
    }
    view.remove_prefix(header->size + length);
  }
  return text;
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

void WsSearch::forget_candidate() {
  walked_ = 0;
  looked_ = 0;
  start_.reset();
}

}  // namespace overhear
