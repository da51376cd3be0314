// ChatMaster 3000: JSON packages back to back with no framing at all, written as Python's json.dumps does. The server
// asks for a login, clients join a channel, messages reach all in it but the sender.
#include <zlib.h>

#include <new>
#include <string>
#include <utility>
#include <vector>

#include "bench/generator/append.hpp"
#include "bench/generator/conversation.hpp"

namespace overhear::bench {
namespace {

constexpr std::size_t kLongestText = 24'000;

class ChatMaster final : public Conversation {
 public:
  explicit ChatMaster(RoomSetup setup) : setup_(std::move(setup)), random_(setup_.random.fork(2)) {
    append(channel_, "channel ", setup_.number);
    for (std::size_t member = 0; member < setup_.members; ++member) {
      std::string& name = names_.emplace_back();
      append_escaped(name, setup_.setting.vocabulary.name(random_), Spelling::Ascii);
      append(name, setup_.number, '_', member);
    }
  }

  void plan(Script& script, Timestamp) override {
    if (joined_ < names_.size()) return plan_login(script);
    const std::size_t member = random_.below(static_cast<std::uint32_t>(names_.size()));
    const std::uint32_t what = random_.below(1000);
    if (what < 10) return plan_channels(script, member);
    if (what < 18) return plan_rename(script, member);
    if (what < 24) return plan_rejoin(script, member);
    plan_messages(script, member, random_.one_in(5) ? random_.between(2, 3) : 1);
  }

  void encode(const Line& line, std::string& out) override {
    if (!setup_.setting.chatmaster_zlib) {
      out += line.text;
      return;
    }
    const std::size_t begin = out.size();
    uLongf size = compressBound(line.text.size());
    out.resize(begin + size);
    if (compress2(reinterpret_cast<Bytef*>(out.data()) + begin, &size, as_bytes(line.text).data(), line.text.size(),
                  Z_BEST_SPEED) != Z_OK) {
      throw std::bad_alloc();
    }
    out.resize(begin + size);
  }

 private:
  static void append_command(std::string& out, std::string_view command, std::string_view parameter = {},
                             std::string_view value = {}) {
    append(out, R"({"type": "command", "data": {"command": ")", command, R"(", "parameters": {)");
    if (!parameter.empty()) append(out, '"', parameter, R"(": ")", value, '"');
    out += "}}}";
  }

  void append_channels(std::string& out) const { append(out, R"(["general", "python", ")", channel_, R"("])"); }

  void plan_user_event(Script& script, std::string_view event, std::size_t member) {
    text_.clear();
    append(text_, R"({"type": "notification", "data": {"event_type": ")", event, R"(", "username": ")", names_[member],
           R"("}})");
    script.add_all(joined_, Party::Server, text_);
  }

  void plan_login(Script& script) {
    const std::size_t member = joined_++;
    script.add(member, Party::Server) += R"({"type": "request", "data": {"request": "login"}})";
    append_command(script.add(member, Party::Client), "login", "username", names_[member]);
    std::string& session = script.add(member, Party::Server);
    session += R"({"type": "session", "data": {"status": true, "channels": )";
    append_channels(session);
    session += "}}";
    plan_join(script, member);
  }

  void plan_join(Script& script, std::size_t member) {
    append_command(script.add(member, Party::Client), "join", "channel", channel_);
    plan_user_event(script, "user_joined", member);
  }

  void plan_rejoin(Script& script, std::size_t member) {
    append_command(script.add(member, Party::Client), "leave");
    plan_user_event(script, "user_left", member);
    plan_join(script, member);
  }

  void plan_channels(Script& script, std::size_t member) {
    append_command(script.add(member, Party::Client), "channels");
    std::string& list = script.add(member, Party::Server);
    list += R"({"type": "notification", "data": {"event_type": "channel_list", "channels": )";
    append_channels(list);
    list += "}}";
  }

  void plan_rename(Script& script, std::size_t member) {
    std::string name;
    append_escaped(name, setup_.setting.vocabulary.name(random_), Spelling::Ascii);
    append(name, setup_.number, '_', member, '_', ++renames_);
    append_command(script.add(member, Party::Client), "rename", "username", name);
    text_.clear();
    append(text_, R"({"type": "notification", "data": {"event_type": "user_rename", "old_username": ")", names_[member],
           R"(", "new_username": ")", name, R"("}})");
    script.add_all(joined_, Party::Server, text_);
    names_[member] = name;
  }

  void plan_messages(Script& script, std::size_t sender, std::uint32_t count) {
    packages_.clear();
    for (std::uint32_t i = 0; i < count; ++i) {
      std::string& package = packages_.emplace_back(R"({"type": "message", "data": {"message": ")");
      setup_.setting.vocabulary.append_utterance(package, random_, kLongestText, Spelling::Ascii);
      append(package, R"(", "username": ")", names_[sender], R"("}})");
      script.add(sender, Party::Client) += package;
    }
    for (const std::string& package : packages_) {
      for (std::size_t member = 0; member < names_.size(); ++member) {
        if (member != sender) script.add(member, Party::Server) += package;
      }
    }
  }

  RoomSetup setup_;
  Random random_;
  std::string channel_;
  std::vector<std::string> names_;
  std::size_t joined_ = 0;
  std::uint64_t renames_ = 0;
  std::string text_;
  std::vector<std::string> packages_;
};

}  // namespace

std::unique_ptr<Conversation> make_chatmaster(RoomSetup setup) {
  return std::make_unique<ChatMaster>(std::move(setup));
}

}  // namespace overhear::bench
