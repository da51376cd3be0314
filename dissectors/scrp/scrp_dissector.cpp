// What the table can't say about SCRP: which of the three kinds a message is, methods in other letters, fields under
// other names, error numbers, and who this client is.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "dissectors/app_rules.hpp"
#include "dissectors/field_check.hpp"
#include "dissectors/field_text.hpp"
#include "dissectors/number_text.hpp"
#include "dissectors/scrp/scrp_rules.hpp"
#include "dissectors/scrp/scrp_table.hpp"

namespace overhear::scrp {
namespace {

// A string's or a number's text as it stands: ids should be numbers.
std::string_view scalar_of(const JsonIndex& json, const JsonNode* node) {
  const bool is_scalar = node != nullptr && (type_bit(node->kind) & (kString | kNumber)) != 0;
  return is_scalar ? json.value(*node) : std::string_view();
}

// What pairs an answer with its request: the same number may be written in several ways.
std::string key_of(const JsonIndex& json, const JsonNode* id) {
  const std::string_view text = scalar_of(json, id);
  return id != nullptr && id->kind == JsonKind::Decimal ? plain_number(text) : std::string(text);
}

// Which members tell who says what where. Of several, the one with the lowest rank counts.
enum class Tells : std::uint8_t { Nothing, User, Room, Text };
struct Telling {
  Tells what = Tells::Nothing;
  unsigned rank = 0;
};
constexpr unsigned kLastRank = 9;

Telling telling_of(std::string_view name) {
  switch (name.size()) {
    case 4:
      if (name == "text") return {Tells::Text, 1};
      if (name == "room") return {Tells::Room, 1};
      return {};
    case 6: return name == "sender" ? Telling{Tells::User, 0} : Telling{};
    case 7:
      if (name == "user_id") return {Tells::User, 2};
      if (name == "room_id") return {Tells::Room, 0};
      if (name == "content") return {Tells::Text, 0};
      if (name == "message") return {Tells::Text, 2};
      return {};
    case 13: return name == "admin_user_id" || name == "owner_user_id" ? Telling{Tells::User, 3} : Telling{};
    case 14: return name == "sender_user_id" ? Telling{Tells::User, 1} : Telling{};
    default: return {};
  }
}

constexpr std::string_view kBadRequest = "233";

class ScrpDissector final : public Dissector {
 public:
  void dissect(const JsonIndex& json, Direction direction, Dissection& out) override {
    const JsonNode* method = json.find("method");
    const bool has_answer = json.find("err") != nullptr || json.find("resp_id") != nullptr;
    const bool is_answer = has_answer && (direction == Direction::Server || method == nullptr);
    if (method == nullptr && !has_answer && direction == Direction::Server) method = find_push(json);
    if (is_answer || (method == nullptr && direction == Direction::Server)) return response(json, out);
    call(json, method, direction, out);
  }

  std::string_view client_name() const override { return user_; }

 private:
  // Nobody says how a push names itself: any string that is the name of one.
  static const JsonNode* find_push(const JsonIndex& json) {
    const JsonNode& root = json.root();
    for (const JsonNode* member = json.first_child(root); member != nullptr;
         member = json.next_sibling(root, *member)) {
      const MessageType* row = is_string(member) ? find_method(json.value(*member)) : nullptr;
      if (row != nullptr && row->role == Role::Push) return member;
    }
    return nullptr;
  }

  void response(const JsonIndex& json, Dissection& out) {
    out.type_spec = &response_type();
    out.type = kResponseType;
    out.role = Role::Answer;
    const JsonNode* resp_id = json.find("resp_id");
    out.id = scalar_of(json, resp_id);
    out.key = key_of(json, resp_id);
    check_fields(json, json.root(), response_type(), out.findings);
    if (resp_id == nullptr && !json.flags().index_limit) out.findings.add(rules::kMissingRespId).field = "/resp_id";
    check_number(json, resp_id, "/resp_id", out.findings);
    const JsonNode* err = json.find("err");
    if (err == nullptr || err->kind != JsonKind::Integer) return;
    check_code(json, *err, out.findings);
    // Whose number could not be read has none.
    out.outcome = json.value(*err) == "900" ? Outcome::Success : Outcome::Failure;
    if (out.outcome == Outcome::Failure) explain(json.value(*err), out.reason);
    if (json.value(*err) == kBadRequest && out.key == "0") {
      out.key.clear();
      out.code = kBadRequest;
      out.fits_any = true;
    }
    if (!out.key.empty() && out.key == login_key_) settle_login(json.value(*err));
  }

