// The order of a GradAgenda connection: authentication, then anything; what is told of the chat's sessions; what comes
// of a message. The actions of a batch are judged as if each had come by itself.
#include <fmt/format.h>

#include <array>
#include <iterator>
#include <optional>
#include <string>
#include <utility>

#include "dissectors/conformance.hpp"
#include "dissectors/field_text.hpp"
#include "dissectors/gradagenda/gradagenda.hpp"
#include "dissectors/gradagenda/gradagenda_rules.hpp"
#include "dissectors/gradagenda/gradagenda_sessions.hpp"
#include "dissectors/gradagenda/gradagenda_table.hpp"
#include "dissectors/number_text.hpp"
#include "dissectors/row_kinds.hpp"

namespace overhear::gradagenda {
namespace {

constexpr std::size_t kAuthentications = 4;  // that wait for their answer
constexpr std::size_t kFindings = 16;        // about the actions of one batch
constexpr std::size_t kSecondDigits = 11;    // a number with fewer digits counts no milliseconds of our days
constexpr std::size_t kMicrosecondDigits = 15;
constexpr std::size_t kClockDigits = 9;  // as seconds have them since 1973

enum class Kind : std::uint8_t {
  Other,
  Authenticate,
  AskDirect,
  AskCreation,
  AskModification,
  AskDeletion,
  AskListing,
  Send,
  Status,
  Info,
  Broadcast,
  Batch,
};

Kind kind_of_name(std::string_view name) {
  struct Named {
    std::string_view name;
    Kind kind;
  };
  constexpr Named kKinds[] = {{"authenticate", Kind::Authenticate},
                              {"request-direct-session-info", Kind::AskDirect},
                              {"request-mutable-session-creation", Kind::AskCreation},
                              {"request-mutable-session-modification", Kind::AskModification},
                              {"request-mutable-session-deletion", Kind::AskDeletion},
                              {"request-mutable-session-listing", Kind::AskListing},
                              {"request-sending-a-message", Kind::Send},
                              {"status-response", Kind::Status},
                              {"providing-session-info", Kind::Info},
                              {"message-broadcast", Kind::Broadcast},
                              {kBatchType, Kind::Batch}};
  for (const Named& named : kKinds) {
    if (named.name == name) return named.kind;
  }
  return Kind::Other;
}

Kind kind_of(const MessageType* row) {
  static const RowKinds<Kind> kKinds(kProtocol.messages, kind_of_name);
  return kKinds.of(row);
}

// One action, alone or out of a batch.
struct Seen {
  const Message& message;
  const JsonNode& action;
  Kind kind;
  std::string_view cdid;
  std::string_view session;
  const JsonNode* said_at;
  bool is_alone;
  FindingList& findings;

  const JsonIndex& json() const { return *message.json; }
  const JsonNode* find(std::string_view name) const { return json().find(&action, name); }
  std::string_view value(std::string_view name) const { return string_of(json(), find(name)); }
};

class GradAgendaConformance final : public Conformance {
 public:
  std::uint32_t on_message(const Message& message, const Asked& asked, FindingList& findings) override {
    told_ = 0;
    bool& is_told = is_frame_told_[static_cast<std::size_t>(message.direction)];
    if (message.frame == FrameKind::Binary && !std::exchange(is_told, true)) findings.add(ga_rules::kBinaryFrame);
    const Kind kind = kind_of(message.type_spec);
    if (kind == Kind::Batch) {
      batch(message, findings);
      return 0;
    }
    const Seen seen{message, message.json->root(), kind, message.id, message.room, message.said_at, true, findings};
    judge(seen);
    if (message.direction == Direction::Client) return kind == Kind::Send ? mark_of(seen) : 0;
    check_answer(seen, asked);
    return 0;
  }

  void on_loss() override {
    if (is_authenticated_ == false) is_authenticated_.reset();
    waiting_.fill({});
    sessions_.on_loss();
  }

 private:
  // The place of what is added; null: so much is said of this batch already.
  Finding* add(const Seen& seen, const Rule& rule, std::string_view member = {}) {
    if (++told_ > kFindings) return nullptr;
    Finding& finding = seen.findings.add(rule);
    if (!seen.is_alone) seen.json().append_pointer(finding.field, seen.action);
    if (!member.empty()) finding.field += '/';
    finding.field += member;
    return &finding;
  }

  void batch(const Message& message, FindingList& findings) {
    const JsonIndex& json = *message.json;
    if (message.actions.empty()) {
      const JsonNode* const list = json.find("actions");
      const bool is_empty = list != nullptr && list->kind == JsonKind::Array && json.first_child(*list) == nullptr;
      if (is_empty) findings.add(ga_rules::kEmptyBatch).field = "/actions";
    }
    for (const Action& action : message.actions) {
      if (action.json->kind != JsonKind::Object) continue;
      judge(
          {message, *action.json, kind_of(action.type_spec), action.id, action.room, action.said_at, false, findings});
    }
  }

  void judge(const Seen& seen) {
    if (seen.message.direction == Direction::Client)
      client(seen);
    else
      server(seen);
    const bool has_time = seen.kind == Kind::Send || seen.kind == Kind::Broadcast;
    if (has_time) check_time(seen);
  }

