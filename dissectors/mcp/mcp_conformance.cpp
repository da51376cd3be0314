// The order of an MCP session: handshake, login, then anything; what is encrypted; which package answers which. Rooms,
// images and heartbeats have parts of their own.
#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <optional>
#include <string>
#include <utility>

#include "decrypt/mcp_secret.hpp"
#include "dissectors/conformance.hpp"
#include "dissectors/field_text.hpp"
#include "dissectors/mcp/mcp_heartbeat.hpp"
#include "dissectors/mcp/mcp_images.hpp"
#include "dissectors/mcp/mcp_kind.hpp"
#include "dissectors/mcp/mcp_rooms.hpp"
#include "dissectors/mcp/mcp_rules.hpp"
#include "dissectors/mcp/mcp_table.hpp"

namespace overhear::mcp {
namespace {

constexpr std::size_t kLongestVersion = 32;
constexpr std::string_view kNoId = "DontHaveID";
// Of a request that came too early: any error may say so. Above the marks of rooms.
constexpr std::uint32_t kEarly = 2;

// Of something that happens once: nothing where it is not known whether it has.
using Known = std::optional<bool>;

std::size_t index(Direction direction) {
  return static_cast<std::size_t>(direction);
}

// These tell that the package was read: what it asks for, and of whom, was understood.
bool tells_of_parsing(std::string_view type) {
  return !type.ends_with("Incorrect") && !type.ends_with("Invalid") && type.starts_with("Error.");
}

class McpConformance final : public Conformance {
 public:
  std::uint32_t on_message(const Message& message, const Asked& asked, FindingList& findings) override {
    const Kind kind = kind_of(message.type_spec);
    heartbeat_.check_timed_out(message, findings);
    if (kind == Kind::Handshake) {
      handshake(message, asked, findings);
      return 0;
    }
    if (is_error(kind) && kind_of(asked.type_spec) == Kind::Handshake) made(Direction::Client).reset();
    check_encryption(kind, message, findings);
    if (!message.id.empty()) check_id(kind, message, findings);
    if (message.direction == Direction::Client) return on_client(kind, message, asked, findings);
    on_server(kind, message, asked, findings);
    return 0;
  }

  void on_loss() override {
    for (Known& is_made : handshake_) {
      if (is_made == false) is_made.reset();
    }
    if (is_accepted_ == false) is_accepted_.reset();
    versions_[0].clear();
    versions_[1].clear();
    rooms_.on_loss();
    images_.on_loss();
    heartbeat_.on_loss();
  }

  void on_end(Timestamp time, FindingList& findings) override { heartbeat_.on_end(time, findings); }

 private:
  Known& made(Direction direction) { return handshake_[index(direction)]; }

  // handshake:

  void handshake(const Message& message, const Asked& asked, FindingList& findings) {
    const Direction sender = message.direction;
    const bool is_second = made(sender) == true;
    if (is_second) findings.add(rules::kSecondHandshake);
    if (sender == Direction::Server && made(Direction::Client) == false) findings.add(rules::kHandshakeOrder);
    made(sender) = true;
    const JsonIndex& json = *message.json;
    const std::string_view version = string_of(json, json.find(json.find("data"), "version"));
    std::string& kept = versions_[index(sender)];
    kept.clear();
    if (version.size() <= kLongestVersion) kept = version;
    const std::string& others = versions_[index(other(sender))];
    const bool is_answer = sender == Direction::Server && kind_of(asked.type_spec) == Kind::Handshake;
    if (!is_answer || kept.empty() || others.empty() || means_the_same(kept, others)) return;
    Finding& finding = findings.add(rules::kVersionMismatch);
    finding.field = "/data/version";
    finding.text = "the client's version is ";
    append_cut(finding.text, others, kNameCharacters);
    finding.text += ", the server's ";
    append_cut(finding.text, kept, kNameCharacters);
  }

  void check_encryption(Kind kind, const Message& message, FindingList& findings) {
    const Direction sender = message.direction;
    const bool may_refuse = sender == Direction::Server && is_error(kind);
    const bool is_early = made(sender) == false || (sender == Direction::Client && made(Direction::Server) == false);
    if (is_early && !may_refuse) {
      findings.add(rules::kBeforeHandshake);
      return;
    }
    // Who opened it below may show it as if it had been in clear.
    const bool is_clear = message.variant.empty() && message.decrypted != to_string(McpKeyOrigin::Proxy);
    const bool is_behind = made(Direction::Client) == true && made(Direction::Server) == true;
    if (!is_clear || !is_behind || std::exchange(is_clear_told_[index(sender)], true)) return;
    const bool is_known = may_refuse && (message.type == "Error.PacketDataIncorrect" ||
                                         message.type == "Error.UnsupportedVersion" || kind == Kind::HeartbeatTimeout);
    findings.add(is_known ? rules::kClearError : rules::kClearText);
  }

  // ids and answers:

  static void check_id(Kind kind, const Message& message, FindingList& findings) {
    if (kind == Kind::HeartbeatTimeout) findings.add(rules::kUnexpectedId).field = "/type";
    const bool is_withheld = message.id == kNoId && message.type_spec != nullptr && kind != Kind::HeartbeatTimeout;
    if (!is_withheld) return;
    if (!is_error(kind) || tells_of_parsing(message.type)) findings.add(rules::kWithheldId).field = "/type";
  }

