// What each protocol's conversations pair, and what is said of the messages that have no partner. A line is one
// message, a tenth of a second after the one before; what follows from it stands in the table below.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "dissectors/registry.hpp"
#include "session/questions.hpp"
#include "tests/support/dissect.hpp"

namespace overhear::testing {
namespace {

constexpr Direction kClient = Direction::Client;
constexpr Direction kServer = Direction::Server;

// ">{…}" and "<{…}": a message from the client, from the server. ">?" and "<?": one that cannot be read. "+3": seconds
// pass. ">." and "<.": this side leaves; ">!" and "<!": with a word of what was wrong. "~": a loss.
struct Case {
  std::string_view name;
  std::string_view protocol;
  std::vector<std::string> script;
  std::string_view expected;
};

void play(Talk& talk, std::string_view line, std::string& out) {
  const Direction sender = line.front() == '>' ? kClient : kServer;
  const std::string_view what = line.substr(1);
  if (line.front() == '+') return talk.wait(std::stoi(std::string(what)) * kSecond);
  if (line == "~") return talk.lose();
  if (what == "?") return talk.garble(sender);
  if (what == "." || what == "!") return talk.leave(sender, what == "!");
  const Dissected heard = talk.hear(sender, what);
  if (heard.reply_to != 0) out += fmt::format("{}→{} ", heard.number, heard.reply_to);
  for (std::size_t i = 0; i < heard.findings.size(); ++i) {
    const std::string& code = heard.findings[i];
    const bool is_ours = code == "scrp.orphan_response" || code == "app.orphan_answer" ||
                         code == "app.answered_twice" || code == "app.waiting_limit";
    if (is_ours) out += fmt::format("{}:{}/{} ", heard.number, code, to_string(heard.severities[i]));
  }
}

std::string outcome(const Case& at) {
  Talk talk(*find_protocol(at.protocol));
  talk.hear_all();
  std::string out;
  for (const std::string& line : at.script) play(talk, line, out);
  for (const Unanswered& unanswered : talk.finish()) out += "end:" + unanswered + ' ';
  if (!out.empty()) out.pop_back();
  return out;
}

void check(const std::vector<Case>& cases) {
  for (const Case& at : cases) EXPECT_EQ(outcome(at), at.expected) << at.protocol << ": " << at.name;
}

// --- SCRP -----------------------------------------------------------------------------------------------------------

TEST(ExchangeMatrix, ScrpAnswersByNumber) {
  const std::string ask = R"(>{"req_id":1,"method":"GET_TIME"})";
  const std::string ask2 = R"(>{"req_id":2,"method":"GET_TIME"})";
  const std::string answer = R"(<{"resp_id":1,"time":5,"err":900})";
  const std::string answer2 = R"(<{"resp_id":2,"time":5,"err":900})";
  const std::string bare = R"(<{"time":5,"err":900})";
  const std::string push = R"(<{"method":"NEW_ROOM_MESSAGE","room_id":"r"})";
  check({
      {"the answer", "scrp", {ask, answer, "+2", ">."}, "2→1"},
      {"answers in another order", "scrp", {ask, ask2, answer2, push, answer, ">."}, "3→2 5→1"},
      {"a second answer", "scrp", {ask, answer, answer}, "2→1 3:scrp.orphan_response/warning"},
      {"an answer to nothing", "scrp", {answer}, "1:scrp.orphan_response/warning"},
      {"the same number again", "scrp", {ask, answer, ask, answer}, "2→1 4→3"},
      {"behind a loss nothing is held against anybody", "scrp", {"~", answer}, ""},
      {"nobody answers themselves",
       "scrp",
       {ask, R"(>{"resp_id":1,"err":900})"},
       "2:scrp.orphan_response/warning end:1 app.unanswered note"},
      {"an answer to what could not be read",
       "scrp",
       {">?", R"(<{"resp_id":0,"err":233})", answer},
       "2:scrp.orphan_response/warning"},
      {"a server that does not say what it answers goes by order",
       "scrp",
       {ask, ask2, bare, bare, bare, ">."},
       "3→1 4→2"},
      {"a number that is none",
       "scrp",
       {R"(>{"req_id":"x","method":"GET_TIME"})", R"(<{"resp_id":0,"err":233})", ">."},
       "2→1"},
      {"never answered", "scrp", {ask, ask2, answer2, "+2", ">."}, "3→2 end:1 app.unanswered warning"},
      {"asked and gone", "scrp", {ask, ">.", "<."}, "end:1 app.unanswered note"},
      {"answered by something that could not be read", "scrp", {ask, "<?", "+2", ">."}, ""},
      {"an unknown method is a request as well", "scrp", {R"(>{"req_id":1,"method":"DANCE"})", answer}, "2→1"},
  });
}

// --- MCP ------------------------------------------------------------------------------------------------------------

std::string mcp(char who, std::string_view type, std::string_view data = "{}", std::string_view rest = "") {
  return fmt::format(R"({}{{"type":"{}","data":{}{}}})", who, type, data, rest);
}
std::string login(std::string_view id = "") {
  return mcp('>', fmt::format("Authentication.Login{}", id), R"({"username":"alice","password":"p"})");
}
std::string accepted(std::string_view id = "") {
  return mcp('<', fmt::format("Authentication.Accepted{}", id), R"({"rooms":[],"heartbeatRate":30000})");
}
std::string says(std::string_view text, std::string_view id = "") {
  return mcp('>', fmt::format("Message.CreateTextMessage{}", id), fmt::format(R"({{"text":"{}"}})", text),
             R"(,"room":1)");
}
std::string said(std::string_view who, std::string_view text, std::string_view id = "") {
  return mcp('<', fmt::format("Message.TextMessage{}", id),
             fmt::format(R"({{"text":"{}","user":"{}","time":5}})", text, who));
}

TEST(ExchangeMatrix, NumbersAndIdsMayBeWrittenOtherwise) {
  const auto send = [](std::string_view cdid, std::string_view time) {
    return fmt::format(
        R"(>{{"cdid":"{}","type":"request-sending-a-message","session-id":"s","message":{{"type":"text","body":"x"}},"sender-timestamp":{}}})",
        cdid, time);
  };
  const auto broadcast = [](std::string_view time) {
    return fmt::format(
        R"(<{{"type":"message-broadcast","session-id":"s","sender-id":"u","message":{{"type":"text","body":"x"}},"sender-timestamp":{}}})",
        time);
  };
  const std::string failed = R"(<{"cdid":"\u00e9","type":"status-response","status":"failed"})";
  check({
      {"a number with a fraction of zero",
       "gradagenda",
       {send("1", "1700000000000.0"), broadcast("1700000000000")},
       "2→1"},
      {"a number with an exponent", "gradagenda", {send("1", "1.7E12"), broadcast("1700000000000")}, "2→1"},
      {"a large number that no double tells from the next",
       "gradagenda",
       {send("1", "9007199254740992"), broadcast("9.007199254740993e15")},
       "end:1 app.unanswered note"},
      {"an id with an exponent",
       "scrp",
       {R"(>{"req_id":10,"method":"GET_TIME"})", R"(<{"resp_id":1e1,"err":900})"},
       "2→1"},
      {"another number",
       "gradagenda",
       {send("1", "1700000000000.5"), broadcast("1700000000000")},
       "end:1 app.unanswered note"},
      {"an id with an escape", "gradagenda", {send("é", "1700000000000"), failed}, "2→1"},
      {"another id",
       "gradagenda",
       {send("e", "1700000000000"), failed},
       "2:app.orphan_answer/warning end:1 app.unanswered note"},
  });
}

TEST(ExchangeMatrix, McpAnswersByPacketId) {
  check({
      {"login", "mcp", {login(".1"), accepted(".1")}, "2→1"},
      {"users whom somebody else creates and deletes, with the ids of who did",
       "mcp",
       {login(".1"), accepted(".1"), mcp('<', "User.Created.7", R"({"username":"ann"})"),
        mcp('>', "User.Delete.2", R"({"username":"eve"})"), mcp('<', "User.Deleted.8", R"({"username":"ann"})"),
        mcp('<', "User.Deleted.2", R"({"username":"eve"})")},
       "2→1 6→4"},
      {"a broadcast with the sender's id",
       "mcp",
       {login(".1"), accepted(".1"), says("hi", ".2"), said("alice", "hi", ".2")},
       "2→1 4→3"},
      {"another user's message with the same id",
       "mcp",
       {login(".1"), accepted(".1"), says("hi", ".2"), said("bob", "hi", ".2"), said("alice", "hi", ".2")},
       "2→1 5→3"},
      {"a push with the same id that is no answer",
       "mcp",
       {mcp('>', "Room.Leave.7", R"({"room":1})"), said("bob", "x", ".7"),
        mcp('<', "Room.Left.7", R"({"room":1,"user":"a"})")},
       "3→1"},
      {"any error with the id", "mcp", {says("hi", ".2"), mcp('<', "Error.AuthDataIncorrect.2")}, "2→1"},
      {"an answer to nothing", "mcp", {accepted(".9")}, "1:app.orphan_answer/warning"},
      {"answered twice", "mcp", {login(".1"), accepted(".1"), accepted(".1")}, "2→1 3:app.answered_twice/note"},
      {"a type that is not known", "mcp", {mcp('>', "User.Dance.4"), mcp('<', "User.Danced.4")}, "2→1"},
      {"an error about a heartbeat", "mcp", {mcp('>', "Heartbeat.Ping.3"), mcp('<', "Error.AuthDataIncorrect.3")}, ""},
      {"a heartbeat that came too late",
       "mcp",
       {mcp('>', "Room.RequireList.3"), mcp('<', "Error.HeartbeatTimeout")},
       "end:1 app.unanswered note"},
      {"what could not be read has no id",
       "mcp",
       {mcp('>', "Room.Join.5", R"({"room":"x"})"), mcp('<', "Error.PacketDataIncorrect.DontHaveID")},
       "2→1"},
      {"an image comes in parts",
       "mcp",
       {mcp('>', "File.RequestImageDownload.8", R"({"id":"i"})"), mcp('<', "File.ImageDownloadMeta.8"),
        mcp('<', "File.ImageDownloadPart.8"), mcp('<', "File.ImageDownloadPart.8"),
        mcp('<', "File.ImageDownloadCompleted.8")},
       "2→1 3→1 4→1 5→1"},
      {"never answered", "mcp", {says("hi", ".2"), "+2", "<."}, "end:1 app.unanswered warning"},
      {"a list that no server ever sent",
       "mcp",
       {mcp('>', "Room.RequireList.2"), "+2", ">."},
       "end:1 app.unanswered note"},
      {"a heartbeat is not answered", "mcp", {mcp('>', "Heartbeat.Ping.3"), "+2", ">."}, ""},
  });
}

TEST(ExchangeMatrix, McpWithoutIdsAnswersByTypeOrderAndWhatIsSaid) {
  const std::string join = mcp('>', "Room.Join", R"({"room":2})");
  const auto joined = [](std::string_view who) {
    return mcp('<', "Room.Joined", fmt::format(R"({{"room":2,"user":"{}","allUsers":[]}})", who));
  };
  const std::string denied = mcp('<', "Error.AccessDenied", "null");
  check({
      {"handshake and login",
       "mcp",
       {mcp('>', "Handshake.Handshake"), mcp('<', "Handshake.Handshake"), login(), accepted()},
       "2→1 4→3"},
      {"a refused login and another",
       "mcp",
       {login(), mcp('<', "Error.UserNotFound", "null"), login(), accepted()},
       "2→1 4→3"},
      {"three at once",
       "mcp",
       {login(), accepted(), says("a"), says("b"), says("c"), said("alice", "a"), said("bob", "b"), said("alice", "b"),
        said("alice", "c")},
       "2→1 6→3 8→4 9→5"},
      {"the other side escapes otherwise",
       "mcp",
       {login(), accepted(), says("ж"), said("alice", R"(\u0436)")},
       "2→1 4→3"},
      {"somebody else joins", "mcp", {login(), accepted(), join, joined("bob"), joined("alice")}, "2→1 5→3"},
      {"access denied, and done nevertheless", "mcp", {login(), accepted(), join, denied, joined("alice")}, "2→1 4→3"},
      {"the same with a user",
       "mcp",
       {mcp('>', "User.Create", R"({"username":"eve","password":"p"})"), denied,
        mcp('<', "User.Created", R"({"username":"eve"})")},
       "2→1"},
      {"users whom somebody else creates and deletes",
       "mcp",
       {mcp('<', "User.Created", R"({"username":"ann"})"),
        mcp('>', "User.Create", R"({"username":"eve","password":"p"})"),
        mcp('<', "User.Deleted", R"({"username":"ann"})"), mcp('<', "User.Created", R"({"username":"bob"})"),
        mcp('<', "User.Created", R"({"username":"eve"})")},
       "5→2"},
      {"a renamed room is told twice",
       "mcp",
       {mcp('>', "Room.Update", R"({"room":2,"name":"k"})"), mcp('<', "Room.Updated", R"({"room":2,"name":"k"})"),
        mcp('<', "Room.Updated", R"({"room":2,"name":"k"})")},
       "2→1"},
      {"an error that fits the second of two",
       "mcp",
       {mcp('>', "Room.Create", R"({"name":"n"})"), mcp('>', "User.Delete", R"({"username":"x"})"),
        mcp('<', "Error.UserNotFound", "null"), mcp('<', "Room.Created", R"({"id":3,"name":"n"})")},
       "3→2 4→1"},
      {"never answered", "mcp", {login(), "+2", ">."}, "end:1 app.unanswered warning"},
  });
}

// --- GradAgenda -----------------------------------------------------------------------------------------------------

std::string ga(char who, std::string_view type, std::string_view rest) {
  return fmt::format(R"({}{{"type":"{}",{}}})", who, type, rest);
}
std::string authenticate() {
  return ga('>', "authenticate", R"("cdid":"1","user-id":"anna","device-id":"d","token":"t")");
}
std::string status(std::string_view cdid, std::string_view how = "succeeded") {
  return ga('<', "status-response", fmt::format(R"("cdid":"{}","status":"{}")", cdid, how));
}
std::string info(std::string_view session, std::string_view type, std::string_view how, std::string_view users) {
  return ga(
      '<', "providing-session-info",
      fmt::format(R"("session-id":"{}","session-type":"{}","status":"{}","user-id":[{}])", session, type, how, users));
}
std::string sends(std::string_view cdid, int time) {
  return ga('>', "request-sending-a-message",
            fmt::format(R"("cdid":"{}","session-id":"s","message":{{"type":"text","body":"hi"}},"sender-timestamp":{})",
                        cdid, time));
}
std::string broadcast(std::string_view who, int time) {
  return ga(
      '<', "message-broadcast",
      fmt::format(R"("session-id":"s","sender-id":"{}","message":{{"type":"text","body":"hi"}},"sender-timestamp":{})",
                  who, time));
}

TEST(ExchangeMatrix, WhatWaitsOfOtherRowsDoesNotHideTheOneThatIsAnswered) {
  const std::string join = mcp('>', "Room.Join", R"({"room":2})");
  const std::string joined = mcp('<', "Room.Joined", R"({"room":2,"user":"alice","allUsers":[]})");
  std::vector<std::string> script = {login(), accepted()};
  for (int i = 0; i < 40; ++i) script.push_back(says(std::to_string(i)));
  script.push_back(joined);
  script.push_back(join);
  script.push_back(joined);
  script.push_back(said("alice", "39"));
  const std::string paired = outcome({"", "mcp", script, {}});
  EXPECT_EQ(paired.substr(0, paired.find(" end:")), "2→1 45→44 46→42");
}

TEST(ExchangeMatrix, GradAgendaAnswersByCdidOrByWhatFollows) {
  const std::string direct = ga('>', "request-direct-session-info", R"("cdid":"2","user-id":"ben")");
  const std::string create = ga('>', "request-mutable-session-creation", R"("cdid":"3","user-id":["ben"])");
  const std::string modify =
      ga('>', "request-mutable-session-modification", R"("cdid":"4","session-id":"m","user-id":[])");
  const std::string invite =
      ga('>', "request-mutable-session-modification", R"("cdid":"4","session-id":"m","user-id":["ben"])");
  const std::string remove = ga('>', "request-mutable-session-deletion", R"("cdid":"5","session-id":"m")");
  const std::string list = ga('>', "request-mutable-session-listing", R"("cdid":"6")");
  const std::string with_ben = info("d", "direct", "unchanged", R"("anna","ben")");
  const std::string with_eve = info("e", "direct", "unchanged", R"("eve","anna")");
  const std::string created = info("m", "mutable", "created", R"("anna","ben")");
  const std::string listed = info("m", "mutable", "unchanged", R"("anna")");
  check({
      {"authentication", "gradagenda", {authenticate(), status("1")}, "2→1"},
      {"a refused request", "gradagenda", {sends("7", 5), status("7", "failed")}, "2→1"},
      {"the session of two", "gradagenda", {authenticate(), status("1"), direct, with_eve, with_ben}, "2→1 5→3"},
      {"each by what it did",
       "gradagenda",
       {create, modify, remove, info("m", "mutable", "deleted", ""), info("x", "mutable", "modified", ""),
        info("m", "mutable", "modified", ""), created},
       "4→3 6→2 7→1"},
      {"a modification that changes nothing",
       "gradagenda",
       {authenticate(), status("1"), invite, info("m", "mutable", "unchanged", R"("ben","anna")")},
       "2→1 4→3"},
      {"a modification that is not heeded",
       "gradagenda",
       {authenticate(), status("1"), invite, list, listed, info("x", "mutable", "unchanged", R"("anna","ben")"), "+2",
        ">."},
       "2→1 5→4 6→4 end:3 app.unanswered note"},
      {"a modification, and a list of what it left",
       "gradagenda",
       {authenticate(), status("1"), invite, info("m", "mutable", "modified", R"("anna","ben")"), list,
        info("m", "mutable", "unchanged", R"("anna","ben")")},
       "2→1 4→3 6→5"},
      {"a listing tells of several", "gradagenda", {list, created, listed, listed}, "3→1 4→1"},
      {"the latest listing tells", "gradagenda", {list, listed, list, listed, listed}, "2→1 4→3 5→3"},
      {"a listing may have nothing to tell", "gradagenda", {list, "+9", ">."}, ""},
      {"what was sent comes back",
       "gradagenda",
       {authenticate(), status("1"), sends("7", 5), sends("8", 6), broadcast("ben", 5), broadcast("anna", 5),
        broadcast("anna", 6)},
       "2→1 6→3 7→4"},
      {"success and what follows", "gradagenda", {sends("7", 5), status("7"), broadcast("anna", 5)}, "2→1 3→1"},
      {"the same status twice",
       "gradagenda",
       {sends("7", 5), status("7"), status("7")},
       "2→1 3:app.answered_twice/warning"},
      {"a status for nothing", "gradagenda", {status("99")}, "1:app.orphan_answer/warning"},
      {"a batch asks as its actions do",
       "gradagenda",
       {R"(>{"cdid":"9","type":"batch-mode-action","actions":[{"cdid":"10","type":"request-direct-session-info","user-id":"ben"},{"cdid":"11","type":"nonsense"},{"cdid":"12","type":"request-mutable-session-deletion","session-id":"m"}]})",
        with_ben, status("11", "failed"), "+2", ">."},
       "2→1 3→1 end:1 app.unanswered warning"},
      {"a batch that is refused asks nothing any more",
       "gradagenda",
       {R"(>{"cdid":"9","type":"batch-mode-action","actions":[{"cdid":"10","type":"request-direct-session-info","user-id":"ben"},{"cdid":"12","type":"request-mutable-session-deletion","session-id":"m"}]})",
        status("9", "failed"), "+2", ">."},
       "2→1"},
      {"one that is taken still does",
       "gradagenda",
       {R"(>{"cdid":"9","type":"batch-mode-action","actions":[{"cdid":"10","type":"request-direct-session-info","user-id":"ben"}]})",
        status("9"), "+2", ">."},
       "2→1 end:1 app.unanswered warning"},
      {"a batch answers",
       "gradagenda",
       {list,
        R"(<{"type":"batch-mode-action","actions":[{"type":"providing-session-info","session-id":"m","session-type":"mutable","status":"unchanged","user-id":["a"]},{"type":"status-response","cdid":"6","status":"succeeded"}]})"},
       "2→1"},
      {"never answered", "gradagenda", {sends("7", 5), "+2", ">."}, "end:1 app.unanswered warning"},
      {"refused by closing", "gradagenda", {sends("7", 5), "+2", "<!"}, ""},
      {"the client's own complaint answers nothing",
       "gradagenda",
       {sends("7", 5), "+2", ">!"},
       "end:1 app.unanswered warning"},
      {"who is no participant any longer need not be told",
       "gradagenda",
       {modify, "+2", ">."},
       "end:1 app.unanswered note"},
  });
}

// --- cchat ----------------------------------------------------------------------------------------------------------

std::string cchat(char who, std::string_view type, std::string_view rest = "") {
  return fmt::format(R"({}{{"ver":1,"type":"{}"{}}})", who, type, rest);
}
std::string error(std::string_view code) {
  return cchat('<', "error", fmt::format(R"(,"errcode":{},"errdetail":"")", code));
}
std::string round_of(char who, std::string_view type, int left) {
  return cchat(who, type, fmt::format(R"(,"roundleft":{},"keyintrmdt":"02")", left));
}
std::string content(char who, std::string_view type, std::string_view text) {
  return cchat(who, type, fmt::format(R"(,"content":"{}")", text));
}

TEST(ExchangeMatrix, CchatAnswersByOrderAndState) {
  const std::string join = cchat('>', "join", R"(,"clientid":"a","chatroom":"b")");
  const std::string leave = cchat('>', "leave");
  check({
      {"joined", "cchat", {join, round_of('<', "keyxchg_1", 0), round_of('>', "keyxchg_2", 0), error("0")}, "3→2 4→1"},
      {"a taken name", "cchat", {join, error("\"0x4\"")}, "2→1"},
      {"left", "cchat", {join, error("0"), leave, error("\"0x0\"")}, "2→1 4→3"},
      {"what was said comes back",
       "cchat",
       {content('>', "message_0", "aGk="), content('<', "message_1", "b2s="), content('<', "message_1", "aGk=")},
       "3→1"},
      {"nothing was said, which comes back too",
       "cchat",
       {content('>', "message_0", ""), content('<', "message_1", "b2s="), content('<', "message_1", "")},
       "3→1"},
      {"not joined yet", "cchat", {content('>', "message_0", "aGk="), error("5")}, "2→1"},
      {"too early", "cchat", {content('>', "message_0", "aGk="), error("\"0x10\"")}, "2→1"},
      {"the same words long after are somebody else's",
       "cchat",
       {content('>', "message_0", "b2s="), "+6", content('<', "message_1", "b2s=")},
       ""},
      {"a wrong type", "cchat", {cchat('>', "dance"), leave, error("8"), error("0")}, "3→1 4→2"},
      {"a text frame refused", "cchat", {content('>', "message_0", "aGk="), leave, error("8")}, "3→2"},
      {"no type", "cchat", {R"(>{"ver":1})", error("48879")}, "2→1"},
      {"no JSON", "cchat", {leave, ">?", error("48879"), error("0")}, "3→1"},
      {"rounds of a key exchange",
       "cchat",
       {round_of('<', "keyxchg_1", 1), round_of('<', "keyxchg_1", 0), round_of('>', "keyxchg_2", 1),
        round_of('>', "keyxchg_2", 0)},
       "3→1 4→2"},
      {"kicked", "cchat", {error("\"0x6\"")}, ""},
      {"an end of nothing", "cchat", {error("\"0x0\"")}, "1:app.orphan_answer/note"},
      {"joined twice", "cchat", {join, error("0"), error("0")}, "2→1 3:app.answered_twice/note"},
      {"never let in", "cchat", {join, "+2", ">."}, "end:1 app.unanswered note"},
      {"messages need no answer", "cchat", {content('>', "message_0", "aGk="), "+2", ">."}, ""},
      {"an exchange that stands still",
       "cchat",
       {round_of('<', "keyxchg_1", 2), "+2", ">."},
       "end:1 app.unanswered note"},
      {"nothing to return", "cchat", {round_of('<', "keyxchg_1", 0), "+2", ">."}, ""},
      {"a client that leaves need not finish", "cchat", {round_of('<', "keyxchg_1", 2), ">."}, ""},
  });
}

// --- ChatMaster -----------------------------------------------------------------------------------------------------

std::string command(std::string_view name, std::string_view parameters = "null") {
  return fmt::format(R"(>{{"type":"command","data":{{"command":"{}","parameters":{}}}}})", name, parameters);
}
std::string notification(std::string_view event, std::string_view parameters) {
  return fmt::format(R"(<{{"type":"notification","data":{{"event_type":"{}","parameters":{}}}}})", event, parameters);
}
std::string refused(std::string_view name) {
  return fmt::format(R"(<{{"type":"error","data":{{"error_type":"{}","message":"no"}}}})", name);
}

TEST(ExchangeMatrix, ChatMasterAnswersByCommand) {
  const std::string asks = R"(<{"type":"request","data":{"request":"login"}})";
  const std::string ada = command("login", R"({"username":"ada"})");
  const std::string in = R"(<{"type":"session","data":{"status":true,"channels":[]}})";
  const std::string out = R"(<{"type":"session","data":{"status":false,"reason":"taken"}})";
  const std::string join = command("join", R"({"channel":"c"})");
  const auto joined = [](std::string_view who, std::string_view channel) {
    return notification("user_joined", fmt::format(R"({{"username":{},"channel":"{}"}})", who, channel));
  };
  const std::string channels = notification("channel_list", R"({"channels":[]})");
  check({
      {"login answers and asks", "chatmaster", {asks, ada, in}, "2→1 3→2"},
      {"a refused login and another", "chatmaster", {asks, ada, out, ada, in}, "2→1 3→2 5→4"},
      {"the list that follows a login", "chatmaster", {asks, ada, in, channels}, "2→1 3→2"},
      {"somebody else joins", "chatmaster", {ada, in, join, joined("\"eve\"", "c"), joined("\"ada\"", "c")}, "2→1 5→3"},
      {"an unnamed user joins", "chatmaster", {join, joined("null", "c")}, "2→1"},
      {"in the specification's form",
       "chatmaster",
       {ada, in, join, R"(<{"type":"notification","data":{"event_type":"user_joined","username":"ada"}})"},
       "2→1 4→3"},
      {"refused", "chatmaster", {join, command("leave"), refused("leave"), refused("join")}, "3→2 4→1"},
      {"left", "chatmaster", {command("leave"), channels}, "2→1"},
      {"channels by either name",
       "chatmaster",
       {command("channels"), channels, command("channel_list"), channels},
       "2→1 4→3"},
      {"renamed",
       "chatmaster",
       {ada, in, command("rename", R"({"username":"eve"})"),
        notification("user_rename", R"({"old_username":"bob","new_username":"eve"})"),
        notification("user_rename", R"({"old_username":"ada","new_username":"eve"})")},
       "2→1 5→3"},
      {"ignored without a word",
       "chatmaster",
       {command("rename", R"({"username":"eve"})"), command("private"), command("public"), "+9", ">."},
       ""},
      {"messages have no answer",
       "chatmaster",
       {R"(>{"type":"message","data":{"message":"hi"}})",
        R"(<{"type":"message","data":{"message":"hi","username":"b"}})", "+2", ">."},
       ""},
      {"an error for nothing", "chatmaster", {refused("join")}, "1:app.orphan_answer/warning"},
      {"let in twice", "chatmaster", {ada, in, in}, "2→1 3:app.answered_twice/warning"},
      {"never let in", "chatmaster", {asks, ada, "+2", ">."}, "2→1 end:2 app.unanswered warning"},
      {"a client that only looked in", "chatmaster", {asks, ">."}, ""},
      {"no word about a join", "chatmaster", {join, "+2", ">."}, "end:1 app.unanswered note"},
  });
}

// --- bounds ---------------------------------------------------------------------------------------------------------

std::string time_request(int id) {
  return fmt::format(R"({{"req_id":{},"method":"GET_TIME"}})", id);
}

TEST(ExchangeMatrix, ManyUnansweredRequestsAreCounted) {
  for (const int late : {0, 5}) {
    Talk talk(*find_protocol("scrp"));
    for (int id = 1; id <= 100; ++id) talk.client(time_request(id));
    talk.wait(2 * kSecond);
    for (int id = 1; id <= late; ++id) talk.client(time_request(100 + id));
    talk.leave(kClient);
    const std::vector<Unanswered> told = talk.finish();
    ASSERT_EQ(told.size(), late == 0 ? 17u : 18u);
    EXPECT_EQ(told[0], "1 app.unanswered warning");
    EXPECT_EQ(told[15], "16 app.unanswered warning");
    EXPECT_EQ(told[16], "16 app.unanswered warning of 84");
    EXPECT_EQ(told.back(), late == 0 ? told[16] : "16 app.unanswered note of 5");
  }
}

TEST(ExchangeMatrix, OfIdsThatAreUsedAgainAndAgainSixteenAreTold) {
  Talk talk(*find_protocol("scrp"));
  talk.hear_all();
  int told = 0;
  for (int i = 0; i < 30; ++i) {
    for (const std::string& code : talk.client(time_request(1)).findings) told += code == "scrp.id_reused" ? 1 : 0;
  }
  EXPECT_EQ(told, 16);
}

TEST(ExchangeMatrix, AsManyUnansweredRequestsAsAreToldNeedNoCount) {
  Talk talk(*find_protocol("scrp"));
  for (int id = 1; id <= 16; ++id) talk.client(time_request(id));
  talk.wait(2 * kSecond);
  talk.leave(kClient);
  EXPECT_EQ(talk.finish().size(), 16u);
}

TEST(ExchangeMatrix, WhatIsForgottenIsToldOnceAndHeldAgainstNobody) {
  Talk talk(*find_protocol("scrp"));
  std::vector<std::string> codes;
  for (int id = 1; id <= 1030; ++id) {
    for (const std::string& code : talk.client(time_request(id)).findings) codes.push_back(code);
  }
  EXPECT_EQ(codes, std::vector<std::string>{"app.waiting_limit"});
  EXPECT_TRUE(talk.server(R"({"resp_id":1,"err":900,"time":1})").findings.empty()) << "it was asked, and forgotten";
  EXPECT_EQ(talk.server(R"({"resp_id":1030,"err":900,"time":1})").reply_to, 1030u);
}

TEST(ExchangeMatrix, AllSessionsTogetherRememberNoMoreThanTheLimit) {
  constexpr std::size_t kSessions = 100;
  Limits limits;
  limits.pending_bytes = 1u << 20;
  QuestionBudget budget;
  {
    std::vector<std::unique_ptr<Questions>> sessions;
    for (std::size_t i = 0; i < kSessions; ++i) sessions.push_back(std::make_unique<Questions>(limits, budget));
    const std::string key(200, 'k');
    Message message;
    for (int round = 0; round < 500; ++round) {
      for (const auto& questions : sessions) {
        questions->add({.type = {}, .role = Role::Request, .reply = Reply::Required, .key = key}, message, 1024, 0);
        EXPECT_LE(budget.bytes, 2 * limits.pending_bytes);
      }
    }
    EXPECT_EQ(budget.sessions, kSessions);
    for (const auto& questions : sessions) {
      EXPECT_TRUE(questions->has_forgotten());
      EXPECT_GT(questions->size(), 0u) << "the newest is remembered";
    }
  }
  EXPECT_EQ(budget.bytes, 0u);
  EXPECT_EQ(budget.sessions, 0u);
}

TEST(ExchangeMatrix, AConversationOfOneAtATimeHoldsNoMoreAsItGrows) {
  Limits limits;
  QuestionBudget budget;
  Questions questions(limits, budget);
  const std::string key(200, 'k');
  Message message;
  std::uint64_t early = 0;
  for (int round = 0; round < 10'000; ++round) {
    questions.add({.type = {}, .role = Role::Request, .reply = Reply::Required, .key = key}, message, 1024, 0);
    questions.settle(questions.at(0));
    if (round == 100) early = budget.bytes;
  }
  EXPECT_EQ(budget.bytes, early);
  EXPECT_LT(budget.bytes, 4096u);
}

TEST(ExchangeMatrix, ARingOfQuestionsKeepsItsOrderWhileItGrowsAndWrapsAround) {
  Limits limits;
  QuestionBudget budget;
  Questions questions(limits, budget);
  std::deque<std::uint32_t> wanted;
  Message message;
  std::uint32_t random = 1;
  for (std::uint32_t number = 1; number <= 5000; ++number) {
    const std::string key = std::to_string(number);
    message.number = number;
    questions.add({.type = {}, .role = Role::Request, .reply = Reply::Required, .key = key}, message, 32, 0);
    wanted.push_back(number);
    if (wanted.size() > 32) wanted.pop_front();
    random = random * 1'664'525 + 1'013'904'223;
    for (std::uint32_t answers = random >> (number % 200 < 100 ? 31 : 30); answers > 0 && !wanted.empty(); --answers) {
      questions.settle(questions.at(0));
      wanted.pop_front();
    }
    ASSERT_EQ(questions.size(), wanted.size());
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      ASSERT_EQ(questions.at(i).number, wanted[i]);
      ASSERT_EQ(questions.at(i).key(), std::to_string(wanted[i]));
    }
  }
  EXPECT_TRUE(questions.has_forgotten());
}

// What waits is counted by its rows in whichever way it stops to wait.
TEST(ExchangeMatrix, QuestionsKnowOfWhichRowsSomeWait) {
  const MessageType join{.name = "join", .section = {}, .meaning = {}, .fields = {}};
  const MessageType leave{.name = "leave", .section = {}, .meaning = {}, .fields = {}};
  Limits limits;
  QuestionBudget budget;
  Questions questions(limits, budget);
  Message message;
  const auto ask = [&](const MessageType* row, Reply reply = Reply::Required) {
    questions.add({.type_spec = row, .type = "any", .role = Role::Request, .reply = reply}, message, 4, 0);
  };
  const auto waiting = [&] {
    std::vector<std::uint32_t> counts;
    for (const Kind& kind : questions.kinds()) counts.push_back(kind.waiting);
    return counts;
  };
  using Counts = std::vector<std::uint32_t>;
  ask(&join);
  ask(&leave, Reply::Optional);
  message.number = 7;
  ask(&join);
  ask(nullptr);
  EXPECT_EQ(waiting(), (Counts{2, 1, 1}));
  ask(nullptr);
  EXPECT_EQ(waiting(), (Counts{1, 1, 2})) << "the oldest was forgotten";
  questions.settle(questions.at(1));
  EXPECT_EQ(waiting(), (Counts{0, 1, 2}));
  message.time = {limits.reply_ns + 1};
  ask(&join);
  EXPECT_EQ(waiting(), (Counts{1, 0, 2})) << "what need not be answered waits no more";
  questions.settle_all(7);
  EXPECT_EQ(waiting(), (Counts{0, 0, 0}));
  ask(&leave);
  EXPECT_EQ(waiting(), (Counts{0, 1, 0})) << "places are used again";
}

TEST(ExchangeMatrix, ASketchRulesOutOnlyWhatCannotBelongTogether) {
  const auto sketch = [](std::string_view key, std::string_view what, std::string_view which) {
    return Sketch::of({.type = {}, .key = key, .about = {.what = what, .which = which}});
  };
  EXPECT_TRUE(sketch("7", "a", "b").may_fit(sketch("7", "other", "words")));
  EXPECT_FALSE(sketch("7", "a", "b").may_fit(sketch("8", "a", "b")));
  EXPECT_TRUE(sketch("7", "a", "b").may_fit(sketch("", "a", "b")));
  EXPECT_TRUE(sketch("", "a", "").may_fit(sketch("8", "", "b")));
  EXPECT_FALSE(sketch("", "a", "1").may_fit(sketch("8", "a", "2")));
  EXPECT_TRUE(sketch("", R"(\u0061)", "1").may_fit(sketch("", "a", "1"))) << "the same, written in another way";
}

}  // namespace
}  // namespace overhear::testing
