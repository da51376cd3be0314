// What a transcript makes of whole conversations: Scene's wires, and lines as they come out.
#include "session/transcript/transcript.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dissectors/registry.hpp"
#include "session/analyzer.hpp"
#include "session/chat/chat_sink.hpp"
#include "tests/session/scene.hpp"
#include "tests/support/capture_builder.hpp"

namespace overhear::testing {
namespace {

using ::testing::ElementsAre;

// "room <author> text", quiet ones "room * text".
class Lines final : public TranscriptSink {
 public:
  void on_line(const TranscriptLine& line) override {
    const std::string author = line.is_quiet ? "*" : "<" + std::string(line.author) + ">";
    lines.push_back(std::string(line.room) + " " + author + " " + std::string(line.text));
  }

  std::vector<std::string> lines;
};

class Chat {
 public:
  Chat() : analyzer_(options_, nullptr, sink_) {}

  std::unique_ptr<StreamConsumer> open(const char* client, const char* server = "10.0.0.2:9000") {
    Connection connection{
        .ends = {endpoint(client), endpoint(server)}, .initiator = Side::First, .is_midstream = false};
    return analyzer_.on_opened(connection, next());
  }
  Stamp next() {
    ++packet_;
    return {{static_cast<std::int64_t>(packet_) * kSecond / 1000}, packet_};
  }
  void client(StreamConsumer& wire, std::string_view text) { wire.on_bytes(Side::First, as_bytes(text), next()); }
  void server(StreamConsumer& wire, std::string_view text) { wire.on_bytes(Side::Second, as_bytes(text), next()); }

  Lines lines;
  Limits limits;
  Transcript transcript{limits, lines};

 private:
  AnalysisOptions options_;
  ChatSink sink_{options_.limits, transcript};
  Analyzer analyzer_;
  std::uint64_t packet_ = 0;
};

std::string said(const std::string& text, const std::string& user = {}) {
  const std::string name = user.empty() ? "" : R"("username":")" + user + R"(",)";
  return R"({"type":"message","data":{)" + name + R"("message":")" + text + R"("}})";
}

std::string login(const std::string& name) {
  return R"({"type":"command","data":{"command":"login","parameters":{"username":")" + name + R"("}}})";
}

constexpr std::string_view kAsks = R"({"type":"request","data":{"request":"login"}})";
constexpr std::string_view kIn = R"({"type":"session","data":{"status":1,"channels":["a"]}})";
constexpr std::string_view kTaken = R"({"type":"session","data":{"status":0,"reason":"Taken."}})";

TEST(Transcript, ALineThatGoesToEverybodyIsToldOnce) {
  Chat chat;
  const auto ann = chat.open("10.0.0.1:1001");
  const auto ben = chat.open("10.0.0.1:1002");
  for (const auto& wire : {&ann, &ben}) chat.server(**wire, kAsks);
  chat.client(*ann, login("ann"));
  chat.server(*ann, kIn);
  chat.client(*ben, login("ben"));
  chat.server(*ben, kTaken);
  chat.client(*ann, said(R"(one\ntwo)"));
  chat.server(*ben, said(R"(one\ntwo)", "ann"));
  chat.client(*ann, said("again"));
  chat.client(*ann, said("again"));
  chat.server(*ben, said("again", "ann"));
  chat.server(*ben, said("again", "ann"));
  EXPECT_THAT(chat.lines.lines, ElementsAre(" * ann logged in", " * ben: command/login refused (Taken.)",
                                            " <ann> one\ntwo", " <ann> again", " <ann> again"));
  EXPECT_EQ(chat.transcript.said(), 3u);
}

TEST(Transcript, AnAnswerTellsWhatItsRequestAsked) {
  Chat chat;
  const auto wire = chat.open("10.0.0.1:1001", "10.0.0.2:42015");
  const auto ask = [&](const std::string& json) { chat.client(*wire, with_length(json)); };
  const auto answer = [&](const std::string& json) { chat.server(*wire, with_length(json)); };
  ask(R"({"req_id":1,"method":"LOG_IN","user_id":"ann","user_password":"x"})");
  answer(R"({"resp_id":1,"err":900})");
  ask(R"({"req_id":2,"method":"CREATE_ROOM","room_id":"tea","room_nickname":"Tea","user_id":"ann","room_access":0})");
  answer(R"({"resp_id":2,"err":900})");
  ask(R"({"req_id":3,"method":"ENTER_ROOM","room_id":"tea","user_id":"ann"})");
  answer(R"({"resp_id":3,"err":403})");
  ask(R"({"req_id":4,"method":"SEND_PRIVATE_MESSAGE","receiver_user_id":"ben","content":"psst"})");
  answer(R"({"resp_id":4,"err":801})");
  EXPECT_THAT(chat.lines.lines, ElementsAre(" * ann logged in", "tea * room created: Tea", "tea * ann joined",
                                            "tea * ann: ENTER_ROOM refused (403 ID_PASSWORD_NOT_MATCH)",
                                            " <ann → ben> psst", " * ann: not delivered (801 FORBIDDEN)"));
}

constexpr const char* kGroups = "10.0.0.2:8443";

std::string authenticate(const std::string& name) {
  return R"({"cdid":"1","type":"authenticate","user-id":")" + name + R"(","device-id":"d","token":"t"})";
}
std::string status(const std::string& cdid, const std::string& status, const std::string& why = {}) {
  return R"({"cdid":")" + cdid + R"(","type":"status-response","status":")" + status + R"(","message":")" + why +
         R"("})";
}
std::string broadcast(const std::string& user, const std::string& text) {
  return R"({"type":"message-broadcast","session-id":"m1","sender-id":")" + user +
         R"(","message":{"type":"text","body":")" + text + R"("},"sender-timestamp":1})";
}

