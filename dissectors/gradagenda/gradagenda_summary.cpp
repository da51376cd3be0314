#include <fmt/format.h>

#include <iterator>
#include <string>
#include <string_view>

#include "dissectors/field_text.hpp"
#include "dissectors/gradagenda/gradagenda_table.hpp"

namespace overhear::gradagenda {
namespace {

constexpr std::size_t kListed = 8;

// One action, alone or out of a batch, as its summary sees it.
struct Seen {
  const JsonIndex& json;
  const JsonNode& action;
  const Message& message;
  std::string_view type;
  bool is_known;
  bool is_alone;
  bool show_secrets;

  const JsonNode* find(std::string_view name) const { return json.find(&action, name); }
};

bool is_array(const JsonNode* node) {
  return node != nullptr && node->kind == JsonKind::Array;
}

std::size_t count_of(const JsonIndex& json, const JsonNode& list) {
  std::size_t count = 0;
  for (const JsonNode* item = json.first_child(list); item != nullptr; item = json.next_sibling(list, *item)) ++count;
  return count;
}

void append_count(std::string& out, const Seen& seen, const JsonNode* list) {
  if (!is_array(list)) {
    out += "unknown users";
    return;
  }
  const std::size_t count = count_of(seen.json, *list);
  fmt::format_to(std::back_inserter(out), "{} user{}", count, count == 1 ? "" : "s");
}

// "users 1, 2, 3"
void append_users(std::string& out, const Seen& seen, const JsonNode* list) {
  if (!is_array(list)) {
    out += "users unknown";
    return;
  }
  const JsonNode* item = seen.json.first_child(*list);
  if (item == nullptr) out += "no users";
  std::size_t listed = 0;
  for (; item != nullptr; item = seen.json.next_sibling(*list, *item)) {
    out += listed == 0 ? "users " : ", ";
    if (listed++ == kListed) {
      out += "…";
      return;
    }
    append_value(out, seen.json, item);
  }
}

void append_session(std::string& out, const Seen& seen) {
  out += "session ";
  append_value(out, seen.json, seen.find("session-id"));
}

void append_chat(std::string& out, const Seen& seen, std::string_view user) {
  if (user.empty())
    out += '?';
  else
    append_cut(out, user, kNameCharacters);
  out += " → ";
  append_session(out, seen);
  out += ": ";
  const JsonNode* message = seen.find("message");
  const JsonNode* type = seen.json.find(message, "type");
  if (is_string(type) && seen.json.value(*type) != "text") {
    out += '[';
    append_value(out, seen.json, type);
    out += "] ";
  }
  append_value(out, seen.json, seen.json.find(message, "body"), "no text", kTextCharacters);
}

void append_authentication(std::string& out, const Seen& seen) {
  out += "authenticates as ";
  append_value(out, seen.json, seen.find("user-id"));
  out += " on device ";
  append_value(out, seen.json, seen.find("device-id"));
  const JsonNode* token = seen.find("token");
  if (token == nullptr) return;
  out += ", token ";
  if (seen.show_secrets)
    append_value(out, seen.json, token);
  else
    out += "•••";
}

// By the request's type where it is known, else by its cdid.
void append_status(std::string& out, const Seen& seen) {
  out += "answers ";
  if (seen.is_alone && !seen.message.reply_type.empty())
    out += seen.message.reply_type;
  else
    append_value(out, seen.json, seen.find("cdid"));
  out += ": ";
  append_value(out, seen.json, seen.find("status"));
  const JsonNode* why = seen.find("message");
  if (!is_string(why) || seen.json.value(*why).empty()) return;
  out += ": ";
  append_value(out, seen.json, why, {}, kTextCharacters);
}

void append_info(std::string& out, const Seen& seen) {
  append_session(out, seen);
  out += " (";
  append_value(out, seen.json, seen.find("session-type"));
  out += ", ";
  append_value(out, seen.json, seen.find("status"));
  out += "): ";
  append_users(out, seen, seen.find("user-id"));
}

// A batch stands among the actions of another only where there was nothing to unfold, or too deep.
void append_batch(std::string& out, const Seen& seen) {
  const JsonNode* actions = seen.find("actions");
  const std::size_t inside = is_array(actions) ? count_of(seen.json, *actions) : 0;
  if (!seen.is_alone && inside == 0) {
    out += "an empty batch";
    return;
  }
  const std::size_t count = seen.is_alone ? seen.message.actions.size() : inside;
  fmt::format_to(std::back_inserter(out), "{}batch of {} action{}{}", seen.is_alone ? "" : "a ", count,
                 count == 1 ? "" : "s", seen.is_alone ? "" : ", not unfolded");
}

void append_request(std::string& out, const Seen& seen) {
  const std::string_view type = seen.type;
  if (type == "request-direct-session-info") {
    out += "asks for the direct session with ";
    append_value(out, seen.json, seen.find("user-id"));
  } else if (type == "request-mutable-session-creation") {
    out += "creates a group with ";
    append_count(out, seen, seen.find("user-id"));
  } else if (type == "request-mutable-session-modification") {
    out += "changes ";
    append_session(out, seen);
    out += " to ";
    append_count(out, seen, seen.find("user-id"));
  } else if (type == "request-mutable-session-deletion") {
    out += "deletes ";
    append_session(out, seen);
  } else {
    out += "asks for its groups";
  }
}

void append_unknown(std::string& out, const Seen& seen) {
  if (seen.action.kind != JsonKind::Object) {
    out += "no action: ";
    out += describe(seen.action.kind);
    return;
  }
  out += seen.type.empty() ? "no action type" : "unknown action ";
  append_cut(out, seen.type, kNameCharacters);
}

void append_action(std::string& out, const Seen& seen) {
  const std::string_view type = seen.type;
  if (!seen.is_known) return append_unknown(out, seen);
  if (type == "authenticate") return append_authentication(out, seen);
  if (type == "request-sending-a-message") return append_chat(out, seen, seen.message.user);
  if (type == "message-broadcast") return append_chat(out, seen, id_of(seen.json, seen.find("sender-id")));
  if (type == "status-response") return append_status(out, seen);
  if (type == "providing-session-info") return append_info(out, seen);
  if (type == kBatchType) return append_batch(out, seen);
  append_request(out, seen);
}

}  // namespace

void summarize(const Message& message, bool show_secrets, std::string& out) {
  if (message.json == nullptr) return;
  append_action(out, {*message.json, message.json->root(), message, message.type, message.type_spec != nullptr, true,
                      show_secrets});
}

void summarize_action(const Message& message, const Action& action, bool show_secrets, std::string& out) {
  if (message.json == nullptr || action.json == nullptr) return;
  append_action(out,
                {*message.json, *action.json, message, action.type, action.type_spec != nullptr, false, show_secrets});
}

}  // namespace overhear::gradagenda
