#include "dissectors/mcp/mcp_summary.hpp"

#include <cstdint>

#include "dissectors/mcp/mcp_table.hpp"

namespace overhear::mcp {
namespace {

bool is_hex(std::string_view text) {
  return text.find_first_not_of("0123456789abcdefABCDEF") == std::string_view::npos;
}

// Bytes of a public key in hexadecimal or base64, without the zero byte that some put in front.
std::size_t key_bytes(std::string_view text) {
  if (is_hex(text)) {
    const std::size_t bytes = (text.size() + 1) / 2;
    return bytes > 0 && text.size() % 2 == 0 && text.starts_with("00") ? bytes - 1 : bytes;
  }
  const std::size_t last = text.find_last_not_of('=');
  const std::size_t bytes = last == std::string_view::npos ? 0 : (last + 1) * 3 / 4;
  const bool has_zero = text.size() > 1 && text[0] == 'A' && std::string_view("ABCDEFGHIJKLMNOP").contains(text[1]);
  return bytes > 0 && has_zero ? bytes - 1 : bytes;
}

}  // namespace

void Summary::handshake() {
  out_ += "handshake, version ";
  value("version");
  const JsonNode* key = field("publicKey");
  if (!is_string(key))
    out_ += ", no public key";
  else
    fmt::format_to(std::back_inserter(out_), ", public key {} bit", 8 * key_bytes(json_.value(*key)));
}

void Summary::login(std::string_view what) {
  value("username");
  out_ += what;
  if (!show_secrets_) return;
  out_ += ", password ";
  value("password");
}

void Summary::accepted() {
  out_ += "accepted: ";
  number_of(count(field("rooms")), "room");
  const JsonNode* rate = field("heartbeatRate");
  std::int64_t milliseconds = 0;
  if (rate == nullptr || rate->kind != JsonKind::Integer || !to_integer(json_.value(*rate), milliseconds)) return;
  fmt::format_to(std::back_inserter(out_), ", heartbeat every {:g} s", static_cast<double>(milliseconds) / 1000);
}

// "alice → room 3: hello"; public servers do not say which room.
void Summary::speech(std::string_view name, std::string_view other_name, std::string_view what) {
  append_cut(out_, message_.user, kNameCharacters);
  if (!message_.room.empty()) {
    out_ += message_.user.empty() ? "→ room " : " → room ";
    room_id();
  }
  if (!message_.user.empty() || !message_.room.empty()) out_ += ": ";
  out_ += what;
  const JsonNode* said = field(name) != nullptr ? field(name) : field(other_name);
  const bool is_empty = is_string(said) && json_.value(*said).empty();
  append_value(out_, json_, is_empty ? nullptr : said, "(nothing)", kTextCharacters);
}

void Summary::error() {
  if (message_.reply_to) {
    out_ += "answers ";
    append_cut(out_, message_.reply_type, kNameCharacters);
    if (!message_.id.empty()) out_ += " #";
    append_cut(out_, message_.id, kNameCharacters);
    out_ += ": ";
  }
  out_ += "error ";
  append_cut(out_, message_.type.substr(message_.type.find('.') + 1), kNameCharacters);
  const JsonNode* text = field("message");
  const bool has_text = is_string(text) && !json_.value(*text).empty();
  if (!has_text && message_.type_spec == nullptr) return;
  out_ += ": ";
  if (has_text)
    append_cut(out_, json_.value(*text));
  else
    out_ += message_.type_spec->meaning;
}

// The type and its first few plain fields.
void Summary::unknown() {
  if (message_.type.empty())
    out_ += "package without a type";
  else
    append_cut(out_, message_.type, kNameCharacters);
  const JsonNode& object = data_ != nullptr && data_->kind == JsonKind::Object ? *data_ : json_.root();
  constexpr std::size_t kShown = 4;
  std::size_t shown = 0;
  for (const JsonNode* member = json_.first_child(object); member != nullptr && shown < kShown;
       member = json_.next_sibling(object, *member)) {
    const bool is_plain = member->kind != JsonKind::Object && member->kind != JsonKind::Array;
    if (!is_plain || json_.is_name(*member, "type")) continue;
    out_ += shown++ == 0 ? ": " : ", ";
    append_cut(out_, json_.name(*member), kNameCharacters);
    out_ += ' ';
    if (sounds_secret(json_.name(*member)) && !show_secrets_)
      out_ += kMask;
    else
      append_cut(out_, json_.value(*member), kNameCharacters);
  }
}

void Summary::write() {
  const std::string_view type = message_.type;
  if (type.starts_with("Error.")) return error();
  if (message_.type_spec == nullptr) return unknown();
  if (type == "Handshake.Handshake") return handshake();
  if (type == "Heartbeat.Ping") {
    out_ += "ping";
  } else if (type == "Authentication.Login") {
    login(" logs in");
  } else if (type == "Authentication.Register") {
    login(" registers");
  } else if (type == "Authentication.Accepted") {
    accepted();
  } else if (type == "Authentication.UpdateAccessToken") {
    out_ += "new access token ";
    secret("accessToken");
  } else if (type.starts_with("Message.")) {
    const bool is_text = type.ends_with("TextMessage");
    speech(is_text ? "text" : "image", is_text ? "message" : "url", is_text ? "" : "image ");
  } else if (type.starts_with("File.")) {
    file();
  } else if (type.starts_with("User.")) {
    user();
  } else {
    room();
  }
}

void summarize(const Message& message, bool show_secrets, std::string& out) {
  const bool is_package = message.json != nullptr && message.json->status() == JsonIndex::Status::Valid &&
                          message.json->root().kind == JsonKind::Object;
  if (is_package) {
    Summary(message, show_secrets, out).write();
  } else if (message.is_encrypted) {
    fmt::format_to(std::back_inserter(out), "encrypted, {} bytes", message.size);
  } else if (message.json != nullptr) {
    out += "no package: ";
    append_cut(out, message.body);
  }
}

}  // namespace overhear::mcp
