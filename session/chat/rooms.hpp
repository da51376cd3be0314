// Who is in which room and under which name, over all sessions with one server: moves go in, and what they change comes
// out, once, however many clients are told of it. Names are compared by what they mean, not by how they were written.
// Bounded: what is over the limit is not followed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/limits.hpp"
#include "dissectors/message.hpp"

namespace overhear {

class Rooms {
 public:
  // What changed; as in RoomEvent. Views hold during the call.
  struct Change {
    std::string_view event;
    std::string_view user;
    std::string_view room;
    std::string_view name;
    std::uint64_t members = 0;
  };
  using Tell = std::function<void(const Change&)>;

  // In whose session a move was told.
  struct Teller {
    std::string_view server;  // tells one server and its protocol from others
    std::uint32_t session = 0;
    std::string_view client;  // as it stands in JSON; empty: not known
    bool is_in_one_room = false;
  };

  // `limits` outlives this.
  explicit Rooms(const Limits& limits) : limits_(limits) {}

  void apply(const Teller& teller, std::span<const Move> moves, const Tell& tell);
  // The session is over; `leaves`: and with it its client is gone from its rooms.
  void end(std::uint32_t session, std::string_view client, bool leaves, const Tell& tell);

 private:
  struct Member {
    std::uint32_t sessions = 0;  // of those that were captured, in which they came into the room
    bool is_in = false;          // false: left, which is not to be told again
  };
  struct Room {
    std::map<std::string, Member, std::less<>> members;
    std::uint64_t present = 0;
    std::string name;
    bool is_open = false;    // it was told that it is
    bool is_listed = false;  // all who are in it were told
    bool is_closed = false;
  };
  // Where a session's client has come in, and under which name.
  struct Seat {
    std::string room;  // a key of rooms_
    std::string user;
  };

  void enter(const Teller& teller, const Move& move, const Tell& tell);
  void leave(const Teller& teller, const Move& move, const Tell& tell);
  void log_in(const Teller& teller, const Tell& tell);
  void open(const Move& move, const Tell& tell);
  void name_room(const Move& move, const Tell& tell);
  void close(const Tell& tell);
  void rename(const Teller& teller, const Move& move, const Tell& tell);
  using RoomPlace = std::map<std::string, Room, std::less<>>::iterator;
  // How many are in the room, if there is one.
  std::uint64_t rename_in(RoomPlace room, const Teller& teller, const std::string& name);
  // False: that the user has a new name was told before.
  bool is_new_name(std::string_view server, const std::string& name);
  // Takes what the first move lists; gives what is behind it.
  std::span<const Move> list(std::span<const Move> moves, const Tell& tell);
  void take_seat(const Teller& teller, const std::string& key, const std::string& user, const Tell& tell);
  // False: it was not in there.
  bool leave_seat(std::vector<Seat>& seats, const std::string& key, Member* member);

  // Null where there is no place for it.
  Room* find_room(const std::string& key);
  Member* find_member(Room& room, const std::string& user);
  void make_place();
  bool is_full() const { return names_ >= limits_.room_names; }
  void set_key(std::string_view server, std::string_view room);
  void set_user(std::string_view user);
  std::string_view room_name(const std::string& key) const { return std::string_view(key).substr(key.find('\0') + 1); }

  const Limits& limits_;
  std::map<std::string, Room, std::less<>> rooms_;  // by the server, a zero byte and the name
  std::unordered_map<std::uint32_t, std::vector<Seat>> seats_;
  std::unordered_map<std::string, std::string> new_names_;  // by the server, a zero byte and the old one
  std::size_t names_ = 0;                                   // rooms, members and seats
  std::size_t until_sweep_ = 0;  // moves that find no place, before it is looked once more for what is gone
  std::string key_;              // of the room that a move is about
  std::string user_;             // whom it is about
};

}  // namespace overhear
