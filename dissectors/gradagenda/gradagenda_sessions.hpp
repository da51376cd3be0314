// The chat sessions that a connection was told of: of which type they are, who is in them, which are no more. Bounded:
// of more than are remembered nothing is said.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.hpp"
#include "dissectors/json/json_index.hpp"

namespace overhear::gradagenda {

struct ChatSession {
  std::string id;
  bool is_direct = false;
  std::string pair[2];      // of a direct one, as the server wrote them
  std::uint64_t users = 0;  // a digest of who is in it: others have others
  Timestamp told;           // when first
  std::optional<Timestamp> deleted;
  bool is_current = false;  // nothing that was told since is missing
};

class ChatSessions {
 public:
  // Null: not known.
  ChatSession* find(std::string_view id);
  // A direct one of these two, in any order.
  const ChatSession* find_direct(std::string_view user, std::string_view other);
  // Null: there are too many.
  ChatSession* add(std::string_view id);
  void on_loss();

 private:
  std::vector<ChatSession> sessions_;
  std::size_t last_ = 0;  // the place of the one that was found last
};

// The users of a session as it is told: how many, the first two, and a digest of all in which order plays no part.
struct Users {
  std::size_t count = 0;
  bool has_own = false;  // the client is one of them
  std::string_view first;
  std::string_view second;
  std::uint64_t digest = 0;

  static Users of(const JsonIndex& json, const JsonNode* list, std::string_view own);
};

// Of what a string means. `scratch` is for those with escapes, so that the next needs no memory of its own.
std::uint64_t digest_of(std::string_view text_in_json, std::string& scratch);

}  // namespace overhear::gradagenda
