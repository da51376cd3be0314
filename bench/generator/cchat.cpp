// cchat 0.3 over WebSocket binary frames: members join a room, then agree on a key in rounds before anybody speaks, and
// again when someone left and came back. Contents are base64; a message reaches all members, its sender too.
#include <openssl/sha.h>

#include <array>
#include <string>
#include <utility>
#include <vector>

#include "bench/generator/append.hpp"
#include "bench/generator/conversation.hpp"
#include "bench/generator/websocket.hpp"

namespace overhear::bench {
namespace {

constexpr std::size_t kLongestText = 18'000;
constexpr std::size_t kNumberDigits = 48;  // real servers take a prime of 192 bits

std::string sha1_hex(std::string_view text) {
  std::array<std::uint8_t, SHA_DIGEST_LENGTH> digest{};
  SHA1(as_bytes(text).data(), text.size(), digest.data());
  std::string hex;
  append_hex(hex, digest);
  return hex;
}

class Cchat final : public Conversation {
 public:
  explicit Cchat(RoomSetup setup) : setup_(std::move(setup)), random_(setup_.random.fork(2)) {
    std::string name;
    append(name, "room ", setup_.number);
    room_ = sha1_hex(name);
    for (std::size_t member = 0; member < setup_.members; ++member) {
      append(name, ", member ", member);
      ids_.push_back(sha1_hex(name));
      sockets_.emplace_back(setup_.random.fork(200 + member), setup_.setting.deflate);
    }
  }

  void plan(Script& script, Timestamp) override {
    if (joined_ < ids_.size()) {
      sockets_[joined_].plan_upgrade(script, joined_, {.host = "chat.cchat.example:8888", .path = "/"});
      plan_join(script, joined_++);
      if (joined_ == ids_.size()) plan_key_exchange(script);
      return;
    }
    const std::size_t member = random_.below(static_cast<std::uint32_t>(ids_.size()));
    const std::uint32_t what = random_.below(1000);
    if (what < 2) return plan_rejoin(script, member);
    if (what < 6) return sockets_[member].plan_ping(script, member);
    plan_messages(script, member, random_.one_in(5) ? random_.between(2, 3) : 1);
  }

  void encode(const Line& line, std::string& out) override {
    sockets_[line.member].append_message(out, line.from, Opcode::Binary, line.text);
  }

  void plan_end(Script& script) override {
    for (std::size_t member = 0; member < ids_.size(); ++member) sockets_[member].plan_close(script, member);
  }

 private:
  static constexpr std::string_view kSuccess = R"({"ver":1,"type":"error","errcode":"0","errdetail":"No error."})";

  void plan_join(Script& script, std::size_t member) {
    append(script.add(member, Party::Client), R"({"ver":1,"type":"join","clientid":")", ids_[member],
           R"(","chatroom":")", room_, R"("})");
    script.add(member, Party::Server) += kSuccess;
  }

  void plan_rejoin(Script& script, std::size_t member) {
    script.add(member, Party::Client) += R"({"ver":1,"type":"leave"})";
    script.add(member, Party::Server) += kSuccess;
    plan_join(script, member);
    plan_key_exchange(script);
  }

  void append_number(std::string& out) {
    out += "89abcdef"[random_.below(8)];  // no leading zero
    for (std::size_t i = 1; i < kNumberDigits; ++i) out += "0123456789abcdef"[random_.below(16)];
  }

  static void append_round(std::string& out, std::string_view type, std::size_t left, std::string_view number) {
    append(out, R"({"ver":1,"type":")", type, R"(","roundleft":)", left, R"(,"keyintrmdt":")", number, R"("})");
  }

  // A ring: every member's number passes all others; what comes back in the last round is the key for its receiver and
  // is answered with a blank. A member alone needs no key.
  void plan_key_exchange(Script& script) {
    if (ids_.size() < 2) return;
    text_ = R"({"ver":1,"type":"keyxchg_0","number":")";
    append_number(text_);
    text_ += "\"}";
    script.add_all(ids_.size(), Party::Server, text_);
    std::vector<std::string> numbers(ids_.size(), "02");
    for (std::size_t left = ids_.size(); left-- > 0;) {
      for (std::size_t member = 0; member < ids_.size(); ++member) {
        append_round(script.add(member, Party::Server), "keyxchg_1", left, numbers[member]);
      }
      for (std::size_t member = 0; member < ids_.size(); ++member) {
        std::string& passed_on = numbers[(member + 1) % ids_.size()];
        passed_on.clear();
        if (left > 0) append_number(passed_on);
        append_round(script.add(member, Party::Client), "keyxchg_2", left, passed_on);
      }
    }
  }

  void plan_messages(Script& script, std::size_t sender, std::uint32_t count) {
    relayed_.clear();
    for (std::uint32_t i = 0; i < count; ++i) {
      text_.clear();
      setup_.setting.vocabulary.append_utterance(text_, random_, kLongestText, Spelling::Plain);
      std::string& relayed = relayed_.emplace_back(R"({"ver":1,"type":"message_1","content":")");
      const std::size_t begin = relayed.size();
      append_base64(relayed, as_bytes(text_));
      relayed += "\"}";
      append(script.add(sender, Party::Client), R"({"ver":1,"type":"message_0","content":")",
             std::string_view(relayed).substr(begin));
    }
    for (const std::string& relayed : relayed_) script.add_all(ids_.size(), Party::Server, relayed);
  }

  RoomSetup setup_;
  Random random_;
  std::vector<WebSocket> sockets_;
  std::vector<std::string> ids_;
  std::string room_;
  std::size_t joined_ = 0;
  std::string text_;
  std::vector<std::string> relayed_;
};

}  // namespace

std::unique_ptr<Conversation> make_cchat(RoomSetup setup) {
  return std::make_unique<Cchat>(std::move(setup));
}

}  // namespace overhear::bench