  // An integer must be one that an id can be.
  static void check_number(const JsonIndex& json, const JsonNode* node, std::string_view field, FindingList& findings) {
    if (node == nullptr || node->kind != JsonKind::Integer) return;
    std::int64_t number = 0;
    const bool is_in_range = to_integer(json.value(*node), number) && number >= 0 && number <= UINT32_MAX;
    if (!is_in_range) findings.add(rules::kIdRange).field = field;
  }

  static void check_code(const JsonIndex& json, const JsonNode& err, FindingList& findings) {
    const Code* code = find_code(json.value(err));
    if (code != nullptr && code->origin == Origin::Specified) return;
    Finding& finding = findings.add(code == nullptr ? app_rules::kUnknownValue : rules::kObservedCode);
    finding.spec = rules::kObservedCode.spec;
    finding.field = "/err";
    if (code != nullptr) return;
    finding.text.append(json.value(err), 0, kNameCharacters);
    finding.text += " is none of the error numbers";
  }

  static void explain(std::string_view err, std::string& reason) {
    const Code* code = find_code(err);
    if (code == nullptr) reason = "code ";
    reason += err.size() > kNameCharacters ? "?" : err;
    if (code == nullptr) return;
    reason += ' ';
    reason += code->name;
  }

  // A request or a push.
  void call(const JsonIndex& json, const JsonNode* method, Direction direction, Dissection& out) {
    const MessageType* row = is_string(method) ? find_method(meaning_of(json, method, scratch_)) : nullptr;
    const bool is_push = row != nullptr ? row->role == Role::Push : direction == Direction::Server;
    out.type_spec = row;
    out.type = string_of(json, method);
    const JsonNode* req_id = json.find("req_id");
    out.id = scalar_of(json, req_id);
    check_number(json, req_id, "/req_id", out.findings);
    out.role = is_push ? Role::Push : Role::Request;
    if (!is_push) {
      out.key = key_of(json, req_id);
      out.reply = Reply::Required;
    }
    say_who(json, direction, row == nullptr || row->fields_open, out);
    if (row != nullptr) return known(json, *method, *row, out);
    const MessageType& expected = is_push ? kPush : kRequest;
    check_fields(json, json.root(), expected, out.findings);
    if (is_string(method)) note_unknown_type(out.findings, expected.section, "/method");
  }

  void known(const JsonIndex& json, const JsonNode& method, const MessageType& row, Dissection& out) {
    check_fields(json, json.root(), row, out.findings);
    if (row.origin == Origin::Observed) {
      note_unknown_type(out.findings, row.section, "/method", "the specification spells this push otherwise");
    }
    if (meaning_of(json, &method, scratch_) != row.name) {
      Finding& finding = out.findings.add(rules::kMethodCase);
      finding.field = "/method";
      finding.text = "the specification writes it ";
      finding.text += row.name;
    }
    tell_moves(json, row, out);
    if (row.name == "SEND_PRIVATE_MESSAGE") out.to = scalar_of(json, json.find("receiver_user_id"));
    if (row.name == "NEW_PRIVATE_MESSAGE") out.to = user_;
    if (row.name == "LOG_IN") return login(out);
    if (!json.flags().index_limit) report_deviations(json, row, out.findings);
  }

  void tell_moves(const JsonIndex& json, const MessageType& row, Dissection& out) {
    const auto tell = [&](Move::Kind kind, std::string_view user) {
      if (!out.room.empty()) out.moves.push_back({kind, user, out.room, {}});
    };
    if (row.name == "ENTER_ROOM") return tell(Move::Kind::Enters, out.user);
    if (row.name == "USER_LEAVE_ROOM") return tell(Move::Kind::Leaves, out.user);
    if (row.name == "REMOVE_ROOM") return tell(Move::Kind::Closes, {});
    if (row.name == "REMOVE_USER_FROM_ROOM") {
      return tell(Move::Kind::Leaves, string_of(json, json.find("subject_user_id")));
    }
    if (row.name != "CREATE_ROOM") return tell_names(json, row, out);
    if (out.room.empty()) return;
    out.moves.push_back({Move::Kind::Opens, {}, out.room, string_of(json, json.find("room_nickname"))});
    tell(Move::Kind::Enters, out.user);
  }

