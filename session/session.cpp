#include "session/session.hpp"

#include <algorithm>
#include <utility>

#include "base/prefetch.hpp"
#include "decrypt/key_store.hpp"
#include "dissectors/app_rules.hpp"
#include "dissectors/json/json_check.hpp"
#include "dissectors/registry.hpp"

namespace overhear {
namespace {

constexpr std::uint32_t kMessagesToTell = 16;  // of none that is clear: then it is what it was taken for

// Whether a WebSocket's closing frame ("1003 text only") says that something was wrong (RFC 6455, 7.4.1).
bool is_refusal(std::string_view closing) {
  return closing.size() >= 4 && closing.substr(0, 4) > "1001";
}

}  // namespace

Session::Session(AnalysisContext& shared, std::uint32_t number, const Connection& connection, const Stamp& at)
    : shared_(shared),
      number_(number),
      connection_(connection),
      end_texts_{to_string(connection.ends[0]), to_string(connection.ends[1])},
      opened_(at.time),
      now_(at),
      context_{shared.options.limits,         shared.keys,      streams_,
               static_cast<UnitSink&>(*this), shared.workspace, connection.is_midstream},
      exchanges_(std::in_place, shared.options.limits, shared.questions) {
  Hints hints;
  for (const Endpoint& end : connection.ends) {
    if (by_port_ == nullptr) by_port_ = protocol_of_port(end.port);
    for (const DecodeAs& rule : shared.options.decode_as) {
      if (rule.port == end.port) hints.forced = rule.protocol;
    }
  }
  is_protocol_forced_ = hints.forced != nullptr;
  context_.may_wait = shared.keys != nullptr && shared.keys->may_grow();
  hints.by_port = by_port_;
  hints.is_midstream = connection.is_midstream;
  layer_.emplace(context_, hints,
                 [this](Direction sender, const Verdict& verdict) { return on_detected(sender, verdict); });
  if (connection.initiator) decide_roles(*connection.initiator);
}

Session::~Session() {
  shared_.unfinished_bytes -= unfinished_;
  if (unfinished_ > 0) --shared_.unfinished_sessions;
}

void Session::decide_roles(Side client) {
  are_roles_known_ = true;
  is_first_client_ = client == Side::First;
  shared_.sink.on_session_opened(record(opened_));
}

// Where the opening was not seen: by what the bytes say, else by the port that is a server's.
Side Session::guess_client(Side sender, const Verdict& verdict) const {
  if (verdict.sender) return *verdict.sender == Direction::Client ? sender : other(sender);
  const std::uint16_t first = connection_.end(Side::First).port;
  const std::uint16_t second = connection_.end(Side::Second).port;
  const bool is_first = is_server_port(first);
  const bool is_second = is_server_port(second);
  const bool is_server_first = is_first != is_second ? is_first : first < second;
  return is_server_first ? Side::Second : Side::First;
}

bool Session::is_server_port(std::uint16_t port) const {
  const auto is_it = [port](const DecodeAs& rule) { return rule.port == port; };
  return protocol_of_port(port) != nullptr || std::ranges::any_of(shared_.options.decode_as, is_it);
}

// The streams were held as if First were the client.
Direction Session::on_detected(Direction sender, const Verdict& verdict) {
  protocol_ = verdict.protocol;
  is_protocol_told_ = protocol_ != nullptr && (is_protocol_forced_ || verdict.is_recognized);
  if (are_roles_known_) return sender;
  const Side side = sender == Direction::Client ? Side::First : Side::Second;
  decide_roles(guess_client(side, verdict));
  if (!is_first_client_) {
    std::swap(streams_.client, streams_.server);
    std::swap(context_.is_cut_short[0], context_.is_cut_short[1]);
  }
  return direction_of(side);
}

SessionRecord Session::record(Timestamp time) const {
  const auto client = is_first_client_ ? Side::First : Side::Second;
  SessionRecord out;
  out.session = number_;
  out.time = time;
  out.client = connection_.end(client);
  out.server = connection_.end(other(client));
  out.protocol = protocol_;
  if (dissector_) out.user = dissector_->last_client_name();
  out.messages = messages_;
  out.bytes_client = bytes_[static_cast<std::size_t>(client)];
  out.bytes_server = bytes_[static_cast<std::size_t>(other(client))];
  return out;
}

void Session::on_bytes(Side from, Bytes bytes, const Stamp& at) {
  now_ = at;
  // What is held from before is told with these bytes.
  is_late_ = at.packet < newest_packet_ || (is_late_ && unfinished_ > 0);
  is_ahead_ = at.is_ahead || (is_ahead_ && unfinished_ > 0);
  newest_packet_ = std::max(newest_packet_, at.packet);
  bytes_[static_cast<std::size_t>(from)] += bytes.size();
  streams_[direction_of(from)].push(bytes, at);
  layer_->on_data(direction_of(from));
  streams_[direction_of(from)].settle();  // which may be the other one now
  count_unfinished();
  if (shared_.unfinished_bytes > shared_.options.limits.unfinished_bytes) keep_within_limit();
}

void Session::fetch_ahead(int step) const {
  static_assert(sizeof *this <= kFetched);
  layer_->fetch_ahead(step);
  if (step == 0) prefetch(dissector_.get(), 2 * kCacheLine);
  if (step == 1) exchanges_->fetch_ahead();  // far behind in what was fetched
}

Session::Progress Session::progress(Side from) const {
  const Direction direction = direction_of(from);
  return {.read = streams_[direction].offset(),
          .is_inside = layer_->held(direction) > 0,
          .is_ours = is_protocol_told_,
          .is_opaque = layer_->is_opaque()};
}

std::size_t Session::unfinished(Direction direction) {
  return streams_[direction].held() + layer_->held(direction);
}

void Session::count_unfinished() {
  const std::size_t held = unfinished(Direction::Client) + unfinished(Direction::Server);
  if (held == unfinished_) return;
  shared_.unfinished_bytes += held - unfinished_;
  shared_.unfinished_sessions += (held > 0) - (unfinished_ > 0);
  unfinished_ = held;
}

// Who holds less than its share need not give it up, so that a greedy connection hurts only itself. All together never
// hold more than twice the limit.
void Session::keep_within_limit() {
  if (unfinished_ < shared_.options.limits.unfinished_bytes / shared_.unfinished_sessions) return;
  for (const Direction direction : {Direction::Client, Direction::Server}) {
    const std::size_t held = unfinished(direction);
    if (held == 0) continue;
    Finding finding{.rule = &app_rules::kMemoryLimit, .spec = {}, .text = {}, .field = {}, .bytes = held};
    on_finding(direction, finding);
    tell_gap(direction, 0);
  }
  context_.has_losses = true;
  if (conformance_) conformance_->on_loss();
  count_unfinished();
}

void Session::retry(bool is_over) {
  context_.may_wait = !is_over;
  for (const Direction direction : {Direction::Client, Direction::Server}) {
    if (!std::exchange(context_.lacks_key[static_cast<std::size_t>(direction)], false)) continue;
    layer_->on_data(direction);
    streams_[direction].settle();
  }
  count_unfinished();
}

void Session::on_gap(Side from, std::uint64_t missing, const Stamp& at) {
  now_ = at;
  context_.has_losses = true;
  if (conformance_) conformance_->on_loss();
  tell_gap(direction_of(from), missing);
}

void Session::tell_gap(Direction direction, std::uint64_t missing) {
  layer_->on_gap(direction, missing);
  context_.lacks_key[static_cast<std::size_t>(direction)] = false;
  streams_[direction].settle();
}

void Session::end_stream(Side side, bool is_finished) {
  auto& has_ended = has_ended_[static_cast<std::size_t>(side)];
  if (has_ended) return;
  has_ended = true;
  context_.is_cut_short[static_cast<std::size_t>(direction_of(side))] = !is_finished;
  layer_->on_end(direction_of(side));
  exchanges_->on_leaving(direction_of(side), now_.time, false);
  context_.lacks_key[static_cast<std::size_t>(direction_of(side))] = false;
  streams_[direction_of(side)].settle();
}

void Session::on_end(Side from, const Stamp& at) {
  now_ = at;
  if (!left_) left_ = at.time;
  end_stream(from, true);
}

void Session::on_closed(CloseReason reason, const Stamp& at) {
  // A silent connection may be long gone when it is given up.
  const Timestamp seen = reason == CloseReason::Reset ? at.time : now_.time;
  now_ = at;
  for (const Side side : {Side::First, Side::Second}) end_stream(side, false);
  if (!are_roles_known_) decide_roles(guess_client(Side::First, {}));
  if (reason == CloseReason::Fin) tell_unanswered();
  if (conformance_) tell_conduct(left_.value_or(seen));
  SessionRecord closed = record(at.time);
  closed.reason = to_string(reason);
  shared_.sink.on_session_closed(closed);
}

// Only where all that was said is known.
void Session::tell_unanswered() {
  const bool is_whole =
      !context_.has_losses && !connection_.is_midstream && !context_.is_cut_short[0] && !context_.is_cut_short[1];
  if (!is_whole) return;
  exchanges_->finish([this](Finding& finding, const Question& question) {
    shared_.tell({&finding, now_.time, number_, question.number, question.direction, now_.packet});
  });
}

void Session::tell_conduct(Timestamp until) {
  FindingList findings;
  conformance_->on_end(until, findings);
  for (const Finding& finding : findings.items()) shared_.tell({&finding, now_.time, number_, 0, {}, now_.packet});
}

void Session::on_finding(std::optional<Side> from, Finding& finding, const Stamp& at) {
  LooseFinding loose{&finding, at.time, number_, 0, {}, at.packet};
  if (from && are_roles_known_) loose.direction = direction_of(*from);
  shared_.tell(loose);
}

void Session::on_finding(std::optional<Direction> direction, Finding& finding) {
  shared_.tell({&finding, now_.time, number_, 0, direction, now_.packet});
}

void Session::on_event(Direction direction, std::string_view layer, std::string_view event,
                       std::optional<std::uint64_t> size, std::string_view detail) {
  if (event == "close") exchanges_->on_leaving(direction, now_.time, is_refusal(detail));
  shared_.sink.on_event({number_, now_.time, direction, layer, event, size, detail});
}

bool Session::is_message(const JsonIndex& json) const {
  if (json.root().kind != JsonKind::Object) return false;
  if (protocol_ != nullptr && protocol_->recognize(json).evidence != Evidence::None) return true;
  if (is_protocol_told_) return false;
  const Recognized found = recognize(json, by_port_);
  return protocol_ == nullptr ? found.protocol != nullptr : found.recognition.evidence == Evidence::Strong;
}

// Until a message has told what is spoken, the port does, and what a message says goes above that.
void Session::recognize_protocol(const JsonIndex& json) {
  const Recognized found = recognize(json, by_port_);
  const bool is_clear = found.recognition.evidence == Evidence::Strong;
  const Protocol* const before = protocol_;
  if (is_clear || protocol_ == nullptr) protocol_ = found.protocol;
  if (protocol_ == nullptr) protocol_ = by_port_;
  is_protocol_told_ = is_clear || (protocol_ != nullptr && messages_ > kMessagesToTell);
  if (protocol_ == before || !dissector_) return;
  dissector_.reset();
  conformance_.reset();
  exchanges_.emplace(shared_.options.limits, shared_.questions);
}

void Session::fill(Message& message, const Unit& unit) {
  message.session = number_;
  message.number = ++messages_;
  ++shared_.messages;
  message.direction = unit.direction;
  const bool is_first_sender = (unit.direction == Direction::Client) == is_first_client_;
  const Side sender = is_first_sender ? Side::First : Side::Second;
  message.source = connection_.end(sender);
  message.destination = connection_.end(other(sender));
  message.source_text = end_texts_[static_cast<std::size_t>(sender)];
  message.destination_text = end_texts_[static_cast<std::size_t>(other(sender))];
  message.time_first = unit.carrier->first();
  message.time = unit.carrier->last();
  message.packets = unit.carrier->packets();
  message.size = unit.size;
  message.end = unit.end;
  message.frame = unit.frame;
  message.body = unit.bytes;
  message.is_encrypted = unit.is_encrypted;
  message.boundaries_unknown = unit.boundaries_unknown;
  message.decrypted = unit.decrypted.empty() ? connection_.opened_by : unit.decrypted;
  message.variant = unit.variant;
}

void Session::dissect_json(Message& message, const JsonIndex& json) {
  Dissection& dissection = shared_.dissection;
  message.json = &json;
  if (json.root().kind != JsonKind::Object) return on_unread(message.direction);
  if (!is_protocol_told_) recognize_protocol(json);
  if (protocol_ == nullptr) return;
  if (!dissector_) make_state();
  dissector_->dissect(json, message.direction, dissection);
  message.type_spec = dissection.type_spec;
  message.type = dissection.type;
  message.id = dissection.id;
  message.user = dissection.user;
  message.client_name = dissector_->client_name();
  message.room = dissection.room;
  message.text = dissection.text;
  message.said_at = dissection.said_at;
  message.to = dissection.to;
  message.is_text_sealed = dissection.is_text_sealed;
  // An answer speaks of who asked.
  if (message.user.empty() && dissection.role == Role::Answer) message.user = message.client_name;
  message.content = dissection.content;
  if (message.decrypted.empty()) message.decrypted = dissection.content_opened_by;
  message.actions = dissection.actions;
  message.action_findings = dissection.action_findings.items();
  if (const MessageType* const type = message.type_spec) {
    const bool may_send = message.direction == Direction::Client ? type->from_client : type->from_server;
    if (!may_send) {
      dissection.findings.add(app_rules::kWrongSender).spec = type->section;
      dissection.moves.clear();
    }
  }
  message.moves = dissection.moves;
  message.are_moves_asked = dissection.role == Role::Request;
  message.outcome = dissection.outcome;
  message.reason = dissection.reason;
  pair_and_judge(message, dissection);
}

void Session::pair_and_judge(Message& message, Dissection& dissection) {
  const bool has_losses = context_.has_losses || connection_.is_midstream || is_ahead_;
  const Asked asked = exchanges_->find_asked(message, dissection, *protocol_, has_losses);
  std::uint32_t mark = 0;
  if (conformance_) {
    const bool has_missed = context_.has_losses && !std::exchange(is_loss_told_, true);
    if (is_ahead_ || is_late_ || has_missed) conformance_->on_loss();
    mark = conformance_->on_message(message, asked, dissection.findings);
    if (is_late_) conformance_->on_loss();  // what the other side said since was heard before it
  }
  exchanges_->remember(message, dissection, *protocol_, mark, has_losses);
}

// What there is of the streams that is no message of the protocol's.
void Session::on_unread(Direction direction) {
  exchanges_->on_unread(direction);
  if (conformance_) conformance_->on_loss();
}

void Session::make_state() {
  dissector_ = protocol_->make_dissector({&shared_.options.limits, shared_.keys});
  if (protocol_->make_conformance == nullptr) return;
  conformance_ = protocol_->make_conformance(shared_.options.limits);
  const bool has_missed = context_.has_losses || connection_.is_midstream || messages_ > 1;
  if (has_missed) conformance_->on_loss();
}

void Session::on_unit(Unit& unit) {
  Message message;
  fill(message, unit);
  Dissection& dissection = shared_.dissection;
  dissection.clear();
  FindingList& findings = *unit.findings;
  if (!unit.is_opaque && !unit.is_encrypted) {
    JsonIndex& own = shared_.workspace.json;
    if (unit.json == nullptr) own.parse(unit.bytes, shared_.options.limits);
    const JsonIndex& json = unit.json == nullptr ? own : *unit.json;
    if (json.status() == JsonIndex::Status::Valid) {
      dissect_json(message, json);
    } else if (protocol_ == nullptr) {
      protocol_ = by_port_;
    }
    // What others put into their WebSockets need not be JSON.
    if (protocol_ != nullptr) check_json(json, unit.bytes.size(), findings);
    message.protocol = protocol_;
  } else if (unit.is_encrypted) {
    message.protocol = protocol_;
  }
  if (protocol_ != nullptr && protocol_->over_frame_limit != nullptr && unit.largest_frame > protocol_->frame_limit) {
    findings.add(*protocol_->over_frame_limit).bytes = unit.largest_frame;
  }
  if (message.protocol == nullptr) message.protocol = &data_protocol();
  if (message.json == nullptr) on_unread(unit.direction);
  // Usually the framing found nothing: then the dissector's list, which all sessions share, need not move.
  if (!findings.empty()) findings.take(dissection.findings);
  message.findings = findings.empty() ? dissection.findings.items() : findings.items();
  shared_.findings += message.findings.size() + message.action_findings.size();
  shared_.sink.on_message(message);
  findings.clear();
}

}  // namespace overhear