  // authentication:

  void client(const Seen& seen) {
    if (seen.kind == Kind::Authenticate) return authenticate(seen);
    check_authenticated(seen);
    has_seen_success_ |= is_authenticated_ == true;
    switch (seen.kind) {
      case Kind::AskModification:
      case Kind::AskDeletion: check_mutable(seen); [[fallthrough]];
      case Kind::Send: check_deleted(seen); return;
      case Kind::AskDirect: {
        const std::string_view own = seen.message.client_name;
        const std::string_view user = id_of(seen.json(), seen.find("user-id"));
        const bool is_own = !own.empty() && means_the_same(own, user);
        if (!is_own) return;
        if (Finding* finding = add(seen, ga_rules::kDirectUsers, "user-id"))
          finding->text = "this is the client itself";
        return;
      }
      default: return;
    }
  }

  // Told once for each side: who begins without mostly goes on without.
  void check_authenticated(const Seen& seen) {
    if (is_authenticated_ != false) return;
    bool& is_told = is_early_told_[static_cast<std::size_t>(seen.message.direction)];
    if (!std::exchange(is_told, true)) add(seen, ga_rules::kBeforeAuthentication);
  }

  void authenticate(const Seen& seen) {
    const bool may_not_know = seen.message.time_first - authenticated_at_ <= kCrossing && !has_seen_success_;
    if (is_authenticated_ == true && !may_not_know) add(seen, ga_rules::kSecondAuthentication);
    for (std::string& cdid : waiting_) {
      if (!cdid.empty()) continue;
      remember(cdid, seen.cdid);
      if (!cdid.empty()) return;
    }
    if (is_authenticated_ == false) is_authenticated_.reset();
  }

  void status(const Seen& seen) {
    for (std::string& cdid : waiting_) {
      if (cdid.empty() || !means_the_same(cdid, seen.cdid)) continue;
      cdid.clear();
      if (seen.value("status") != "succeeded") return;
      is_authenticated_ = true;
      authenticated_at_ = seen.message.time;
      has_seen_success_ = false;
      return;
    }
  }

  // what the server tells:

  void server(const Seen& seen) {
    if (seen.kind == Kind::Status) return status(seen);
    if (seen.kind != Kind::Info && seen.kind != Kind::Broadcast) return;
    check_authenticated(seen);
    if (seen.kind == Kind::Info) return info(seen);
    const ChatSession* const session = sessions_.find(seen.session);
    if (session != nullptr && session->deleted) add(seen, ga_rules::kDeleted, "session-id");
  }

  void info(const Seen& seen) {
    const std::string_view type = seen.value("session-type");
    const bool is_direct = type == "direct";
    if (!is_direct && type != "mutable") return;
    const Users users = Users::of(seen.json(), seen.find("user-id"), seen.message.client_name);
    const std::string_view status = seen.value("status");
    if (is_direct) check_direct(seen, users, status);
    ChatSession* session = sessions_.find(seen.session);
    const bool is_known = session != nullptr;
    if (is_known && session->is_direct != is_direct) add(seen, ga_rules::kSessionType, "session-type");
    if (is_known && !is_direct) check_status(seen, *session, users, status);
    if (!is_known) session = sessions_.add(seen.session);
    if (session == nullptr) return;
    if (!is_known) session->told = seen.message.time;
    session->is_direct = is_direct;
    session->users = users.digest;
    session->is_current = users.has_own;  // who is not in it need not be told
    if (is_direct && users.count == 2) {
      remember(session->pair[0], users.first);
      remember(session->pair[1], users.second);
    }
    if (status == "deleted")
      session->deleted = seen.message.time;
    else
      session->deleted.reset();
  }

  void check_direct(const Seen& seen, const Users& users, std::string_view status) {
    if (!status.empty() && status != "unchanged") add(seen, ga_rules::kDirectStatus, "status");
    const JsonNode* const list = seen.find("user-id");
    const bool is_list = list != nullptr && list->kind == JsonKind::Array && !seen.json().flags().index_limit;
    const bool is_pair = users.count == 2 && !means_the_same(users.first, users.second);
    if (is_list && !is_pair) {
      if (Finding* finding = add(seen, ga_rules::kDirectUsers, "user-id")) {
        fmt::format_to(std::back_inserter(finding->text), "a direct session is between two users, not {}",
                       users.count == 2 ? "one twice" : std::to_string(users.count));
      }
    }
    if (!is_pair || seen.session.empty()) return;
    const ChatSession* const other = sessions_.find_direct(users.first, users.second);
    if (other == nullptr || means_the_same(other->id, seen.session)) return;
    if (Finding* finding = add(seen, ga_rules::kDirectId, "session-id")) {
      finding->text = "the ID of these two users' session was ";
      append_cut(finding->text, other->id, kNameCharacters);
    }
  }

