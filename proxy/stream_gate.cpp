#include "proxy/stream_gate.hpp"

#include <algorithm>
#include <utility>

#include "dissectors/websocket/frame_header.hpp"
#include "session/proxy_rules.hpp"

namespace overhear {
namespace {

struct Parts {
  std::string before;  // what stands in front of a message, or among its fragments
  std::string message;
};

// `raw` ends with a message, whose own bytes are so many.
Parts split(std::string raw, std::size_t size, FrameKind frame) {
  const std::size_t extra = raw.size() - size;
  const auto header = frame == FrameKind::None ? std::nullopt : parse_ws_header(std::string_view(raw).substr(extra));
  const bool is_fragmented = frame != FrameKind::None && (!header || header->size + header->length != size);
  if (!is_fragmented || extra == 0) return {raw.substr(0, extra), raw.substr(extra)};
  // The first message may come with the head that opens the connection.
  constexpr std::string_view kHeadEnd = "\r\n\r\n";
  const std::size_t head_end = raw.starts_with("HTTP/") || raw.starts_with("GET ") ? raw.find(kHeadEnd) : raw.npos;
  const std::size_t head = head_end == raw.npos ? 0 : head_end + kHeadEnd.size();
  WsFrames frames = split_ws_frames(std::string_view(raw).substr(head));
  return {raw.substr(0, head) + frames.others, std::move(frames.own)};
}

}  // namespace

void StreamGate::on_bytes(Side from, Bytes bytes) {
  Stream& here = stream(from);
  here.rest += as_text(bytes);
  put_messages(from, gate_.read(from, bytes));
  const Session::Progress progress = gate_.session().progress(from);
  const bool is_between = !progress.is_inside && progress.read > here.begin;
  if (is_between) pass(from, static_cast<std::size_t>(progress.read - here.begin), false);
  if (progress.is_opaque) pass(from, here.rest.size(), true);
}

// Who waits for what is none of our messages must get it, whole or not.
void StreamGate::on_pause(Side from) {
  Stream& here = stream(from);
  if (here.rest.empty()) return;
  if (!gate_.session().progress(from).is_ours || here.is_encrypted) pass(from, here.rest.size(), true);
}

void StreamGate::on_end(Side from) {
  put_messages(from, gate_.read_end(from));
  pass(from, stream(from).rest.size(), true);
}

void StreamGate::put_messages(Side from, std::vector<Gate::Whole>& whole) {
  for (Gate::Whole& message : whole) put_message(from, message);
}

void StreamGate::put_message(Side from, Gate::Whole& whole) {
  Stream& here = stream(from);
  here.is_encrypted = whole.is_encrypted;
  if (whole.end <= here.begin) {  // gone already
    if (whole.wanted) host_.tell(proxy_rules::kNotHeld, whole.wanted->type);
    here.is_inside = false;
    return;
  }
  std::string raw = take(from, static_cast<std::size_t>(whole.end - here.begin));
  if (here.is_inside || raw.size() < whole.size) {
    if (whole.wanted) host_.tell(proxy_rules::kNotHeld, whole.wanted->type);
    here.is_inside = false;
    return gate_.put(from, {.raw = std::move(raw)});
  }
  Parts parts = split(std::move(raw), static_cast<std::size_t>(whole.size), whole.frame);
  if (!parts.before.empty()) gate_.put(from, {.raw = std::move(parts.before)});
  Parcel parcel{.raw = std::move(parts.message)};
  here.form = parcel.form = MessageForm::of(parcel.raw, whole.body, whole.frame);
  if (here.form->is_compressed() || whole.wanted) parcel.body = std::move(whole.body);
  gate_.put(from, std::move(parcel), std::move(whole.wanted));
}

std::string StreamGate::take(Side from, std::size_t bytes) {
  Stream& here = stream(from);
  bytes = std::min(bytes, here.rest.size());
  here.begin += bytes;
  std::string out = here.rest.substr(0, bytes);
  here.rest.erase(0, bytes);
  return out;
}

void StreamGate::pass(Side from, std::size_t bytes, bool is_inside) {
  if (bytes == 0) return;
  stream(from).is_inside = is_inside;
  gate_.put(from, {.raw = take(from, bytes)});
}

void StreamGate::carry(Side from, const Parcel& parcel) {
  Stream& here = stream(from);
  // What a message says, later ones may refer to, as far as the receiver has got it.
  const bool is_compressed = parcel.form && parcel.form->is_compressed();
  const bool is_changed = parcel.text || parcel.is_dropped;
  if (is_compressed && is_changed) here.has_diverged = true;
  if (parcel.is_dropped) return;
  std::string framed;
  if (parcel.text) {
    parcel.form->append(*parcel.text, framed);
  } else if (is_compressed && here.has_diverged) {
    parcel.form->append(parcel.body, framed);
  }
  send(from, framed.empty() ? parcel.raw : framed);
}

void StreamGate::send(Side from, std::string_view bytes) {
  host_.out(other(from)) += bytes;
  host_.show(from, as_bytes(bytes));
}

std::string StreamGate::carry_new(Side to, std::string_view text) {
  const Side from = other(to);
  const Stream& here = stream(from);
  if (here.is_inside) return "a message is under way there: try again when it is whole";
  const Direction sender = from == Side::First ? Direction::Client : Direction::Server;
  const std::optional<MessageForm>& known = here.form ? here.form : stream(to).form;
  const Protocol* const protocol = gate_.is_reading() ? gate_.session().record({}).protocol : nullptr;
  if (!known && protocol == nullptr) return "nothing was said yet that tells how messages are framed there";
  const MessageForm form = known ? known->mirrored(sender) : MessageForm::first(protocol->framing, sender);
  std::string framed;
  form.append(text, framed);
  send(from, framed);
  return {};
}

}  // namespace overhear
