// The connection process of ChatMaster: the server asks, the client logs in, the server says whether it may stay; and
// who is sent what.
#include <cstdint>
#include <string_view>

#include "dissectors/chatmaster/chatmaster_rules.hpp"
#include "dissectors/chatmaster/chatmaster_table.hpp"
#include "dissectors/conformance.hpp"
#include "dissectors/field_text.hpp"

namespace overhear::chatmaster {
namespace {

class ChatMasterConformance final : public Conformance {
 public:
  std::uint32_t on_message(const Message& message, const Asked& asked, FindingList& findings) override {
    if (message.direction == Direction::Client)
      from_client(message, findings);
    else
      from_server(message, asked, findings);
    return 0;
  }

  void on_loss() override {
    login_ = Login::Unknown;
    is_greeted_ = true;
  }

 private:
  enum class Login : std::uint8_t { None, Asked, Accepted, Refused, Unknown };

  void from_client(const Message& message, FindingList& findings) {
    if (message.type == "command/login") return log_in(findings);
    if (login_ == Login::None) findings.add(chatmaster_rules::kBeforeLogin);
    if (login_ == Login::Refused) tell_refused(message, findings);
    if (message.type != "message" || login_ != Login::Accepted) return;
    const JsonIndex& json = *message.json;
    const std::string_view named = string_of(json, json.find(json.find("data"), "username"));
    const bool is_other = !named.empty() && !message.client_name.empty() && !means_the_same(named, message.client_name);
    if (is_other) findings.add(chatmaster_rules::kOtherName).field = "/data/username";
  }

  void log_in(FindingList& findings) {
    if (!is_greeted_) findings.add(chatmaster_rules::kUnaskedLogin);
    if (login_ == Login::Accepted) findings.add(chatmaster_rules::kSecondLogin);
    is_greeted_ = true;
    if (login_ != Login::Unknown && login_ != Login::Accepted) login_ = Login::Asked;
  }

  void from_server(const Message& message, const Asked& asked, FindingList& findings) {
    const std::string_view type = message.type;
    if (!is_greeted_ && type != "request/login") findings.add(chatmaster_rules::kNoLoginRequest);
    is_greeted_ = true;
    if (type == "session") return conclude(message, asked);
    if (type != "message" && !type.starts_with("notification/")) return;
    if (login_ == Login::None || login_ == Login::Asked) findings.add(chatmaster_rules::kSentBeforeLogin);
    if (login_ == Login::Refused) tell_refused(message, findings);
    const bool is_echo = type == "message" && login_ == Login::Accepted && !message.client_name.empty() &&
                         means_the_same(message.user, message.client_name);
    if (is_echo) findings.add(chatmaster_rules::kEcho);
  }

  // A session that answers no login is none that this client has.
  void conclude(const Message& message, const Asked& asked) {
    if (message.type_spec == nullptr || (login_ != Login::Unknown && asked.type_spec == nullptr)) return;
    const bool is_refused = is_refusal(*message.type_spec);
    if (!is_refused || login_ != Login::Accepted) login_ = is_refused ? Login::Refused : Login::Accepted;
  }

  void tell_refused(const Message& message, FindingList& findings) {
    bool& is_told = is_refusal_told_[static_cast<std::size_t>(message.direction)];
    if (!is_told) findings.add(chatmaster_rules::kAfterRefusal);
    is_told = true;
  }

  Login login_ = Login::None;
  bool is_greeted_ = false;                   // the server has asked for the name, or what it did is told or not known
  bool is_refusal_told_[2] = {false, false};  // by Direction
};

}  // namespace

std::unique_ptr<Conformance> make_conformance(const Limits& /*limits*/) {
  return std::make_unique<ChatMasterConformance>();
}

}  // namespace overhear::chatmaster
