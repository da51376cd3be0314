// One line for people about an SCRP message. Whatever is missing or of a wrong type is left out or shown as "?".
#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <string>
#include <string_view>

#include "dissectors/field_text.hpp"
#include "dissectors/scrp/scrp_table.hpp"

namespace overhear::scrp {
namespace {

constexpr std::string_view kMask = "•••";

class Summary {
 public:
  Summary(const Message& message, bool show_secrets, std::string& out)
      : message_(message), json_(*message.json), show_secrets_(show_secrets), out_(out) {}

  void write();

 private:
  void response();
  void account();
  void room();
  void speech();
  void others();
  void member(const JsonNode& node);

  bool is(std::string_view method) const { return message_.type_spec->name == method; }
  const JsonNode* field(std::string_view name) const { return json_.find(name); }
  void value(std::string_view name) { append_value(out_, json_, field(name)); }
  void text(std::string_view text) { append_cut(out_, text, kNameCharacters); }
  void quoted(std::string_view name) {
    out_ += '"';
    value(name);
    out_ += '"';
  }
  void secret(std::string_view label, std::string_view name) {
    if (!show_secrets_ || field(name) == nullptr) return;
    out_ += ", ";
    out_ += label;
    out_ += ' ';
    value(name);
  }
  // " as john_42" where the message itself says who asks.
  void actor(std::string_view name) {
    if (field(name) == nullptr) return;
    out_ += " as ";
    value(name);
  }
  void access(std::string_view name);

  const Message& message_;
  const JsonIndex& json_;
  bool show_secrets_;
  std::string& out_;
};

// "answers LOG_IN #7: 403 ID_PASSWORD_NOT_MATCH"
void Summary::response() {
  const bool has_id = !message_.id.empty();
  if (message_.reply_to) {
    out_ += "answers ";
    text(message_.reply_type);
    out_ += has_id ? " #" : "";
  } else {
    out_ += has_id ? "answer to #" : "answer";
  }
  text(message_.id);
  out_ += ": ";
  const JsonNode* err = field("err");
  append_value(out_, json_, err, "no error number");
  const Code* code = err == nullptr ? nullptr : find_code(json_.value(*err));
  if (code != nullptr) {
    out_ += ' ';
    out_ += code->name;
  }
  others();
}

void Summary::access(std::string_view name) {
  const JsonNode* node = field(name);
  const std::string_view value = node == nullptr ? std::string_view() : json_.value(*node);
  if (value == "0" || value == "ROOM_ACCESS_PUBLIC") {
    out_ += "public access";
  } else if (value == "1" || value == "ROOM_ACCESS_PASSWORD") {
    out_ += "password access";
  } else if (value == "2" || value == "ROOM_ACCESS_PERMISSION") {
    out_ += "permission access";
  } else {
    out_ += "access ";
    append_value(out_, json_, node);
  }
}

void Summary::account() {
  if (!message_.user.empty()) {
    // An id is one word. What is none would read as a part of the sentence.
    const bool is_word = !message_.user.contains(' ');
    out_ += is_word ? " " : " \"";
    text(message_.user);
    if (!is_word) out_ += '"';
  }
  if (is("SIGN_UP")) {
    out_ += " (nickname ";
    value("user_nickname");
    out_ += ')';
  } else if (is("CHANGE_USER_NICKNAME")) {
    out_ += " to ";
    quoted(field("new_user_nickname") != nullptr ? "new_user_nickname" : "user_nickname");
  }
  secret("password", "user_password");
  secret("old password", "old_user_password");
  secret("new password", "new_user_password");
}

void Summary::room() {
  out_ += ' ';
  const bool has_subject = is("REMOVE_USER_FROM_ROOM") || is("SET_ADMIN");
  if (has_subject) {
    value("subject_user_id");
    out_ += is("SET_ADMIN") ? " in room " : " from room ";
  }
  value("room_id");
  if (is("CREATE_ROOM")) {
    out_ += ' ';
    quoted("room_nickname");
    out_ += ", ";
    access("room_access");
    out_ += ',';
  } else if (is("CHANGE_ROOM_ACCESS")) {
    out_ += " to ";
    access("new_access_type");
  } else if (is("CHANGE_ROOM_NICKNAME")) {
    out_ += " to ";
    quoted("new_room_nickname");
  }
  if (is("CREATE_ROOM") && field("user_id") == nullptr) out_.pop_back();
  actor(is("SET_ADMIN") ? "owner_user_id" : has_subject ? "admin_user_id" : "user_id");
  secret("password", "room_password");
  secret("old password", "old_room_password");
  secret("new password", "new_room_password");
}

// "SEND_ROOM_MESSAGE alice → room tea: hello"
void Summary::speech() {
  std::string_view to;
  for (const std::string_view name : {"receiver_user_id", "receiver", "to"}) {
    if (to.empty()) to = string_of(json_, field(name));
  }
  if (!message_.user.empty()) {
    out_ += ' ';
    text(message_.user);
  }
  if (!message_.room.empty() || !to.empty()) out_ += message_.room.empty() ? " → " : " → room ";
  text(message_.room.empty() ? to : message_.room);
  out_ += ": ";
  append_cut(out_, message_.text);
}

void Summary::member(const JsonNode& node) {
  const std::string_view name = json_.name(node);
  text(name);
  out_ += ' ';
  if (node.kind == JsonKind::Array || node.kind == JsonKind::Object)
    out_ += node.kind == JsonKind::Array ? "[…]" : "{…}";
  else if (sounds_secret(name) && !show_secrets_)
    out_ += kMask;
  else if (json_.value(node).empty())
    out_ += "\"\"";
  else
    append_cut(out_, json_.value(node), kNameCharacters);
}

// The first few fields that every kind of message has not.
void Summary::others() {
  constexpr std::size_t kShown = 4;
  constexpr std::string_view kCommon[] = {"req_id", "resp_id", "method", "err"};
  const JsonNode& root = json_.root();
  const bool is_response = message_.type_spec == &response_type();
  std::size_t shown = 0;
  for (const JsonNode* node = json_.first_child(root); node != nullptr && shown < kShown;
       node = json_.next_sibling(root, *node)) {
    if (std::ranges::find(kCommon, json_.name(*node)) != std::end(kCommon)) continue;
    out_ += shown++ > 0 || is_response ? ", " : ": ";
    member(*node);
  }
}

void Summary::write() {
  const MessageType* row = message_.type_spec;
  if (row == &response_type()) return response();
  if (message_.type.empty())
    out_ += "request without a method";
  else
    text(message_.type);
  const bool is_push = row != nullptr && row->role == Role::Push;
  if (!message_.text.empty()) return speech();
  if (row == nullptr || row->fields_open || is_push) return others();
  if (is("GET_TIME")) return;
  const bool is_account = row->name == "LOG_IN" || row->name == "SIGN_UP" || row->name.contains("_USER_NICKNAME") ||
                          row->name.contains("_USER_PASSWORD") || row->name == "DELETE_USER";
  if (is_account)
    account();
  else
    room();
}

}  // namespace

void summarize(const Message& message, bool show_secrets, std::string& out) {
  const bool is_object = message.json != nullptr && message.json->status() == JsonIndex::Status::Valid &&
                         message.json->root().kind == JsonKind::Object;
  if (is_object) {
    Summary(message, show_secrets, out).write();
  } else if (message.json != nullptr) {
    out += "no SCRP message: ";
    append_cut(out, message.body);
  }
}

}  // namespace overhear::scrp
