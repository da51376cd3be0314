// GradAgenda over WebSocket text frames: clients authenticate, one creates a mutable session with the others, messages
// are requested and broadcast to all involved, now and then a batch, a listing, a modification or a direct session.
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "bench/generator/append.hpp"
#include "bench/generator/conversation.hpp"
#include "bench/generator/websocket.hpp"

namespace overhear::bench {
namespace {

// With its other fields a message stays below the 4 KB that the specification allows a frame.
constexpr std::size_t kLongestBody = 3500;

class GradAgenda final : public Conversation {
 public:
  explicit GradAgenda(RoomSetup setup) : setup_(std::move(setup)), random_(setup_.random.fork(2)) {
    append(session_, "s-", 1'000'000 + setup_.number);
    for (std::size_t member = 0; member < setup_.members; ++member) {
      sockets_.emplace_back(setup_.random.fork(200 + member), setup_.setting.deflate);
      append(users_.emplace_back(), "u-", setup_.number, '-', member);
    }
  }

  void plan(Script& script, Timestamp now) override {
    now_ms_ = now.ns / 1'000'000;
    if (joined_ < setup_.members) return plan_login(script);
    const std::size_t member = random_.below(static_cast<std::uint32_t>(setup_.members));
    const std::uint32_t what = random_.below(1000);
    if (what < 4) return plan_listing(script, member);
    if (what < 8 && setup_.members > 1) return plan_direct_session(script, member);
    if (what < 11) return plan_session(script, member, "modification", "modified");
    if (what < 14) return sockets_[member].plan_ping(script, member);
    if (what < 34) return plan_batch(script, member);
    plan_messages(script, member, random_.one_in(5) ? random_.between(2, 3) : 1);
  }

  void encode(const Line& line, std::string& out) override {
    sockets_[line.member].append_message(out, line.from, Opcode::Text, line.text);
  }

  void plan_end(Script& script) override {
    for (std::size_t member = 0; member < setup_.members; ++member) sockets_[member].plan_close(script, member);
  }

 private:
  void begin_request(std::string& out) { append(out, R"({"cdid":"c-)", ++last_cdid_, '"'); }

  void append_participants(std::string& out) const {
    char separator = '[';
    for (const std::string& user : users_) append(out, std::exchange(separator, ','), '"', user, '"');
    out += ']';
  }

  void append_session_info(std::string& out, std::string_view status) const {
    append(out, R"({"type":"providing-session-info","session-id":")", session_,
           R"(","session-type":"mutable","status":")", status, R"(","user-id":)");
    append_participants(out);
    out += '}';
  }

  // Draws a message of one to a few sentences and keeps it in message_, for the request and its broadcasts.
  void draw_message() {
    message_ = R"({"type":"text","body":")";
    setup_.setting.vocabulary.append_utterance(message_, random_, kLongestBody, Spelling::Utf8);
    message_ += "\"}";
  }

  void append_message_request(std::string& out) {
    begin_request(out);
    append(out, R"(,"type":"request-sending-a-message","session-id":")", session_, R"(","message":)", message_,
           R"(,"sender-timestamp":)", now_ms_, '}');
  }

  void append_broadcast(std::string& out, std::size_t sender) const {
    append(out, R"({"type":"message-broadcast","session-id":")", session_, R"(","sender-id":")", users_[sender],
           R"(","message":)", message_, R"(,"sender-timestamp":)", now_ms_, '}');
  }

  void plan_login(Script& script) {
    const std::size_t member = joined_++;
    sockets_[member].plan_upgrade(script, member, {.host = "chat.gradagenda.example:8080", .path = "/chat"});
    std::string& request = script.add(member, Party::Client);
    begin_request(request);
    append(request, R"(,"type":"authenticate","user-id":")", users_[member],
           R"(","device-id":"Pixel 9&02:00:5e:00:00:)", 10 + member, R"(","token":"t)", random_.next(), R"("})");
    append(script.add(member, Party::Server), R"({"cdid":"c-)", last_cdid_,
           R"(","type":"status-response","status":"succeeded","message":"Welcome back"})");
    if (joined_ == setup_.members) plan_session(script, member, "creation", "created");
  }

  void plan_session(Script& script, std::size_t member, std::string_view request_kind, std::string_view status) {
    std::string& request = script.add(member, Party::Client);
    begin_request(request);
    append(request, R"(,"type":"request-mutable-session-)", request_kind, '"');
    if (status == "modified") append(request, R"(,"session-id":")", session_, '"');
    request += R"(,"user-id":)";
    append_participants(request);
    request += '}';
    text_.clear();
    append_session_info(text_, status);
    script.add_all(setup_.members, Party::Server, text_);
  }

  void plan_listing(Script& script, std::size_t member) {
    std::string& request = script.add(member, Party::Client);
    begin_request(request);
    request += R"(,"type":"request-mutable-session-listing"})";
    append_session_info(script.add(member, Party::Server), "unchanged");
  }

  void plan_direct_session(Script& script, std::size_t member) {
    const std::string& peer = users_[(member + 1) % users_.size()];
    std::string& request = script.add(member, Party::Client);
    begin_request(request);
    append(request, R"(,"type":"request-direct-session-info","user-id":")", peer, R"("})");
    // Named by its two users in an order of their own, since the identifier never changes.
    const auto [low, high] = std::minmax(users_[member], peer);
    append(script.add(member, Party::Server), R"({"type":"providing-session-info","session-id":"d-)", low, '-', high,
           R"(","session-type":"direct","status":"unchanged","user-id":[")", low, R"(",")", high, R"("]})");
  }

  void plan_messages(Script& script, std::size_t sender, std::uint32_t count) {
    broadcasts_.clear();
    for (std::uint32_t i = 0; i < count; ++i) {
      draw_message();
      append_message_request(script.add(sender, Party::Client));
      append_broadcast(broadcasts_.emplace_back(), sender);
    }
    for (const std::string& broadcast : broadcasts_) script.add_all(setup_.members, Party::Server, broadcast);
  }

  // Both directions as batches: what one client sends at once reaches all at once.
  void plan_batch(Script& script, std::size_t sender) {
    const std::uint32_t count = random_.between(2, 3);
    text_ = R"({"type":"batch-mode-action","actions":[)";
    std::string& request = script.add(sender, Party::Client);
    begin_request(request);
    request += R"(,"type":"batch-mode-action","actions":[)";
    for (std::uint32_t i = 0; i < count; ++i) {
      // Three of the longest would not fit into one frame.
      message_ = R"({"type":"text","body":")";
      setup_.setting.vocabulary.append_words(message_, random_, random_.between(10, 250), Spelling::Utf8);
      message_ += "\"}";
      append_message_request(request);
      append_broadcast(text_, sender);
      const char end = i + 1 < count ? ',' : ']';
      request += end;
      text_ += end;
    }
    request += '}';
    text_ += '}';
    script.add_all(setup_.members, Party::Server, text_);
  }

  RoomSetup setup_;
  Random random_;
  std::vector<WebSocket> sockets_;
  std::vector<std::string> users_;
  std::string session_;
  std::size_t joined_ = 0;
  std::uint64_t last_cdid_ = 0;
  std::int64_t now_ms_ = 0;
  std::string message_;
  std::string text_;
  std::vector<std::string> broadcasts_;
};

}  // namespace

std::unique_ptr<Conversation> make_gradagenda(RoomSetup setup) {
  return std::make_unique<GradAgenda>(std::move(setup));
}

}  // namespace overhear::bench
