#include "dissectors/websocket/ws_stream.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "dissectors/app_rules.hpp"
#include "dissectors/json/utf8.hpp"
#include "dissectors/websocket/close_code.hpp"
#include "dissectors/websocket/ws_rules.hpp"

namespace overhear {
namespace {

// RFC 7692, 7.2.2: what the sender took off the end of each compressed message.
constexpr std::string_view kDeflateTail{"\x00\x00\xFF\xFF", 4};
constexpr std::size_t kFirstLook = 64;

}  // namespace

WsStream::WsStream(LayerContext& context, Direction direction, bool is_searching)
    : context_(context),
      direction_(direction),
      is_searching_(is_searching),
      is_masked_(direction == Direction::Client),
      lost_start_(is_searching),
      context_lost_(is_searching) {}

void WsStream::agree(const DeflateExtension& extension) {
  extension_ = extension;
}

bool WsStream::has_takeover() const {
  return direction_ == Direction::Client ? !extension_.client_no_context_takeover
                                         : !extension_.server_no_context_takeover;
}

void WsStream::on_data() {
  for (;;) {
    if (rest_ > 0) {
      if (!skip_rest()) return;
    } else if (is_searching_) {
      if (!search()) return;
    } else if (!take_frame()) {
      return;
    }
  }
}

bool WsStream::take_frame() {
  const std::string_view view = in().view();
  const auto header = parse_ws_header(view);
  if (!header) return false;
  if (header->length >> 63 != 0) {
    report(ws_rules::kBadLength);
    is_searching_ = true;
    lost_start_ = true;
    searched_ = 1;
    return true;
  }
  if (header->length > context_.limits.message_bytes) return take_oversized(*header);
  const std::size_t size = header->size + static_cast<std::size_t>(header->length);
  if (view.size() < size) return false;
  on_frame(*header, view.substr(0, size));
  in().consume(size);
  return true;
}

// A frame over the limit is passed over as it comes; nothing is kept for it.
bool WsStream::take_oversized(const WsFrameHeader& header) {
  report(app_rules::kMessageLimit,
         fmt::format("a frame of {} bytes is over the limit and was not opened", header.length));
  if (!header.is_control()) {
    if (is_open_) drop_fragments(app_rules::kPartial);
    lost_start_ = true;
    context_lost_ = true;
  }
  rest_ = header.size + header.length;
  return true;
}

bool WsStream::skip_rest() {
  const auto part = static_cast<std::size_t>(std::min<std::uint64_t>(rest_, context_.limits.opaque_run_bytes));
  if (in().size() < part) return false;
  emit_opaque(context_, direction_, part, app_rules::kPartial);
  rest_ -= part;
  return true;
}

void WsStream::report(const Rule& rule, std::string_view text) {
  Finding finding{.rule = &rule, .spec = {}, .text = std::string(text), .field = {}, .bytes = {}};
  context_.sink.on_finding(direction_, finding);
}

void WsStream::check_header(const WsFrameHeader& header) {
  is_masked_ = header.is_masked;
  if (header.is_masked != (direction_ == Direction::Client) && !has_reported_mask_) {
    has_reported_mask_ = true;
    report(ws_rules::kMask, header.is_masked ? "the server masks its frames" : "the client does not mask its frames");
  }
  if (!header.is_shortest) findings_.add(ws_rules::kLengthForm);
  const bool is_rsv1_fine = extension_.is_agreed && (header.opcode == 1 || header.opcode == 2);
  if ((header.reserved & ~(is_rsv1_fine ? kWsRsv1 : 0)) != 0) findings_.add(ws_rules::kReservedBits);
}

std::string_view WsStream::unmasked(const WsFrameHeader& header, std::string_view payload) {
  if (!header.is_masked) return payload;
  std::string& out = context_.workspace.bytes;
  out.resize(payload.size());
  unmask(payload, header.mask, out.data());
  return out;
}

void WsStream::on_frame(const WsFrameHeader& header, std::string_view frame) {
  check_header(header);
  const std::string_view payload = unmasked(header, frame.substr(header.size));
  if (header.is_control()) return on_control(header, payload, frame.size());
  if (is_closing_) findings_.add(ws_rules::kAfterClose);
  largest_frame_ = std::max(largest_frame_, header.length);
  if (header.is_known_opcode()) return on_fragment(header, payload, frame.size());
  findings_.add(ws_rules::kOpcode, fmt::format("opcode {} is reserved", header.opcode));
  Carrier& carrier = context_.workspace.carrier;
  carrier.clear();
  in().carried(0, frame.size(), carrier, context_.limits.message_packets);
  emit(payload, frame.size(), carrier, true, nullptr);
}

void WsStream::on_control(const WsFrameHeader& header, std::string_view payload, std::size_t frame_size) {
  if (!header.is_final) report(ws_rules::kControlFrame, "a control frame is fragmented");
  if (header.length > kWsControlLimit) {
    report(ws_rules::kControlFrame, fmt::format("a control frame of {} bytes: 125 are allowed", header.length));
  }
  if (!is_open_ && !findings_.empty()) {
    for (const Finding& finding : findings_.items()) report(*finding.rule, finding.text);
    findings_.clear();
  }
  switch (header.opcode) {
    case static_cast<std::uint8_t>(WsOpcode::Close): return on_close(payload, frame_size);
    case static_cast<std::uint8_t>(WsOpcode::Ping):
      return context_.sink.on_event(direction_, "ws", "ping", payload.size(), payload);
    case static_cast<std::uint8_t>(WsOpcode::Pong):
      return context_.sink.on_event(direction_, "ws", "pong", payload.size(), payload);
    default: report(ws_rules::kOpcode, fmt::format("opcode {} is reserved", header.opcode));
  }
}

void WsStream::on_close(std::string_view payload, std::size_t) {
  is_closing_ = true;
  if (is_open_) drop_fragments(ws_rules::kFragmentation);
  if (payload.size() == 1) report(ws_rules::kClosePayload, "a close frame with one byte: a code has two");
  if (payload.size() < 2) return context_.sink.on_event(direction_, "ws", "close", payload.size(), {});
  const unsigned code =
      static_cast<unsigned>(static_cast<unsigned char>(payload[0])) << 8 | static_cast<unsigned char>(payload[1]);
  const std::string_view reason = payload.substr(2);
  if (!is_sendable_close_code(code))
    report(ws_rules::kCloseCode, fmt::format("{} must not stand in a close frame", code));
  if (!is_utf8(reason)) report(ws_rules::kClosePayload, "the reason of a close frame is not UTF-8");
  context_.sink.on_event(direction_, "ws", "close", payload.size(),
                         fmt::format("{}{}{}", code, reason.empty() ? "" : " ", reason));
}

void WsStream::reset_message() {
  is_open_ = false;
  is_compressed_ = false;
  fragments_.clear();
  if (fragments_.capacity() > 4096) fragments_.shrink_to_fit();
  fragments_size_ = 0;
  fragments_carrier_.clear();
}

// The message under way will never be whole: what there is of it is shown as data.
void WsStream::drop_fragments(const Rule& rule) {
  FindingList findings;
  findings.add(rule, "a message whose last fragment did not come").bytes = fragments_.size();
  Unit unit;
  unit.direction = direction_;
  unit.bytes = fragments_;
  unit.size = fragments_size_;
  unit.carrier = &fragments_carrier_;
  unit.is_opaque = true;
  unit.findings = &findings;
  if (is_compressed_) context_lost_ = true;
  if (!fragments_.empty()) context_.sink.on_unit(unit);
  reset_message();
}

void WsStream::on_fragment(const WsFrameHeader& header, std::string_view payload, std::size_t frame_size) {
  const bool is_start = header.opcode != static_cast<std::uint8_t>(WsOpcode::Continuation);
  if (is_start && is_open_) {
    drop_fragments(ws_rules::kFragmentation);
  } else if (!is_start && !is_open_) {
    Carrier& carrier = context_.workspace.carrier;
    carrier.clear();
    in().carried(0, frame_size, carrier, context_.limits.message_packets);
    if (lost_start_) {
      findings_.add(app_rules::kPartial, "the rest of a message whose beginning was not captured");
    } else {
      findings_.add(ws_rules::kFragmentation, "a continuation frame that continues nothing");
    }
    emit(payload, frame_size, carrier, true, nullptr);
    return;
  }
  if (is_start) {
    lost_start_ = false;
    is_text_ = header.opcode == static_cast<std::uint8_t>(WsOpcode::Text);
    is_compressed_ = extension_.is_agreed && (header.reserved & kWsRsv1) != 0;
    is_changed_ = header.reserved != (is_compressed_ ? kWsRsv1 : 0);
    if (header.is_final) {
      Carrier& carrier = context_.workspace.carrier;
      carrier.clear();
      in().carried(0, frame_size, carrier, context_.limits.message_packets);
      return complete(payload, frame_size, carrier);
    }
    is_open_ = true;
  }
  in().carried(0, frame_size, fragments_carrier_, context_.limits.message_packets);
  fragments_size_ += frame_size;
  if (fragments_.size() + payload.size() > context_.limits.message_bytes) {
    report(app_rules::kMessageLimit);
    lost_start_ = true;
    return drop_fragments(app_rules::kPartial);
  }
  fragments_ += payload;
  if (!header.is_final) return;
  complete(fragments_, fragments_size_, fragments_carrier_);
  reset_message();
}

// Inflates into the workspace and points `payload` there. False: it cannot be read, and a finding says why.
bool WsStream::inflate(std::string_view& payload) {
  if (context_lost_ && has_takeover()) {
    findings_.add(ws_rules::kContextLost);
    return false;
  }
  if (!inflater_) inflater_ = std::make_unique<Inflater>(Inflater::Format::Raw);
  const Rule* const problem = inflate_message(*inflater_, payload, context_.workspace.inflated);
  if (problem != nullptr) {
    findings_.add(*problem);
    context_lost_ = true;
  }
  if (problem != nullptr || !has_takeover()) inflater_->reset();
  if (problem == nullptr) payload = context_.workspace.inflated;
  return problem == nullptr;
}

// What is wrong with a compressed message; nullptr where `out` is its text.
const Rule* WsStream::inflate_message(Inflater& inflater, std::string_view payload, std::string& out) const {
  out.clear();
  bool has_ended = false;
  for (const std::string_view part : {payload, kDeflateTail}) {
    std::string_view left = part;
    // A message that ends with a final block needs no tail (RFC 7692, 7.2.3.4).
    if (has_ended) break;
    while (!left.empty()) {
      const auto [status, consumed] = inflater.inflate(left, out, context_.limits.message_bytes);
      left.remove_prefix(consumed);
      has_ended = status == Inflater::Status::End;
      if (has_ended) {
        inflater.reset();  // the next byte begins anew
      } else if (status == Inflater::Status::Limit) {
        return &ws_rules::kInflateLimit;
      } else if (status == Inflater::Status::Error || consumed == 0) {
        return &ws_rules::kInflate;
      }
    }
  }
  return has_ended || inflater.is_between_blocks() ? nullptr : &ws_rules::kInflate;
}

void WsStream::complete(std::string_view payload, std::uint64_t size, const Carrier& carrier) {
  bool is_opaque = false;
  if (is_compressed_) is_opaque = !inflate(payload);
  JsonIndex& json = context_.workspace.json;
  // Valid JSON is UTF-8: the usual message is looked at once.
  const bool is_json = !is_opaque && json.parse(payload, context_.limits) == JsonIndex::Status::Valid;
  // A reserved bit means that an extension has changed the payload, and nobody knows which.
  is_opaque |= is_changed_ && !is_json;
  if (is_text_ && !is_opaque && !is_json && !is_utf8(payload)) findings_.add(ws_rules::kUtf8);
  emit(payload, size, carrier, is_opaque, is_json ? &json : nullptr);
}

void WsStream::emit(std::string_view payload, std::uint64_t size, const Carrier& carrier, bool is_opaque,
                    const JsonIndex* json) {
  Unit unit;
  unit.direction = direction_;
  unit.bytes = payload;
  unit.size = size;
  unit.largest_frame = largest_frame_;
  unit.carrier = &carrier;
  unit.json = json;
  unit.is_opaque = is_opaque;
  unit.findings = &findings_;
  context_.sink.on_unit(unit);
  findings_.clear();
  largest_frame_ = 0;
}

void WsStream::on_gap(std::uint64_t missing) {
  if (is_searching_) {
    // Candidates that wait for more will not get it.
    is_at_end_ = true;
    on_data();
    is_at_end_ = false;
  }
  const std::string_view view = in().view();
  std::uint64_t left = rest_;
  bool is_data = true;
  if (left == 0 && !is_searching_) {
    if (const auto header = parse_ws_header(view)) {
      left = header->size + header->length;
      is_data = !header->is_control();
    }
  }
  const std::size_t held = view.size();
  const bool is_inside = left > 0 && left >= held + missing;
  if (held > 0) emit_opaque(context_, direction_, held, app_rules::kPartial);
  if (!is_inside || is_data) {
    if (is_open_) drop_fragments(app_rules::kPartial);
    lost_start_ = true;
    context_lost_ = true;
  }
  rest_ = is_inside ? left - held - missing : 0;
  is_searching_ = !is_inside;
  searched_ = 0;
  forget_candidate();
}

void WsStream::on_end() {
  is_at_end_ = true;
  on_data();
  if (rest_ > 0) {
    if (in().empty()) {
      report(app_rules::kPartial, fmt::format("the stream ended {} bytes before the end of a frame", rest_));
    }
    rest_ = 0;
  }
  if (!in().empty()) emit_opaque(context_, direction_, in().size(), app_rules::kPartial);
  if (is_open_) drop_fragments(app_rules::kPartial);
}

bool WsStream::is_plausible(const WsFrameHeader& header, bool is_masked) const {
  if (!header.is_known_opcode() || !header.is_shortest || header.is_masked != is_masked) return false;
  if (header.length > context_.limits.message_bytes) return false;
  if (header.is_control()) return header.is_final && header.reserved == 0 && header.length <= kWsControlLimit;
  const bool is_rsv1_fine = extension_.is_agreed && header.opcode != 0;
  return header.reserved == 0 || (header.reserved == kWsRsv1 && is_rsv1_fine);
}

// Whether a message stands at the beginning of `view`. Headers are too short to prove anything: the proof is a JSON
// text as long as its frames say. Masked or not, since some clients do not mask.
WsStream::Found WsStream::try_candidate(std::string_view view) {
  const auto opcode = static_cast<std::uint8_t>(view[0] & 15);
  if (opcode != 1 && opcode != 2) return Found::Nothing;
  const auto header = parse_ws_header(view);
  if (!header) return Found::NeedMore;
  if (!is_plausible(*header, header->is_masked) || header->length == 0) return Found::Nothing;
  const bool is_compressed = header->reserved != 0;
  if (is_compressed && header->is_masked != is_masked_) return Found::Nothing;
  if (is_compressed && has_takeover()) return try_chain(view);
  if (!is_compressed) {
    const Found start = try_json_start(*header, view);
    if (start != Found::Frame) return start;
  }
  const Found whole = walk_message(view, *header);
  if (whole != Found::Frame) return whole;
  const std::string text = message_text(view.substr(0, walked_));
  std::string_view payload = text;
  if (is_compressed) {
    Inflater inflater(Inflater::Format::Raw);
    if (inflate_message(inflater, text, context_.workspace.inflated) != nullptr) return Found::Nothing;
    payload = context_.workspace.inflated;
  }
  JsonIndex& json = context_.workspace.json;
  const bool is_object =
      json.parse(payload, context_.limits) == JsonIndex::Status::Valid && json.root().kind == JsonKind::Object;
  return is_object ? Found::Frame : Found::Nothing;
}

// Whether the first frame's payload can be the beginning of an object: a look at as little as tells.
WsStream::Found WsStream::try_json_start(const WsFrameHeader& header, std::string_view view) {
  const std::string_view payload = view.substr(header.size, static_cast<std::size_t>(header.length));
  if (!start_) start_.emplace(context_.limits);
  auto status = start_->feed({});
  for (std::size_t part = kFirstLook; status == JsonProgress::Status::NeedMore && looked_ < payload.size(); part *= 4) {
    WsFrameHeader rest = header;
    for (std::size_t i = 0; i < 4; ++i) rest.mask[i] = header.mask[(looked_ + i) % 4];
    const std::string_view text = unmasked(rest, payload.substr(looked_, part));
    looked_ += text.size();
    status = start_->feed(text);
  }
  if (status == JsonProgress::Status::Broken) return Found::Nothing;
  return payload.size() == header.length ? Found::Frame : Found::NeedMore;
}

// Goes through the frames of the message that begins here. Frame: it is whole and walked_ bytes long.
WsStream::Found WsStream::walk_message(std::string_view view, const WsFrameHeader& first) {
  for (;;) {
    const auto header = parse_ws_header(view.substr(walked_));
    if (!header) return Found::NeedMore;
    const bool goes_on = walked_ == 0 || header->is_control() || header->opcode == 0;
    if (!goes_on || !is_plausible(*header, first.is_masked)) return Found::Nothing;
    const std::size_t end = walked_ + header->size + static_cast<std::size_t>(header->length);
    // What cannot be told by its first byte, or comes in pieces, is not waited for any longer.
    const bool is_simple = walked_ == 0 && header->is_final && header->reserved == 0;
    if (!is_simple && end > context_.limits.opaque_run_bytes) return Found::Nothing;
    if (view.size() < end) return Found::NeedMore;
    walked_ = end;
    if (header->is_final && !header->is_control()) return Found::Frame;
  }
}

// The payload of a message's frames, control frames left out.
std::string WsStream::message_text(std::string_view view) {
  std::string text;
  while (!view.empty()) {
    const auto header = parse_ws_header(view);
    const auto length = static_cast<std::size_t>(header->length);
    if (!header->is_control()) text += unmasked(*header, view.substr(header->size, length));
    view.remove_prefix(header->size + length);
  }
  return text;
}

// A compressed message that cannot be opened, since what it refers to is lost: several frames in a row are the proof.
WsStream::Found WsStream::try_chain(std::string_view view) {
  constexpr int kProof = 4;
  std::size_t at = 0;
  for (int frames = 0; frames < kProof; ++frames) {
    if (at > view.size()) return Found::NeedMore;
    const auto header = parse_ws_header(view.substr(at));
    if (!header) return Found::NeedMore;
    if (!is_plausible(*header, is_masked_)) return Found::Nothing;
    at += header->size + static_cast<std::size_t>(header->length);
    if (at > context_.limits.opaque_run_bytes) return Found::Nothing;
  }
  return Found::Frame;
}

void WsStream::forget_candidate() {
  walked_ = 0;
  looked_ = 0;
  start_.reset();
}

bool WsStream::search() {
  for (;;) {
    const std::string_view view = in().view();
    if (searched_ >= context_.limits.opaque_run_bytes) {
      emit_opaque(context_, direction_, context_.limits.opaque_run_bytes, app_rules::kPartial);
      searched_ -= context_.limits.opaque_run_bytes;
      continue;
    }
    if (searched_ >= view.size()) return false;
    const Found found = try_candidate(view.substr(searched_));
    if (found == Found::NeedMore && !is_at_end_) return false;
    forget_candidate();
    if (found != Found::Frame) {
      ++searched_;
      continue;
    }
    const std::size_t skipped = searched_;
    searched_ = 0;
    is_searching_ = false;
    if (skipped > 0) emit_opaque(context_, direction_, skipped, app_rules::kPartial);
    return true;
  }
}

}  // namespace overhear
