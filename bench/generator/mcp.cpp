// MCP 2.1.0 over TCP: key exchange, login, joining a room, text and image messages to it, uploads, room lists and the
// heartbeat. An answer carries its request's identifier; so does what the server relays to the others in the room.
#include <array>
#include <string>
#include <utility>
#include <vector>

#include "bench/generator/append.hpp"
#include "bench/generator/conversation.hpp"
#include "bench/generator/mcp_keys.hpp"

namespace overhear::bench {
namespace {

constexpr std::int64_t kHeartbeatMs = 30'000;
constexpr std::size_t kLongestText = 24'000;

class Mcp final : public Conversation {
 public:
  explicit Mcp(RoomSetup setup) : setup_(std::move(setup)), random_(setup_.random.fork(2)) {
    room_ = setup_.number + 1;
    for (std::size_t member = 0; member < setup_.members; ++member) {
      std::string& name =
          members_.emplace_back(Member{.keys = McpKeys(setup_.random.fork(200 + member)), .name = {}}).name;
      append(name, setup_.setting.vocabulary.name(random_), ' ', room_, '.', member);
    }
  }

  void plan(Script& script, Timestamp now) override {
    now_ms_ = now.ns / 1'000'000;
    if (joined_ < members_.size()) return plan_login(script);
    for (std::size_t member = 0; member < members_.size(); ++member) {
      if (now_ms_ - members_[member].pinged_ms > kHeartbeatMs / 3) plan_ping(script, member);
    }
    if (!script.empty()) return;
    const std::size_t member = random_.below(static_cast<std::uint32_t>(members_.size()));
    const std::uint32_t what = random_.below(1000);
    if (what < 5) return plan_room_list(script, member);
    if (what < 10) return plan_rejoin(script, member);
    if (what < 13) return plan_upload(script, member);
    if (what < 16) return plan_download(script, member);
    if (what < 40) return plan_image(script, member, "url", "https://img.example/p/", random_.below(100'000));
    plan_texts(script, member, random_.one_in(5) ? random_.between(2, 3) : 1);
  }

  void encode(const Line& line, std::string& out) override {
    const bool is_base64 = setup_.setting.mcp_variant == McpVariant::Base64Line;
    if (line.kind == LineKind::Handshake) {
      // The implementation that writes lines ends a plain package with two of them.
      append(out, line.text, is_base64 ? "\n\n" : "");
      return;
    }
    McpKeys& keys = members_[line.member].keys;
    if (!is_base64) return keys.encrypt(line.text, out);
    cipher_text_.clear();
    keys.encrypt(line.text + '\n', cipher_text_);
    append_base64(out, as_bytes(cipher_text_));
    out += '\n';
  }

 private:
  struct Member {
    McpKeys keys;
    std::string name;
    std::int64_t pinged_ms = 0;
  };

  // Starts a package and takes a new identifier, unique in the whole capture, for it and what answers it.
  void begin_request(std::string& out, std::string_view type) {
    id_.clear();
    append(id_, setup_.number, '-', ++last_id_);
    begin(out, type);
  }
  void begin(std::string& out, std::string_view type) const { append(out, R"({"type":")", type, '.', id_, '"'); }

  void append_all_users(std::string& out) const {
    char separator = '[';
    for (const Member& member : members_) append(out, std::exchange(separator, ','), '"', member.name, '"');
    out += ']';
  }

  void append_handshake(std::string& out, const GroupElement& key) const {
    begin(out, "Handshake.Handshake");
    out += R"(,"data":{"version":"2.1.0","publicKey":")";
    append_hex(out, key);
    out += "\"}}";
  }

  void plan_login(Script& script) {
    const std::size_t member = joined_++;
    Member& self = members_[member];
    self.pinged_ms = now_ms_;
    if (setup_.setting.key_log != nullptr) self.keys.log(setup_.setting.key_log, setup_.setting.key_form);
    id_.clear();
    append(id_, setup_.number, '-', ++last_id_);
    append_handshake(script.add(member, Party::Client, LineKind::Handshake), self.keys.public_key(Party::Client));
    append_handshake(script.add(member, Party::Server, LineKind::Handshake), self.keys.public_key(Party::Server));

    std::string& login = script.add(member, Party::Client);
    begin_request(login, "Authentication.Login");
    append(login, R"(,"data":{"username":")", self.name, R"(","password":"pw )", random_.next(), R"("}})");
    std::string& accepted = script.add(member, Party::Server);
    begin(accepted, "Authentication.Accepted");
    append(accepted, R"(,"data":{"rooms":[{"id":)", room_, R"(,"name":"Room )", room_, R"(","allUsers":)");
    append_all_users(accepted);
    append(accepted, R"(}],"heartbeatRate":)", kHeartbeatMs, "}}");
    plan_join(script, member);
  }

  void plan_join(Script& script, std::size_t member) {
    std::string& join = script.add(member, Party::Client);
    begin_request(join, "Room.Join");
    append(join, R"(,"data":{"room":)", room_, "}}");
    text_.clear();
    begin(text_, "Room.Joined");
    append(text_, R"(,"data":{"room":)", room_, R"(,"user":")", members_[member].name, R"(","allUsers":)");
    append_all_users(text_);
    text_ += "}}";
    script.add_all(joined_, Party::Server, text_);
  }

  void plan_rejoin(Script& script, std::size_t member) {
    std::string& leave = script.add(member, Party::Client);
    begin_request(leave, "Room.Leave");
    append(leave, R"(,"data":{"room":)", room_, "}}");
    text_.clear();
    begin(text_, "Room.Left");
    append(text_, R"(,"data":{"room":)", room_, R"(,"user":")", members_[member].name, R"("}})");
    script.add_all(joined_, Party::Server, text_);
    plan_join(script, member);
  }

  void plan_ping(Script& script, std::size_t member) {
    members_[member].pinged_ms = now_ms_;
    std::string& ping = script.add(member, Party::Client);
    begin_request(ping, "Heartbeat.Ping");
    ping += '}';
  }

  void plan_room_list(Script& script, std::size_t member) {
    std::string& request = script.add(member, Party::Client);
    begin_request(request, "Room.RequireList");
    request += '}';
    std::string& list = script.add(member, Party::Server);
    begin(list, "Room.List");
    append(list, R"(,"data":[{"room":)", room_, R"(,"name":"Room )", room_, R"("}]})");
  }

  void plan_texts(Script& script, std::size_t sender, std::uint32_t count) {
    relayed_.clear();
    for (std::uint32_t i = 0; i < count; ++i) {
      text_.clear();
      setup_.setting.vocabulary.append_utterance(text_, random_, kLongestText, Spelling::Utf8);
      std::string& request = script.add(sender, Party::Client);
      begin_request(request, "Message.CreateTextMessage");
      append(request, R"(,"data":{"text":")", text_, R"("},"room":)", room_, '}');
      std::string& relayed = relayed_.emplace_back();
      begin(relayed, "Message.TextMessage");
      append(relayed, R"(,"data":{"text":")", text_, '"');
      end_relayed(relayed, sender);
    }
    for (const std::string& relayed : relayed_) script.add_all(members_.size(), Party::Server, relayed);
  }

  void end_relayed(std::string& out, std::size_t sender) const {
    append(out, R"(,"user":")", members_[sender].name, R"(","time":")", now_ms_, R"("},"room":)", room_, '}');
  }

  // `form` says whether the image lies anywhere ("url") or was uploaded before ("image").
  void plan_image(Script& script, std::size_t sender, std::string_view form, std::string_view prefix,
                  std::uint64_t image) {
    std::string& request = script.add(sender, Party::Client);
    begin_request(request, "Message.CreateImageMessage");
    append(request, R"(,"data":{")", form, R"(":")", prefix, image, R"("},"room":)", room_, '}');
    text_.clear();
    begin(text_, "Message.ImageMessage");
    append(text_, R"(,"data":{"image":")", prefix, image, '"');
    end_relayed(text_, sender);
    script.add_all(members_.size(), Party::Server, text_);
  }

  void append_image_meta(std::string& out, std::string_view type, std::uint32_t parts) const {
    begin(out, type);
    append(out, R"(,"data":{"id":"i)", image_, R"(","name":"photo )", image_, R"(.jpg","size":)", parts * kPartSize,
           R"(,"type":"image/jpeg"}})");
  }

  void plan_parts(Script& script, std::size_t member, Party from, std::string_view kind, std::uint32_t parts) {
    std::array<std::uint8_t, kPartSize> bytes{};
    for (std::uint32_t part = 1; part <= parts; ++part) {
      for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(random_.next() >> 56);
      std::string& out = script.add(member, from);
      from == Party::Client ? begin_request(out, kind) : begin(out, kind);
      append(out, R"(,"data":{"id":"i)", image_, R"(","part":)", part, R"(,"data":")");
      append_base64(out, bytes);
      out += "\"}}";
    }
  }

  void plan_upload(Script& script, std::size_t member) {
    const std::uint32_t parts = random_.between(1, 4);
    ++image_;
    std::string& request = script.add(member, Party::Client);
    begin_request(request, "File.RequestImageUpload");
    append(request, R"(,"data":{"name":"photo )", image_, R"(.jpg","size":)", parts * kPartSize,
           R"(,"type":"image/jpeg"}})");
    append_image_meta(script.add(member, Party::Server), "File.ImageUploadAccepted", parts);
    plan_parts(script, member, Party::Client, "File.ImageUploadPart", parts);
    std::string& completed = script.add(member, Party::Client);
    begin_request(completed, "File.ImageUploadCompleted");
    append(completed, R"(,"data":{"id":"i)", image_, R"("}})");
    plan_image(script, member, "image", "mcp_image://i", image_);
  }

  void plan_download(Script& script, std::size_t member) {
    const std::uint32_t parts = random_.between(1, 4);
    std::string& request = script.add(member, Party::Client);
    begin_request(request, "File.RequestImageDownload");
    append(request, R"(,"data":{"id":"i)", image_, R"("}})");
    append_image_meta(script.add(member, Party::Server), "File.ImageDownloadMeta", parts);
    plan_parts(script, member, Party::Server, "File.ImageDownloadPart", parts);
    std::string& completed = script.add(member, Party::Server);
    begin(completed, "File.ImageDownloadCompleted");
    append(completed, R"(,"data":{"id":"i)", image_, R"("}})");
  }

  static constexpr std::uint32_t kPartSize = 1024;

  RoomSetup setup_;
  Random random_;
  std::uint64_t room_ = 0;
  std::vector<Member> members_;
  std::size_t joined_ = 0;
  std::string id_;
  std::uint64_t last_id_ = 0;
  std::uint64_t image_ = 0;
  std::int64_t now_ms_ = 0;
  std::string text_;
  std::string cipher_text_;
  std::vector<std::string> relayed_;
};

}  // namespace

std::unique_ptr<Conversation> make_mcp(RoomSetup setup) {
  return std::make_unique<Mcp>(std::move(setup));
}

}  // namespace overhear::bench
