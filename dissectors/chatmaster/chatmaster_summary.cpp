#include <fmt/format.h>

#include <iterator>
#include <string>
#include <string_view>

#include "dissectors/chatmaster/chatmaster_table.hpp"
#include "dissectors/field_text.hpp"

namespace overhear::chatmaster {
namespace {

constexpr std::size_t kListed = 8;

std::size_t count_of(const JsonIndex& json, const JsonNode& list) {
  std::size_t count = 0;
  for (const JsonNode* item = json.first_child(list); item != nullptr; item = json.next_sibling(list, *item)) ++count;
  return count;
}

bool is_array(const JsonNode* node) {
  return node != nullptr && node->kind == JsonKind::Array;
}

// "3 channels: general, python, …"
void append_channels(std::string& out, const JsonIndex& json, const JsonNode* channels) {
  if (!is_array(channels)) {
    out += "channels unknown";
    return;
  }
  const std::size_t count = count_of(json, *channels);
  fmt::format_to(std::back_inserter(out), "{} channel{}", count, count == 1 ? "" : "s");
  std::size_t listed = 0;
  for (const JsonNode* item = json.first_child(*channels); item != nullptr;
       item = json.next_sibling(*channels, *item)) {
    out += listed == 0 ? ": " : ", ";
    if (listed++ == kListed) {
      out += "…";
      return;
    }
    append_value(out, json, item);
  }
}

void append_event_user(std::string& out, const JsonIndex& json, const JsonNode* name) {
  append_value(out, json, name, "an unnamed user");
}

void summarize_command(std::string_view name, const JsonIndex& json, const JsonNode* data, std::string& out) {
  const JsonNode* parameters = json.find(data, "parameters");
  if (name == "login" || name == "rename") {
    out += name == "login" ? "logs in as " : "renames to ";
    append_value(out, json, json.find(parameters, "username"));
  } else if (name == "join") {
    out += "joins ";
    append_value(out, json, json.find(parameters, "channel"));
  } else if (name == "leave") {
    out += "leaves the channel";
  } else if (name == "private" || name == "public") {
    out += "sets the channel to ";
    out += name;
  } else {
    out += "asks for the channels";
  }
}

void summarize_event(std::string_view event, const JsonIndex& json, const JsonNode* fields, std::string& out) {
  if (event == "channel_list") return append_channels(out, json, json.find(fields, "channels"));
  if (event == "user_rename") {
    append_event_user(out, json, json.find(fields, "old_username"));
    out += " is now ";
    return append_event_user(out, json, json.find(fields, "new_username"));
  }
  append_event_user(out, json, json.find(fields, "username"));
  out += event == "user_joined" ? " joined" : " left";
  const JsonNode* channel = json.find(fields, "channel");
  if (is_string(channel)) {
    out += ' ';
    append_value(out, json, channel);
  }
  const JsonNode* users = json.find(fields, "current_users");
  if (!is_array(users)) return;
  const std::size_t count = count_of(json, *users);
  fmt::format_to(std::back_inserter(out), " ({} user{})", count, count == 1 ? "" : "s");
}

void summarize_session(const MessageType& row, const JsonIndex& json, const JsonNode* data, std::string& out) {
  if (!is_refusal(row)) {
    out += "accepted, ";
    return append_channels(out, json, json.find(data, "channels"));
  }
  out += "refused: ";
  append_value(out, json, json.find(data, "reason"), "no reason given", kTextCharacters);
}

void summarize_chat(const JsonIndex& json, const Message& message, const JsonNode* data, std::string& out) {
  if (message.user.empty())
    out += "message";
  else
    append_cut(out, message.user, kNameCharacters);
  out += ": ";
  append_value(out, json, json.find(data, "message"), "no text", kTextCharacters);
}

void summarize_unknown(std::string_view type, std::string& out) {
  out += type.empty() ? "no message type" : "unknown message ";
  append_cut(out, type, kNameCharacters);
}

}  // namespace

void summarize(const Message& message, bool /*show_secrets*/, std::string& out) {
  if (message.json == nullptr) return;
  const JsonIndex& json = *message.json;
  const JsonNode* data = json.find("data");
  const MessageType* row = message.type_spec;
  const std::string_view type = message.type;
  const std::string_view name = type.substr(type.find('/') + 1);
  if (row == nullptr) {
    summarize_unknown(type, out);
  } else if (type == "message") {
    summarize_chat(json, message, data, out);
  } else if (type == "request/login") {
    out += "asks for login";
  } else if (type.starts_with("command/")) {
    summarize_command(name, json, data, out);
  } else if (type.starts_with("notification/")) {
    summarize_event(name, json, event_fields(json, data), out);
  } else if (type == "session") {
    summarize_session(*row, json, data, out);
  } else {
    out += "error ";
    append_value(out, json, json.find(data, "error_type"));
    out += ": ";
    append_value(out, json, json.find(data, "message"), "no text", kTextCharacters);
  }
}

}  // namespace overhear::chatmaster
