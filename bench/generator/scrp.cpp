// SCRP 0.0.3 behind a length prefix: sign-up, login, a room that its owner creates and the others enter, then messages
// and changes of names and passwords, each request with its response. The specification names server pushes and gives
// them no form, so none are written; the messages that it names without fields carry the obvious ones.
#include <string>
#include <utility>
#include <vector>

#include "bench/generator/append.hpp"
#include "bench/generator/conversation.hpp"

namespace overhear::bench {
namespace {

constexpr std::size_t kLongestText = 24'000;

class Scrp final : public Conversation {
 public:
  explicit Scrp(RoomSetup setup) : setup_(std::move(setup)), random_(setup_.random.fork(2)) {
    append(room_, "room_", setup_.number);
    for (std::size_t member = 0; member < setup_.members; ++member) {
      Member& self = members_.emplace_back();
      append(self.id, "u", setup_.number, '_', member);
      append(self.nickname, setup_.setting.vocabulary.name(random_), ' ', member);
      draw_password(self.password);
    }
    append(room_nickname_, "Talk ", setup_.number);
  }

  void plan(Script& script, Timestamp now) override {
    now_s_ = static_cast<std::uint32_t>(now.ns / kSecond);
    if (joined_ < members_.size()) return plan_login(script);
    const std::size_t member = random_.below(static_cast<std::uint32_t>(members_.size()));
    switch (random_.below(100)) {
      case 0: return plan_nickname(script, member);
      case 1: return plan_password(script, member);
      case 2: return plan_room_nickname(script);
      case 3: return plan_admin(script, member);
      case 4:
      case 5:
      case 6:
      case 7: return plan_time(script, member);
      default: return plan_messages(script, member, random_.one_in(5) ? random_.between(2, 4) : 1);
    }
  }

  void encode(const Line& line, std::string& out) override {
    const std::size_t size = line.text.size();
    for (const unsigned shift : {24u, 16u, 8u, 0u}) out += static_cast<char>(size >> shift);
    out += line.text;
  }

 private:
  struct Member {
    std::string id;
    std::string nickname;
    std::string password;
    std::uint32_t last_request = 0;
  };

  void draw_password(std::string& out) {
    out.clear();
    append(out, "Pass word~", random_.below(1'000'000));
  }

  std::string& begin_request(Script& script, std::size_t member, std::string_view method) {
    std::string& out = script.add(member, Party::Client);
    append(out, R"({"req_id":)", ++members_[member].last_request, R"(,"method":")", method, '"');
    return out;
  }

  void plan_success(Script& script, std::size_t member, std::uint32_t request) {
    append(script.add(member, Party::Server), R"({"resp_id":)", request, R"(,"err":900})");
  }
  void plan_success(Script& script, std::size_t member) { plan_success(script, member, members_[member].last_request); }

  void plan_login(Script& script) {
    const std::size_t member = joined_++;
    const Member& self = members_[member];
    if (random_.one_in(3)) {
      append(begin_request(script, member, "SIGN_UP"), R"(,"user_id":")", self.id, R"(","user_password":")",
             self.password, R"(","user_nickname":")", self.nickname, R"("})");
      plan_success(script, member);
    }
    append(begin_request(script, member, "LOG_IN"), R"(,"user_id":")", self.id, R"(","user_password":")", self.password,
           R"("})");
    plan_success(script, member);
    if (member == 0) {
      append(begin_request(script, member, "CREATE_ROOM"), R"(,"room_id":")", room_, R"(","room_nickname":")",
             room_nickname_, R"(","user_id":")", self.id, R"(","room_access":0})");
    } else {
      append(begin_request(script, member, "ENTER_ROOM"), R"(,"room_id":")", room_, R"(","user_id":")", self.id,
             R"("})");
    }
    plan_success(script, member);
  }

  void plan_nickname(Script& script, std::size_t member) {
    Member& self = members_[member];
    std::string nickname;
    append(nickname, setup_.setting.vocabulary.name(random_), ' ', random_.below(1000));
    append(begin_request(script, member, "CHANGE_USER_NICKNAME"), R"(,"user_id":")", self.id,
           R"(","old_user_nickname":")", self.nickname, R"(","new_user_nickname":")", nickname, R"("})");
    self.nickname = nickname;
    plan_success(script, member);
  }

  void plan_password(Script& script, std::size_t member) {
    Member& self = members_[member];
    std::string& request = begin_request(script, member, "CHANGE_USER_PASSWORD");
    append(request, R"(,"user_id":")", self.id, R"(","old_user_password":")", self.password);
    draw_password(self.password);
    append(request, R"(","new_user_password":")", self.password, R"("})");
    plan_success(script, member);
  }

  // Only the owner may, who came first.
  void plan_room_nickname(Script& script) {
    room_nickname_.clear();
    append(room_nickname_, setup_.setting.vocabulary.name(random_), "’s ", random_.below(1000));
    append(begin_request(script, 0, "CHANGE_ROOM_NICKNAME"), R"(,"user_id":")", members_[0].id, R"(","room_id":")",
           room_, R"(","new_room_nickname":")", room_nickname_, R"("})");
    plan_success(script, 0);
  }

  void plan_admin(Script& script, std::size_t subject) {
    append(begin_request(script, 0, "SET_ADMIN"), R"(,"owner_user_id":")", members_[0].id, R"(","subject_user_id":")",
           members_[subject].id, R"(","room_id":")", room_, R"("})");
    plan_success(script, 0);
  }

  void plan_time(Script& script, std::size_t member) {
    begin_request(script, member, "GET_TIME") += '}';
    append(script.add(member, Party::Server), R"({"resp_id":)", members_[member].last_request, R"(,"time":)", now_s_,
           R"(,"err":900})");
  }

  void plan_messages(Script& script, std::size_t member, std::uint32_t count) {
    const std::uint32_t first = members_[member].last_request + 1;
    for (std::uint32_t i = 0; i < count; ++i) {
      std::string& request = begin_request(script, member, "SEND_ROOM_MESSAGE");
      append(request, R"(,"user_id":")", members_[member].id, R"(","room_id":")", room_, R"(","message":")");
      setup_.setting.vocabulary.append_utterance(request, random_, kLongestText, Spelling::Ascii);
      request += "\"}";
    }
    for (std::uint32_t i = 0; i < count; ++i) plan_success(script, member, first + i);
  }

  RoomSetup setup_;
  Random random_;
  std::string room_;
  std::string room_nickname_;
  std::vector<Member> members_;
  std::size_t joined_ = 0;
  std::uint32_t now_s_ = 0;
};

}  // namespace

std::unique_ptr<Conversation> make_scrp(RoomSetup setup) {
  return std::make_unique<Scrp>(std::move(setup));
}

}  // namespace overhear::bench