TEST(Transcript, WhatIsSaidInABatchIsSaidOnce) {
  Chat chat;
  const auto ann = chat.open("10.0.0.1:1001", kGroups);
  const auto ben = chat.open("10.0.0.1:1002", kGroups);
  chat.client(*ann, authenticate("ann"));
  chat.server(*ann, status("1", "succeeded"));
  chat.client(*ben, authenticate("ben"));
  chat.server(*ben, status("1", "failed", "bad token"));
  chat.client(*ann, R"({"cdid":"2","type":"batch-mode-action","actions":[)"
                    R"({"cdid":"3","type":"request-sending-a-message","session-id":"m1",)"
                    R"("message":{"type":"text","body":"h\u00e9"},"sender-timestamp":1},)"
                    R"({"cdid":"4","type":"request-mutable-session-listing"}]})");
  chat.server(*ben, broadcast("ann", "hé"));
  chat.server(*ann, R"({"cdid":"2","type":"batch-mode-action","actions":[)" + broadcast("ann", "hé") + "," +
                        broadcast("eva", "unseen") + "]}");
  chat.server(*ben, broadcast("eva", "unseen"));
  EXPECT_THAT(chat.lines.lines, ElementsAre(" * ann logged in", " * ben: authenticate refused (bad token)",
                                            "m1 <ann> hé", "m1 <eva> unseen"));
}

TEST(Transcript, WhoIsInANewRoomIsOneLine) {
  Chat chat;
  const auto ann = chat.open("10.0.0.1:1001", kGroups);
  const auto group = [&](const std::string& status, const std::string& users) {
    chat.server(*ann, R"({"type":"providing-session-info","session-id":"m1","session-type":"mutable","status":")" +
                          status + R"(","user-id":[)" + users + "]}");
  };
  chat.client(*ann, authenticate("ann"));
  group("created", R"("ann","ben","eva")");
  group("modified", R"("ann","eva","ida")");
  group("deleted", "");
  group("unchanged", R"("ann")");
  EXPECT_THAT(chat.lines.lines, ElementsAre("m1 * room created", "m1 * ann, ben, eva are here", "m1 * ida joined",
                                            "m1 * ben left", "m1 * room deleted"));
  chat.transcript.finish();
  EXPECT_EQ(chat.lines.lines.back(), "m1 * ann is here");
}

// As behind a filter that shows only what came to one client.
TEST(Transcript, ALineOfAnAuthorWhoIsNotShownIsToldWhenItIsBrought) {
  Chat chat;
  JsonIndex json;
  (void)json.parse("{}", {});
  Message brought;
  brought.direction = Direction::Server;
  brought.protocol = find_protocol("scrp");
  brought.json = &json;
  brought.user = "ann";
  brought.text = "hi";
  brought.delivered_from = {1, 5};
  for (const std::uint32_t session : {2, 3}) {
    brought.session = session;
    chat.transcript.on_message(brought);
  }
  EXPECT_THAT(chat.lines.lines, ElementsAre(" <ann> hi"));
}

