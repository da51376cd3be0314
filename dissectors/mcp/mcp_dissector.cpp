// What the table can't say about MCP: which part of the type is the id, who this client is, which version is spoken,
// fields that go by two names, and the ways in which public servers are known to deviate.
#include <string>
#include <string_view>

#include "dissectors/app_rules.hpp"
#include "dissectors/field_check.hpp"
#include "dissectors/field_text.hpp"
#include "dissectors/mcp/mcp_rules.hpp"
#include "dissectors/mcp/mcp_table.hpp"
#include "dissectors/moves.hpp"

namespace overhear::mcp {
namespace {

constexpr std::size_t kLongestNumber = 20;
// What a server puts in place of an id that it could not read.
constexpr std::string_view kNoId = "DontHaveID";
constexpr std::string_view kErrorPrefix = "Error.";

// A string's or a number's text as it stands: room ids are numbers.
std::string_view scalar_of(const JsonIndex& json, const JsonNode* node) {
  const bool is_scalar = node != nullptr && (type_bit(node->kind) & (kString | kNumber)) != 0;
  if (!is_scalar) return {};
  return node->kind == JsonKind::Decimal ? without_zero_fraction(json.value(*node)) : json.value(*node);
}

bool is_object(const JsonNode* node) {
  return node != nullptr && node->kind == JsonKind::Object;
}

// The members that tell who says what where, found in one pass over the package and one over its object.
struct Members {
  const JsonNode* type = nullptr;
  const JsonNode* data = nullptr;
  const JsonNode* room = nullptr;
  // in data
  const JsonNode* room_in_data = nullptr;
  const JsonNode* id = nullptr;
  const JsonNode* user = nullptr;
  const JsonNode* username = nullptr;
  const JsonNode* text = nullptr;
  const JsonNode* message = nullptr;
  const JsonNode* image = nullptr;
  const JsonNode* url = nullptr;

  void find(const JsonIndex& json, std::string& scratch) {
    each(json, json.root(), scratch, [this](std::string_view name, const JsonNode& node) {
      if (name == "type")
        type = &node;
      else if (name == "data")
        data = &node;
      else if (name == "room")
        room = &node;
    });
    if (!is_object(data)) return;
    each(json, *data, scratch, [this](std::string_view name, const JsonNode& node) {
      if (const JsonNode** member = in_data(name)) *member = &node;
    });
  }

 private:
  const JsonNode** in_data(std::string_view name) {
    switch (name.size()) {
      case 2: return name == "id" ? &id : nullptr;
      case 3: return name == "url" ? &url : nullptr;
      case 4: return name == "text" ? &text : name == "user" ? &user : name == "room" ? &room_in_data : nullptr;
      case 5: return name == "image" ? &image : nullptr;
      case 7: return name == "message" ? &message : nullptr;
      case 8: return name == "username" ? &username : nullptr;
      default: return nullptr;
    }
  }

  template <typename Use>
  static void each(const JsonIndex& json, const JsonNode& object, std::string& scratch, Use use) {
    for (const JsonNode* node = json.first_child(object); node != nullptr; node = json.next_sibling(object, *node)) {
      if (!node->name_has_escapes) {
        use(json.name(*node), *node);
        continue;
      }
      scratch.clear();
      append_unescaped(scratch, json.name(*node));
      use(scratch, *node);
    }
  }
};

class McpDissector final : public Dissector {
 public:
  void dissect(const JsonIndex& json, Direction direction, Dissection& out) override {
    Members found;
    found.find(json, scratch_);
    if (!is_string(found.type)) return untyped(json, found.type, out);
    const bool has_escapes = found.type->has_escapes;
    const TypeParts parts = split_type(json.value(*found.type), has_escapes);
    const MessageType* row = find_type(parts.name, has_escapes, scratch_);
    identify(parts.id, has_escapes, out);
    if (row == nullptr) return unknown(parts, direction, out);
    out.type_spec = row;
    out.type = row->name;
    // What goes both ways asks in the one and answers in the other.
    const bool is_asked_back = row->role == Role::Request && direction == Direction::Server;
    out.role = is_asked_back ? Role::Answer : row->role;
    if (out.role == Role::Request) out.reply = row->reply;
    check_fields(json, json.root(), *row, out.findings);
    if (row->origin == Origin::Observed) report_observed(*row, out);
    say_who(json, found, direction, out);
    look_at(json, found, direction, out);
    take_part(json, found, direction, out);
    if (parts.id.empty() && has_ids_ && row->name != "Error.HeartbeatTimeout") {
      out.findings.add(rules::kMissingId).field = "/type";
    }
  }

