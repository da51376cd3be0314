// Who may ask what, and what may answer it: SCRP's algorithms (sections 2.1 to 2.13) and the rule that of several
// errors the one with the smallest number is sent (section 3).
#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "dissectors/conformance.hpp"
#include "dissectors/field_text.hpp"
#include "dissectors/scrp/scrp_forms.hpp"
#include "dissectors/scrp/scrp_rules.hpp"
#include "dissectors/scrp/scrp_table.hpp"

namespace overhear::scrp {
namespace {

// What was wrong with a request, in the order of the errors that say so.
constexpr std::array<const Form*, 6> kForms = {&kUserIdForm,       &kRoomIdForm,       &kUserPasswordForm,
                                               &kRoomPasswordForm, &kUserNicknameForm, &kRoomNicknameForm};
constexpr std::uint32_t kLoggedOut = 1;       // nobody was logged in: 250
constexpr unsigned kFirstForm = 1;            // kForms[i] was broken: 1 << (kFirstForm + i)
constexpr std::uint32_t kSameUser = 1u << 7;  // who logs in is logged in: 404
constexpr std::uint32_t kSeen = 1u << 9;      // the request was looked at
constexpr std::uint32_t kMalformed =
    1u << 10;  // fields were missing or of the wrong type: anything may be complained of

constexpr std::string_view kNotLoggedIn = "250";
constexpr std::string_view kAlreadyLoggedIn = "404";
constexpr std::string_view kSuccess = "900";

bool lists(const MessageType& method, std::string_view code) {
  return std::ranges::find(method.codes, code) != method.codes.end();
}

class ScrpConformance final : public Conformance {
 public:
  std::uint32_t on_message(const Message& message, const Asked& asked, FindingList& findings) override {
    const MessageType* const row = message.type_spec;
    if (row == nullptr) return 0;
    if (row->role == Role::Request && message.direction == Direction::Client) return request(message, *row, findings);
    if (row->role == Role::Answer && message.direction == Direction::Server) answer(message, asked, findings);
    return 0;
  }

  void on_loss() override {
    login_ = Login::Unknown;
    waiting_logins_ = 0;
  }

 private:
  enum class Login : std::uint8_t { Nobody, Somebody, Unknown };

  std::uint32_t request(const Message& message, const MessageType& row, FindingList& findings) {
    std::uint32_t mark = kSeen | wrongs(findings);
    // What is under way will have changed things before the server reads this.
    const Login login = waiting_logins_ > 0 ? Login::Unknown : login_;
    if (row.name == "LOG_IN") {
      const bool is_same = login == Login::Somebody && means_the_same(message.user, user_);
      ++waiting_logins_;
      return mark | (is_same ? kSameUser : 0);
    }
    if (!lists(row, kNotLoggedIn)) return mark;
    if (login == Login::Nobody) {
      mark |= kLoggedOut;
      findings.add(rules::kNotLoggedIn).spec = row.section;
    }
    const bool is_other = login == Login::Somebody && !message.user.empty() && !means_the_same(message.user, user_);
    if (is_other) report_other(row, findings);
    if (row.name == "CHANGE_ROOM_ACCESS") check_access(*message.json, findings);
    return mark;
  }

  // What the table has found already.
  static std::uint32_t wrongs(const FindingList& findings) {
    std::uint32_t mark = 0;
    for (const Finding& finding : findings.items()) {
      if (finding.rule->code == "app.schema") mark |= kMalformed;
      for (unsigned i = 0; i < kForms.size(); ++i) {
        if (finding.rule == kForms[i]->rule) mark |= 1u << (kFirstForm + i);
      }
    }
    return mark;
  }

  void report_other(const MessageType& row, FindingList& findings) const {
    Finding& finding = findings.add(rules::kOtherUser);
    finding.spec = row.section;
    finding.text = "done for another user than ";
    append_cut(finding.text, user_, kNameCharacters);
    finding.text += ", who is logged in";
  }

  static void check_access(const JsonIndex& json, FindingList& findings) {
    const JsonNode* type = json.find("new_access_type");
    if (type == nullptr || json.flags().index_limit) return;
    const std::string_view value = json.value(*type);
    const bool is_by_password = value == "1" || value == "ROOM_ACCESS_PASSWORD";
    if (is_by_password && json.find("room_password") == nullptr) {
      findings.add(rules::kNeedsPassword).field = "/room_password";
    }
  }

  void answer(const Message& message, const Asked& asked, FindingList& findings) {
    const JsonIndex& json = *message.json;
    check_time(json, findings);
    const JsonNode* err = json.find("err");
    if (err == nullptr || err->kind != JsonKind::Integer) return;
    const std::string_view code = json.value(*err);
    if (code == "999") findings.add(rules::kUnknownError).field = "/err";
    if (code == kNotLoggedIn) login_ = Login::Nobody;
    if (asked.type_spec == nullptr) return;
    const MessageType& method = *asked.type_spec;
    if (method.name == "GET_TIME" && code == kSuccess && json.find("time") == nullptr && !json.flags().index_limit) {
      findings.add(rules::kNoTime).field = "/time";
    }
    judge(method, code, asked.mark, findings);
    conclude(message, method, code);
  }

