// What the table can't say about cchat: who and where this client is, errors by number, what a message's content says.
#include <cstdint>
#include <string>
#include <string_view>

#include "base/utf8.hpp"
#include "dissectors/app_rules.hpp"
#include "dissectors/cchat/cchat_content.hpp"
#include "dissectors/cchat/cchat_rules.hpp"
#include "dissectors/cchat/cchat_table.hpp"
#include "dissectors/field_check.hpp"
#include "dissectors/field_text.hpp"

namespace overhear::cchat {
namespace {

class CchatDissector final : public Dissector {
 public:
  explicit CchatDissector(const Environment& environment) : content_(environment) {}

  void dissect(const JsonIndex& json, Direction direction, Dissection& out) override {
    settle();
    opened_user_ = {};
    const JsonNode* type = json.find("type");
    const MessageType* row = find_type(meaning_of(json, type, scratch_));
    if (row == nullptr) return unknown(json, type, direction, out);
    out.type_spec = row;
    out.type = row->name;
    out.role = row->role;
    if (row->role == Role::Request) out.reply = row->reply;
    check_fields(json, json.root(), *row, out.findings);
    // The name that its own messages give says more than the digest it joined with.
    if (direction == Direction::Client) out.user = name_.empty() ? client_id_ : name_;
    out.room = room_;
    look_at(json, row->name, out);
    if (direction == Direction::Client && !opened_user_.empty()) remember(name_, opened_user_);
  }

  std::string_view client_name() const override {
    return name_.empty() ? std::string_view(client_id_) : std::string_view(name_);
  }

  std::string_view last_client_name() const override {
    return client_name().empty() ? std::string_view(last_name_) : client_name();
  }

 private:
  static void unknown(const JsonIndex& json, const JsonNode* type, Direction direction, Dissection& out) {
    if (direction == Direction::Client) out.role = Role::Request;
    if (!is_string(type)) return check_fields(json, json.root(), kEnvelope, out.findings);
    out.type = json.value(*type);
    note_unknown_type(out.findings, kEnvelope.section, "/type");
  }

  void look_at(const JsonIndex& json, std::string_view type, Dissection& out) {
    if (type == "join") return join(json, out);
    if (type == "leave") return leave(out);
    if (type == "error") return error(json, out);
    if (type == "keyxchg_0") return content_.on_keyxchg_0(json);
    if (type == "keyxchg_1" || type == "keyxchg_2") return exchange(json, type, out);
    message(json, out);
  }

  // Both name the round that they belong to. When none is left there is nothing to return.
  void exchange(const JsonIndex& json, std::string_view type, Dissection& out) {
    const std::string_view round = id_of(json, json.find("roundleft"));
    out.about.what = round;
    if (type == "keyxchg_2") return content_.on_keyxchg_2(json);
    if (round == "0") out.reply = Reply::Optional;
    content_.on_keyxchg_1(json);
  }

  void join(const JsonIndex& json, Dissection& out) {
    remember(previous_id_, client_id_);
    remember(previous_room_, room_);
    out.user = string_of(json, json.find("clientid"));
    out.room = string_of(json, json.find("chatroom"));
    remember(client_id_, out.user);
    name_.clear();
    remember(room_, out.room);
    if (!room_.empty()) out.moves.push_back({Move::Kind::Enters, client_id_, room_, {}, true});
  }

  // The views of this message's dissection stay good: only the next call may change the names.
  void leave(Dissection& out) {
    has_left_ = true;
    if (!room_.empty()) out.moves.push_back({Move::Kind::Leaves, client_id_, room_, name_, true});
  }

  void settle() {
    if (!has_left_) return;
    has_left_ = false;
    last_name_ = client_name();
    client_id_.clear();
    name_.clear();
    room_.clear();
  }

  void error(const JsonIndex& json, Dissection& out) {
    const JsonNode* errcode = json.find("errcode");
    const bool is_code = errcode != nullptr && (errcode->kind == JsonKind::Integer || is_string(errcode));
    if (is_code) check_code(json, *errcode, out.findings);
    if (json.find("errdetail") == nullptr) out.findings.add(cchat_rules::kNoDetail).field = "/errdetail";
    const auto number = error_number(json, errcode);
    if (number) answer(*number, out);
    out.outcome = number == 0 ? Outcome::Success : Outcome::Failure;
    const bool is_kicked = number == 6 && !room_.empty();
    if (is_kicked) out.moves.push_back({Move::Kind::Leaves, client_id_, room_, name_, true});
    if (out.outcome == Outcome::Failure) explain(json, errcode, number, out.reason);
    // A refused join leaves the client where it was.
    if (number == 4) {
      client_id_.swap(previous_id_);
      room_.swap(previous_room_);
      out.room = room_;
    }
  }

  static void explain(const JsonIndex& json, const JsonNode* errcode, std::optional<std::uint64_t> number,
                      std::string& reason) {
    reason = string_of(json, json.find("errdetail"));
    if (!reason.empty()) return;
    if (const Code* code = number ? find_code(*number) : nullptr) {
      reason = code->value;
      reason += ' ';
      reason += code->name;
      return;
    }
    const std::string_view told = id_of(json, errcode);
    reason = "code ";
    reason += told.empty() || told.size() > kNameCharacters ? "?" : told;
  }

  // 0x0 and 0x4 end what was asked for; the others say what is wrong with anything that was sent.
  static void answer(std::uint64_t number, Dissection& out) {
    const Code* code = find_code(number);
    out.code = code == nullptr ? "?" : code->value;
    out.fits_any = number == 0x8 || number == 0xbeef;
    if (number != 0 && number != 4) out.role = Role::Push;
  }

  static void check_code(const JsonIndex& json, const JsonNode& errcode, FindingList& findings) {
    if (errcode.kind == JsonKind::Integer) findings.add(cchat_rules::kNumericCode).field = "/errcode";
    const auto number = error_number(json, &errcode);
    const Code* code = number ? find_code(*number) : nullptr;
    if (code != nullptr && code->origin == Origin::Specified) return;
    Finding& finding = findings.add(code == nullptr ? app_rules::kUnknownValue : cchat_rules::kObservedCode);
    finding.spec = "cchat 0.3, Error";
    finding.field = "/errcode";
    if (code != nullptr) return;
    finding.text += utf8_prefix(json.raw(errcode), 60);
    finding.text += " is none of the error codes";
  }

  void message(const JsonIndex& json, Dissection& out) {
    const JsonNode* content = json.find("content");
    if (!is_string(content)) return;
    out.about.what = json.raw(*content);  // with its quotes: an empty one is not the same as none
    const std::string_view meaning = meaning_of(json, content, scratch_);
    if (!is_base64_text(meaning)) out.findings.add(cchat_rules::kNotBase64).field = "/content";
    const auto opened = content_.open(meaning);
    out.text = opened.text;
    out.is_text_sealed = opened.text.empty();
    opened_user_ = opened.user;
    if (!opened.user.empty()) out.user = opened.user;
    if (opened.plaintext.empty()) return;
    out.content = opened.plaintext;
    out.content_opened_by = "cchat-dh-private-key";
  }

  ContentOpener content_;
  std::string client_id_;
  std::string name_;              // as the client's own messages tell it
  std::string_view opened_user_;  // of the message at hand
  std::string room_;
  std::string last_name_;  // of who has left
  std::string previous_id_;
  std::string previous_room_;
  std::string scratch_;
  bool has_left_ = false;
};

}  // namespace

std::unique_ptr<Dissector> make_dissector(const Environment& environment) {
  return std::make_unique<CchatDissector>(environment);
}

}  // namespace overhear::cchat
