#include "dissectors/http/http_layer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/prefetch.hpp"
#include "decrypt/base64.hpp"
#include "decrypt/sha1.hpp"
#include "dissectors/app_rules.hpp"
#include "dissectors/http/http_rules.hpp"
#include "dissectors/websocket/ws_rules.hpp"

namespace overhear {
namespace {

constexpr std::string_view kAcceptGuid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";  // RFC 6455, 1.3

std::string accept_for(std::string_view key) {
  const std::string joined = fmt::format("{}{}", key, kAcceptGuid);
  const auto digest = sha1(as_bytes(joined));
  std::string text;
  append_base64(text, digest);
  return text;
}

}  // namespace

HttpLayer::HttpLayer(LayerContext& context, const Hints& hints, DetectingLayer::OnDetected on_detected)
    : context_(context), hints_(hints), on_detected_(std::move(on_detected)) {}

void HttpLayer::on_data(Direction direction) {
  if (next_) return next_->on_data(direction);
  while (run(direction)) {
  }
}

// One step; false where more is needed.
bool HttpLayer::run(Direction direction) {
  if (next_) return false;
  Stream& at = stream(direction);
  StreamBuffer& in = context_.streams[direction];
  switch (at.state) {
    case State::Head: return take_head(direction);
    case State::Body: return take_body(direction);
    case State::Awaiting:
      if (in.size() > context_.limits.message_bytes) start_frames(direction, false);
      return at.state == State::WebSocket;
    case State::WebSocket: at.frames->on_data(); return false;
    case State::Data:
    case State::Lost:
      if (in.size() < context_.limits.opaque_run_bytes) return false;
      emit_data(context_, direction, context_.limits.opaque_run_bytes);
      return true;
  }
  return false;
}

bool HttpLayer::take_head(Direction direction) {
  Stream& at = stream(direction);
  StreamBuffer& in = context_.streams[direction];
  const std::string_view view = in.view();
  if (view.empty()) return false;
  if (is_upgraded_) {
    // The other side's answer came first. If this is no request, it went by before the capture began.
    const auto is_http = looks_like_http(view);
    if (!is_http) return false;
    if (!*is_http) {
      start_frames(direction, context_.is_midstream);
      return true;
    }
  }
  if (has_head_ && looks_like_http(view) == false) return leave(direction, false);
  const std::size_t empty = empty_lines(view);
  const auto end = find_head_end(view.substr(empty), at.searched - std::min(at.searched, empty));
  const std::size_t length = end ? empty + *end : view.size();
  at.searched = end ? 0 : length;
  if (length > context_.limits.http_head_bytes) {
    at.state = State::Data;
    report(direction, http_rules::kHeaderLimit);
    return true;
  }
  if (!end) return false;
  const auto head = parse_http_head(view.substr(empty, *end));
  if (!head || head->is_request != (direction == Direction::Client)) {
    report(direction, http_rules::kMalformed);
    at.state = State::Data;
    return true;
  }
  has_head_ = true;
  if (head->has_bare_lf) report(direction, http_rules::kLineEnd);
  if (head->lacks_status_space) report(direction, http_rules::kStatusLine);
  direction == Direction::Client ? on_request(*head, length) : on_response(*head, length);
  return true;
}

void HttpLayer::report(Direction direction, const Rule& rule, std::string_view text) {
  Finding finding{.rule = &rule, .spec = {}, .text = std::string(text), .field = {}, .bytes = {}};
  context_.sink.on_finding(direction, finding);
}

void HttpLayer::ask(HttpAsked asked) {
  if (answered_ahead_ > 0) {
    --answered_ahead_;
    return;
  }
  if (asked_.size() == context_.limits.pending_requests) asked_.pop_front();
  asked_.push_back(asked);
}

// What the server answers now; nullopt where the request has not come yet.
std::optional<HttpAsked> HttpLayer::answered() {
  if (asked_.empty()) {
    // Where the beginning was not captured, the request was not either.
    if (!context_.is_midstream) ++answered_ahead_;
    return std::nullopt;
  }
  const HttpAsked asked = asked_.front();
  asked_.pop_front();
  return asked;
}

void HttpLayer::on_request(const HttpHead& head, std::size_t length) {
  if (!head.lists("Upgrade", "websocket")) {
    const HttpAsked asked = head.method == "HEAD"      ? HttpAsked::Head
                            : head.method == "CONNECT" ? HttpAsked::Connect
                                                       : HttpAsked::Plain;
    ask(asked);
    return on_plain_head(Direction::Client, head, length, asked);
  }
  context_.sink.on_event(Direction::Client, "http", "upgrade", length, fmt::format("{} {}", head.method, head.target));
  context_.streams.client.consume(length);
  if (is_upgraded_) return start_frames(Direction::Client, false);
  key_ = head.field("Sec-WebSocket-Key");
  extension_ = parse_extension_offer(head.field("Sec-WebSocket-Extensions"));
  ask(HttpAsked::Upgrade);
  if (asked_.empty()) return;  // refused before it came
  stream(Direction::Client).state = State::Awaiting;
  if (stream(Direction::Server).state == State::Lost) on_answer_lost();
}

// The server's answer to the upgrade will not be seen: what follows tells whether it agreed.
void HttpLayer::on_answer_lost() {
  start_frames(Direction::Server, true);
  start_frames(Direction::Client, false);
}

void HttpLayer::on_response(const HttpHead& head, std::size_t length) {
  if (head.status == 101) return on_switch(head, length);
  // RFC 9110, 15.2: an interim response; the final one follows.
  if (head.status < 200) return on_plain_head(Direction::Server, head, length, HttpAsked::Plain);
  const HttpAsked asked = answered().value_or(HttpAsked::Plain);
  if (asked != HttpAsked::Upgrade) return on_plain_head(Direction::Server, head, length, asked);
  report(Direction::Server, http_rules::kNoUpgrade, fmt::format("the server answered {} {}", head.status, head.reason));
  on_plain_head(Direction::Server, head, length, asked);
  stream(Direction::Client).state = State::Head;
  on_data(Direction::Client);
}

void HttpLayer::on_switch(const HttpHead& head, std::size_t length) {
  context_.sink.on_event(Direction::Server, "http", "upgrade", length, fmt::format("{} {}", head.status, head.reason));
  Stream& client = stream(Direction::Client);
  if (!head.field("Upgrade").empty() && !head.lists("Upgrade", "websocket")) {
    // To a protocol that nobody here reads.
    emit_data(context_, Direction::Server, length);
    stream(Direction::Server).state = State::Data;
    client.state = State::Data;
    return on_data(Direction::Client);
  }
  asked_.clear();
  check_accept(head);
  context_.streams.server.consume(length);
  is_upgraded_ = true;
  extension_ = parse_extensions(head.field("Sec-WebSocket-Extensions"));
  start_frames(Direction::Server, false);
  switch (client.state) {
    case State::Head: break;  // its request comes later
    case State::Awaiting: start_frames(Direction::Client, false); break;
    case State::Body:
    case State::Data:
    case State::Lost: start_frames(Direction::Client, true); break;  // its request was lost
    case State::WebSocket: client.frames->agree(extension_); break;
  }
  on_data(Direction::Client);
}

void HttpLayer::check_accept(const HttpHead& head) {
  if (key_.empty()) return;
  const std::string accept = head.field("Sec-WebSocket-Accept");
  if (accept == accept_for(key_)) return;
  report(Direction::Server, ws_rules::kAccept);
}

// This direction carries frames from here on, or from somewhere behind.
void HttpLayer::start_frames(Direction direction, bool is_searching) {
  Stream& at = stream(direction);
  at.frames = std::make_unique<WsStream>(context_, direction, is_searching);
  at.frames->agree(extension_);
  at.state = State::WebSocket;
}

void HttpLayer::on_plain_head(Direction direction, const HttpHead& head, std::size_t length, HttpAsked asked) {
  context_.sink.on_event(direction, "http", head.is_request ? "request" : "response", length,
                         head.is_request ? fmt::format("{} {}", head.method, head.target)
                                         : fmt::format("{} {}", head.status, head.reason));
  emit_data(context_, direction, length);
  Stream& at = stream(direction);
  at.body.emplace(head, asked);
  at.state = at.body->status() == HttpBody::Status::UntilClose ? State::Data : State::Body;
}

bool HttpLayer::take_body(Direction direction) {
  Stream& at = stream(direction);
  const std::size_t run = context_.limits.opaque_run_bytes;
  at.searched += at.body->advance(context_.streams[direction].view().substr(at.searched));
  for (; at.searched >= run; at.searched -= run) emit_data(context_, direction, run);
  if (at.body->status() == HttpBody::Status::NeedMore) return false;
  emit_data(context_, direction, std::exchange(at.searched, 0));
  at.state = State::Head;
  if (at.body->status() == HttpBody::Status::Done) {
    wake(other(direction));
    return true;
  }
  report(direction, http_rules::kBadChunk);
  at.state = State::Data;
  return true;
}

void HttpLayer::on_gap(Direction direction, std::uint64_t missing) {
  if (next_) return next_->on_gap(direction, missing);
  Stream& at = stream(direction);
  StreamBuffer& in = context_.streams[direction];
  if (at.state == State::WebSocket) return at.frames->on_gap(missing);
  at.searched = 0;
  if (!in.empty()) emit_opaque(context_, direction, in.size(), app_rules::kPartial);
  if (at.state == State::Data || (at.state == State::Body && at.body->skip(missing))) return;
  at.state = State::Lost;
  // The head itself may be what was lost: frames are looked for.
  const State client = stream(Direction::Client).state;
  if (direction == Direction::Server && client == State::Awaiting) {
    on_answer_lost();
    return on_data(Direction::Client);
  }
  if (is_upgraded_ || client == State::WebSocket || client == State::Awaiting) start_frames(direction, true);
}

void HttpLayer::on_end(Direction direction) {
  has_ended_[static_cast<std::size_t>(direction)] = true;
  if (next_) return next_->on_end(direction);
  Stream& at = stream(direction);
  StreamBuffer& in = context_.streams[direction];
  if (at.state == State::Awaiting && !in.empty()) start_frames(direction, false);
  if (at.state == State::WebSocket) return at.frames->on_end();
  if (in.empty()) return;
  const bool is_other = at.state == State::Head && has_head_ && looks_like_http(in.view()) == false;
  if (is_other && !leave(direction, true)) return;
  const bool is_whole = at.state == State::Data || at.state == State::Lost || empty_lines(in.view()) == in.size();
  if (is_whole) return emit_data(context_, direction, in.size());
  emit_opaque(context_, direction, in.size(), app_rules::kPartial);
}

std::size_t HttpLayer::held(Direction direction) const {
  if (next_) return next_->held(direction);
  const auto& frames = streams_[static_cast<std::size_t>(direction)].frames;
  return frames ? frames->held() : 0;
}

void HttpLayer::fetch_ahead(int step) const {
  if (next_) return next_->fetch_ahead(step);
  if (step != 0) return;
  for (const Stream& stream : streams_) prefetch(stream.frames.get(), sizeof(WsStream));
}

}  // namespace overhear
