// What the table can't say about GradAgenda: who this client is, what a cdid pairs, what a batch holds.
#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>

#include "dissectors/field_check.hpp"
#include "dissectors/field_text.hpp"
#include "dissectors/gradagenda/gradagenda_batch.hpp"
#include "dissectors/gradagenda/gradagenda_members.hpp"
#include "dissectors/gradagenda/gradagenda_sessions.hpp"
#include "dissectors/gradagenda/gradagenda_table.hpp"
#include "dissectors/moves.hpp"
#include "dissectors/number_text.hpp"

namespace overhear::gradagenda {
namespace {

// So many actions of one batch are paired with what answers them.
constexpr std::size_t kParts = 32;

class GradAgendaDissector final : public Dissector {
 public:
  void dissect(const JsonIndex& json, Direction direction, Dissection& out) override {
    numbers_.clear();
    const JsonNode& action = json.root();
    const ActionMembers found(json, action, scratch_);
    const MessageType* row = find_type(meaning_of(json, found.type, scratch_), direction);
    out.id = id_of(json, found.cdid);
    if (row == nullptr) return unknown(json, found.type, direction, out);
    out.type_spec = row;
    out.type = row->name;
    out.role = row->role;
    if (row->role == Role::Request) out.reply = row->reply;
    if (row->role == Role::Request || row->role == Role::Answer) out.key = out.id;
    check_fields(json, action, *row, out.findings);
    if (row->name == kBatchType) {
      batch_.read(json, action, direction, out);
      for (Action& inner : out.actions) look_inside(json, inner, direction, out);
      // Whose the client's are is known when all are read.
      if (direction == Direction::Client) {
        for (Action& inner : out.actions) inner.user = user_;
      }
    } else {
      heed(json, found, row->name);
      tell_moves(json, found, row->name, out);
      tell_outcome(json, found, row->name, out);
      out.is_of_others = is_of_others(json, found, row->name);
      if (!out.is_of_others) out.about = about(json, found, row->name);
      out.room = id_of(json, found.session_id);
      out.text = string_of(json, json.find(found.message, "body"));
      out.said_at = found.sender_timestamp;
    }
    out.user = direction == Direction::Client ? std::string_view(user_) : id_of(json, found.sender_id);
  }

  std::string_view client_name() const override { return user_; }

 private:
  static void unknown(const JsonIndex& json, const JsonNode* type, Direction direction, Dissection& out) {
    if (direction == Direction::Client && !out.id.empty()) {
      out.role = Role::Request;
      out.key = out.id;
    }
    if (!is_string(type)) return check_fields(json, json.root(), kEnvelope, out.findings);
    out.type = json.value(*type);
    note_unknown_type(out.findings, kEnvelope.section, "/type");
  }

  void look_inside(const JsonIndex& json, Action& inner, Direction direction, Dissection& out) {
    const ActionMembers found(json, *inner.json, scratch_);
    heed(json, found, inner.type);
    tell_moves(json, found, inner.type, out);
    inner.user = id_of(json, found.sender_id);
    inner.room = id_of(json, found.session_id);
    inner.text = string_of(json, json.find(found.message, "body"));
    inner.said_at = found.sender_timestamp;
    if (out.parts.size() < kParts) out.parts.push_back(part_of(json, found, inner, direction));
  }

  // Who the client is: what it said last, unless the server refused that. A refusal after a success (there may be no
  // second authentication) changes nothing.
  void heed(const JsonIndex& json, const ActionMembers& action, std::string_view type) {
    if (is_literal(type, "authenticate")) {
      if (is_accepted_) return;
      remember(cdid_, id_of(json, action.cdid));
      remember(user_, id_of(json, action.user_id));
    } else if (is_literal(type, "status-response")) {
      if (is_accepted_ || cdid_.empty() || id_of(json, action.cdid) != cdid_) return;
      is_accepted_ = string_of(json, action.status) == "succeeded";
      if (!is_accepted_) user_.clear();
      cdid_.clear();
    } else if (is_literal(type, "request-mutable-session-modification")) {
      remember(asked_session_, id_of(json, action.session_id));
      asked_users_ = others_of(json, action.user_id);
    }
  }

  // A digest. Who asks need not name itself.
  std::uint64_t others_of(const JsonIndex& json, const JsonNode* list) {
    const Users users = Users::of(json, list, user_);
    return users.has_own ? users.digest - digest_of(user_, scratch_) : users.digest;
  }

