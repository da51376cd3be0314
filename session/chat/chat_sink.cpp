#include "session/chat/chat_sink.hpp"

#include "dissectors/protocol.hpp"

namespace overhear {
namespace {

constexpr std::size_t kLongestName = 256;
constexpr std::size_t kAskedAtOnce = 4;  // moves of one request

std::uint64_t key_of(std::uint32_t session, std::uint32_t number) {
  return std::uint64_t{session} << 32 | number;
}

// Tells one server, and what is spoken with it, from others.
std::string name_of_server(const Endpoint& server, const Protocol& protocol) {
  return to_string(server) + ' ' + std::string(protocol.name);
}

}  // namespace

void ChatSink::on_message(const Message& message) {
  const bool is_brought = message.direction == Direction::Server && !message.text.empty();
  const auto line = is_brought ? deliveries_.find(message) : std::nullopt;
  if (line) {
    Message completed = message;
    completed.delivered_from = line->line;
    if (completed.room.empty()) completed.room = line->room;
    next_.on_message(completed);
  } else {
    next_.on_message(message);
  }
  if (message.direction == Direction::Client) deliveries_.add(message);
  if (!message.moves.empty() || (message.reply_to && message.outcome != Outcome::None)) follow(message);
}

void ChatSink::follow(const Message& message) {
  if (message.are_moves_asked) return remember(message);
  move(message, message.moves);
  if (!message.reply_to || message.outcome == Outcome::None) return;
  const auto asked = asked_.find(key_of(message.session, *message.reply_to));
  if (asked == asked_.end()) return;
  if (message.outcome == Outcome::Success) {
    std::vector<Move> moves;
    for (const AskedMove& one : asked->second) moves.push_back({one.kind, one.user, one.room, one.name, one.is_own});
    move(message, moves);
  }
  asked_.erase(asked);
}

void ChatSink::remember(const Message& message) {
  if (message.moves.size() > kAskedAtOnce) return;
  std::vector<AskedMove> moves;
  for (const Move& one : message.moves) {
    const bool is_long =
        one.user.size() > kLongestName || one.room.size() > kLongestName || one.name.size() > kLongestName;
    if (is_long) return;
    moves.push_back({one.kind, std::string(one.user), std::string(one.room), std::string(one.name), one.is_own});
  }
  const std::uint64_t key = key_of(message.session, message.number);
  asked_[key] = std::move(moves);
  asked_order_.push_back(key);
  if (asked_order_.size() <= limits_.asked_moves) return;
  asked_.erase(asked_order_.front());
  asked_order_.pop_front();
}

void ChatSink::move(const Message& message, std::span<const Move> moves) {
  if (moves.empty()) return;
  const Endpoint& server = message.direction == Direction::Server ? message.source : message.destination;
  RoomEvent event;
  event.session = message.session;
  event.message = message.number;
  event.time = message.time;
  event.protocol = message.protocol;
  event.server = server;
  const std::string name = name_of_server(server, *message.protocol);
  const Rooms::Teller teller{name, message.session, message.client_name, message.protocol->is_in_one_room};
  rooms_.apply(teller, moves, [&](const Rooms::Change& change) {
    event.event = change.event;
    event.user = change.user;
    event.room = change.room;
    event.name = change.name;
    event.members = change.members;
    next_.on_room_event(event);
  });
}

void ChatSink::on_session_closed(const SessionRecord& session) {
  const bool leaves = session.protocol != nullptr && session.protocol->leaves_with_session;
  RoomEvent event;
  event.session = session.session;
  event.time = session.time;
  event.protocol = session.protocol;
  event.server = session.server;
  rooms_.end(session.session, leaves, [&](const Rooms::Change& change) {
    event.event = change.event;
    event.user = change.user;
    event.room = change.room;
    event.members = change.members;
    next_.on_room_event(event);
  });
  next_.on_session_closed(session);
}

}  // namespace overhear