  static void check_time(const JsonIndex& json, FindingList& findings) {
    const JsonNode* time = json.find("time");
    std::int64_t value = 0;
    const bool is_number = time != nullptr && (type_bit(time->kind) & kNumber) != 0;
    if (!is_number) return;
    const bool is_in_range = to_integer(json.value(*time), value) && value >= 0 && value <= UINT32_MAX;
    if (!is_in_range) findings.add(rules::kTime).field = "/time";
  }

  static void judge(const MessageType& method, std::string_view code, std::uint32_t mark, FindingList& findings) {
    const Code* const known = find_code(code);
    if (known == nullptr || known->origin == Origin::Observed || method.codes.empty()) return;
    const bool is_general = code == "233" || code == "999";
    if (!is_general && !lists(method, code)) return report(rules::kUnlistedError, method, *known, findings);
    const bool is_doubtful =
        (method.name == "LOG_IN" && code == "400") || (method.name == "ENTER_ROOM" && code == "401");
    if (is_doubtful) report(rules::kContradiction, method, *known, findings);
    if ((mark & kSeen) == 0 || is_general) return;
    const std::string_view smallest = smallest_error(method, mark);
    if (!smallest.empty() && code > smallest) return report_smallest(*find_code(smallest), *known, findings);
    if (is_unfounded(method, code, mark)) report(rules::kUnfoundedError, method, *known, findings);
  }

  // Of the errors that this request must have met; empty: none.
  static std::string_view smallest_error(const MessageType& method, std::uint32_t mark) {
    if ((mark & kLoggedOut) != 0 && lists(method, kNotLoggedIn)) return kNotLoggedIn;
    for (unsigned i = 0; i < kForms.size(); ++i) {
      const bool is_broken = (mark & 1u << (kFirstForm + i)) != 0;
      if (is_broken && lists(method, kForms[i]->code)) return kForms[i]->code;
    }
    return (mark & kSameUser) != 0 ? kAlreadyLoggedIn : std::string_view();
  }

  // Whether it complains of what was right: only where all that it could mean was there, and in order. Who is logged in
  // may be logged off by what happens in other sessions.
  static bool is_unfounded(const MessageType& method, std::string_view code, std::uint32_t mark) {
    if ((mark & kMalformed) != 0) return false;
    for (unsigned i = 0; i < kForms.size(); ++i) {
      if (code != kForms[i]->code) continue;
      const auto is_meant = [&](const Field& field) { return field.form == kForms[i]; };
      const auto is_sure = [&](const Field& field) { return field.presence == Presence::Required; };
      const bool is_known =
          std::ranges::any_of(method.fields, is_meant) &&
          std::ranges::all_of(method.fields, [&](const Field& field) { return !is_meant(field) || is_sure(field); });
      return is_known && (mark & 1u << (kFirstForm + i)) == 0;
    }
    return false;
  }

  static void report(const Rule& rule, const MessageType& method, const Code& code, FindingList& findings) {
    Finding& finding = findings.add(rule);
    if (&rule != &rules::kUnfoundedError) finding.spec = method.section;
    finding.field = "/err";
    finding.text = code.value;
    finding.text += ' ';
    finding.text += code.name;
    finding.text += &rule == &rules::kUnlistedError    ? " is none of the errors of "
                    : &rule == &rules::kUnfoundedError ? ", but nothing was wrong with it in "
                                                       : " stands in the algorithm or in the list, not in both: ";
    finding.text += method.name;
  }

  static void report_smallest(const Code& smallest, const Code& code, FindingList& findings) {
    Finding& finding = findings.add(rules::kSmallestError);
    finding.field = "/err";
    finding.text = "the answer should be ";
    finding.text += smallest.value;
    finding.text += ' ';
    finding.text += smallest.name;
    finding.text += ", which is smaller than ";
    finding.text += code.value;
  }

  // What is known of the login from now on.
  void conclude(const Message& message, const MessageType& method, std::string_view code) {
    const bool is_done = code == kSuccess;
    if (method.name == "LOG_IN") {
      if (waiting_logins_ > 0) --waiting_logins_;
      if (!is_done) return;
      login_ = Login::Somebody;
      remember(user_, message.client_name);
      if (user_.empty()) login_ = Login::Unknown;
    } else if (method.name == "DELETE_USER" && is_done) {
      login_ = Login::Nobody;
    } else if (method.name == "SIGN_UP" && is_done && login_ == Login::Nobody) {
      login_ = Login::Unknown;  // nobody says whether who signs up is logged in
    } else if (is_done && lists(method, kNotLoggedIn) && login_ == Login::Nobody) {
      login_ = Login::Unknown;
    }
  }

  Login login_ = Login::Nobody;
  std::uint32_t waiting_logins_ = 0;
  std::string user_;  // who is logged in
};

}  // namespace

std::unique_ptr<Conformance> make_conformance(const Limits& /*limits*/) {
  return std::make_unique<ScrpConformance>();
}

}  // namespace overhear::scrp