  std::string_view client_name() const override { return user_; }

 private:
  // What pairs requests with answers beside the id, and instead of one.
  void take_part(const JsonIndex& json, const Members& found, Direction direction, Dissection& out) {
    const std::string_view type = out.type_spec->name;
    if (direction == Direction::Client) {
      if (type == "Heartbeat.Ping") remember(ping_key_, out.key);
    } else if (type.starts_with(kErrorPrefix)) {
      // What is wrong with a heartbeat answers nothing that was asked.
      if (!out.key.empty() && out.key == ping_key_) out.role = Role::Push;
      if (out.role != Role::Answer) return;
      out.code = type.substr(kErrorPrefix.size());
      out.fits_any = true;
    } else if (out.role == Role::Push) {
      const std::string_view who = string_of(json, found.user);
      out.is_of_others = !who.empty() && !user_.empty() && !means_the_same(who, user_);
    }
    if (out.key.empty() && !out.is_of_others) out.about = about(json, found, type, out);
  }

  // A new room has no number before its creation is answered.
  static About about(const JsonIndex& json, const Members& found, std::string_view type, const Dissection& out) {
    if (type.starts_with("Message.")) return {out.room, out.text};
    if (type.starts_with("User.")) return {{}, string_of(json, found.username)};
    if (type == "Room.Create" || type == "Room.Created") return {{}, string_of(json, json.find(found.data, "name"))};
    return type.starts_with("Room.") ? About{out.room, {}} : About{};
  }

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
    note_unknown_type(out.findings, kPackage.section, "/type");
  }

  static void report_observed(const MessageType& row, Dissection& out) {
    note_unknown_type(out.findings, row.section, "/type",
                      "real implementations send this type, version 2.1.0 does not name it");
  }

  static void identify(std::string_view id, bool has_escapes, Dissection& out) {
    out.id = id;
    if (id.empty() || id == kNoId) return;
    if (has_escapes)
      append_unescaped(out.key, id);
    else
      out.key = id;
  }

  void say_who(const JsonIndex& json, const Members& found, Direction direction, Dissection& out) const {
    out.room = scalar_of(json, found.room);
    if (out.room.empty()) out.room = scalar_of(json, found.room_in_data);
    if (direction == Direction::Client) out.user = user_;
    if (out.user.empty()) out.user = string_of(json, found.user);
    if (out.user.empty()) out.user = string_of(json, found.username);
  }

