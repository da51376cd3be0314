// What the table can't say about MCP: which part of the type is the id, who this client is, which version is spoken,
// fields that go by two names, and the ways in which public servers are known to deviate.
#include <string>
#include <string_view>

#include "dissectors/app_rules.hpp"
#include "dissectors/field_check.hpp"
#include "dissectors/mcp/mcp_rules.hpp"
#include "dissectors/mcp/mcp_table.hpp"
#include "dissectors/mcp/mcp_text.hpp"

namespace overhear::mcp {
namespace {

constexpr std::size_t kRememberedName = 1024;
constexpr std::size_t kLongestNumber = 20;
// What a server puts in place of an id that it could not read.
constexpr std::string_view kNoId = "DontHaveID";

// A string's or a number's text as it stands: room ids are numbers.
std::string_view scalar_of(const JsonIndex& json, const JsonNode* node) {
  const bool is_scalar = node != nullptr && (type_bit(node->kind) & (kString | kNumber)) != 0;
  return is_scalar ? json.value(*node) : std::string_view();
}

bool is_object(const JsonNode* node) {
  return node != nullptr && node->kind == JsonKind::Object;
}

class McpDissector final : public Dissector {
 public:
  void dissect(const JsonIndex& json, Direction direction, Dissection& out) override {
    const JsonNode* type = json.find("type");
    if (!is_string(type)) return untyped(json, type, out);
    const TypeParts parts = split_type(json.value(*type), type->has_escapes);
    const MessageType* row = find_type(parts.name, type->has_escapes, scratch_);
    identify(parts.id, type->has_escapes, out);
    if (row == nullptr) return unknown(parts, direction, out);
    out.type_spec = row;
    out.type = row->name;
    // What goes both ways asks in the one and answers in the other.
    const bool is_asked_back = row->role == Role::Request && direction == Direction::Server;
    out.role = is_asked_back ? Role::Answer : row->role;
    check_fields(json, json.root(), *row, out.findings);
    if (row->origin == Origin::Observed) report_observed(*row, out);
    const JsonNode* data = json.find("data");
    say_who(json, data, direction, out);
    look_at(json, data, direction, out);
    if (parts.id.empty() && has_ids_ && row->name != "Error.HeartbeatTimeout") {
      out.findings.add(rules::kMissingId).field = "/type";
    }
  }

 private:
  // Version 1.0.0 numbered its types; anything else than a string is no type of this version.
  static void untyped(const JsonIndex& json, const JsonNode* type, Dissection& out) {
    const bool is_number = type != nullptr && type->kind == JsonKind::Integer;
    if (is_number && json.value(*type).size() <= kLongestNumber) out.type = json.value(*type);
    check_fields(json, json.root(), kPackage, out.findings);
  }

  static void unknown(const TypeParts& parts, Direction direction, Dissection& out) {
    out.type = parts.name;
    // Whatever it asks, the server may answer with an error; whatever it says, it may be the answer.
    out.role = direction == Direction::Client ? Role::Request : Role::Push;
    Finding& finding = out.findings.add(app_rules::kUnknownType);
    finding.spec = kPackage.section;
    finding.field = "/type";
  }

  static void report_observed(const MessageType& row, Dissection& out) {
    Finding& finding = out.findings.add(app_rules::kUnknownType,
                                        "real implementations send this type, version 2.1.0 does not name it");
    finding.spec = row.section;
    finding.field = "/type";
  }

  static void identify(std::string_view id, bool has_escapes, Dissection& out) {
    out.id = id;
    if (id.empty() || id == kNoId) return;
    if (has_escapes)
      append_unescaped(out.key, id);
    else
      out.key = id;
  }

  void say_who(const JsonIndex& json, const JsonNode* data, Direction direction, Dissection& out) const {
    out.room = scalar_of(json, json.find("room"));
    if (out.room.empty()) out.room = scalar_of(json, json.find(data, "room"));
    if (direction == Direction::Client) out.user = user_;
    if (out.user.empty()) out.user = string_of(json, json.find(data, "user"));
    if (out.user.empty()) out.user = string_of(json, json.find(data, "username"));
  }

  void look_at(const JsonIndex& json, const JsonNode* data, Direction direction, Dissection& out) {
    const std::string_view type = out.type;
    if (type.starts_with("Message.")) return message(json, data, out);
    if (type.starts_with("Error.")) return error(data, direction, out);
    if (type.starts_with("Room.")) return room(json, data, out);
    if (type == "Handshake.Handshake") return handshake(json, data, out);
    if (type == "Authentication.Accepted") return accepted(json, data, out);
    const bool is_login = type == "Authentication.Login" || type == "Authentication.Register";
    if (is_login && direction == Direction::Client) return login(json, data, out);
  }

