#include "proxy/stream_gate.hpp"

#include <utility>

#include "dissectors/websocket/frame_header.hpp"
#include "proxy/sides.hpp"

namespace overhear {
namespace {

// With a message whose rest does not come.
constexpr std::chrono::seconds kPatience{1};
constexpr std::size_t kKeptCapacity = 4096;  // of what came, when nothing of it is left

struct Parts {
  std::string before;   // what stands in front of a message
  std::string message;  // with what stands among its fragments, and is
  std::string beside;   // this
};

// `raw` ends with a message, whose own bytes are so many.
Parts split(std::string_view raw, std::size_t size, FrameKind frame) {
  const std::size_t extra = raw.size() - size;
  const auto header = frame == FrameKind::None ? std::nullopt : parse_ws_header(raw.substr(extra));
  const bool is_fragmented = frame != FrameKind::None && (!header || header->size + header->length != size);
  if (extra == 0 || !is_fragmented) return {std::string(raw.substr(0, extra)), std::string(raw.substr(extra)), {}};
  // The first message may come with the head that opens the connection.
  constexpr std::string_view kHeadEnd = "\r\n\r\n";
  const std::size_t head_end = raw.starts_with("HTTP/") || raw.starts_with("GET ") ? raw.find(kHeadEnd) : raw.npos;
  const std::size_t head = head_end == raw.npos ? 0 : head_end + kHeadEnd.size();
  WsFrames frames = split_ws_frames(raw.substr(head));
  return {std::string(raw.substr(0, head)), std::string(raw.substr(head)), std::move(frames.others)};
}

// Whether what came may be the beginning of a message, after one of this form.
bool may_begin_message(const std::optional<MessageForm>& last, std::string_view bytes) {
  if (!last || !last->is_bare()) return true;
  const std::size_t begin = bytes.find_first_not_of(" \t\r\n");
  constexpr std::string_view kBeginnings = "{[\xEF";  // the last one is of a byte order mark
  return begin == bytes.npos || kBeginnings.contains(bytes[begin]);
}

}  // namespace

void StreamGate::on_bytes(Side from, Bytes bytes) {
  Stream& here = stream(from);
  here.bytes += as_text(bytes);
  here.last = host_.clock();
  put_messages(from, gate_.read(from, bytes));
  const Session::Progress progress = gate_.session().progress(from);
  const bool is_between = !progress.is_inside && progress.read > here.begin;
  if (is_between) pass(from, static_cast<std::size_t>(progress.read - here.begin), false);
  if (progress.is_opaque) pass(from, here.rest().size(), true);
  settle(from);
}

// Who waits for what is none of our messages must get it, whole or not.
void StreamGate::on_pause(Side from) {
  Stream& here = stream(from);
  if (here.rest().empty()) return;
  const bool is_ours = gate_.session().progress(from).is_ours && !here.is_encrypted;
  const bool may_go_on = is_ours && may_begin_message(here.form, here.rest());
  if (!may_go_on || host_.clock() - here.last >= kPatience) pass(from, here.rest().size(), true);
  settle(from);
}

void StreamGate::on_end(Side from) {
  put_messages(from, gate_.read_end(from));
  pass(from, stream(from).rest().size(), true);
  settle(from);
}

void StreamGate::put_messages(Side from, std::vector<Gate::Whole> whole) {
  for (Gate::Whole& message : whole) put_message(from, message);
}

void StreamGate::put_message(Side from, Gate::Whole& whole) {
  Stream& here = stream(from);
  here.is_encrypted = whole.is_encrypted;
  if (whole.end <= here.begin) {  // gone already
    gate_.tell_missed(whole);
    here.is_inside = false;
    return;
  }
  std::string raw = take(from, static_cast<std::size_t>(whole.end - here.begin));
  if (here.is_inside || raw.size() < whole.size) {
    gate_.tell_missed(whole);
    here.is_inside = false;
    return gate_.put(from, {.raw = std::move(raw)});
  }
  Parts parts = split(raw, static_cast<std::size_t>(whole.size), whole.frame);
  if (!parts.before.empty()) gate_.put(from, {.raw = std::move(parts.before)});
  Parcel parcel{.raw = std::move(parts.message), .beside = std::move(parts.beside)};
  here.form = parcel.form = MessageForm::of(parcel.raw, whole.body, whole.frame);
  parcel.place = here.said++;
  if (here.form->is_compressed() || whole.is_touched()) parcel.body = std::move(whole.body);
  gate_.put(from, std::move(parcel), &whole);
}

std::string StreamGate::take(Side from, std::size_t bytes) {
  Stream& here = stream(from);
  std::string out(here.rest().substr(0, bytes));
  here.taken += out.size();
  here.begin += out.size();
  return out;
}

// Forgets what was taken, once for all that came together.
void StreamGate::settle(Side from) {
  Stream& here = stream(from);
  here.bytes.erase(0, here.taken);
  here.taken = 0;
  if (here.bytes.empty() && here.bytes.capacity() > kKeptCapacity) here.bytes.shrink_to_fit();
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
  // Nor may one come twice, or another before it.
  const bool is_out_of_order = parcel.form && parcel.place != here.carried++;
  if ((is_compressed && is_changed) || is_out_of_order) here.has_diverged = true;
  const bool is_framed_anew = is_changed || (is_compressed && here.has_diverged);
  if (!is_framed_anew && parcel.flips.empty()) return send(from, parcel.raw);
  // What is only flipped has it inside.
  if (is_framed_anew && !parcel.beside.empty()) send(from, parcel.beside);
  if (parcel.is_dropped) return;
  std::string framed = is_framed_anew ? std::string() : parcel.raw;
  if (is_framed_anew) parcel.form->append(parcel.text ? *parcel.text : parcel.body, framed);
  flip(framed, parcel.flips);
  send(from, framed);
}

void StreamGate::send(Side from, std::string_view bytes) {
  host_.out(other(from)) += bytes;
  host_.show(from, as_bytes(bytes));
}

std::string StreamGate::carry_new(Side to, std::string_view text) {
  const Side from = other(to);
  const Stream& here = stream(from);
  if (here.is_inside) return "a message is under way there: try again when it is whole";
  const Direction sender = direction_of(from);
  const std::optional<MessageForm>& known = here.form ? here.form : stream(to).form;
  const Protocol* const protocol = gate_.is_reading() ? gate_.session().record({}).protocol : nullptr;
  const bool is_known =
      known || (protocol != nullptr && (protocol->framing != StreamFraming::WebSocket || gate_.is_upgraded()));
  if (!is_known) return "nothing was said yet that tells how messages are framed there";
  const MessageForm form = known ? known->mirrored(sender) : MessageForm::first(protocol->framing, sender);
  std::string framed;
  form.append(text, framed);
  send(from, framed);
  return {};
}

}  // namespace overhear
