// Whole conversations of several clients, through what takes sessions together.
#include "session/chat/chat_sink.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "session/analyzer.hpp"
#include "tests/session/scene.hpp"
#include "tests/support/capture_builder.hpp"

namespace overhear::testing {
namespace {

using ::testing::ElementsAre;

// What it tells: "1.3 ada entered attic 2", "2.4 from 1.5 in attic", "1.4 refuses ada attic (why)".
class Told final : public MessageSink {
 public:
  void on_message(const Message& message) override {
    if (message.refusal) {
      all.push_back(fmt::format("{}.{} refuses {} {} {}({})", message.session, message.number, message.refusal->user,
                                message.refusal->room, message.refusal->is_line ? "a line " : "", message.reason));
    }
    for (const Action& action : message.actions) {
      if (!action.delivered_from) continue;
      all.push_back(fmt::format("{}.{}[{}] from {}.{}", message.session, message.number, action.index,
                                action.delivered_from->session, action.delivered_from->number));
    }
    if (!message.delivered_from) return;
    all.push_back(fmt::format("{}.{} from {}.{} in {}", message.session, message.number,
                              message.delivered_from->session, message.delivered_from->number, message.room));
  }
  void on_room_event(const RoomEvent& event) override {
    all.push_back(fmt::format("{}.{} {} {}", event.session, event.message, event.user, event.event));
    if (!event.room.empty()) all.back() += fmt::format(" {} {}", event.room, event.members);
    if (!event.name.empty()) all.back() += fmt::format(" as {}", event.name);
  }
  void on_finding(const LooseFinding&) override {}
  void on_session_opened(const SessionRecord&) override {}
  void on_session_closed(const SessionRecord&) override {}
  void on_event(const Event&) override {}

  std::vector<std::string> all;
};

class Chat {
 public:
  explicit Chat(std::uint16_t port, std::size_t asked_moves = Limits().asked_moves)
      : port_(port), sink_(options_.limits, told_), analyzer_(options_, nullptr, sink_) {
    options_.limits.asked_moves = asked_moves;
  }

