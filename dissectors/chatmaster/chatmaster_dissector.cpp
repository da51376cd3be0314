// What the table can't say about ChatMaster: composed types, the name and channel that this client has.
#include <string>
#include <string_view>

#include "dissectors/chatmaster/chatmaster_rules.hpp"
#include "dissectors/chatmaster/chatmaster_table.hpp"
#include "dissectors/field_check.hpp"
#include "dissectors/field_text.hpp"
#include "dissectors/moves.hpp"

namespace overhear::chatmaster {
namespace {

// A name of this client that takes effect at once and is taken back when the server refuses.
class Remembered {
 public:
  std::string_view now() const { return now_; }
  std::string_view before() const { return before_; }

  void set(std::string_view value) {
    before_.swap(now_);
    now_.clear();
    if (value.size() <= kRememberedName) now_ = value;
  }
  void take_back() { now_.swap(before_); }

 private:
  std::string now_;
  std::string before_;
};

class ChatMasterDissector final : public Dissector {
 public:
  void dissect(const JsonIndex& json, Direction direction, Dissection& out) override {
    const JsonNode* type = json.find("type");
    const JsonNode* data = json.find("data");
    compose_type(json, type, data, out.type);
    // A slash of the sender's own makes no composed type.
    const bool is_ours = string_of(json, type).find('/') == std::string_view::npos;
    const MessageType* row = is_ours ? find_row(json, out.type, data, direction) : nullptr;
    if (row == nullptr) return unknown(json, type, data, out);
    out.type_spec = row;
    out.role = row->role;
    if (row->role == Role::Request) out.reply = row->reply;
    check_fields(json, json.root(), *row, out.findings);
    if (row->origin == Origin::Observed) note_form(*row, out.findings);
    if (direction == Direction::Client)
      from_client(json, data, out);
    else
      from_server(json, data, out);
  }

  std::string_view client_name() const override { return name_.now(); }

 private:
  // "command/login" from {"type":"command","data":{"command":"login"}}; the rest of the types stand for themselves.
  void compose_type(const JsonIndex& json, const JsonNode* type, const JsonNode* data, std::string& out) {
    out = meaning_of(json, type, scratch_);
    const std::string_view selector = selector_of(out);
    if (selector.empty()) return;
    const JsonNode* selected = json.find(data, selector);
    if (!is_string(selected)) return;
    out += '/';
    out += meaning_of(json, selected, scratch_);
  }

  // No row: what the package type itself demands is still checked.
  void unknown(const JsonIndex& json, const JsonNode* type, const JsonNode* data, Dissection& out) {
    const std::string_view package = meaning_of(json, type, scratch_);
    const std::string_view selector = selector_of(package);
    const bool is_half = !is_string(type) || out.type == package;
    if (!selector.empty() && is_half) {
      check_fields(json, json.root(), frame_row(package), out.findings);
    } else if (!is_string(type)) {
      check_fields(json, json.root(), frame_row({}), out.findings);
    } else {
      const std::string field = selector.empty() ? "/type" : "/data/" + std::string(selector);
      note_unknown_type(out.findings, frame_row(package).section, field);
    }
    // Unlike a row's name, this one is the sender's: as it stands, escapes included.
    out.type = string_of(json, type);
    if (selector.empty() || is_half) return;
    out.type += '/';
    out.type += string_of(json, json.find(data, selector));
  }

  static void note_form(const MessageType& row, FindingList& findings) {
    if (is_client_form(row)) {
      findings.add(chatmaster_rules::kNoUsername).field = "/data/username";
    } else if (is_nested(row)) {
      findings.add(chatmaster_rules::kNestedParameters).field = "/data/parameters";
    } else {
      note_unknown_type(findings, row.section, "/data/command",
                        "real implementations send this type, the specification does not name it");
    }
  }

  void from_client(const JsonIndex& json, const JsonNode* data, Dissection& out) {
    const std::string_view type = out.type;
    const JsonNode* parameters = json.find(data, "parameters");
    if (type == "command/join") {
      channel_.set(string_of(json, json.find(parameters, "channel")));
    } else if (type == "command/login") {
      name_.set(string_of(json, json.find(parameters, "username")));
      out.also_answers = true;
    }
    ask(json, data, out);
    out.user = name_.now();
    out.room = channel_.now();
    if (type == "command/login") {
      out.moves.push_back({Move::Kind::LogsIn, out.user, {}, {}});
    } else if (type == "command/join") {
      out.moves.push_back({Move::Kind::Enters, {}, out.room, {}});
    } else if (type == "command/rename") {
      out.moves.push_back({Move::Kind::Renames, out.user, out.room, out.about.what});
    } else if (type == "command/leave") {
      channel_.set({});
      out.room = channel_.before();
      if (!out.room.empty()) out.moves.push_back({Move::Kind::Leaves, {}, out.room, {}});
    } else if (type == "message") {
      out.text = string_of(json, json.find(data, "message"));
      const std::string_view named = string_of(json, json.find(data, "username"));
      if (!named.empty()) out.user = named;
    }
  }