  void handshake(const JsonIndex& json, const JsonNode* data, Dissection& out) {
    const JsonNode* node = json.find(data, "version");
    if (!is_string(node)) return;
    const std::string_view version = json.value(*node);
    if (version == "2.1.0") return;
    if (version.starts_with("2.0.") || version.starts_with("1.")) has_ids_ = false;
    Finding& finding = out.findings.add(rules::kVersion);
    finding.field = "/data/version";
    finding.text = "the handshake offers version ";
    append_cut(finding.text, version, kNameCharacters);
    finding.text += ", not 2.1.0";
  }

  void login(const JsonIndex& json, const JsonNode* data, Dissection& out) {
    is_in_ = false;
    out.user = string_of(json, json.find(data, "username"));
    user_.clear();
    if (out.user.size() <= kRememberedName) user_ = out.user;
  }

  void accepted(const JsonIndex& json, const JsonNode* data, Dissection& out) {
    is_in_ = true;
    out.user = user_;
    if (!is_object(data)) return;
    if (json.find(data, "heartbeatRate") == nullptr) {
      deviates("/data/heartbeatRate", "heartbeatRate is missing; old servers do not send it", json, out);
    }
    const JsonNode* rooms = json.find(data, "rooms");
    const JsonNode* first = rooms == nullptr ? nullptr : json.first_child(*rooms);
    check_users(json, json.find(first, "allUsers"), "/data/rooms/0/allUsers", out);
  }

  // A refused login leaves the connection without a user.
  void error(const JsonNode* data, Direction direction, Dissection& out) {
    if (data != nullptr && data->kind == JsonKind::Null) {
      Finding& finding = out.findings.add(rules::kKnownDeviation, "data is null, not an object; javacat sends no text");
      finding.spec = out.type_spec->section;
      finding.field = "/data";
    }
    const bool is_about_user = out.type.starts_with("Error.User") || out.type.starts_with("Error.AuthData");
    if (is_about_user && !is_in_ && direction == Direction::Server) user_.clear();
  }

  static void message(const JsonIndex& json, const JsonNode* data, Dissection& out) {
    const bool is_text = out.type.ends_with("TextMessage");
    const std::string_view name = is_text ? "text" : "image";
    const std::string_view other_name = is_text ? "message" : "url";
    out.text = string_of(json, json.find(data, name));
    if (out.text.empty()) out.text = string_of(json, json.find(data, other_name));
    const bool is_broadcast = out.type_spec->from_server;
    if (is_text || !is_broadcast) require_either(json, data, name, other_name, out);
    if (is_broadcast && json.find("room") == nullptr) {
      deviates("/room", "room is missing; public servers leave it out", json, out);
    }
  }

  static void room(const JsonIndex& json, const JsonNode* data, Dissection& out) {
    if (out.type == "Room.Created") {
      if (out.room.empty()) out.room = scalar_of(json, json.find(data, "id"));
      require_either(json, data, "room", "id", out);
    } else if (out.type == "Room.List" && data != nullptr) {
      const JsonNode* entry = data->kind == JsonKind::Array ? json.first_child(*data) : nullptr;
      while (entry != nullptr && require_either(json, entry, "room", "id", out))
        entry = json.next_sibling(*data, *entry);
    } else if (out.type == "Room.Joined") {
      check_users(json, json.find(data, "allUsers"), "/data/allUsers", out);
    }
  }

  // False: neither is there, which is reported under the specified name.
  static bool require_either(const JsonIndex& json, const JsonNode* object, std::string_view name,
                             std::string_view other_name, Dissection& out) {
    if (!is_object(object) || json.flags().index_limit) return true;
    if (json.find(object, name) != nullptr || json.find(object, other_name) != nullptr) return true;
    Finding& finding = out.findings.add(app_rules::kSchema);
    finding.spec = out.type_spec->section;
    finding.field = json.pointer(*object);
    finding.field += '/';
    finding.field += name;
    finding.text += name;
    finding.text += " is missing";
    return false;
  }

  static void check_users(const JsonIndex& json, const JsonNode* users, std::string_view field, Dissection& out) {
    const JsonNode* first = users != nullptr && users->kind == JsonKind::Array ? json.first_child(*users) : nullptr;
    if (is_object(first)) deviates(field, "users are objects, not names; Miricat sends them so", json, out);
  }

  static void deviates(std::string_view field, std::string_view text, const JsonIndex& json, Dissection& out) {
    if (json.flags().index_limit) return;
    Finding& finding = out.findings.add(rules::kKnownDeviation, text);
    finding.spec = out.type_spec->section;
    finding.field = field;
  }

  std::string user_;     // who logged in on this connection
  bool is_in_ = false;   // the server accepted that
  bool has_ids_ = true;  // version 2.1.0, or not known
  std::string scratch_;
};

}  // namespace

std::unique_ptr<Dissector> make_dissector(const Environment& /*environment*/) {
  return std::make_unique<McpDissector>();
}

}  // namespace overhear::mcp
