#include "dissectors/websocket/ws_stream.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/utf8.hpp"
#include "dissectors/app_rules.hpp"
#include "dissectors/websocket/close_code.hpp"
#include "dissectors/websocket/ws_rules.hpp"

namespace overhear {
namespace {

// So many frames in a row that can be part of no message are no frames: where one begins is not known any more.
constexpr int kMostUnusable = 4;

// A length that no connection lives to carry.
constexpr std::uint64_t kImpossibleLength = std::uint64_t{1} << 48;

}  // namespace

WsStream::WsStream(LayerContext& context, Direction direction, bool is_searching)
    : context_(context),
      direction_(direction),
      is_masked_(direction == Direction::Client),
      lost_start_(is_searching),
      compression_(context, direction, is_searching) {
  if (is_searching) start_search(app_rules::kPartial);
}

void WsStream::agree(const DeflateExtension& extension) {
  compression_.agree(extension);
  if (search_) search_->agree(extension);
}

void WsStream::on_data() {
  for (;;) {
    if (rest_ > 0) {
      if (!skip_rest()) return;
    } else if (search_) {
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
  if (header->length >= kImpossibleLength) {
    lose_sync(ws_rules::kBadLength, 1);
    return true;
  }
  const int faults = count_faults(*header);
  const int unusable = faults > 0 ? unusable_ + 1 : 0;
  if (faults > 1 || unusable == kMostUnusable) {
    lose_sync(ws_rules::kLostSync, 0);
    return true;
  }
  if (header->length > context_.limits.message_bytes) return take_oversized(*header);
  const std::size_t size = header->size + static_cast<std::size_t>(header->length);
  if (view.size() < size) return false;
  unusable_ = unusable;
  on_frame(*header, view.substr(0, size));
  return true;
}

void WsStream::report(const Rule& rule, std::string_view text) {
  Finding finding{.rule = &rule, .spec = {}, .text = std::string(text), .field = {}, .bytes = {}};
  context_.sink.on_finding(direction_, finding);
}

void WsStream::check_header(const WsFrameHeader& header, FindingList& findings) {
  is_masked_ = header.is_masked;
  if (header.is_masked != (direction_ == Direction::Client) && !has_reported_mask_) {
    has_reported_mask_ = true;
    report(ws_rules::kMask, header.is_masked ? "the server masks its frames" : "the client does not mask its frames");
  }
  if (!header.is_shortest) findings.add(ws_rules::kLengthForm);
  const bool may_be_compressed = compression_.extension().is_possible() && (header.opcode == 1 || header.opcode == 2);
  if ((header.reserved & ~(may_be_compressed ? kWsRsv1 : 0)) != 0) findings.add(ws_rules::kReservedBits);
}

void WsStream::on_frame(const WsFrameHeader& header, std::string_view frame) {
  const std::string_view payload = unmasked(header, frame.substr(header.size), context_.workspace.bytes);
  if (header.is_control() && header.is_known_opcode()) {
    on_control(header, payload);
    in().consume(frame.size());
    return;
  }
  const bool is_start = header.opcode != static_cast<std::uint8_t>(WsOpcode::Continuation);
  if (is_start && header.is_known_opcode() && is_open_) drop_fragments(ws_rules::kFragmentation);
  const bool is_part = header.is_known_opcode() && (is_start || is_open_);
  FindingList alone;
  FindingList& findings = is_part ? findings_ : alone;
  check_header(header, findings);
  if (is_closing_) findings.add(ws_rules::kAfterClose);
  if (is_part) return on_fragment(header, payload, frame.size());
  if (!header.is_known_opcode()) {
    findings.add(ws_rules::kOpcode, fmt::format("opcode {} is reserved", header.opcode));
  } else if (lost_start_) {
    findings.add(app_rules::kPartial, "the rest of a message whose beginning was not captured");
    lost_start_ = !header.is_final;
  } else {
    findings.add(ws_rules::kFragmentation, "a continuation frame that continues nothing");
  }
  Unit unit;
  unit.bytes = payload;
  unit.is_opaque = true;
  unit.findings = &findings;
  emit_unit(context_, direction_, frame.size(), unit);
}

void WsStream::on_control(const WsFrameHeader& header, std::string_view payload) {
  FindingList findings;
  check_header(header, findings);
  for (const Finding& finding : findings.items()) report(*finding.rule, finding.text);
  if (!header.is_final) report(ws_rules::kControlFrame, "a control frame is fragmented");
  if (header.length > kWsControlLimit) {
    report(ws_rules::kControlFrame, fmt::format("a control frame of {} bytes: 125 are allowed", header.length));
  }
  if (header.opcode == static_cast<std::uint8_t>(WsOpcode::Close)) return on_close(payload);
  const bool is_ping = header.opcode == static_cast<std::uint8_t>(WsOpcode::Ping);
  context_.sink.on_event(direction_, "ws", is_ping ? "ping" : "pong", payload.size(), payload);
}

void WsStream::on_close(std::string_view payload) {
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

// The message under way will never be whole: what there is of it is shown as data.
void WsStream::drop_fragments(const Rule& rule) {
  if (is_compressed_) compression_.lose();
  findings_.add(rule, "a message whose last fragment did not come").bytes = fragments_.size();
  Unit unit;
  unit.bytes = fragments_;
  unit.is_opaque = true;
  emit_fragments(unit);
}

// A frame that begins a message or goes on with it.
void WsStream::on_fragment(const WsFrameHeader& header, std::string_view payload, std::size_t frame_size) {
  largest_frame_ = std::max(largest_frame_, header.length);
  if (!is_open_) {
    lost_start_ = false;
    is_text_ = header.opcode == static_cast<std::uint8_t>(WsOpcode::Text);
    is_compressed_ = compression_.applies_to(header);
    is_changed_ = header.reserved != (is_compressed_ ? kWsRsv1 : 0);
    if (header.is_final) {
      Unit unit = message_of(payload);
      return emit_frame(unit, frame_size);
    }
    is_open_ = true;
  }
  in().carried(0, frame_size, fragments_carrier_, context_.limits.message_packets);
  in().consume(frame_size);
  fragments_size_ += frame_size;
  if (fragments_.size() + payload.size() > context_.limits.message_bytes) {
    report(app_rules::kMessageLimit);
    lost_start_ = true;
    return drop_fragments(app_rules::kPartial);
  }
  fragments_ += payload;
  if (!header.is_final) return;
  Unit unit = message_of(fragments_);
  emit_fragments(unit);
}

// What the message says, or its bytes where they cannot be read.
Unit WsStream::message_of(std::string_view payload) {
  Unit unit;
  unit.bytes = payload;
  unit.frame = is_text_ ? FrameKind::Text : FrameKind::Binary;
  if (is_compressed_ && !compression_.inflate(unit, findings_)) is_changed_ = true;
  // Valid JSON is UTF-8: the usual message is looked at once.
  JsonIndex& json = context_.workspace.json;
  const bool is_json = !unit.is_opaque && json.parse(unit.bytes, context_.limits) == JsonIndex::Status::Valid;
  if (is_json) unit.json = &json;
  // A reserved bit means that an extension has changed the payload, and nobody knows which.
  unit.is_opaque |= is_changed_ && !is_json;
  if (is_text_ && !unit.is_opaque && !is_json && !is_utf8(unit.bytes)) findings_.add(ws_rules::kUtf8);
  return unit;
}

void WsStream::emit_frame(Unit& unit, std::size_t frame_size) {
  unit.largest_frame = std::exchange(largest_frame_, 0);
  unit.findings = &findings_;
  emit_unit(context_, direction_, frame_size, unit);
  findings_.clear();
}

// Hands on what the fragments make; the next frame begins a message.
void WsStream::emit_fragments(Unit& unit) {
  unit.direction = direction_;
  unit.size = fragments_size_;
  unit.end = in().offset();
  unit.largest_frame = std::exchange(largest_frame_, 0);
  unit.carrier = &fragments_carrier_;
  unit.findings = &findings_;
  context_.sink.on_unit(unit);
  findings_.clear();
  is_open_ = false;
  is_compressed_ = false;
  fragments_.clear();
  if (fragments_.capacity() > 4096) fragments_.shrink_to_fit();
  fragments_size_ = 0;
  fragments_carrier_.clear();
}

}  // namespace overhear
