#include "proxy/message_form.hpp"

#include <openssl/rand.h>

#include <algorithm>
#include <cassert>
#include <limits>
#include <optional>
#include <utility>

#include "base/utf8.hpp"
#include "dissectors/framing/deflater.hpp"
#include "dissectors/framing/prefix_search.hpp"
#include "dissectors/framing/zlib_package.hpp"
#include "dissectors/websocket/frame_header.hpp"

namespace overhear {
namespace {

// Who sends single bytes gets its answers in larger parts.
constexpr std::uint64_t kLeastFragment = 125;

struct FrameView {
  WsFrameHeader header;
  std::string_view bytes;  // with the header

  std::string_view payload() const { return bytes.substr(header.size); }
  bool is_of_message() const { return header.opcode <= static_cast<std::uint8_t>(WsOpcode::Binary); }
};

// The frame that `bytes` begins with; nullopt where it is not whole.
std::optional<FrameView> front_frame(std::string_view bytes) {
  const auto header = parse_ws_header(bytes);
  if (!header || header->length > bytes.size() - header->size) return std::nullopt;
  return FrameView{*header, bytes.substr(0, header->size + static_cast<std::size_t>(header->length))};
}

// What the fragments carry together; the first frame's header in `first`, and of several the most that one carries in
// `fragment`. nullopt: these are no frames.
std::optional<std::string> joined_payload(std::string_view raw, WsFrameHeader& first, std::uint64_t& fragment) {
  std::string joined;
  std::string unmasked_part;
  bool is_begun = false;
  std::uint64_t largest = 0;
  while (!raw.empty()) {
    const auto frame = front_frame(raw);
    if (!frame) return std::nullopt;
    raw.remove_prefix(frame->bytes.size());
    if (!frame->is_of_message()) continue;
    if (!std::exchange(is_begun, true)) first = frame->header;
    joined += unmasked(frame->header, frame->payload(), unmasked_part);
    largest = std::max(largest, frame->header.length);
  }
  fragment = first.is_final ? 0 : std::max<std::uint64_t>(largest, kLeastFragment);
  return is_begun ? std::optional(std::move(joined)) : std::nullopt;
}

void append_frame(WsFrameHeader header, std::string_view payload, std::string& out) {
  header.length = payload.size();
  // Without randomness it stays zero, which everybody can read.
  if (header.is_masked) RAND_bytes(header.mask.data(), static_cast<int>(header.mask.size()));
  append_ws_header(header, out);
  const std::size_t begin = out.size();
  out += payload;
  if (header.is_masked) unmask(payload, header.mask, out.data() + begin);
}

bool is_behind_length(std::string_view raw, std::string_view body) {
  return raw.size() >= kLengthPrefixBytes && raw.substr(kLengthPrefixBytes) == body &&
         read_length_prefix(raw) == body.size();
}

bool is_zlib_of(std::string_view raw, std::string_view body) {
  if (!is_zlib_header(raw)) return false;
  ZlibPackage package;
  // One more than there is, so that what would be longer does not look as if it ended there.
  return package.advance(raw, body.size() + 1) == Inflater::Status::End && package.text == body;
}

}  // namespace

MessageForm MessageForm::of(std::string_view raw, std::string_view body, FrameKind frame) {
  if (frame != FrameKind::None) {
    WsFrameHeader first;
    std::uint64_t fragment = 0;
    if (const auto payload = joined_payload(raw, first, fragment)) {
      const bool is_compressed = (first.reserved & kWsRsv1) != 0 && *payload != body;
      const WsOpcode opcode = frame == FrameKind::Text ? WsOpcode::Text : WsOpcode::Binary;
      return MessageForm(Frame{static_cast<std::uint8_t>(opcode), first.reserved, first.is_masked, is_compressed,
                               static_cast<std::size_t>(fragment)});
    }
  }
  if (is_behind_length(raw, body)) return MessageForm(LengthPrefixed{});
  if (is_zlib_of(raw, body)) return MessageForm(ZlibPackaged{});
  Bare bare;
  if (const std::size_t at = raw.find(body); at != std::string_view::npos) {
    bare.front = raw.substr(0, at);
    bare.behind = raw.substr(at + body.size());
  }
  if (body.starts_with(kByteOrderMark)) bare.front += kByteOrderMark;
  return MessageForm(std::move(bare));
}

MessageForm MessageForm::first(StreamFraming framing, Direction from) {
  switch (framing) {
    case StreamFraming::WebSocket:
      return MessageForm(Frame{static_cast<std::uint8_t>(WsOpcode::Text), 0, from == Direction::Client, false, 0});
    case StreamFraming::LengthPrefix: return MessageForm(LengthPrefixed{});
    case StreamFraming::Json:
    case StreamFraming::Mcp: break;
  }
  return MessageForm(Bare{});
}

MessageForm MessageForm::mirrored(Direction from) const {
  if (std::holds_alternative<Bare>(form_)) return MessageForm(Bare{});
  const auto* frame = std::get_if<Frame>(&form_);
  if (frame == nullptr) return *this;
  return MessageForm(Frame{frame->opcode, 0, from == Direction::Client, false, frame->fragment});
}

bool MessageForm::is_compressed() const {
  const auto* frame = std::get_if<Frame>(&form_);
  return frame != nullptr && frame->is_compressed;
}

void MessageForm::append(std::string_view text, std::string& out) const {
  assert(text.size() <= std::numeric_limits<std::uint32_t>::max());
  std::visit([&](const auto& form) { append_as(form, text, out); }, form_);
}

void MessageForm::append_as(const Frame& form, std::string_view text, std::string& out) {
  std::string deflated;
  if (form.is_compressed) {
    append_deflated_message(text, deflated);
    text = deflated;
  }
  WsFrameHeader header;
  header.reserved = form.reserved;
  header.opcode = form.opcode;
  header.is_masked = form.is_masked;
  const std::size_t most = form.fragment == 0 ? text.size() : form.fragment;
  do {
    const std::string_view part = text.substr(0, most);
    text.remove_prefix(part.size());
    header.is_final = text.empty();
    append_frame(header, part, out);
    header.reserved = 0;
    header.opcode = static_cast<std::uint8_t>(WsOpcode::Continuation);
  } while (!text.empty());
}

void MessageForm::append_as(const LengthPrefixed&, std::string_view text, std::string& out) {
  append_length_prefix(static_cast<std::uint32_t>(text.size()), out);
  out += text;
}

void MessageForm::append_as(const ZlibPackaged&, std::string_view text, std::string& out) {
  append_zlib_package(text, out);
}

void MessageForm::append_as(const Bare& form, std::string_view text, std::string& out) {
  if (form.front.ends_with(kByteOrderMark) && text.starts_with(kByteOrderMark)) {
    text.remove_prefix(kByteOrderMark.size());
  }
  out.append(form.front).append(text).append(form.behind);
}

WsFrames split_ws_frames(std::string_view raw) {
  WsFrames frames;
  while (const auto frame = front_frame(raw)) {
    (frame->is_of_message() ? frames.own : frames.others) += frame->bytes;
    raw.remove_prefix(frame->bytes.size());
  }
  frames.own += raw;
  return frames;
}

}  // namespace overhear