  void look_at(const JsonIndex& json, const Members& found, Direction direction, Dissection& out) {
    const std::string_view type = out.type_spec->name;
    if (type.starts_with("Message.")) return message(json, found, out);
    if (type.starts_with("Error.")) return error(json, found, direction, out);
    if (type.starts_with("Room.")) return room(json, found, out);
    if (type == "Handshake.Handshake") return handshake(json, found.data, out);
    if (type == "Authentication.Accepted") return accepted(json, found.data, out);
    const bool is_login = type == "Authentication.Login" || type == "Authentication.Register";
    if (is_login && direction == Direction::Client) return login(json, found, out);
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

  void login(const JsonIndex& json, const Members& found, Dissection& out) {
    out.user = string_of(json, found.username);
    if (!is_asking_) previous_user_ = user_;
    is_asking_ = true;
    user_.clear();
    if (out.user.size() <= kRememberedName) user_ = out.user;
    const bool is_new = out.type_spec->name == "Authentication.Register";
    out.moves.push_back({is_new ? Move::Kind::SignsUp : Move::Kind::LogsIn, out.user, {}, {}});
  }

  void accepted(const JsonIndex& json, const JsonNode* data, Dissection& out) {
    is_asking_ = false;
    out.user = user_;
    out.moves.push_back({Move::Kind::LogsIn, user_, {}, {}});
    if (!is_object(data)) return;
    if (json.find(data, "heartbeatRate") == nullptr) {
      deviates("/data/heartbeatRate", "heartbeatRate is missing; old servers do not send it", json, out);
    }
    const JsonNode* rooms = json.find(data, "rooms");
    const JsonNode* first = rooms == nullptr ? nullptr : json.first_child(*rooms);
    list_rooms(json, rooms, out);
    check_users(json, json.find(first, "allUsers"), "/data/rooms/0/allUsers", out);
  }

  static void list_rooms(const JsonIndex& json, const JsonNode* rooms, Dissection& out) {
    if (rooms == nullptr || rooms->kind != JsonKind::Array) return;
    for (const JsonNode* room = json.first_child(*rooms); room != nullptr; room = json.next_sibling(*rooms, *room)) {
      if (!is_object(room) || out.moves.size() >= kMoves) continue;
      const JsonNode* const id = json.find(room, "id");
      list_members(json, json.find(room, "allUsers"), scalar_of(json, id), "username", out.moves);
    }
  }

  // These are answered by packages that tell what has happened, never by one that says only that it has.
  static void ask_moves(const JsonIndex& json, const Members& found, Dissection& out) {
    const std::string_view type = out.type_spec->name;
    const auto ask = [&](Move::Kind kind) {
      out.moves.push_back({kind, {}, out.room, string_of(json, json.find(found.data, "name"))});
    };
    if (type == "Room.Join") return ask(Move::Kind::Enters);
    if (type == "Room.Leave") return ask(Move::Kind::Leaves);
    if (type == "Room.Create") return ask(Move::Kind::Opens);
    if (type == "Room.Delete") return ask(Move::Kind::Closes);
    if (type == "Room.Update") return ask(Move::Kind::NamesRoom);
  }

  // What the server tells happens at once.
  static void tell_moves(const JsonIndex& json, const Members& found, Dissection& out) {
    const std::string_view type = out.type_spec->name;
    const auto tell = [&](Move::Kind kind, std::string_view user) {
      if (!out.room.empty()) out.moves.push_back({kind, user, out.room, {}});
    };
    const std::string_view user = string_of(json, found.user);
    if (type == "Room.Created" || type == "Room.Updated") {
      const Move::Kind kind = type == "Room.Created" ? Move::Kind::Opens : Move::Kind::NamesRoom;
      if (!out.room.empty()) out.moves.push_back({kind, {}, out.room, string_of(json, json.find(found.data, "name"))});
      return;
    }
    if (type == "Room.Deleted") return tell(Move::Kind::Closes, {});
    if (type == "Room.Left" && !user.empty()) return tell(Move::Kind::Leaves, user);
    if (type != "Room.Joined" || user.empty()) return;
    tell(Move::Kind::Enters, user);
    const std::size_t before = out.moves.size();
    list_members(json, json.find(found.data, "allUsers"), out.room, "username", out.moves);
    if (out.moves.size() > before) out.moves.push_back({Move::Kind::Present, user, out.room, {}});
  }

  // A refused login leaves the connection to whom it had before.
  void error(const JsonIndex& json, const Members& found, Direction direction, Dissection& out) {
    out.outcome = Outcome::Failure;
    out.reason = string_of(json, found.message);
    if (out.reason.empty()) out.reason = out.type;
    const JsonNode* data = found.data;
    if (data != nullptr && data->kind == JsonKind::Null) {
      Finding& finding = out.findings.add(rules::kKnownDeviation, "data is null, not an object; javacat sends no text");
      finding.spec = out.type_spec->section;
      finding.field = "/data";
    }
    const bool is_about_user = out.type.starts_with("Error.User") || out.type.starts_with("Error.AuthData");
    if (!is_about_user || !is_asking_ || direction == Direction::Client) return;
    is_asking_ = false;
    user_ = previous_user_;
  }

  static void message(const JsonIndex& json, const Members& found, Dissection& out) {
    const bool is_text = out.type_spec->name.ends_with("TextMessage");
    const JsonNode* said = is_text ? found.text : found.image;
    const JsonNode* said_otherwise = is_text ? found.message : found.url;
    out.text = string_of(json, said);
    if (out.text.empty()) out.text = string_of(json, said_otherwise);
    const bool is_broadcast = out.type_spec->from_server;
    const bool is_silent = said == nullptr && said_otherwise == nullptr;
    if (is_silent && is_text) misses_both(json, found.data, "text", "message", out);
    if (is_silent && !is_text && !is_broadcast) misses_both(json, found.data, "image", "url", out);
    const bool is_double = !is_text && !is_broadcast && said != nullptr && said_otherwise != nullptr;
    if (is_double) out.findings.add(rules::kTwoImages).field = "/data/url";
    if (is_broadcast && found.room == nullptr) {
      deviates("/room", "room is missing; public servers leave it out", json, out);
    }
  }

  static void room(const JsonIndex& json, const Members& found, Dissection& out) {
    const std::string_view type = out.type_spec->name;
    if (type == "Room.Created") {
      if (out.room.empty()) out.room = scalar_of(json, found.id);
      const bool is_nameless = found.room_in_data == nullptr && found.id == nullptr;
      if (is_nameless) misses_both(json, found.data, "room", "id", out);
    } else if (type == "Room.List") {
      list(json, found.data, out);
    } else if (type == "Room.Joined") {
      check_users(json, json.find(found.data, "allUsers"), "/data/allUsers", out);
    }
    if (out.role == Role::Request) return ask_moves(json, found, out);
    tell_moves(json, found, out);
  }

  // The first entry without a number speaks for all.
  static void list(const JsonIndex& json, const JsonNode* rooms, Dissection& out) {
    if (rooms == nullptr || rooms->kind != JsonKind::Array) return;
    for (const JsonNode* room = json.first_child(*rooms); room != nullptr; room = json.next_sibling(*rooms, *room)) {
      if (!is_object(room) || json.find(room, "room") != nullptr || json.find(room, "id") != nullptr) continue;
      return misses_both(json, room, "room", "id", out);
    }
  }

  // Neither is there, which is reported under the specified name.
  static void misses_both(const JsonIndex& json, const JsonNode* object, std::string_view name,
                          std::string_view other_name, Dissection& out) {
    if (!is_object(object) || json.flags().index_limit) return;
    Finding& finding = out.findings.add(app_rules::kSchema);
    finding.spec = out.type_spec->section;
    finding.field = json.pointer(*object);
    finding.field += '/';
    finding.field += name;
    finding.text += name;
    finding.text += " is missing, and so is ";
    finding.text += other_name;
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

  std::string user_;           // who logged in on this connection, or tries to
  std::string previous_user_;  // who was logged in before that
  bool is_asking_ = false;     // a login waits for its answer
  std::string ping_key_;       // of the last heartbeat
  bool has_ids_ = true;        // version 2.1.0, or not known
  std::string scratch_;
};

}  // namespace

std::unique_ptr<Dissector> make_dissector(const Environment& /*environment*/) {
  return std::make_unique<McpDissector>();
}

}  // namespace overhear::mcp