  // The same word may go to all in the session and, as an answer, once more to who has asked.
  void check_status(const Seen& seen, const ChatSession& session, const Users& users, std::string_view status) {
    if (session.deleted) {
      const bool is_news = status != "created" && status != "deleted";
      if (is_news) add(seen, ga_rules::kDeleted, "session-id");
      return;
    }
    if (!session.is_current) return;
    if (status == "created" && seen.message.time_first - session.told > kCrossing) {
      add(seen, ga_rules::kSessionStatus, "status");
    }
    if (status == "unchanged" && users.digest != session.users) add(seen, ga_rules::kUntoldChange, "status");
  }

  // what the client wants of a session:

  void check_mutable(const Seen& seen) {
    const ChatSession* const session = sessions_.find(seen.session);
    if (session != nullptr && session->is_direct) add(seen, ga_rules::kImmutable, "session-id");
  }

  void check_deleted(const Seen& seen) {
    const ChatSession* const session = sessions_.find(seen.session);
    const bool is_gone = session != nullptr && session->deleted;
    if (is_gone && seen.message.time_first - *session->deleted > kCrossing) add(seen, ga_rules::kDeleted, "session-id");
  }

  // what comes of a message:

  // Told once for each side: who counts otherwise always does.
  void check_time(const Seen& seen) {
    bool& is_told = is_time_told_[static_cast<std::size_t>(seen.message.direction)];
    if (is_told) return;
    if (seen.said_at == nullptr || (type_bit(seen.said_at->kind) & kNumber) == 0) return;
    std::string_view number = seen.json().value(*seen.said_at);
    if (seen.said_at->kind == JsonKind::Decimal) {
      if (number.find_first_of("eE") != std::string_view::npos) return;
      number = number.substr(0, number.find('.'));
    }
    const bool is_before = number.starts_with('-');
    if (!is_before && number.size() >= kSecondDigits && number.size() <= kMicrosecondDigits) return;
    is_told = true;
    Finding* const finding = add(seen, ga_rules::kTimestamp, "sender-timestamp");
    if (finding == nullptr) return;
    finding->text.append(number.substr(0, kNameCharacters));
    finding->text += is_before                            ? " is before 1970"
                     : number.size() > kMicrosecondDigits ? " is far off in milliseconds since 1970"
                     : number.size() >= kClockDigits      ? " looks like seconds, not milliseconds since 1970"
                                                          : " is in the first days of 1970";
  }

  static const JsonNode* body_of(const Seen& seen) { return seen.json().find(seen.find("message"), "body"); }

  // Empty where nobody counts so.
  static std::string time_of(const Seen& seen) {
    const std::string_view raw = seen.said_at == nullptr ? std::string_view() : seen.json().raw(*seen.said_at);
    if (raw.size() > kNameCharacters) return {};
    return !raw.empty() && seen.said_at->kind == JsonKind::Decimal ? plain_number(raw) : std::string(raw);
  }

  // A digest of what is said. Two messages of one time cannot be told apart by their broadcasts.
  std::uint32_t mark_of(const Seen& seen) {
    std::string time = time_of(seen);
    if (time.empty()) return 0;
    if (time == sent_at_) doubtful_ = time;
    sent_at_ = std::move(time);
    const bool is_text = !seen.message.text.empty() || is_string(body_of(seen));
    return is_text ? static_cast<std::uint32_t>(digest_of(seen.message.text, scratch_) | 1) : 0;
  }

  void check_answer(const Seen& seen, const Asked& asked) {
    const Kind request = kind_of(asked.type_spec);
    if (request == Kind::Other) return;
    if (seen.kind == Kind::Status) {
      const bool is_told_otherwise = request == Kind::AskDirect || request == Kind::AskCreation ||
                                     request == Kind::AskModification || request == Kind::AskDeletion ||
                                     request == Kind::AskListing || request == Kind::Send;
      if (is_told_otherwise && seen.value("status") == "succeeded") add(seen, ga_rules::kNeedlessResponse, "status");
      return;
    }
    // Of whom nobody knows who it is, another's message may be taken for its own.
    const bool may_be_others = seen.message.client_name.empty();
    if (seen.kind != Kind::Broadcast || asked.mark == 0 || may_be_others) return;
    if (!is_string(body_of(seen)) || seen.said_at == nullptr || time_of(seen) == doubtful_) return;
    const auto digest = static_cast<std::uint32_t>(digest_of(seen.message.text, scratch_) | 1);
    if (digest != asked.mark) add(seen, ga_rules::kChangedMessage, "message/body");
  }

  std::optional<bool> is_authenticated_ = false;
  Timestamp authenticated_at_;
  bool has_seen_success_ = false;                      // the client has sent what it may send only then
  std::array<std::string, kAuthentications> waiting_;  // their cdids
  ChatSessions sessions_;
  std::string sent_at_;   // the timestamp of the last message
  std::string doubtful_;  // one that two messages had
  std::string scratch_;
  std::size_t told_ = 0;                    // of this message
  bool is_frame_told_[2] = {false, false};  // by Direction
  bool is_time_told_[2] = {false, false};
  bool is_early_told_[2] = {false, false};
};

}  // namespace

std::unique_ptr<Conformance> make_conformance(const Limits& /*limits*/) {
  return std::make_unique<GradAgendaConformance>();
}

}  // namespace overhear::gradagenda