RoomEvent present(const std::string& user, std::string_view room = "tea", std::string_view protocol = "mcp") {
  RoomEvent event;
  event.session = 1;
  event.protocol = find_protocol(protocol);
  event.event = "present";
  event.user = user;
  event.room = room;
  return event;
}

TEST(Transcript, OfALongListTheFirstHundredAreNamed) {
  for (const int count : {100, 102}) {
    Chat chat;
    for (int i = 1; i <= count; ++i) chat.transcript.on_room_event(present(std::to_string(i)));
    chat.transcript.finish();
    ASSERT_EQ(chat.lines.lines.size(), 1u);
    EXPECT_TRUE(chat.lines.lines[0].ends_with(count == 100 ? ", 100 are here" : ", 100 and 2 more are here"));
  }
}

TEST(Transcript, TheListsOfTwoRoomsAreTwoLines) {
  Chat chat;
  chat.transcript.on_room_event(present("ann"));
  chat.transcript.on_room_event(present("ben", "coffee"));
  chat.transcript.on_room_event(present("eva", "coffee", "scrp"));
  chat.transcript.finish();
  EXPECT_THAT(chat.lines.lines, ElementsAre("tea * ann is here", "coffee * ben is here", "coffee * eva is here"));
}

// What somebody is brought is not theirs.
TEST(Transcript, ALineWithoutAnAuthorIsNotItsReaders) {
  Chat chat;
  JsonIndex json;
  (void)json.parse("{}", {});
  Message brought;
  brought.session = 1;
  brought.direction = Direction::Server;
  brought.protocol = find_protocol("scrp");
  brought.json = &json;
  brought.client_name = "ben";
  brought.text = "hi";
  chat.transcript.on_message(brought);
  EXPECT_THAT(chat.lines.lines, ElementsAre(" <?> hi"));
}

TEST(Transcript, HowManyLinesAreKnownAsToldIsBounded) {
  Chat chat;
  JsonIndex json;
  (void)json.parse("{}", {});
  Message line;
  line.session = 1;
  line.protocol = find_protocol("scrp");
  line.json = &json;
  for (std::uint32_t number = 1; number <= Transcript::kMostTold + 1; ++number) {
    const std::string text = std::to_string(number);
    line.number = number;
    line.text = text;
    chat.transcript.on_message(line);
  }
  line.session = 2;
  line.direction = Direction::Server;
  for (const std::uint32_t number : {1, 2}) {
    const std::string text = std::to_string(number);
    line.text = text;
    line.delivered_from = {1, number};
    chat.transcript.on_message(line);
  }
  EXPECT_EQ(chat.lines.lines.size(), Transcript::kMostTold + 2) << "the first is told once more";
}

TEST(Transcript, WhatNoKeyOpensIsNotPassedOver) {
  Chat chat;
  JsonIndex json;
  (void)json.parse("{}", {});
  Message sealed;
  sealed.session = 7;
  sealed.protocol = find_protocol("cchat");
  sealed.json = &json;
  sealed.is_text_sealed = true;
  sealed.size = 30;
  chat.transcript.on_message(sealed);
  chat.transcript.finish();
  EXPECT_THAT(chat.lines.lines, ElementsAre(" * 1 encrypted message that no key opens, 30 bytes (session 7)"));
}

TEST(Transcript, APassageThatCannotBeReadIsOneLine) {
  Chat chat;
  Message sealed;
  sealed.session = 7;
  sealed.protocol = find_protocol("mcp");
  sealed.is_encrypted = true;
  sealed.size = 100;
  for (int i = 0; i < 3; ++i) chat.transcript.on_message(sealed);
  const Rule gap{"tcp.gap", Severity::Warning, {}, {}};
  const Finding finding{.rule = &gap, .spec = {}, .text = {}, .field = {}, .bytes = 67};
  chat.transcript.on_finding({&finding, Timestamp{}, 7, 0, {}, 1});
  chat.transcript.on_message(sealed);
  EXPECT_THAT(chat.lines.lines,
              ElementsAre(" * 3 encrypted messages that no key opens, 300 bytes (session 7)",
                          " * something may be missing here: 1 gap, 67 bytes were not captured (session 7)"));
  chat.transcript.finish();
  EXPECT_EQ(chat.lines.lines.back(), " * 1 encrypted message that no key opens, 100 bytes (session 7)");
  EXPECT_EQ(chat.transcript.said(), 0u);
}

}  // namespace
}  // namespace overhear::testing
