#include "session/transcript/transcript.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "dissectors/json/json_index.hpp"

namespace overhear {
namespace {

constexpr std::size_t kListed = 100;  // names of one list

std::uint64_t name_of(const MessageName& name) {
  return std::uint64_t{name.session} << 32 | name.number;
}

// A name that is a SHA-1 in hex says as much with its beginning.
std::string shorten(std::string_view name) {
  constexpr std::size_t kDigest = 40;
  constexpr std::size_t kShown = 7;
  const auto is_digit = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
  const bool is_digest = name.size() == kDigest && std::ranges::all_of(name, is_digit);
  return is_digest ? std::string(name.substr(0, kShown)) + "…" : std::string(name);
}

std::string who(std::string_view user) {
  return user.empty() ? "somebody" : shorten(user);
}

std::string_view sender_name(const Message& message, std::string_view user) {
  const bool is_client = message.direction == Direction::Client;
  return user.empty() && is_client ? message.client_name : user;
}

// What a quiet line says.
std::string describe(const RoomEvent& event) {
  if (event.event == "entered") return fmt::format("{} joined", who(event.user));
  if (event.event == "left") return fmt::format("{} left", who(event.name.empty() ? event.user : event.name));
  if (event.event == "logged_in") return fmt::format("{} logged in", who(event.user));
  if (event.event == "signed_up") return fmt::format("{} signed up", who(event.user));
  if (event.event == "closed") return "room deleted";
  if (event.event == "opened") return event.name.empty() ? "room created" : fmt::format("room created: {}", event.name);
  if (event.user.empty()) return fmt::format("the room is now called {}", event.name);
  return fmt::format("{} is now called {}", who(event.user), event.name);
}

}  // namespace

// A line whose author's message was passed over by a filter is told when it first comes to somebody.
bool Transcript::is_told(const Line& line, const Message& message) {
  if (line.delivered_from && told_.contains(name_of(*line.delivered_from))) return true;
  const bool is_server = message.direction == Direction::Server;
  const Copies::Line told{message.protocol, is_server ? message.source : message.destination, unescaped(line.room),
                          unescaped(sender_name(message, line.user)), unescaped(line.text)};
  if (is_server) return !copies_.is_new(told, message.session, message.time);
  const std::uint64_t name = name_of({message.session, message.number});
  if (told_.insert(name).second) told_order_.push_back(name);
  if (told_order_.size() > kMostTold) {
    told_.erase(told_order_.front());
    told_order_.pop_front();
  }
  return copies_.is_late(told, message.time);
}

void Transcript::tell(const Line& line, const Message& message) {
  if (line.text.empty()) return;
  end_silence(message.session);
  if (is_told(line, message)) return;
  ++said_;
  const std::string room = shorten(unescaped(line.room));
  const std::string text = unescaped(line.text);
  std::string author = shorten(unescaped(sender_name(message, line.user)));
  if (author.empty()) author = message.direction == Direction::Client ? fmt::format(":{}", message.source.port) : "?";
  if (!line.to.empty()) author += " → " + shorten(unescaped(line.to));
  sink_.on_line({.time = message.time, .protocol = message.protocol, .room = room, .author = author, .text = text});
}

void Transcript::tell_refusal(const Message& message) {
  end_silence(message.session);
  const std::string room = shorten(unescaped(message.refusal->room));
  std::string text = message.refusal->user.empty() ? "" : shorten(unescaped(message.refusal->user)) + ": ";
  text += message.refusal->is_line ? "not delivered" : unescaped(message.reply_type) + " refused";
  if (!message.reason.empty()) text += fmt::format(" ({})", unescaped(message.reason));
  sink_.on_line({.time = message.time,
                 .protocol = message.protocol,
                 .room = room,
                 .text = text,
                 .is_quiet = true,
                 .is_trouble = true});
}

void Transcript::on_message(const Message& message) {
  end_list();
  if (message.json == nullptr || message.is_text_sealed) {
    const bool is_sealed = message.is_encrypted || message.json != nullptr;
    keep_silent(message.session, is_sealed ? Silence::Encrypted : Silence::Unreadable, message.size, message.time);
    return;
  }
  if (message.refusal) tell_refusal(message);
  tell({message.room, message.user, message.to, message.text, message.delivered_from}, message);
  for (const Action& action : message.actions) {
    tell({action.room, action.user, {}, action.text, action.delivered_from}, message);
  }
}

void Transcript::on_room_event(const RoomEvent& event) {
  if (event.event == "present") return add_to_list(event);
  end_list();
  end_silence(event.session);
  const std::string text = describe(event);
  const std::string room = shorten(event.room);
  sink_.on_line({.time = event.time, .protocol = event.protocol, .room = room, .text = text, .is_quiet = true});
}

void Transcript::add_to_list(const RoomEvent& event) {
  if (list_.count > 0 && (list_.protocol != event.protocol || list_.room != event.room)) end_list();
  if (list_.count == 0) end_silence(event.session);
  list_.time = event.time;
  list_.protocol = event.protocol;
  list_.room = event.room;
  if (++list_.count > kListed) return;
  if (list_.count > 1) list_.names += ", ";
  list_.names += who(event.user);
}

void Transcript::end_list() {
  if (list_.count == 0) return;
  std::string text = std::move(list_.names);
  if (list_.count > kListed) text += fmt::format(" and {} more", list_.count - kListed);
  text += list_.count == 1 ? " is here" : " are here";
  const std::string room = shorten(list_.room);
  sink_.on_line({.time = list_.time, .protocol = list_.protocol, .room = room, .text = text, .is_quiet = true});
  list_ = {};
}

void Transcript::on_finding(const LooseFinding& finding) {
  end_list();
  if (finding.finding->rule->code != "tcp.gap" || finding.session == 0 || !finding.time) return;
  keep_silent(finding.session, Silence::Missing, finding.finding->bytes.value_or(0), *finding.time);
}

void Transcript::on_session_opened(const SessionRecord& session) {
  end_list();
  passages_[session.session].ends = fmt::format("{} → {}", to_string(session.client), to_string(session.server));
}

void Transcript::on_session_closed(const SessionRecord& session) {
  end_list();
  end_silence(session.session);
  passages_.erase(session.session);
}

void Transcript::keep_silent(std::uint32_t session, Silence why, std::uint64_t bytes, Timestamp time) {
  Passage& passage = passages_[session];
  if (passage.count > 0 && passage.why != why) tell_passage(session, passage);
  passage.why = why;
  ++passage.count;
  passage.bytes += bytes;
  passage.last = time;
}

void Transcript::end_silence(std::uint32_t session) {
  const auto found = passages_.find(session);
  if (found != passages_.end() && found->second.count > 0) tell_passage(session, found->second);
}

void Transcript::tell_passage(std::uint32_t session, Passage& passage) {
  const std::string_view plural = passage.count == 1 ? "" : "s";
  const std::string place =
      passage.ends.empty() ? fmt::format("session {}", session) : fmt::format("session {}, {}", session, passage.ends);
  std::string text;
  switch (passage.why) {
    case Silence::Encrypted:
      text = fmt::format("{} encrypted message{} that no key opens, {} bytes ({})", passage.count, plural,
                         passage.bytes, place);
      break;
    case Silence::Unreadable:
      text = fmt::format("{} unreadable passage{}, {} bytes ({})", passage.count, plural, passage.bytes, place);
      break;
    case Silence::Missing:
      text = fmt::format("something may be missing here: {} gap{}, {} bytes were not captured ({})", passage.count,
                         plural, passage.bytes, place);
      break;
  }
  sink_.on_line({.time = passage.last, .text = text, .is_quiet = true, .is_trouble = true});
  passage.count = passage.bytes = 0;
}

void Transcript::finish() {
  end_list();
  std::vector<std::uint32_t> open;
  for (const auto& [session, passage] : passages_) {
    if (passage.count > 0) open.push_back(session);
  }
  std::ranges::sort(open);
  for (const std::uint32_t session : open) end_silence(session);
}

}  // namespace overhear
