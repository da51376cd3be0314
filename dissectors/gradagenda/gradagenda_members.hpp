// The members of an action that say who says what where, found in one pass over it.
#pragma once

#include <string>
#include <string_view>

#include "dissectors/field_text.hpp"
#include "dissectors/json/json_index.hpp"

namespace overhear::gradagenda {

// Null where there is none; of a name that stands twice the last, as everywhere.
struct ActionMembers {
  const JsonNode* type = nullptr;
  const JsonNode* cdid = nullptr;
  const JsonNode* user_id = nullptr;
  const JsonNode* session_id = nullptr;
  const JsonNode* session_type = nullptr;
  const JsonNode* status = nullptr;
  const JsonNode* message = nullptr;
  const JsonNode* sender_id = nullptr;
  const JsonNode* sender_timestamp = nullptr;

  ActionMembers(const JsonIndex& json, const JsonNode& action, std::string& scratch) {
    for (const JsonNode* node = json.first_child(action); node != nullptr; node = json.next_sibling(action, *node)) {
      std::string_view name = json.name(*node);
      if (node->name_has_escapes) {
        scratch.clear();
        append_unescaped(scratch, name);
        name = scratch;
      }
      if (const JsonNode** member = place_of(name)) *member = node;
    }
  }

 private:
  const JsonNode** place_of(std::string_view name) {
    switch (name.size()) {
      case 4: return is_literal(name, "type") ? &type : is_literal(name, "cdid") ? &cdid : nullptr;
      case 6: return is_literal(name, "status") ? &status : nullptr;
      case 7: return is_literal(name, "user-id") ? &user_id : is_literal(name, "message") ? &message : nullptr;
      case 9: return is_literal(name, "sender-id") ? &sender_id : nullptr;
      case 10: return is_literal(name, "session-id") ? &session_id : nullptr;
      case 12: return is_literal(name, "session-type") ? &session_type : nullptr;
      case 16: return is_literal(name, "sender-timestamp") ? &sender_timestamp : nullptr;
      default: return nullptr;
    }
  }
};

}  // namespace overhear::gradagenda
