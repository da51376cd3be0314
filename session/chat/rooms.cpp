#include "session/chat/rooms.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "dissectors/json/json_index.hpp"

namespace overhear {
namespace {

constexpr std::size_t kSeats = 64;  // rooms that one session is followed into
constexpr std::size_t kServerBytes = 128;

// What may be told without a room.
bool is_of_user(Move::Kind kind) {
  return kind == Move::Kind::Renames || kind == Move::Kind::NamesUser || kind == Move::Kind::LogsIn ||
         kind == Move::Kind::SignsUp;
}

void name_user(std::string_view user, std::string_view escaped_name, const Rooms::Tell& tell) {
  const std::string name = unescaped(escaped_name);
  if (!name.empty()) tell({"named", user, {}, name, 0});
}

std::string key_of(std::string_view server, std::string_view user) {
  std::string key(server.substr(0, kServerBytes));
  key += '\0';
  key += user;
  return key;
}

}  // namespace

void Rooms::set_key(std::string_view server, std::string_view room) {
  key_.assign(server.substr(0, kServerBytes));
  key_ += '\0';
  append_unescaped(key_, room);
}

void Rooms::set_user(std::string_view user) {
  user_.clear();
  append_unescaped(user_, user);
}

// Who has left and what was closed is remembered so long as there is place.
void Rooms::make_place() {
  if (!is_full()) return;
  if (until_sweep_ > 0) {
    --until_sweep_;
    return;
  }
  until_sweep_ = limits_.room_names / 2;
  for (auto room = rooms_.begin(); room != rooms_.end();) {
    std::erase_if(room->second.members,
                  [](const auto& member) { return !member.second.is_in && member.second.sessions == 0; });
    room = room->second.members.empty() ? rooms_.erase(room) : std::next(room);
  }
  names_ = rooms_.size();
  for (const auto& [key, room] : rooms_) names_ += room.members.size();
  for (const auto& [session, seats] : seats_) names_ += seats.size();
}

Rooms::Room* Rooms::find_room(const std::string& key) {
  const auto found = rooms_.find(key);
  if (found != rooms_.end()) return &found->second;
  if (is_full()) return nullptr;
  ++names_;
  return &rooms_[key];
}

Rooms::Member* Rooms::find_member(Room& room, const std::string& user) {
  const auto found = room.members.find(user);
  if (found != room.members.end()) return &found->second;
  if (is_full()) return nullptr;
  ++names_;
  return &room.members[user];
}

void Rooms::apply(const Teller& teller, std::span<const Move> moves, const Tell& tell) {
  while (!moves.empty()) {
    const Move& move = moves.front();
    moves = moves.subspan(1);
    const std::string_view user = move.user.empty() ? teller.client : move.user;
    // A room that opens is there whatever it is called.
    const bool has_long_name = move.name.size() > limits_.name_bytes && move.kind != Move::Kind::Opens;
    const bool is_long = move.room.size() > limits_.name_bytes || user.size() > limits_.name_bytes || has_long_name;
    if (is_long || (move.room.empty() && !is_of_user(move.kind))) continue;
    make_place();
    set_key(teller.server, move.room);
    set_user(user);
    switch (move.kind) {
      case Move::Kind::Enters: enter(teller, move, tell); break;
      case Move::Kind::Leaves: leave(teller, move, tell); break;
      case Move::Kind::Opens: open(move, tell); break;
      case Move::Kind::Closes: close(tell); break;
      case Move::Kind::Renames: rename(teller, move, tell); break;
      case Move::Kind::NamesUser: name_user(user_, move.name, tell); break;
      case Move::Kind::NamesRoom: name_room(move, tell); break;
      case Move::Kind::LogsIn: log_in(teller, tell); break;
      case Move::Kind::SignsUp: tell({"signed_up", user_, {}, {}, 0}); break;
      case Move::Kind::Lists: moves = list(moves, tell); break;
      case Move::Kind::Present: break;  // of a list that was passed over
    }
  }
}

void Rooms::enter(const Teller& teller, const Move& move, const Tell& tell) {
  if (user_.empty()) return;
  const bool is_own = move.is_own || move.user.empty() || user_ == unescaped(teller.client);
  Room* const room = find_room(key_);
  Member* const member = room == nullptr ? nullptr : find_member(*room, user_);
  if (member == nullptr) return;
  if (!std::exchange(member->is_in, true)) {
    ++room->present;
    room->is_closed = false;
    tell({"entered", user_, room_name(key_), {}, room->present});
  }
  if (is_own) take_seat(teller, key_, user_, tell);
}

void Rooms::take_seat(const Teller& teller, const std::string& key, const std::string& user, const Tell& tell) {
  std::vector<Seat>& seats = seats_[teller.session];
  const bool is_seated = std::ranges::any_of(seats, [&](const Seat& seat) { return seat.room == key; });
  if (teller.is_in_one_room) {
    const std::vector<Seat> others = seats;
    for (const Seat& other : others) {
      if (other.room == key) continue;
      const auto room = rooms_.find(other.room);
      if (room == rooms_.end()) continue;
      const auto member = room->second.members.find(other.user);
      if (member == room->second.members.end() || !leave_seat(seats, other.room, &member->second)) continue;
      if (member->second.sessions > 0 || !std::exchange(member->second.is_in, false)) continue;
      --room->second.present;
      tell({"left", other.user, room_name(other.room), {}, room->second.present});
    }
  }
  if (is_seated || seats.size() >= kSeats || is_full()) return;
  seats.push_back({key, user});
  ++names_;
  ++rooms_.find(key)->second.members.find(user)->second.sessions;
}

bool Rooms::leave_seat(std::vector<Seat>& seats, const std::string& key, Member* member) {
  const auto seat = std::ranges::find(seats, key, &Seat::room);
  if (seat == seats.end()) return false;
  if (member != nullptr && member->sessions > 0) --member->sessions;
  seats.erase(seat);
  --names_;
  return true;
}

void Rooms::leave(const Teller& teller, const Move& move, const Tell& tell) {
  if (user_.empty()) return;
  const bool is_new = !rooms_.contains(key_);
  Room* const room = find_room(key_);
  if (room == nullptr) return;
  const bool is_stranger = is_new || !room->members.contains(user_);
  Member* const member = find_member(*room, user_);
  if (member == nullptr) return;
  const auto seats = seats_.find(teller.session);
  const bool is_own = seats != seats_.end() && std::ranges::any_of(seats->second, [&](const Seat& seat) {
                        return seat.room == key_ && seat.user == user_;
                      });
  if (is_own) leave_seat(seats->second, key_, member);
  const bool was_in = std::exchange(member->is_in, false);
  if (was_in) --room->present;
  if (!was_in && !is_stranger) return;
  const std::string name = unescaped(move.name);
  tell({"left", user_, room_name(key_), name == user_ ? "" : name, room->present});
}

// Who comes under a name that somebody has given up may give it up again.
void Rooms::log_in(const Teller& teller, const Tell& tell) {
  new_names_.erase(key_of(teller.server, user_));
  tell({"logged_in", user_, {}, {}, 0});
}

void Rooms::open(const Move& move, const Tell& tell) {
  Room* const room = find_room(key_);
  if (room == nullptr || (std::exchange(room->is_open, true) && !room->is_closed)) return;
  room->is_closed = false;
  room->name.clear();
  if (move.name.size() <= limits_.name_bytes) append_unescaped(room->name, move.name);
  tell({"opened", {}, room_name(key_), room->name, room->present});
}

void Rooms::name_room(const Move& move, const Tell& tell) {
  std::string name = unescaped(move.name);
  Room* const room = name.empty() ? nullptr : find_room(key_);
  if (room == nullptr || room->name == name) return;
  room->name = std::move(name);
  tell({"named", {}, room_name(key_), room->name, room->present});
}

void Rooms::close(const Tell& tell) {
  Room* const room = find_room(key_);
  if (room == nullptr || std::exchange(room->is_closed, true)) return;
  for (auto& [user, member] : room->members) member.is_in = false;
  room->present = 0;
  room->is_listed = false;
  tell({"closed", {}, room_name(key_), {}, 0});
}

bool Rooms::is_new_name(std::string_view server, const std::string& name) {
  if (new_names_.size() >= limits_.room_names) new_names_.clear();
  new_names_.erase(key_of(server, name));
  std::string& known = new_names_[key_of(server, user_)];
  if (known == name) return false;
  known = name;
  return true;
}

void Rooms::rename(const Teller& teller, const Move& move, const Tell& tell) {
  const std::string name = unescaped(move.name);
  if (name.empty() || user_.empty() || name == user_) return;
  const bool is_news = is_new_name(teller.server, name);
  const auto room = rooms_.find(key_);
  const std::uint64_t present = rename_in(room, teller, name);
  if (!is_news) return;
  const std::string_view place = room == rooms_.end() ? std::string_view() : room_name(key_);
  tell({"renamed", user_, place, name, present});
}

std::uint64_t Rooms::rename_in(RoomPlace room, const Teller& teller, const std::string& name) {
  if (room == rooms_.end()) return 0;
  // Each session is told by its own server's word, also behind the one that changed the room.
  if (const auto seats = seats_.find(teller.session); seats != seats_.end()) {
    for (Seat& seat : seats->second) {
      if (seat.room == key_ && seat.user == user_) seat.user = name;
    }
  }
  auto& members = room->second.members;
  const auto member = members.find(user_);
  if (member == members.end() || !member->second.is_in) return room->second.present;
  // A name of somebody who left is free; what two share is one.
  if (const auto same = members.find(name); same != members.end()) {
    room->second.present -= same->second.is_in;
    members.erase(same);
    --names_;
  }
  auto node = members.extract(member);
  node.key() = name;
  members.insert(std::move(node));
  return room->second.present;
}

std::span<const Move> Rooms::list(std::span<const Move> moves, const Tell& tell) {
  const auto end = std::ranges::find_if(moves, [](const Move& move) { return move.kind != Move::Kind::Present; });
  const std::span<const Move> listed = moves.first(static_cast<std::size_t>(end - moves.begin()));
  Room* const room = find_room(key_);
  if (room == nullptr) return moves.subspan(listed.size());
  const bool is_known = std::exchange(room->is_listed, true);
  room->is_closed = false;
  std::set<std::string, std::less<>> names;
  for (const Move& move : listed) {
    if (move.user.empty() || move.user.size() > limits_.name_bytes) continue;
    set_user(move.user);
    Member* const member = find_member(*room, user_);
    if (member == nullptr || !names.insert(user_).second || std::exchange(member->is_in, true)) continue;
    ++room->present;
    tell({is_known ? "entered" : "present", user_, room_name(key_), {}, room->present});
  }
  for (auto& [user, member] : room->members) {
    if (!member.is_in || names.contains(user)) continue;
    member.is_in = false;
    --room->present;
    tell({"left", user, room_name(key_), {}, room->present});
  }
  return moves.subspan(listed.size());
}

void Rooms::end(std::uint32_t session, std::string_view client, bool leaves, const Tell& tell) {
  const auto found = seats_.find(session);
  if (found == seats_.end()) return;
  const std::string name = client.size() <= limits_.name_bytes ? unescaped(client) : std::string();
  for (const Seat& seat : found->second) {
    const auto room = rooms_.find(seat.room);
    if (room == rooms_.end()) continue;
    const auto member = room->second.members.find(seat.user);
    if (member == room->second.members.end()) continue;
    if (member->second.sessions > 0) --member->second.sessions;
    // Whoever is there by another session too stays.
    if (!leaves || member->second.sessions > 0 || !std::exchange(member->second.is_in, false)) continue;
    --room->second.present;
    tell({"left", seat.user, room_name(seat.room), name == seat.user ? "" : name, room->second.present});
  }
  names_ -= found->second.size();
  seats_.erase(found);
}

}  // namespace overhear
