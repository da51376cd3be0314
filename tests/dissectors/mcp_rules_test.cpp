// Each rule of MCP's sessions: a conversation that keeps it, one that breaks it, and what is not known.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dissectors/mcp/mcp.hpp"
#include "tests/support/judge.hpp"

namespace overhear::testing {
namespace {

using ::testing::IsEmpty;

std::string pack(char who, std::string_view type, std::string_view data = "{}", std::string_view rest = "") {
  return fmt::format(R"({}{{"type":"{}","data":{}{}}})", who, type, data, rest);
}
std::string handshake(char who, std::string_view version = "2.1.0", std::string_view id = "h") {
  return pack(who, fmt::format("Handshake.Handshake.{}", id),
              fmt::format(R"({{"version":"{}","publicKey":"02"}})", version));
}
std::string login(std::string_view id = "l") {
  return pack('>', fmt::format("Authentication.Login.{}", id), R"({"username":"alice","password":"p"})");
}
std::string accepted(std::string_view id = "l", std::string_view rate = "30000",
                     std::string_view users = R"(["bob"])") {
  return pack('<', fmt::format("Authentication.Accepted.{}", id),
              fmt::format(R"({{"rooms":[{{"id":1,"name":"Lobby","allUsers":{}}}],"heartbeatRate":{}}})", users, rate));
}
std::string ping(std::string_view id) {
  return fmt::format(R"(>{{"type":"Heartbeat.Ping.{}"}})", id);
}
std::string error(std::string_view name, std::string_view id) {
  return pack('<', fmt::format("Error.{}.{}", name, id), R"({"message":"no"})");
}
std::string about_room(char who, std::string_view type, int room, std::string_view rest = "") {
  return pack(who, type, fmt::format(R"({{"room":{}{}}})", room, rest));
}
std::string join(std::string_view id, int room = 1) {
  return about_room('>', fmt::format("Room.Join.{}", id), room);
}
std::string joined(std::string_view id, int room = 1, std::string_view user = "alice") {
  return about_room('<', fmt::format("Room.Joined.{}", id), room,
                    fmt::format(R"(,"user":"{}","allUsers":["alice"])", user));
}
std::string leave(std::string_view id, int room = 1) {
  return about_room('>', fmt::format("Room.Leave.{}", id), room);
}
std::string left(std::string_view id, int room = 1, std::string_view user = "alice") {
  return about_room('<', fmt::format("Room.Left.{}", id), room, fmt::format(R"(,"user":"{}")", user));
}
std::string says(std::string_view id, int room = 1) {
  return pack('>', fmt::format("Message.CreateTextMessage.{}", id), R"({"text":"hi"})",
              fmt::format(R"(,"room":{})", room));
}
std::string said(std::string_view id, int room = 1, std::string_view user = "alice") {
  return pack('<', fmt::format("Message.TextMessage.{}", id),
              fmt::format(R"({{"text":"hi","user":"{}","time":"5"}})", user), fmt::format(R"(,"room":{})", room));
}

Script operator+(Script begin, const Script& rest) {
  begin.insert(begin.end(), rest.begin(), rest.end());
  return begin;
}
// Messages 1 and 2, and 3 and 4 behind them.
Script shaken(const Script& rest) {
  return Script{handshake('>'), handshake('<'), "#mcp-key"} + rest;
}
Script in(const Script& rest) {
  return shaken({login(), accepted()}) + rest;
}
// 5 and 6.
Script in_room(const Script& rest) {
  return in({join("j"), joined("j")}) + rest;
}

std::vector<RuleCase> handshake_cases() {
  const std::string list = R"(>{"type":"Room.RequireList.r"})";
  return {
      {"in order", in({list}), ""},
      {"anything before the handshake", {list}, "1:mcp.before_handshake"},
      {"a login that does not wait", {handshake('>'), login(), handshake('<')}, "2:mcp.before_handshake"},
      {"the server's first word", {accepted()}, "1:mcp.before_handshake"},
      {"a refused handshake", {handshake('>'), error("UnsupportedVersion", "h")}, ""},
      {"and another try",
       {handshake('>'), error("UnsupportedVersion", "h"), handshake('>', "2.1.0", "i"), handshake('<', "2.1.0", "i")},
       ""},
      {"the middle of a session", {"~", list, accepted()}, ""},
      {"behind what could not be read", {"<?", list}, ""},
      {"the server begins", {handshake('<'), handshake('>')}, "1:mcp.handshake_order"},
      {"the server begins, as far as is known", {"~", handshake('<'), handshake('>')}, ""},
      {"once more", {handshake('>'), handshake('<'), handshake('>', "2.1.0", "i")}, "3:mcp.second_handshake"},
      {"both once more",
       {handshake('>'), handshake('<'), handshake('>', "2.1.0", "i"), handshake('<', "2.1.0", "i")},
       "3:mcp.second_handshake 4:mcp.second_handshake"},
      {"once more behind a loss", {handshake('>'), handshake('<'), "~", handshake('>')}, "3:mcp.second_handshake"},
      {"an older server", {handshake('>'), handshake('<', "2.0.0")}, "2:mcp.version_mismatch"},
      {"the same old version", {handshake('>', "2.0.0"), handshake('<', "2.0.0")}, ""},
      {"the same version, escaped", {handshake('>'), handshake('<', "2\\u002e1.0")}, ""},
      {"an older server behind a loss", {handshake('>'), "~", handshake('<', "2.0.0")}, ""},
  };
}

std::vector<RuleCase> encryption_cases() {
  return {
      {"a login in clear", shaken({"#", login(), login("m")}), "3:mcp.clear_text"},
      {"an answer in clear", in({join("j"), "#", joined("j")}), "6:mcp.clear_text"},
      {"inside TLS it is in clear as well", shaken({"#tls-keylog", login()}), "3:mcp.clear_text"},
      {"javacat's error", in({join("j"), "#", error("PacketDataIncorrect", "j")}), "6:mcp.clear_text(note)"},
      {"another error", in({join("j"), "#", error("RoomNotFound", "j")}), "6:mcp.clear_text"},
      {"still behind a loss", in({"~", "#", join("j")}), "5:mcp.clear_text"},
      {"a session that is not known from its beginning", {"~", login(), accepted()}, ""},
  };
}

std::vector<RuleCase> login_cases() {
  return {
      {"a room before the login", shaken({join("j")}), "3:mcp.before_login"},
      {"a heartbeat before the login", shaken({ping("p")}), "3:mcp.before_login"},
      {"a type that nobody knows", shaken({pack('>', "User.Dance.d")}), "3:mcp.before_login"},
      {"before the answer", shaken({login(), join("j"), accepted()}), "4:mcp.before_login"},
      {"once until the next login", shaken({join("j"), join("k"), login(), error("UserNotFound", "l"), join("m")}),
       "3:mcp.before_login 7:mcp.before_login"},
      {"behind a refusal", shaken({login(), error("UserNotFound", "l"), join("j")}), "5:mcp.before_login"},
      {"behind a loss", shaken({"~", join("j")}), ""},
      {"a second try", shaken({login(), error("UserPasswordInvalid", "l"), login("m"), accepted("m")}), ""},
      {"once more", in({"+1", login("m")}), "5:mcp.second_login(note)"},
      {"twice before the first answer", shaken({login(), login("m"), accepted(), accepted("m")}), ""},
      {"on its way when the first is answered", in({login("m"), accepted("m")}), ""},
      {"at once, but the answer was seen", in({ping("p"), login("m")}), "6:mcp.second_login(note)"},
      {"at once behind another answer that may not have been seen",
       in({ping("p"), login("m"), accepted("m"), login("n")}), "6:mcp.second_login(note)"},
      {"once more behind a loss", in({"+1", "~", login("m")}), "5:mcp.second_login(note)"},
  };
}

std::vector<RuleCase> id_cases() {
  const std::string list = R"(>{"type":"Room.RequireList.r"})";
  return {
      {"an id for each", in({join("a"), joined("a"), join("b", 2), joined("b", 2)}), ""},
      {"one that still waits", in({join("a"), join("a", 2)}), "6:mcp.id_reused"},
      {"one that was answered", in({join("a"), joined("a"), says("a")}), "7:mcp.id_reused"},
      {"heartbeats with the same", in({ping("p"), ping("p")}), "6:mcp.id_reused"},
      {"heartbeats with another", in({ping("p"), ping("q")}), ""},
      {"an end with an id", in({"+31", error("HeartbeatTimeout", "5")}), "5:mcp.unexpected_id"},
      {"an end without", in({"+31", pack('<', "Error.HeartbeatTimeout")}), ""},
      {"what could not be parsed", in({join("a"), error("PacketDataIncorrect", "DontHaveID")}), ""},
      {"what was parsed", in({join("a"), error("RoomNotFound", "DontHaveID")}), "6:mcp.withheld_id"},
      {"a success", in({join("a"), joined("DontHaveID")}), "6:mcp.withheld_id"},
      {"another answer", in({list, joined("r", 2, "bob")}), ""},
      {"an answer to something else", in({list, pack('<', "File.ImageUploadAccepted.r", R"({"id":"i"})")}),
       "6:mcp.wrong_answer"},
      {"an error about something else", in({list, error("UserAlreadyExists", "r")}), "6:mcp.unfit_error(note)"},
      {"an error that a guess pairs", in({list, error("UserAlreadyExists", "DontHaveID")}), "6:mcp.withheld_id"},
      {"an error to what came too early", shaken({says("s"), error("AccessDenied", "s")}), "3:mcp.before_login"},
      {"a name of the running text",
       shaken({login(), error("AuthDataInvalid", "l"), login("m"), error("AuthDataInvalid", "m")}),
       "4:mcp.ambiguous_name(note)"},
  };
}

std::vector<RuleCase> room_cases() {
  const std::string denied = error("UserDontConnected", "s");
  return {
      {"in the room", in_room({says("s"), said("s"), leave("v"), left("v")}), ""},
      {"not in it", in({says("s"), denied}), "5:mcp.not_in_room"},
      {"not in another", in_room({says("s", 2), error("RoomDontExists", "s")}), "7:mcp.not_in_room"},
      {"not in it, and served", in({says("s"), said("s")}), "5:mcp.not_in_room 6:mcp.not_refused"},
      {"before the answer to a join", in({join("j"), says("s"), joined("j"), said("s")}), ""},
      {"a join that was refused", in({join("j"), error("RoomNotFound", "j"), says("s")}), "7:mcp.not_in_room"},
      {"denied and done, as javacat does", in({join("j"), error("AccessDenied", "j"), joined("x"), says("s")}), ""},
      {"leaving a room that it is not in", in({leave("v"), error("UserDontConnected", "v")}), "5:mcp.not_in_room"},
      {"leaving twice", in_room({leave("v"), left("v"), leave("w")}), "9:mcp.not_in_room"},
      {"speaking on the way out", in_room({leave("v"), says("s"), left("v")}), "8:mcp.not_in_room"},
      {"and still served", in_room({leave("v"), says("s"), said("s"), left("v")}), "8:mcp.not_in_room"},
      {"a member that joins again is refused", in_room({join("k"), error("UserDontConnected", "k")}),
       "8:mcp.unfit_error(note)"},
      {"put out while it speaks", in_room({left("x"), says("s")}), ""},
      {"put out before it speaks", in_room({left("x"), "+1", says("s")}), "8:mcp.not_in_room"},
      {"another user leaves", in_room({left("x", 1, "bob"), "+1", says("s"), said("s")}), ""},
      {"the room is gone", in_room({about_room('<', "Room.Deleted.x", 1), "+1", says("s")}), "8:mcp.not_in_room"},
      {"the acceptance tells who is in", shaken({login(), accepted("l", "30000", R"(["alice"])"), says("s")}), ""},
      {"as objects, too", shaken({login(), accepted("l", "30000", R"([{"id":1,"username":"alice"}])"), says("s")}), ""},
      {"the acceptance does not tell", shaken({login(), accepted("l", "30000", "null"), says("s"), said("s")}), ""},
      {"behind a loss", in_room({"~", says("s", 2), said("s", 2), leave("v", 3), left("v", 3)}), ""},
      {"a member is refused", in_room({says("s"), denied}), "8:mcp.refused_member(note)"},
      {"whether it is one still", in_room({says("s"), denied, "+1", says("t")}), "8:mcp.refused_member(note)"},
      {"a member, as far as is known", in_room({"~", says("s"), denied}), ""},
      {"a member that has become somebody else",
       in_room({"+1", login("m"), accepted("m", "30000", "[]"), says("s"), denied}),
       "7:mcp.second_login(note) 9:mcp.not_in_room"},
      {"a room's message to a stranger", in({said("x", 1, "bob")}), "5:mcp.foreign_room"},
      {"a room's message behind the leaving", in_room({leave("v"), left("v"), said("x", 1, "bob")}),
       "9:mcp.foreign_room"},
      {"a room's message on the way out", in_room({leave("v"), said("x", 1, "bob"), left("v")}), ""},
      {"a room's message on the way in", in({join("j"), said("x", 1, "bob"), joined("j")}), ""},
      {"a room's message without its room",
       in({pack('<', "Message.TextMessage.x", R"({"text":"hi","user":"bob","time":"5"})")}), ""},
      {"a room's message behind a loss", in({"~", said("x", 1, "bob")}), ""},
      {"a room that its creator may be in",
       in({pack('>', "Room.Create.c", R"({"name":"k"})"), pack('<', "Room.Created.c", R"({"room":2,"name":"k"})"),
           says("s", 2), said("s", 2)}),
       ""},
      {"another room than asked for", in({join("j"), joined("j", 2)}), "6:mcp.other_room"},
      {"an answer to what was asked before a loss", in({join("j"), "~", join("k", 2), joined("j")}), ""},
      {"said in another room", in_room({join("k", 2), joined("k", 2), says("s"), said("s", 2)}), "10:mcp.other_room"},
  };
}

std::string part(char who, std::string_view type, int number, std::string_view data = "AAAA") {
  return pack(who, fmt::format("File.Image{}.p{}", type, number),
              fmt::format(R"({{"id":"i","part":{},"data":"{}"}})", number, data));
}

std::vector<RuleCase> image_cases() {
  const std::string wish = pack('>', "File.RequestImageUpload.u", R"({"name":"n","size":6,"type":"image/png"})");
  const std::string object = R"({"id":"i","name":"n","size":6,"type":"image/png"})";
  const std::string yes = pack('<', "File.ImageUploadAccepted.u", object);
  const std::string done = pack('>', "File.ImageUploadCompleted.d", R"({"id":"i"})");
  const std::string confirmed = pack('<', "File.ImageUploadCompleted.d", R"({"id":"i"})");
  const auto up = [](int number, std::string_view data = "AAAA") { return part('>', "UploadPart", number, data); };
  const std::string ask = pack('>', "File.RequestImageDownload.r", R"({"id":"i"})");
  const std::string meta = pack('<', "File.ImageDownloadMeta.r", object);
  const auto down = [](int number) { return part('<', "DownloadPart", number); };
  const std::string got = pack('<', "File.ImageDownloadCompleted.r", R"({"id":"i"})");
  const auto show = [](std::string_view data) {
    return in_room({pack('>', "Message.CreateImageMessage.m", data, R"(,"room":1)")});
  };
  return {
      {"an upload", in({wish, yes, up(1), up(2), done, confirmed}), ""},
      {"numbers from zero on", in({wish, yes, up(0), up(1), done}), ""},
      {"padding", in({wish, yes, up(1, "AAAAAAA="), up(2, "AA=="), done}), ""},
      {"before it is accepted", in({wish, up(1), yes}), "6:mcp.unannounced_image"},
      {"an end of nothing", in({done}), "5:mcp.unannounced_image"},
      {"behind a loss", in({"~", up(1), done}), ""},
      {"a part too many", in({wish, yes, up(1), up(2), up(3), up(4)}), "9:mcp.image_size"},
      {"a part too few", in({wish, yes, up(1), done}), "8:mcp.image_size"},
      {"a part that is lost", in({wish, yes, "~", up(2), done}), ""},
      {"out of order", in({wish, yes, up(2), up(1), done}), "8:mcp.part_order(note)"},
      {"no base64", in({wish, yes, up(1, "AA A")}), "7:mcp.not_base64"},
      {"cut base64", in({wish, yes, up(1, "AAA")}), "7:mcp.not_base64"},
      {"of no number of bytes", in({wish, yes, up(1, "AAAAA"), done}), "7:mcp.not_base64"},
      {"a download", in({ask, meta, down(1), down(2), got}), ""},
      {"two downloads at a time",
       in({ask, meta, pack('>', "File.RequestImageDownload.s", R"({"id":"i"})"), down(1), got}), ""},
      {"a download under the other names",
       in({ask, meta, part('<', "UploadPart", 1), part('<', "UploadPart", 2),
           pack('<', "File.ImageUploadCompleted.r", R"({"id":"i"})")}),
       "7:mcp.ambiguous_name(note)"},
      {"an end under the other name",
       in({ask, meta, down(1), down(2), pack('<', "File.ImageUploadCompleted.r", R"({"id":"i"})")}),
       "9:mcp.ambiguous_name(note)"},
      {"a confirmed end behind a loss", in({wish, yes, up(1), up(2), "~", confirmed}), ""},
      {"the upload is accepted under its other name",
       in({wish, pack('<', "File.ImageDownloadAccepted.u", object), up(1), up(2), done}), "6:mcp.ambiguous_name(note)"},
      {"parts before their meta", in({ask, down(1)}), "6:mcp.unannounced_image"},
      {"an image that nobody asked for", in({meta}), "5:mcp.unannounced_image"},
      {"a download behind a loss", in({"~", meta, down(1), down(2), got}), ""},
      {"half a download", in({ask, meta, down(1), got}), "8:mcp.image_size"},
      {"an image of the server's", show(R"({"image":"mcp_image://i"})"), ""},
      {"a URL there, as javacat's clients send it", show(R"({"image":"http://h/i.png"})"),
       "7:mcp.image_reference(note)"},
      {"no id there", show(R"({"image":"mcp_image://"})"), "7:mcp.image_reference(note)"},
      {"both", show(R"({"url":"http://h/i.png","image":"mcp_image://i"})"), "7:mcp.two_images(note)"},
  };
}

std::vector<RuleCase> heartbeat_cases() {
  const std::string over = pack('<', "Error.HeartbeatTimeout");
  return {
      {"in time", in({"+29", ping("p"), "+29", ping("q"), "+29"}), ""},
      {"a little late", in({"+44", ping("p")}), ""},
      {"late", in({"+50", ping("p")}), "5:mcp.late_heartbeat(note)"},
      {"overdue", in({"+29", ping("p"), "+95", ping("q")}), "6:mcp.late_heartbeat"},
      {"just overdue", in({"+90", ping("p")}), "5:mcp.late_heartbeat"},
      {"just not", in({"+89", ping("p")}), "5:mcp.late_heartbeat(note)"},
      {"late, as far as is known", in({"+50", "~", ping("p")}), ""},
      {"the end of a silence", in({"+50"}), "end:mcp.no_heartbeat"},
      {"and of one behind heartbeats", in({"+29", ping("p"), "+50"}), "end:mcp.no_heartbeat"},
      {"a short session", in({"+20"}), ""},
      {"nobody has logged in", shaken({"+100"}), ""},
      {"a rate that is not named", shaken({login(), pack('<', "Authentication.Accepted.l", R"({"rooms":[]})"), "+100"}),
       ""},
      {"no rate", shaken({login(), accepted("l", "0"), "+100"}), "4:mcp.heartbeat_rate"},
      {"a rate below nothing", shaken({login(), accepted("l", "-30000")}), "4:mcp.heartbeat_rate"},
      {"a rate in seconds", shaken({login(), accepted("l", "30")}), "4:mcp.heartbeat_rate(note)"},
      {"a rate of days", shaken({login(), accepted("l", "86400001")}), "4:mcp.heartbeat_rate(note)"},
      {"the server gives up", in({"+91", over}), ""},
      {"too early", in({"+29", ping("p"), "+20", over}), "6:mcp.early_timeout"},
      {"a heartbeat crosses the end", in({"+91", ping("p"), over}), "5:mcp.late_heartbeat"},
      {"before the login", shaken({"+100", over}), "3:mcp.early_timeout"},
      {"too early, as far as is known", in({"+29", ping("p"), "~", "+20", over}), ""},
      {"the server goes on", in({"+91", over, said("x", 7, "bob")}), "6:mcp.after_timeout 6:mcp.foreign_room"},
      {"the client goes on", in_room({"+91", over, "+1", says("s")}), "8:mcp.after_timeout"},
      {"the client does not know yet", in_room({"+91", over, says("s")}), ""},
      {"a heartbeat that is answered", in({ping("p"), pack('<', "Heartbeat.Ping.p")}), "6:mcp.ping_answered"},
      {"with a word of its own", in({ping("p"), pack('<', "Heartbeat.Pong.p")}), "6:mcp.ping_answered"},
  };
}

// Absence of ids and other versions are notes of single messages.
void check(const std::vector<RuleCase>& cases) {
  check_rules(mcp::kProtocol, cases, {"app.", "mcp.version", "mcp.missing_id"});
}

TEST(McpRules, TheHandshakeComesFirstAndOnce) {
  check(handshake_cases());
}
TEST(McpRules, AllBehindTheHandshakeIsEncrypted) {
  check(encryption_cases());
}
TEST(McpRules, TheLoginComesBeforeAllElse) {
  check(login_cases());
}
TEST(McpRules, IdsAreUniqueAndAnswersFitThem) {
  check(id_cases());
}
TEST(McpRules, RoomsAreForThoseWhoAreInThem) {
  check(room_cases());
}
TEST(McpRules, ImagesAreAnnouncedAndWhole) {
  check(image_cases());
}
TEST(McpRules, HeartbeatsComeAtTheirRate) {
  check(heartbeat_cases());
}

TEST(McpRules, HaveEachACaseThatBreaksThem) {
  std::vector<RuleCase> all;
  for (const auto& cases : {handshake_cases(), encryption_cases(), login_cases(), id_cases(), room_cases(),
                            image_cases(), heartbeat_cases()}) {
    all.insert(all.end(), cases.begin(), cases.end());
  }
  const std::vector<std::string_view> elsewhere = {"mcp.no_key", "mcp.undecodable", "mcp.weak_key", "mcp.version",
                                                   "mcp.missing_id"};
  EXPECT_THAT(untested(mcp::kProtocol, "mcp.", all, elsewhere), IsEmpty());
}

// --- bounds ---------------------------------------------------------------------------------------------------------

TEST(McpRules, SayNothingMoreOfRoomsBehindSomeHundreds) {
  Script script = in({});
  for (int room = 2; room < 400; ++room) script.push_back(join(fmt::format("j{}", room), room));
  script.push_back(says("s", 5000));
  check({{"more rooms than are remembered", script, ""}});
}

TEST(McpRules, SayNothingMoreOfImagesBehindSome) {
  Script script = in({});
  for (int i = 0; i < 40; ++i) {
    script.push_back(pack('>', fmt::format("File.RequestImageDownload.r{}", i), fmt::format(R"({{"id":"x{}"}})", i)));
  }
  script.push_back(pack('<', "File.ImageDownloadMeta.r0", R"({"id":"x0","name":"n","size":6,"type":"t"})"));
  script.push_back(pack('<', "File.ImageDownloadMeta.y", R"({"id":"y","name":"n","size":6,"type":"t"})"));
  check({{"more images than are remembered", script, ""}});
}

}  // namespace
}  // namespace overhear::testing
