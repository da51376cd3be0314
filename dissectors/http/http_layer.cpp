#include "dissectors/http/http_layer.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "decrypt/base64.hpp"
#include "decrypt/sha1.hpp"
#include "dissectors/app_rules.hpp"
#include "dissectors/http/http_rules.hpp"
#include "dissectors/websocket/ws_rules.hpp"

namespace overhear {
namespace {

constexpr std::string_view kEndOfHead = "\r\n\r\n";
constexpr std::string_view kAcceptGuid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";  // RFC 6455, 1.3

std::string accept_for(std::string_view key) {
  const std::string joined = fmt::format("{}{}", key, kAcceptGuid);
  const auto digest = sha1(as_bytes(joined));
  std::string text;
  append_base64(text, digest);
  return text;
}

}  // namespace

HttpLayer::HttpLayer(LayerContext& context) : context_(context) {}

void HttpLayer::on_data(Direction direction) {
  while (run(direction)) {
  }
}

// One step; false where more is needed.
bool HttpLayer::run(Direction direction) {
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
  const std::size_t end = view.find(kEndOfHead, at.searched);
  const std::size_t length = end == std::string_view::npos ? view.size() : end + kEndOfHead.size();
  if (length > context_.limits.http_head_bytes) {
    at.state = State::Data;
    at.searched = 0;
    Finding finding{.rule = &http_rules::kHeaderLimit, .spec = {}, .text = {}, .field = {}, .bytes = {}};
    context_.sink.on_finding(direction, finding);
    return true;
  }
  if (end == std::string_view::npos) {
    at.searched = view.size() < kEndOfHead.size() ? 0 : view.size() - kEndOfHead.size() + 1;
    return false;
  }
  at.searched = 0;
  const auto head = parse_http_head(view.substr(0, length));
  if (!head || head->is_request != (direction == Direction::Client)) {
    Finding finding{.rule = &http_rules::kMalformed, .spec = {}, .text = {}, .field = {}, .bytes = {}};
    context_.sink.on_finding(direction, finding);
    at.state = State::Data;
    return true;
  }
  direction == Direction::Client ? on_request(*head, length) : on_response(*head, length);
  return true;
}

void HttpLayer::on_request(const HttpHead& head, std::size_t length) {
  if (!head.lists("Upgrade", "websocket")) return on_plain_head(Direction::Client, head, length);
  context_.sink.on_event(Direction::Client, "http", "upgrade", length, fmt::format("{} {}", head.method, head.target));
  key_ = head.field("Sec-WebSocket-Key");
  context_.streams.client.consume(length);
  stream(Direction::Client).state = State::Awaiting;
  if (is_upgraded_) start_frames(Direction::Client, false);
}

void HttpLayer::on_response(const HttpHead& head, std::size_t length) {
  if (head.status != 101) {
    Stream& client = stream(Direction::Client);
    if (client.state == State::Awaiting && head.status >= 200) {
      Finding finding{.rule = &http_rules::kNoUpgrade,
                      .spec = {},
                      .text = fmt::format("the server answered {} {}", head.status, head.reason),
                      .field = {},
                      .bytes = {}};
      context_.sink.on_finding(Direction::Server, finding);
      client.state = State::Head;
      on_plain_head(Direction::Server, head, length);
      return on_data(Direction::Client);
    }
    return on_plain_head(Direction::Server, head, length);
  }
  context_.sink.on_event(Direction::Server, "http", "upgrade", length, fmt::format("{} {}", head.status, head.reason));
  check_accept(head);
  context_.streams.server.consume(length);
  is_upgraded_ = true;
  extension_ = parse_extensions(head.field("Sec-WebSocket-Extensions"));
  start_frames(Direction::Server, false);
  Stream& client = stream(Direction::Client);
  switch (client.state) {
    case State::Head: break;  // its request comes later
    case State::Awaiting: start_frames(Direction::Client, false); break;
    case State::Body:
    case State::Data: start_frames(Direction::Client, true); break;  // its request was lost
    case State::WebSocket: client.frames->agree(extension_); break;
  }
  on_data(Direction::Client);
}

void HttpLayer::check_accept(const HttpHead& head) {
  if (key_.empty()) return;
  const std::string accept = head.field("Sec-WebSocket-Accept");
  if (accept == accept_for(key_)) return;
  Finding finding{.rule = &ws_rules::kAccept, .spec = {}, .text = {}, .field = {}, .bytes = {}};
  context_.sink.on_finding(Direction::Server, finding);
}

// This direction carries frames from here on, or from somewhere behind.
void HttpLayer::start_frames(Direction direction, bool is_searching) {
  Stream& at = stream(direction);
  at.frames = std::make_unique<WsStream>(context_, direction, is_searching);
  at.frames->agree(extension_);
  at.state = State::WebSocket;
}

void HttpLayer::on_plain_head(Direction direction, const HttpHead& head, std::size_t length) {
  Stream& at = stream(direction);
  context_.sink.on_event(direction, "http", head.is_request ? "request" : "response", length,
                         head.is_request ? fmt::format("{} {}", head.method, head.target)
                                         : fmt::format("{} {}", head.status, head.reason));
  emit_data(context_, direction, length);
  const bool has_no_body = head.status == 204 || head.status == 304 || (head.status >= 100 && head.status < 200);
  const auto body = head.content_length();
  if (body && !has_no_body) {
    at.body = *body;
    at.state = *body > 0 ? State::Body : State::Head;
  } else {
    // A response without a length goes on to the end of the connection, a chunked body is not unfolded.
    const bool has_body = (!head.is_request && !has_no_body) || !head.field("Transfer-Encoding").empty();
    at.state = has_body ? State::Data : State::Head;
  }
}

bool HttpLayer::take_body(Direction direction) {
  Stream& at = stream(direction);
  StreamBuffer& in = context_.streams[direction];
  const auto part = static_cast<std::size_t>(std::min<std::uint64_t>(at.body, context_.limits.opaque_run_bytes));
  if (in.size() < part) return false;
  emit_data(context_, direction, part);
  at.body -= part;
  if (at.body == 0) at.state = State::Head;
  return true;
}

void HttpLayer::on_gap(Direction direction, std::uint64_t missing) {
  Stream& at = stream(direction);
  StreamBuffer& in = context_.streams[direction];
  if (at.state == State::WebSocket) return at.frames->on_gap(missing);
  if (at.state == State::Body && at.body >= in.size() + missing) {
    at.body -= in.size() + missing;
    if (!in.empty()) emit_opaque(context_, direction, in.size(), app_rules::kPartial);
    if (at.body == 0) at.state = State::Head;
    return;
  }
  if (!in.empty()) emit_opaque(context_, direction, in.size(), app_rules::kPartial);
  // The head itself may be what was lost: frames are looked for.
  const State client = stream(Direction::Client).state;
  const bool is_upgrading = is_upgraded_ || client == State::Awaiting || client == State::WebSocket;
  if (!is_upgrading) {
    at.state = State::Data;
    return;
  }
  if (direction == Direction::Server && stream(Direction::Client).state == State::Awaiting) {
    start_frames(Direction::Client, false);
    on_data(Direction::Client);
  }
  start_frames(direction, true);
}

void HttpLayer::on_end(Direction direction) {
  Stream& at = stream(direction);
  StreamBuffer& in = context_.streams[direction];
  if (at.state == State::Awaiting && !in.empty()) start_frames(direction, false);
  if (at.state == State::WebSocket) return at.frames->on_end();
  if (in.empty()) return;
  if (at.state == State::Data) return emit_data(context_, direction, in.size());
  emit_opaque(context_, direction, in.size(), app_rules::kPartial);
}

}  // namespace overhear