  // A nickname is not who somebody is: that is the ID.
  static void tell_names(const JsonIndex& json, const MessageType& row, Dissection& out) {
    const auto tell = [&](Move::Kind kind, std::string_view name) {
      out.moves.push_back({kind, out.user, out.room, name});
    };
    if (row.name == "LOG_IN") return tell(Move::Kind::LogsIn, {});
    if (row.name == "SIGN_UP") return tell(Move::Kind::SignsUp, {});
    if (row.name == "CHANGE_ROOM_NICKNAME") {
      return tell(Move::Kind::NamesRoom, string_of(json, json.find("new_room_nickname")));
    }
    if (row.name != "CHANGE_USER_NICKNAME") return;
    const std::string_view name = string_of(json, json.find("new_user_nickname"));
    tell(Move::Kind::NamesUser, name.empty() ? string_of(json, json.find("user_nickname")) : name);
  }

  void say_who(const JsonIndex& json, Direction direction, bool may_speak, Dissection& out) {
    std::string_view values[4];
    unsigned ranks[4] = {kLastRank, kLastRank, kLastRank, kLastRank};
    const JsonNode& root = json.root();
    for (const JsonNode* member = json.first_child(root); member != nullptr;
         member = json.next_sibling(root, *member)) {
      std::string_view name = json.name(*member);
      if (member->name_has_escapes) {
        scratch_.clear();
        append_unescaped(scratch_, name);
        name = scratch_;
      }
      const Telling telling = telling_of(name);
      const auto what = static_cast<std::size_t>(telling.what);
      if (telling.what == Tells::Nothing || telling.rank > ranks[what]) continue;
      ranks[what] = telling.rank;
      values[what] = scalar_of(json, member);
    }
    out.user = values[static_cast<std::size_t>(Tells::User)];
    out.room = values[static_cast<std::size_t>(Tells::Room)];
    if (may_speak) out.text = values[static_cast<std::size_t>(Tells::Text)];
    if (out.user.empty() && direction == Direction::Client) out.user = user_;
  }

  // The name counts until the server refuses it.
  void login(Dissection& out) {
    if (out.user.size() > kRememberedName || out.key.size() > kRememberedName) return;
    if (login_key_.empty()) previous_user_ = user_;
    if (out.user.data() != user_.data()) user_ = out.user;
    login_key_ = out.key;
  }

  void settle_login(std::string_view err) {
    login_key_.clear();
    if (err != "900") user_ = previous_user_;
  }

  static void report_deviations(const JsonIndex& json, const MessageType& row, FindingList& findings) {
    if (row.name == "DELETE_USER" || row.name == "CHANGE_USER_PASSWORD") {
      if (json.find("user_id") == nullptr)
        deviates(row, "user_id", "is missing; the public server takes it so", findings);
    } else if (row.name == "CHANGE_USER_NICKNAME") {
      report_nickname(json, row, findings);
    } else if (row.name == "CREATE_ROOM" || row.name == "CHANGE_ROOM_ACCESS") {
      const std::string_view name = row.name == "CREATE_ROOM" ? "room_access" : "new_access_type";
      if (is_string(json.find(name)))
        deviates(row, name, "is a string, not a number; the Java client sends it so", findings);
    }
  }

  // Later specifications have one user_nickname in place of the old and the new.
  static void report_nickname(const JsonIndex& json, const MessageType& row, FindingList& findings) {
    const bool has_other = json.find("user_nickname") != nullptr;
    for (const std::string_view name : {"old_user_nickname", "new_user_nickname"}) {
      if (json.find(name) != nullptr) continue;
      if (has_other)
        deviates(row, name, "is missing; real programs send user_nickname", findings);
      else
        report(app_rules::kSchema, row, name, "is missing", findings);
    }
  }

  static void deviates(const MessageType& row, std::string_view name, std::string_view how, FindingList& findings) {
    report(rules::kKnownDeviation, row, name, how, findings);
  }

  static void report(const Rule& rule, const MessageType& row, std::string_view name, std::string_view how,
                     FindingList& findings) {
    Finding& finding = findings.add(rule);
    finding.spec = row.section;
    finding.field = '/';
    finding.field += name;
    finding.text = name;
    finding.text += ' ';
    finding.text += how;
  }

  std::string user_;           // who logged in on this connection, or tries to
  std::string previous_user_;  // who was logged in before that
  std::string login_key_;      // of the login that waits for its answer
  std::string scratch_;
};

}  // namespace

std::unique_ptr<Dissector> make_dissector(const Environment& /*environment*/) {
  return std::make_unique<ScrpDissector>();
}

}  // namespace overhear::scrp
