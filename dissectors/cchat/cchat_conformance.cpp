// Where the client of a cchat connection is, in the room or not, and what that forbids both sides.
#include <cstdint>
#include <optional>
#include <utility>

#include "dissectors/cchat/cchat.hpp"
#include "dissectors/cchat/cchat_exchange.hpp"
#include "dissectors/cchat/cchat_rules.hpp"
#include "dissectors/cchat/cchat_table.hpp"
#include "dissectors/conformance.hpp"
#include "dissectors/row_kinds.hpp"

namespace overhear::cchat {
namespace {

constexpr std::uint32_t kMustRefuse = 1;  // the mark of a message

enum class Kind : std::uint8_t { Other, Join, Prime, Intermediate, Result, Leave, Say, Said, Error };

Kind kind_of_name(std::string_view name) {
  if (name == "join") return Kind::Join;
  if (name == "keyxchg_0") return Kind::Prime;
  if (name == "keyxchg_1") return Kind::Intermediate;
  if (name == "keyxchg_2") return Kind::Result;
  if (name == "leave") return Kind::Leave;
  if (name == "message_0") return Kind::Say;
  if (name == "message_1") return Kind::Said;
  return name == "error" ? Kind::Error : Kind::Other;
}

Kind kind_of(const MessageType* row) {
  static const RowKinds<Kind> kByRow(kProtocol.messages, kind_of_name);
  return kByRow.of(row);
}

class CchatConformance final : public Conformance {
 public:
  std::uint32_t on_message(const Message& message, const Asked& asked, FindingList& findings) override {
    bool& is_told = is_frame_told_[static_cast<std::size_t>(message.direction)];
    if (message.frame == FrameKind::Text && !std::exchange(is_told, true)) findings.add(cchat_rules::kTextFrame);
    const Kind kind = kind_of(message.type_spec);
    if (message.direction == Direction::Client) {
      is_sound_ &= kind != Kind::Other && message.frame != FrameKind::Text && findings.empty();
      return client(kind, message, findings);
    }
    server(kind, message, asked, findings);
    return 0;
  }

  void on_loss() override {
    place_ = Place::Unknown;
    is_sound_ = false;
    exchange_.on_loss();
  }

 private:
  enum class Place : std::uint8_t {
    Unknown,
    Out,    // never in, or sent out
    Asked,  // to be let in
    In,
    Left,  // of its own will
  };

  void move(Place place, Timestamp at) {
    place_ = place;
    since_ = at;
  }

  // the client:

  std::uint32_t client(Kind kind, const Message& message, FindingList& findings) {
    switch (kind) {
      case Kind::Join: join(message, findings); return 0;
      case Kind::Say:
      case Kind::Result:
      case Kind::Leave: break;
      default: return 0;
    }
    const bool is_out = check_place(message, findings);
    if (kind == Kind::Result && !is_out) exchange_.on_result(message, findings);
    if (kind == Kind::Leave) {
      move(Place::Left, message.time);
      has_server_seen_ = false;
    }
    if (kind != Kind::Say) return 0;
    if (is_out) return kMustRefuse;
    if (exchange_.is_under_way(message.time_first)) findings.add(cchat_rules::kDuringExchange);
    return 0;
  }

  void join(const Message& message, FindingList& findings) {
    const bool is_second = place_ == Place::In || place_ == Place::Asked;
    if (is_second) findings.add(cchat_rules::kSecondJoin);
    if (is_second) return;
    move(Place::Asked, message.time);
    exchange_.start();
  }

  // Whether the client knows that it is not in the room. What it sends from there may be refused later.
  bool check_place(const Message& message, FindingList& findings) {
    const bool knows = since_.ns == 0 || message.time_first - since_ > kCrossing;
    const bool is_out = place_ == Place::Left || (place_ == Place::Out && knows);
    if (place_ == Place::Left || place_ == Place::Out) ++refusable_;
    if (!is_out) return false;
    const std::string_view text = place_ == Place::Left ? "the client has left the chatroom"
                                  : since_.ns == 0      ? "the client has not joined a chatroom"
                                                        : "the server has told the client that it is not in a chatroom";
    findings.add(cchat_rules::kNotInRoom, text);
    return true;
  }

  // the server:

  void server(Kind kind, const Message& message, const Asked& asked, FindingList& findings) {
    switch (kind) {
      case Kind::Prime: return exchange_.on_prime(message);
      case Kind::Intermediate: exchange_.on_intermediate(message, findings); return invite(message, findings);
      case Kind::Said:
        if (asked.mark != kMustRefuse) return invite(message, findings);
        findings.add(cchat_rules::kNotRefused);
        return;
      case Kind::Error: return error(message, asked, findings);
      default: return;
    }
  }

  // What only those in the room are sent.
  void invite(const Message& message, FindingList& findings) {
    const bool has_time = has_server_seen_ || message.time_first - since_ > kCrossing;
    const bool is_out = place_ == Place::Out || (place_ == Place::Left && has_time);
    if (is_out) findings.add(cchat_rules::kUninvited);
    if (place_ == Place::Asked || place_ == Place::Unknown) move(Place::In, message.time);
  }

  void error(const Message& message, const Asked& asked, FindingList& findings) {
    const std::optional<std::uint64_t> number = error_number(*message.json, message.json->find("errcode"));
    if (!number) return;
    // It may be the leave that is refused.
    if (place_ == Place::Left && !has_server_seen_ && *number != 0) place_ = Place::Unknown;
    switch (*number) {
      case 0x0:
        if (place_ == Place::Left) has_server_seen_ = true;
        if (place_ == Place::Asked || (place_ == Place::Unknown && kind_of(asked.type_spec) == Kind::Join)) {
          move(Place::In, message.time);
        }
        return;
      case 0x4:
        if (place_ == Place::Asked) move(Place::Out, message.time);
        return;
      case 0x5: return not_in_room(message, findings);
      case 0x6: findings.add(cchat_rules::kAmbiguousCode).field = "/errcode"; return move(Place::Out, message.time);
      case 0x8:
        if (is_sound_) add_wrong(findings, "all that the client has sent is as specified");
        return;
      default: return;
    }
  }

  void not_in_room(const Message& message, FindingList& findings) {
    if (place_ == Place::Unknown) return move(Place::Out, message.time);
    if (refusable_ > 0) {
      --refusable_;
      return;
    }
    if (place_ == Place::In) add_wrong(findings, "the client is in the chatroom");
  }

  static void add_wrong(FindingList& findings, std::string_view text) {
    findings.add(cchat_rules::kWrongError, text).field = "/errcode";
  }

  Place place_ = Place::Out;
  Timestamp since_;               // 0: from the beginning
  bool has_server_seen_ = false;  // the last leave, as its answer tells
  std::uint32_t refusable_ = 0;   // what was sent from outside and not refused yet
  bool is_sound_ = true;          // nothing is wrong with any message of the client's
  KeyExchange exchange_;
  bool is_frame_told_[2] = {false, false};  // by Direction
};

}  // namespace

std::unique_ptr<Conformance> make_conformance(const Limits& /*limits*/) {
  return std::make_unique<CchatConformance>();
}

}  // namespace overhear::cchat