  // What a command's answer repeats: the name in it, and an error also the command's own.
  static void ask(const JsonIndex& json, const JsonNode* data, Dissection& out) {
    const JsonNode* parameters = json.find(data, "parameters");
    const bool is_join = out.type == "command/join";
    const bool is_rename = out.type == "command/rename";
    if (is_join || is_rename) out.about.what = string_of(json, json.find(parameters, is_join ? "channel" : "username"));
    out.about.which = string_of(json, json.find(data, "command"));
  }

  void from_server(const JsonIndex& json, const JsonNode* data, Dissection& out) {
    const std::string_view type = out.type;
    if (type == "session") {
      const bool is_refused = is_refusal(*out.type_spec);
      if (is_refused) name_.set({});
      out.user = is_refused ? name_.before() : name_.now();
      out.outcome = is_refused ? Outcome::Failure : Outcome::Success;
      if (is_refused) out.reason = string_of(json, json.find(data, "reason"));
      return;
    }
    out.room = channel_.now();
    out.outcome = type == "error" ? Outcome::Failure : Outcome::Success;
    if (type == "message") {
      out.user = user(json, json.find(data, "username"), out.findings);
      out.text = string_of(json, json.find(data, "message"));
    } else if (type == "error") {
      error(json, data, out);
    } else if (type.starts_with("notification/user_")) {
      event(json, event_fields(json, data), out);
    }
  }

  void error(const JsonIndex& json, const JsonNode* data, Dissection& out) {
    out.user = name_.now();
    out.reason = string_of(json, json.find(data, "message"));
    const std::string_view failed = string_of(json, json.find(data, "error_type"));
    out.about.which = failed;
    if (failed != "join" && failed != "leave") return;
    channel_.take_back();
    out.room = channel_.now();
  }

  void event(const JsonIndex& json, const JsonNode* fields, Dissection& out) {
    const bool is_rename = out.type.ends_with("rename");
    out.user = user(json, json.find(fields, is_rename ? "new_username" : "username"), out.findings);
    const JsonNode* channel = json.find(fields, "channel");
    if (is_string(channel)) out.room = json.value(*channel);
    const std::string_view me = name_.now();
    // The server tells of everybody; what it tells of this client is the answer to what that asked.
    const std::string_view who = is_rename ? string_of(json, json.find(fields, "old_username")) : out.user;
    out.is_of_others = !means_the_same(who, me);
    out.about.what = is_rename ? out.user : is_string(channel) ? out.room : std::string_view();
    tell_moves(json, fields, is_rename, me, out);
    if (me.empty()) return;
    if (is_rename && string_of(json, json.find(fields, "old_username")) == me) name_.set(out.user);
    const bool is_mine = is_string(channel) && out.user == me && out.type.ends_with("joined");
    if (is_mine && channel_.now() != out.room) channel_.set(out.room);
  }

  static void tell_moves(const JsonIndex& json, const JsonNode* fields, bool is_rename, std::string_view me,
                         Dissection& out) {
    if (is_rename) {
      out.moves.push_back(
          {Move::Kind::Renames, string_of(json, json.find(fields, "old_username")), out.room, out.user});
      return;
    }
    if (out.user.empty() || out.room.empty()) return;
    const bool is_joined = out.type.ends_with("joined");
    const std::string_view who = out.user == me ? std::string_view() : out.user;
    out.moves.push_back({is_joined ? Move::Kind::Enters : Move::Kind::Leaves, who, out.room, {}});
    list_members(json, json.find(fields, "current_users"), out.room, {}, out.moves);
  }

  static std::string_view user(const JsonIndex& json, const JsonNode* name, FindingList& findings) {
    if (name != nullptr && name->kind == JsonKind::Null) {
      findings.add(chatmaster_rules::kUnnamedUser).field = json.pointer(*name);
    }
    return string_of(json, name);
  }

  Remembered name_;
  Remembered channel_;
  std::string scratch_;
};

}  // namespace

std::unique_ptr<Dissector> make_dissector(const Environment& /*environment*/) {
  return std::make_unique<ChatMasterDissector>();
}

}  // namespace overhear::chatmaster
