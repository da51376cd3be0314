#include "session/transcript/chat_meaning.hpp"

#include <algorithm>
#include <optional>

#include "dissectors/field_text.hpp"
#include "dissectors/protocol.hpp"
#include "dissectors/registry.hpp"

namespace overhear {
namespace {

using Kind = RemarkKind;

struct Row {
  std::string_view protocol;
  std::string_view type;
  Kind kind;
};

// Messages that mean something by themselves.
constexpr Row kTold[] = {{"cchat", "leave", Kind::Left},
                         {"mcp", "Authentication.Accepted", Kind::LoggedIn},
                         {"mcp", "Room.Created", Kind::RoomCreated},
                         {"mcp", "Room.Joined", Kind::Joined},
                         {"mcp", "Room.Left", Kind::Left},
                         {"mcp", "Room.Updated", Kind::RoomChanged},
                         {"mcp", "Room.Deleted", Kind::RoomDeleted},
                         {"chatmaster", "notification/user_joined", Kind::Joined},
                         {"chatmaster", "notification/user_left", Kind::Left},
                         {"chatmaster", "notification/user_rename", Kind::Renamed},
                         {"scrp", "USER_LEAVE_ROOM", Kind::Left}};

// Requests that mean it once they succeed: the answer says only that.
constexpr Row kAsked[] = {{"cchat", "join", Kind::Joined},
                          {"chatmaster", "command/login", Kind::LoggedIn},
                          {"scrp", "SIGN_UP", Kind::SignedUp},
                          {"scrp", "LOG_IN", Kind::LoggedIn},
                          {"scrp", "CREATE_ROOM", Kind::RoomCreated},
                          {"scrp", "ENTER_ROOM", Kind::Joined},
                          {"scrp", "REMOVE_ROOM", Kind::RoomDeleted},
                          {"scrp", "CHANGE_USER_NICKNAME", Kind::Renamed},
                          {"gradagenda", "authenticate", Kind::LoggedIn}};

// And those of which only a refusal is worth a line: success is told by a message of its own.
constexpr Row kRefusable[] = {{"mcp", "Authentication.Login", Kind::Refused},
                              {"mcp", "Authentication.Register", Kind::Refused},
                              {"mcp", "Room.Join", Kind::Refused},
                              {"mcp", "Room.Create", Kind::Refused},
                              {"chatmaster", "command/join", Kind::Refused},
                              {"chatmaster", "command/rename", Kind::Refused}};

bool is_same_type(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 'a' - 'A') : c; };
  return std::ranges::equal(a, b, {}, lower, lower);
}

// SCRP's servers write the names in lower case.
template <std::size_t kSize>
const Row* find_row(const Row (&rows)[kSize], std::string_view protocol, std::string_view type) {
  const auto* const found = std::ranges::find_if(
      rows, [&](const Row& row) { return row.protocol == protocol && is_same_type(row.type, type); });
  return found == std::end(rows) ? nullptr : found;
}

std::string meaning(std::string_view escaped) {
  std::string out;
  append_unescaped(out, escaped);
  return out;
}

std::string text_at(const JsonIndex& json, const JsonNode* node) {
  std::string out;
  if (node != nullptr && node->kind != JsonKind::Object && node->kind != JsonKind::Array &&
      node->kind != JsonKind::Null) {
    append_unescaped(out, json.value(*node));
  }
  return out;
}

// The value of the first of these names that is there, in the message or in its "data".
std::string any_of(const JsonIndex& json, std::initializer_list<std::string_view> names) {
  const JsonNode* const data = json.find("data");
  const JsonNode* const parameters = json.find(data, "parameters");
  for (const JsonNode* const object : {&json.root(), data, parameters}) {
    for (const std::string_view name : names) {
      if (std::string text = text_at(json, json.find(object, name)); !text.empty()) return text;
    }
  }
  return {};
}

// Whether an answer says that all went well, or did not; nothing where it says neither.
std::optional<bool> outcome(const Message& message) {
  if (message.outcome != Outcome::None) return message.outcome == Outcome::Success;
  const std::string_view protocol = message.protocol->name;
  if (protocol == "mcp" && message.type.starts_with("Error.")) return false;
  if (protocol == "gradagenda" && message.type == "status-response") {
    return text_at(*message.json, message.json->find("status")) == "succeeded";
  }
  return std::nullopt;
}

// "code 404", "no such session", "Error.RoomNotFound": why, in the protocol's own words.
std::string reason(const Message& message) {
  std::string text = any_of(*message.json, {"errdetail", "reason", "message"});
  if (!text.empty()) return text;
  if (message.protocol->name == "mcp") return meaning(message.type);
  text = any_of(*message.json, {"err", "errcode"});
  const auto code = std::ranges::find(message.protocol->codes, text, &Code::value);
  if (code != message.protocol->codes.end()) return text + " " + std::string(code->name);
  return "code " + text;
}

std::string_view sender_name(const Message& message) {
  const bool is_client = message.direction == Direction::Client;
  return message.user.empty() && is_client ? message.client_name : message.user;
}

