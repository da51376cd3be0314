#include "session/chat/chat_sink.hpp"

#include "dissectors/protocol.hpp"

namespace overhear {
namespace {

constexpr std::size_t kAskedAtOnce = 4;  // moves of one request

std::uint64_t key_of(std::uint32_t session, std::uint32_t number) {
  return std::uint64_t{session} << 32 | number;
}

std::uint32_t session_of(std::uint64_t key) {
  return static_cast<std::uint32_t>(key >> 32);
}

// Tells one server, and what is spoken with it, from others.
std::string name_of_server(const Endpoint& server, const Protocol& protocol) {
  return to_string(server) + ' ' + std::string(protocol.name);
}

}  // namespace

void ChatSink::on_message(const Message& message) {
  const bool is_brought = message.direction == Direction::Server && (!message.text.empty() || !message.actions.empty());
  const bool is_refusal = message.reply_to && message.outcome == Outcome::Failure;
  if (is_brought || is_refusal)
    complete(message);
  else
    next_.on_message(message);
  if (message.direction == Direction::Client) deliveries_.add(message);
  if (!message.moves.empty() || (message.reply_to && message.outcome != Outcome::None)) follow(message);
}

void ChatSink::complete(const Message& message) {
  const auto line = deliveries_.find(message);
  const auto refusal = refusal_of(message);
  actions_.clear();
  for (std::size_t i = 0; i < message.actions.size(); ++i) {
    const auto said = deliveries_.find(message, message.actions[i]);
    if (!said) continue;
    if (actions_.empty()) actions_.assign(message.actions.begin(), message.actions.end());
    actions_[i].delivered_from = said->line;
  }
  if (!line && !refusal && actions_.empty()) return next_.on_message(message);
  Message completed = message;
  completed.refusal = refusal;
  if (!actions_.empty()) completed.actions = actions_;
  if (line) completed.delivered_from = line->line;
  if (line && completed.room.empty()) completed.room = line->room;
  next_.on_message(completed);
}

std::optional<Message::Refusal> ChatSink::refusal_of(const Message& answer) const {
  if (!answer.reply_to || answer.outcome != Outcome::Failure) return std::nullopt;
  const auto asked = asked_.find(key_of(answer.session, *answer.reply_to));
  if (asked != asked_.end()) return Message::Refusal{asked->second.user, asked->second.room};
  const auto line = deliveries_.said_in({answer.session, *answer.reply_to});
  if (!line) return std::nullopt;
  return Message::Refusal{answer.client_name, line->room, true};
}

void ChatSink::follow(const Message& message) {
  if (message.are_moves_asked) return remember(message);
  move(message, message.moves);
  if (!message.reply_to) return;
  const auto asked = asked_.find(key_of(message.session, *message.reply_to));
  if (asked == asked_.end()) return;
  if (message.outcome == Outcome::Success) {
    std::vector<Move> moves;
    for (const AskedMove& one : asked->second.moves)
      moves.push_back({one.kind, one.user, one.room, one.name, one.is_own});
    move(message, moves);
  }
  // An answer that has moves of its own tells what came of those.
  std::erase(asked_order_, asked->first);
  asked_.erase(asked);
}

void ChatSink::remember(const Message& message) {
  if (message.moves.empty() || message.moves.size() > kAskedAtOnce) return;
  std::vector<AskedMove> moves;
  for (const Move& one : message.moves) {
    const bool is_long = one.user.size() > limits_.name_bytes || one.room.size() > limits_.name_bytes ||
                         one.name.size() > limits_.name_bytes;
    if (is_long) return;
    moves.push_back({one.kind, std::string(one.user), std::string(one.room), std::string(one.name), one.is_own});
  }
  const std::uint64_t key = key_of(message.session, message.number);
  const std::string_view user = message.user.empty() ? message.client_name : message.user;
  const bool is_short = user.size() <= limits_.name_bytes && message.room.size() <= limits_.name_bytes;
  asked_[key] = {std::move(moves), std::string(is_short ? user : ""), std::string(is_short ? message.room : "")};
  asked_order_.push_back(key);
  if (asked_order_.size() <= limits_.asked_moves) return;
  asked_.erase(asked_order_.front());
  asked_order_.pop_front();
}

void ChatSink::move(const Message& message, std::span<const Move> moves) {
  if (moves.empty()) return;
  RoomEvent event;
  event.session = message.session;
  event.message = message.number;
  event.time = message.time;
  event.protocol = message.protocol;
  event.server = message.direction == Direction::Server ? message.source : message.destination;
  const std::string name = name_of_server(event.server, *message.protocol);
  const Rooms::Teller teller{name, message.session, message.client_name, message.protocol->is_in_one_room};
  rooms_.apply(teller, moves, [&](const Rooms::Change& change) { tell(event, change); });
}

void ChatSink::on_session_closed(const SessionRecord& session) {
  const bool leaves = session.protocol != nullptr && session.protocol->leaves_with_session;
  RoomEvent event;
  event.session = session.session;
  event.time = session.time;
  event.protocol = session.protocol;
  event.server = session.server;
  rooms_.end(session.session, session.user, leaves, [&](const Rooms::Change& change) { tell(event, change); });
  std::erase_if(asked_order_, [&](std::uint64_t key) {
    const bool is_over = session_of(key) == session.session;
    if (is_over) asked_.erase(key);
    return is_over;
  });
  next_.on_session_closed(session);
}

void ChatSink::tell(RoomEvent& event, const Rooms::Change& change) {
  event.event = change.event;
  event.user = change.user;
  event.room = change.room;
  event.name = change.name;
  event.members = change.members;
  next_.on_room_event(event);
}

}  // namespace overhear
