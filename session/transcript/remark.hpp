// What a transcript tells: somebody said something, or something happened that people in a chat notice. All names and
// texts are what they mean, escapes resolved.
#pragma once

#include <cstdint>
#include <string>

namespace overhear {

enum class RemarkKind : std::uint8_t {
  Said,
  SignedUp,
  LoggedIn,
  Joined,
  Left,
  Renamed,  // a user; `text` is the new name
  RoomCreated,
  RoomChanged,  // renamed, or other members
  RoomDeleted,
  Refused,  // what was asked for or said did not happen; `text` says why
};

struct Remark {
  RemarkKind kind = RemarkKind::Said;
  std::string room;
  std::string user;  // who says or does it; empty: not known
  std::string to;    // of what is said to one alone
  std::string text;
};

}  // namespace overhear