// GradAgenda's actions, in a batch or alone: what was said, or what became of a group.
void append_action(const JsonIndex& json, const JsonNode& action, std::string_view sender,
                   std::vector<Remark>& remarks) {
  const JsonNode* const body = json.find(json.find(&action, "message"), "body");
  Remark remark;
  remark.room = text_at(json, json.find(&action, "session-id"));
  if (is_string(body)) {
    remark.user = text_at(json, json.find(&action, "sender-id"));
    if (remark.user.empty()) remark.user = meaning(sender);
    remark.text = text_at(json, body);
    remarks.push_back(std::move(remark));
    return;
  }
  if (text_at(json, json.find(&action, "type")) != "providing-session-info") return;
  const std::string status = text_at(json, json.find(&action, "status"));
  if (status != "created" && status != "modified" && status != "deleted") return;
  remark.kind = status == "created" ? Kind::RoomCreated : status == "modified" ? Kind::RoomChanged : Kind::RoomDeleted;
  const JsonNode* const users = json.find(&action, "user-id");
  if (remark.kind != Kind::RoomDeleted && users != nullptr && users->kind == JsonKind::Array) {
    constexpr std::size_t kShown = 100;
    std::size_t count = 0;
    for (const JsonNode* user = json.first_child(*users); user != nullptr; user = json.next_sibling(*users, *user)) {
      if (++count > kShown) break;
      remark.text += (count > 1 ? ", " : "with ") + text_at(json, user);
    }
  }
  remarks.push_back(std::move(remark));
}

void append_told(const Message& message, Kind kind, std::vector<Remark>& remarks) {
  Remark remark{kind, meaning(message.room), meaning(message.user), {}, {}};
  if (kind == Kind::Renamed) {
    remark.user = any_of(*message.json, {"old_username"});
    remark.text = any_of(*message.json, {"new_username", "username"});
  } else if (kind == Kind::RoomCreated || kind == Kind::RoomChanged) {
    remark.text = any_of(*message.json, {"name"});
  } else if (kind == Kind::LoggedIn && remark.user.empty()) {
    remark.user = meaning(message.client_name);
  }
  remarks.push_back(std::move(remark));
}

// The answer to what was remembered.
void append_outcome(const Message& message, const PendingRequest& asked, std::vector<Remark>& remarks) {
  const auto is_success = outcome(message);
  if (!is_success) return;
  if (!*is_success) {
    std::string what = asked.is_said ? "not delivered" : meaning(message.reply_type) + " refused";
    remarks.push_back({Kind::Refused, asked.room, asked.user, {}, std::move(what) + " (" + reason(message) + ")"});
    return;
  }
  const Row* const row = find_row(kAsked, message.protocol->name, message.reply_type);
  if (row == nullptr) return;
  std::string user = asked.user.empty() ? meaning(message.client_name) : asked.user;
  remarks.push_back({row->kind, asked.room, std::move(user), {}, asked.name});
}

}  // namespace

bool is_asking(const Message& message, PendingRequest& asked) {
  if (message.direction != Direction::Client || message.json == nullptr) return false;
  const std::string_view protocol = message.protocol->name;
  const Row* const row = find_row(kAsked, protocol, message.type);
  asked.is_said = !message.text.empty();
  if (!asked.is_said && row == nullptr && find_row(kRefusable, protocol, message.type) == nullptr) return false;
  asked.room = meaning(message.room);
  asked.user = meaning(sender_name(message));
  asked.name.clear();
  if (row != nullptr && row->kind == Kind::Renamed) {
    asked.name = any_of(*message.json, {"new_user_nickname", "user_nickname"});
  } else if (row != nullptr && row->kind == Kind::RoomCreated) {
    asked.name = any_of(*message.json, {"room_nickname"});
  }
  return true;
}

void append_remarks(const Message& message, const PendingRequest* asked, std::vector<Remark>& remarks) {
  if (message.json == nullptr) return;
  if (asked != nullptr) append_outcome(message, *asked, remarks);
  const std::string_view protocol = message.protocol->name;
  if (!message.text.empty()) {
    Remark remark{Kind::Said, meaning(message.room), meaning(sender_name(message)), {}, meaning(message.text)};
    if (protocol == "scrp" && message.room.empty()) {
      remark.to = message.direction == Direction::Client ? any_of(*message.json, {"receiver_user_id"})
                                                         : meaning(message.client_name);
    }
    remarks.push_back(std::move(remark));
    return;
  }
  if (protocol == "gradagenda") {
    const std::string_view sender = sender_name(message);
    for (const Action& action : message.actions) {
      if (action.json != nullptr) append_action(*message.json, *action.json, sender, remarks);
    }
    if (message.actions.empty()) append_action(*message.json, message.json->root(), sender, remarks);
    return;
  }
  if (const Row* const row = find_row(kTold, protocol, message.type)) append_told(message, row->kind, remarks);
}

bool is_unreadable_talk(const Message& message) {
  if (message.json == nullptr) return true;
  const bool is_talk = message.protocol->name == "cchat" && message.type.starts_with("message_");
  return is_talk && message.text.empty();
}

}  // namespace overhear