  // A client and its connection; its number.
  std::size_t connect() {
    Connection connection;
    connection.ends = {endpoint(fmt::format("10.0.0.1:{}", 40'000 + clients_.size())),
                       endpoint(fmt::format("10.0.0.2:{}", port_))};
    connection.initiator = Side::First;
    clients_.push_back(analyzer_.on_opened(connection, next()));
    return clients_.size() - 1;
  }
  void say(std::size_t client, std::string_view json) { send(client, Side::First, json); }
  void hear(std::size_t client, std::string_view json) { send(client, Side::Second, json); }
  void leave(std::size_t client) {
    clients_[client]->on_end(Side::First, next());
    clients_[client]->on_end(Side::Second, next());
    clients_[client]->on_closed(CloseReason::Fin, next());
  }
  std::vector<std::string> told() { return std::exchange(told_.all, {}); }

 private:
  void send(std::size_t client, Side side, std::string_view json) {
    const std::string framed = port_ == 42015 ? with_length(json) : std::string(json);
    clients_[client]->on_bytes(side, as_bytes(framed), next());
  }
  Stamp next() { return {{++packet_ * kSecond / 10}, static_cast<std::uint64_t>(packet_)}; }

  std::uint16_t port_;
  AnalysisOptions options_;
  Told told_;
  ChatSink sink_;
  Analyzer analyzer_;
  std::vector<std::unique_ptr<StreamConsumer>> clients_;
  std::int64_t packet_ = 0;
};

std::string log_in(std::string_view name) {
  return fmt::format(R"({{"req_id":1,"method":"LOG_IN","user_id":"{}","user_password":"secret"}})", name);
}
std::string enter(int id, std::string_view name) {
  return fmt::format(R"({{"req_id":{},"method":"ENTER_ROOM","room_id":"attic","user_id":"{}"}})", id, name);
}
std::string answer(int id, int err = 900) {
  return fmt::format(R"({{"resp_id":{},"err":{}}})", id, err);
}

TEST(ChatSink, OfRequestsThatWaitTheLastAreRemembered) {
  Chat chat(42015, 1);
  const auto ada = chat.connect();
  chat.say(ada, enter(2, "ada"));
  chat.say(ada, enter(3, "ben"));
  chat.hear(ada, answer(2));
  EXPECT_THAT(chat.told(), ElementsAre());
  chat.hear(ada, answer(3));
  EXPECT_THAT(chat.told(), ElementsAre("1.4 ben entered attic 1"));
}

TEST(ChatSink, WhatIsAskedForHappensWhenItIsGranted) {
  Chat chat(42015);
  const auto ada = chat.connect();
  chat.say(ada, log_in("ada"));
  chat.hear(ada, answer(1));
  EXPECT_THAT(chat.told(), ElementsAre("1.2 ada logged_in"));
  chat.say(ada, enter(2, "ada"));
  EXPECT_THAT(chat.told(), ElementsAre());
  chat.hear(ada, answer(2, 403));
  EXPECT_THAT(chat.told(), ElementsAre("1.4 refuses ada attic (403 ID_PASSWORD_NOT_MATCH)"));
  chat.say(ada, enter(3, "ada"));
  chat.hear(ada, answer(3));
  EXPECT_THAT(chat.told(), ElementsAre("1.6 ada entered attic 1"));
  chat.leave(ada);
  EXPECT_THAT(chat.told(), ElementsAre()) << "users of SCRP stay in their rooms";
}

TEST(ChatSink, ALineIsFollowedFromWhoSaysItToWhoHearsIt) {
  Chat chat(42015);
  const auto ada = chat.connect();
  const auto eva = chat.connect();
  chat.say(ada, R"({"req_id":1,"method":"SEND_ROOM_MESSAGE","room_id":"attic","user_id":"ada","content":"hi"})");
  chat.hear(eva, R"({"method":"NEW_ROOM_MESSAGE","user_id":"ada","content":"hi"})");
  EXPECT_THAT(chat.told(), ElementsAre("2.1 from 1.1 in attic")) << "which the server did not say";
}

TEST(ChatSink, ALineThatIsRefusedIsToldAsOne) {
  Chat chat(42015);
  const auto ada = chat.connect();
  chat.say(ada, R"({"req_id":1,"method":"SEND_ROOM_MESSAGE","room_id":"attic","user_id":"ada","content":"hi"})");
  chat.say(ada, R"({"req_id":2,"method":"GET_TIME"})");
  chat.hear(ada, answer(2, 233));
  chat.hear(ada, answer(1, 801));
  EXPECT_THAT(chat.told(), ElementsAre("1.4 refuses  attic a line (801 FORBIDDEN)"));
}

TEST(ChatSink, WhoIsRefusedIsWhoAsked) {
  Chat chat(42015);
  const auto ada = chat.connect();
  chat.say(ada, R"({"req_id":1,"method":"SIGN_UP","user_id":"ada","user_password":"secret","user_nickname":"Ada"})");
  chat.hear(ada, answer(1, 400));
  const std::string_view removes =
      R"({"req_id":2,"method":"REMOVE_USER_FROM_ROOM","admin_user_id":"ada","subject_user_id":"eva","room_id":"attic"})";
  chat.say(ada, removes);
  chat.hear(ada, answer(2, 1));
  EXPECT_THAT(chat.told(), ElementsAre("1.2 refuses ada  (400 USER_ALREADY_EXISTS)", "1.4 refuses ada attic (code 1)"));
}

TEST(ChatSink, ANicknameIsNotWhoSomebodyIs) {
  Chat chat(42015);
  const auto ada = chat.connect();
  chat.say(ada, log_in("ada"));
  chat.hear(ada, answer(1));
  chat.say(ada, R"({"req_id":2,"method":"CREATE_ROOM","room_id":"attic","room_nickname":"Attic","user_id":"ada"})");
  chat.hear(ada, answer(2));
  chat.say(ada, R"({"req_id":3,"method":"CHANGE_USER_NICKNAME","user_nickname":"Lady A."})");
  chat.hear(ada, answer(3));
  chat.say(ada, R"({"req_id":4,"method":"CHANGE_ROOM_NICKNAME","room_id":"attic","new_room_nickname":"Loft"})");
  chat.hear(ada, answer(4));
  chat.say(ada, R"({"req_id":5,"method":"REMOVE_USER_FROM_ROOM","subject_user_id":"ada","room_id":"attic"})");
  chat.hear(ada, answer(5));
  EXPECT_THAT(chat.told(),
              ElementsAre("1.2 ada logged_in", "1.4  opened attic 0 as Attic", "1.4 ada entered attic 1",
                          "1.6 ada named as Lady A.", "1.8  named attic 1 as Loft", "1.10 ada left attic 0"));
}

TEST(ChatSink, MiricatTellsThatALoginSucceeded) {
  Chat chat(3072);
  const auto ada = chat.connect();
  chat.say(ada, R"({"type":"Authentication.Login.1","data":{"username":"ada","password":"wrong"}})");
  chat.hear(ada, R"({"type":"Error.AuthDataIncorrect.1","data":{"message":"no"}})");
  chat.say(ada, R"({"type":"Authentication.Login.2","data":{"username":"ada","password":"right"}})");
  chat.hear(ada, R"({"type":"Authentication.Accepted.2","data":{"rooms":[]}})");
  chat.say(ada, R"({"type":"Room.Join.3","room":"7","data":{}})");
  chat.hear(ada, R"({"type":"Error.RoomNotFound.3","data":null})");
  chat.hear(ada, R"({"type":"Room.Updated.4","room":"2","data":{"name":"loft"}})");
  EXPECT_THAT(chat.told(), ElementsAre("1.2 refuses ada  (no)", "1.4 ada logged_in",
                                       "1.6 refuses ada 7 (Error.RoomNotFound)", "1.7  named 2 0 as loft"));
}

TEST(ChatSink, LinesInABatchAreFollowedLikeOthers) {
  const std::string said = R"("session-id":"m1","message":{"type":"text","body":"hi"},"sender-timestamp":1})";
  Chat chat(8443);
  const auto ada = chat.connect();
  const auto eva = chat.connect();
  chat.say(ada, R"({"cdid":"1","type":"batch-mode-action","actions":[{"cdid":"2","type":"request-sending-a-message",)" +
                    said + "]}");
  const std::string brought = R"({"type":"message-broadcast","sender-id":"ada",)" + said;
  chat.hear(eva, R"({"cdid":"1","type":"batch-mode-action","actions":[{"cdid":"9","type":"status-response",)"
                 R"("status":"succeeded"},)" +
                     brought + "]}");
  chat.hear(ada, brought);
  EXPECT_THAT(chat.told(), ElementsAre("2.1[1] from 1.1", "1.2 from 1.1 in m1"));
}

TEST(ChatSink, ChatMasterTellsOfEverybodyAndOfOneRoomAtATime) {
  const auto joined = [](std::string_view user, std::string_view channel) {
    return fmt::format(
        R"({{"type":"notification","data":{{"event_type":"user_joined","parameters":{{"username":"{}","channel":"{}"}}}}}})",
        user, channel);
  };
  const auto greet = [](Chat& chat, std::string_view name) {
    const auto client = chat.connect();
    chat.hear(client, R"({"type":"request","data":{"request":"login"}})");
    chat.say(
        client,
        fmt::format(R"({{"type":"command","data":{{"command":"login","parameters":{{"username":"{}"}}}}}})", name));
    chat.hear(client, R"({"type":"session","data":{"status":true,"channels":[]}})");
    return client;
  };
  Chat chat(9000);
  const auto ada = greet(chat, "ada");
  const auto eva = greet(chat, "eva");
  EXPECT_THAT(chat.told(), ElementsAre("1.3 ada logged_in", "2.3 eva logged_in"));
  chat.hear(ada, joined("ada", "attic"));
  chat.hear(ada, joined("eva", "attic"));
  chat.hear(eva, joined("eva", "attic"));
  EXPECT_THAT(chat.told(), ElementsAre("1.4 ada entered attic 1", "1.5 eva entered attic 2"));
  chat.hear(eva, joined("eva", "cellar"));
  EXPECT_THAT(chat.told(), ElementsAre("2.5 eva entered cellar 1", "2.5 eva left attic 1"));
  chat.say(ada, R"({"type":"command","data":{"command":"join","parameters":{"channel":"attic"}}})");
  chat.say(ada, R"({"type":"command","data":{"command":"leave"}})");
  EXPECT_THAT(chat.told(), ElementsAre());
  chat.hear(ada, R"({"type":"notification","data":{"event_type":"channel_list","channels":[]}})");
  EXPECT_THAT(chat.told(), ElementsAre("1.8 ada left attic 0"));
  chat.leave(eva);
  EXPECT_THAT(chat.told(), ElementsAre("2.0 eva left cellar 0"));
}

TEST(ChatSink, RequestsWithoutAnAnswerAreForgotten) {
  Chat chat(42015);
  const auto ada = chat.connect();
  for (int id = 0; id < 10'000; ++id) chat.say(ada, enter(id, "ada"));
  chat.hear(ada, answer(9'999));
  EXPECT_THAT(chat.told(), ElementsAre("1.10001 ada entered attic 1"));
  chat.hear(ada, answer(5));
  EXPECT_THAT(chat.told(), ElementsAre());
}

// However many are asked and answered, or asked by who has gone, none that waits is forgotten.
TEST(ChatSink, RequestsThatWaitNoMoreTakeNoPlace) {
  Chat chat(42015);
  const auto eva = chat.connect();
  chat.say(eva, enter(1, "eva"));
  const auto ada = chat.connect();
  for (int id = 1; id < 5'000; ++id) {
    chat.say(ada, enter(id, "ada"));
    chat.hear(ada, answer(id, id % 2 == 0 ? 403 : 900));
  }
  for (int i = 0; i < 5'000; ++i) {
    const auto guest = chat.connect();
    chat.say(guest, enter(1, "guest"));
    chat.leave(guest);
  }
  chat.told();
  chat.hear(eva, answer(1));
  EXPECT_THAT(chat.told(), ElementsAre("1.2 eva entered attic 2"));
}

TEST(ChatSink, RequestsTakeNoPlaceWhenTheirAnswerTellsWhatCameOfThem) {
  Chat chat(3072);
  const auto eva = chat.connect();
  chat.say(eva, R"({"type":"Authentication.Login.l","data":{"username":"eva","password":"x"}})");
  chat.hear(eva, R"({"type":"Authentication.Accepted.l","data":{"rooms":[]}})");
  chat.say(eva, R"({"type":"Room.Join.j","data":{"room":2}})");
  const auto ada = chat.connect();
  chat.say(ada, R"({"type":"Authentication.Login.l","data":{"username":"ada","password":"x"}})");
  chat.hear(ada, R"({"type":"Authentication.Accepted.l","data":{"rooms":[]}})");
  for (int id = 0; id < 5'000; ++id) {
    chat.say(ada, fmt::format(R"({{"type":"Room.Join.{}","data":{{"room":3}}}})", id));
    chat.hear(ada,
              fmt::format(R"({{"type":"Room.Joined.{}","data":{{"room":3,"user":"ada","allUsers":["ada"]}}}})", id));
  }
  chat.told();
  chat.hear(eva, R"({"type":"Error.RoomNotFound.j","data":{"message":"no"}})");
  EXPECT_THAT(chat.told(), ElementsAre("1.4 refuses eva 2 (no)"));
}

}  // namespace
}  // namespace overhear::testing