  static void check_answer(Kind kind, const Message& message, const Asked& asked, FindingList& findings) {
    const MessageType* const request = asked.type_spec;
    if (request == nullptr || message.type_spec == nullptr || request->answers.empty()) return;
    if (kind == Kind::HeartbeatTimeout) return;
    // Without its id, which request an error is about is a guess.
    const bool has_id = !message.id.empty() && message.id != kNoId;
    std::string_view name = message.type;
    if (is_error(kind)) name.remove_prefix(std::string_view("Error.").size());
    const auto listed = is_error(kind) ? request->codes : request->answers;
    const bool is_open = is_error(kind) && (!has_id || (asked.mark & kEarly) != 0);
    if (is_open || std::ranges::find(listed, name) != listed.end()) return;
    Finding& finding = findings.add(is_error(kind) ? rules::kUnfitError : rules::kWrongAnswer);
    finding.field = "/type";
    finding.text = request->name;
    finding.text += is_error(kind) ? " has no use for this error" : " is not answered with this";
  }

  // The list of types and the running text do not agree.
  void check_name(Kind kind, const Message& message, const Asked& asked, FindingList& findings) {
    std::string_view twin;
    if (message.type == "Error.AuthDataInvalid") twin = "Error.AuthDataIncorrect";
    if (message.type == "Error.MessageInvalid") twin = "Error.MessageDataIncorrect";
    if (message.type == "File.ImageDownloadAccepted") twin = "File.ImageUploadAccepted";
    if (kind == Kind::Part && message.type == "File.ImageUploadPart") twin = "File.ImageDownloadPart";
    // As an answer to a client's own it confirms an upload.
    const bool is_download = kind_of(asked.type_spec) == Kind::RequestDownload;
    const bool is_end = kind == Kind::Completed && message.type == "File.ImageUploadCompleted" && is_download;
    if (is_end) twin = "File.ImageDownloadCompleted";
    if (twin.empty() || std::exchange(is_name_told_, true)) return;
    Finding& finding = findings.add(rules::kAmbiguousName);
    finding.field = "/type";
    finding.text = "the specification also calls this ";
    finding.text += twin;
  }

  // the two sides:

  std::uint32_t on_client(Kind kind, const Message& message, const Asked& asked, FindingList& findings) {
    if (kind == Kind::Login) {
      const bool may_not_know = message.time_first - accepted_at_ <= kCrossing && !has_seen_acceptance_;
      if (is_accepted_ == true && !may_not_know) findings.add(rules::kSecondLogin);
      is_early_told_ = false;
      return 0;
    }
    const bool is_early = is_accepted_ == false;
    // Told once until the next login: who begins without mostly goes on without.
    const bool is_news = is_early && made(Direction::Server) == true && !std::exchange(is_early_told_, true);
    if (is_news) findings.add(rules::kBeforeLogin);
    has_seen_acceptance_ |= is_accepted_ == true;
    if (kind == Kind::Ping) {
      ping(message, findings);
      return 0;
    }
    if (is_early) return kEarly;
    if (kind >= Kind::RequestUpload && kind <= Kind::Completed) images_.on_message(kind, message, asked, findings);
    return rooms_.on_client(kind, message, findings);
  }

  void ping(const Message& message, FindingList& findings) {
    heartbeat_.on_ping(message.time, findings);
    if (message.id.empty() || message.id == kNoId) return;
    if (message.id == ping_id_) findings.add(rules::kReusedId, "the last heartbeat has the same id").field = "/type";
    remember(ping_id_, message.id);
  }

  void on_server(Kind kind, const Message& message, const Asked& asked, FindingList& findings) {
    check_answer(kind, message, asked, findings);
    rooms_.on_server(kind, message, asked, findings);
    switch (kind) {
      case Kind::Accepted: return on_accepted(message, findings);
      case Kind::HeartbeatTimeout: return heartbeat_.on_timeout(message, is_accepted_, findings);
      case Kind::UploadAccepted:
      case Kind::DownloadMeta:
      case Kind::Part:
      case Kind::Completed: images_.on_message(kind, message, asked, findings); break;
      case Kind::Error:
      case Kind::Said: break;
      case Kind::Ping: findings.add(rules::kPingAnswered); return;
      case Kind::Other:
        if (message.type.starts_with("Heartbeat.")) findings.add(rules::kPingAnswered);
        return;
      default: return;
    }
    if (kind != Kind::Said) check_name(kind, message, asked, findings);
  }

  void on_accepted(const Message& message, FindingList& findings) {
    is_accepted_ = true;
    accepted_at_ = message.time;
    has_seen_acceptance_ = false;
    heartbeat_.on_accepted(message, findings);
  }

  Known handshake_[2] = {false, false};  // by Direction
  std::string versions_[2];              // by Direction; empty: not known
  Known is_accepted_ = false;
  Timestamp accepted_at_;
  bool has_seen_acceptance_ = false;  // the client has sent what it may send only then
  bool is_clear_told_[2] = {false, false};
  bool is_early_told_ = false;
  bool is_name_told_ = false;
  std::string ping_id_;  // of the last heartbeat
  Rooms rooms_;
  Images images_;
  Heartbeat heartbeat_;
};

}  // namespace

std::unique_ptr<Conformance> make_conformance(const Limits& /*limits*/) {
  return std::make_unique<McpConformance>();
}

}  // namespace overhear::mcp