  static void tell_moves(const JsonIndex& json, const ActionMembers& action, std::string_view type, Dissection& out) {
    if (is_literal(type, "authenticate"))
      out.moves.push_back({Move::Kind::LogsIn, id_of(json, action.user_id), {}, {}});
    if (!is_literal(type, "providing-session-info")) return;
    const std::string_view room = id_of(json, action.session_id);
    const std::string_view status = string_of(json, action.status);
    if (room.empty()) return;
    if (status == "deleted") return out.moves.push_back({Move::Kind::Closes, {}, room, {}});
    if (status == "created") out.moves.push_back({Move::Kind::Opens, {}, room, {}});
    list_members(json, action.user_id, room, {}, out.moves);
  }

  static void tell_outcome(const JsonIndex& json, const ActionMembers& action, std::string_view type, Dissection& out) {
    if (!is_literal(type, "status-response")) return;
    const std::string_view status = string_of(json, action.status);
    if (status == "succeeded") out.outcome = Outcome::Success;
    if (status != "failed") return;
    out.outcome = Outcome::Failure;
    out.reason = string_of(json, action.message);
  }

  Part part_of(const JsonIndex& json, const ActionMembers& action, const Action& inner, Direction direction) {
    const MessageType* row = inner.type_spec;
    Part part{.type_spec = row, .type = inner.type};
    part.role = row != nullptr ? row->role : direction == Direction::Client ? Role::Request : Role::None;
    if (part.role == Role::Request || part.role == Role::Answer) part.key = inner.id;
    if (row == nullptr) return part;
    part.reply = row->reply;
    part.about = about(json, action, row->name);
    part.is_of_others = is_of_others(json, action, row->name);
    return part;
  }

  // What success of a request is told by: a session with a status, a session with this user, words with a time.
  About about(const JsonIndex& json, const ActionMembers& action, std::string_view type) {
    const auto value = [&](const JsonNode* node) { return scalar_of(json, node); };
    if (is_literal(type, "request-sending-a-message") || is_literal(type, "message-broadcast")) {
      return {value(action.session_id), value(action.sender_timestamp)};
    }
    if (is_literal(type, "request-direct-session-info")) return {{}, value(action.user_id)};
    if (is_literal(type, "request-mutable-session-creation")) return {{}, "created"};
    if (is_literal(type, "request-mutable-session-modification")) return {value(action.session_id), "modified"};
    if (is_literal(type, "request-mutable-session-deletion")) return {value(action.session_id), "deleted"};
    if (is_literal(type, "request-mutable-session-listing")) return {{}, "unchanged"};
    if (!is_literal(type, "providing-session-info")) return {};
    const bool is_direct = value(action.session_type) == "direct";
    return {value(action.session_id), is_direct ? partner(json, action.user_id) : news(json, action)};
  }

  // A modification to those who are in the session already may well be answered by "unchanged".
  std::string_view news(const JsonIndex& json, const ActionMembers& action) {
    const std::string_view status = scalar_of(json, action.status);
    if (asked_session_.empty() || !means_the_same(id_of(json, action.session_id), asked_session_)) return status;
    const bool is_as_asked = others_of(json, action.user_id) == asked_users_;
    if (status != "unchanged" || is_as_asked) asked_session_.clear();
    return status == "unchanged" && is_as_asked ? "modified" : status;
  }

  // Of a direct session's two users the one that is not this client.
  std::string_view partner(const JsonIndex& json, const JsonNode* users) const {
    if (users == nullptr || users->kind != JsonKind::Array || user_.empty()) return {};
    for (const JsonNode* user = json.first_child(*users); user != nullptr; user = json.next_sibling(*users, *user)) {
      const std::string_view id = id_of(json, user);
      if (!means_the_same(id, user_)) return id;
    }
    return {};
  }

  // What somebody else said answers nothing here.
  bool is_of_others(const JsonIndex& json, const ActionMembers& action, std::string_view type) const {
    if (!is_literal(type, "message-broadcast")) return false;
    const std::string_view sender = id_of(json, action.sender_id);
    return !sender.empty() && !user_.empty() && !means_the_same(sender, user_);
  }

  std::string_view scalar_of(const JsonIndex& json, const JsonNode* node) {
    const bool is_scalar = node != nullptr && (type_bit(node->kind) & (kString | kNumber)) != 0;
    if (!is_scalar) return {};
    return node->kind == JsonKind::Decimal ? numbers_.emplace_back(plain_number(json.value(*node))) : json.value(*node);
  }

  BatchReader batch_;
  std::string user_;
  std::string cdid_;  // of the authentication that waits for its answer
  bool is_accepted_ = false;
  std::string asked_session_;      // whose modification was asked for last, until something came of it
  std::uint64_t asked_users_ = 0;  // who else is to be in it then, see others_of()
  std::string scratch_;
  std::deque<std::string> numbers_;  // of this message, that were not written plainly
};

}  // namespace

std::unique_ptr<Dissector> make_dissector(const Environment& /*environment*/) {
  return std::make_unique<GradAgendaDissector>();
}

}  // namespace overhear::gradagenda
