// In which rooms the client of a session is, as far as its packages tell, and what that forbids. The server's word
// counts; what the client has asked for and was not answered yet is open. Bounded: what is not remembered is not known.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "dissectors/conformance.hpp"
#include "dissectors/mcp/mcp_kind.hpp"

namespace overhear::mcp {

class Rooms {
 public:
  // The mark of a request about a room, 0 for others.
  std::uint32_t on_client(Kind kind, const Message& message, FindingList& findings);
  void on_server(Kind kind, const Message& message, const Asked& asked, FindingList& findings);
  void on_loss();

 private:
  enum class Stay : std::uint8_t { Unknown, In, Out };
  struct Room {
    std::string name;
    Stay stay = Stay::Unknown;
    Timestamp since;          // of Out
    bool is_joining = false;  // asked, and not answered
    bool is_leaving = false;
  };

  Room* find(std::string_view name);
  Room* add(std::string_view name);
  // That of the request, where it is still remembered.
  Room* asked_about(const Asked& asked);
  std::uint32_t mark_of(const Room* room, bool is_outside) const;
  bool is_outside(std::string_view name, const Room* room, Timestamp at) const;
  void set(std::string_view name, Stay stay, Timestamp at);
  void on_accepted(const Message& message);
  void on_refusal(Kind kind, const Asked& asked, FindingList& findings);
  void check_said(const Message& message, const Asked& asked, FindingList& findings);
  void check_answer(const Message& message, const Asked& asked, FindingList& findings);

  std::vector<Room> rooms_;
  std::size_t last_ = 0;      // the place of the one that was found last
  bool is_accepted_ = false;  // since the beginning or the last loss
  bool is_complete_ = true;   // in others the client is not
  std::uint8_t epoch_ = 0;    // of marks: they name places in rooms_
};

}  // namespace overhear::mcp
