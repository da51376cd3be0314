#include "dissectors/mcp/mcp.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <string_view>

#include "tests/support/dissect.hpp"

namespace overhear::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::UnorderedElementsAre;

constexpr Direction kClient = Direction::Client;
constexpr Direction kServer = Direction::Server;

Dissected client(std::string_view json) {
  return Talk(mcp::kProtocol).client(json);
}
Dissected server(std::string_view json) {
  return Talk(mcp::kProtocol).server(json);
}

TEST(McpTable, ATypeThatIsMissingOrNoStringIsReportedAlone) {
  EXPECT_THAT(client(R"({"data":{}})").findings, ElementsAre("app.schema /type"));
  EXPECT_THAT(client(R"({"type":{},"data":{}})").findings, ElementsAre("app.schema /type"));
}

TEST(McpTable, HasATypeForEachErrorCodeAndNoOther) {
  std::set<std::string> types;
  std::set<std::string> codes;
  for (const MessageType& row : mcp::kProtocol.messages) {
    if (row.name.starts_with("Error.")) types.emplace(row.name.substr(6));
  }
  for (const Code& code : mcp::kProtocol.codes) codes.emplace(code.value);
  EXPECT_EQ(types, codes);
}

TEST(McpTable, NamesEachTypeOnce) {
  std::set<std::string_view> types;
  for (const MessageType& row : mcp::kProtocol.messages) EXPECT_TRUE(types.insert(row.name).second) << row.name;
}

TEST(McpType, IsWhatStandsBeforeTheSecondDotAndTheIdAllBehindIt) {
  const Dissected seen = client(R"({"type":"Room.Join.17.a.b","data":{"room":1}})");
  EXPECT_EQ(seen.type, "Room.Join");
  EXPECT_EQ(seen.id, "17.a.b");
  EXPECT_EQ(seen.key, "17.a.b");
  EXPECT_EQ(seen.role, Role::Request);
  EXPECT_THAT(seen.findings, IsEmpty());
}

TEST(McpType, WithoutAnIdPairsNothingAndIsNoted) {
  for (const std::string_view type : {"Room.Join", "Room.Join."}) {
    const Dissected seen = client("{\"type\":\"" + std::string(type) + "\",\"data\":{\"room\":1}}");
    EXPECT_EQ(seen.type, "Room.Join");
    EXPECT_EQ(seen.id, "");
    EXPECT_EQ(seen.key, "");
    EXPECT_THAT(seen.findings, ElementsAre("mcp.missing_id /type"));
    EXPECT_FALSE(seen.has_above_note());
  }
}

TEST(McpType, ThatDoesNotHaveAnIdByTheSpecificationIsNotNoted) {
  EXPECT_THAT(server(R"({"type":"Error.HeartbeatTimeout","data":{"message":"late"}})").findings, IsEmpty());
}

TEST(McpType, WithDontHaveIdPairsNothing) {
  const Dissected seen = server(R"({"type":"Error.PacketDataIncorrect.DontHaveID","data":{"message":"no JSON"}})");
  EXPECT_EQ(seen.id, "DontHaveID");
  EXPECT_EQ(seen.key, "");
  EXPECT_THAT(seen.findings, IsEmpty());
}

TEST(McpType, WithEscapesIsFoundAndItsIdStaysAsItStands) {
  const Dissected seen = client(R"({"type":"Room\u002eJ\u006Fin\u002E\u0061\"b","data":{"room":1}})");
  EXPECT_EQ(seen.type, "Room.Join");
  EXPECT_EQ(seen.id, R"(\u0061\"b)");
  EXPECT_EQ(seen.key, "a\"b");
  EXPECT_THAT(seen.findings, IsEmpty());
}

TEST(McpType, ThatIsUnknownIsNotedAndItsRequestCanBeAnswered) {
  Talk chat(mcp::kProtocol);
  const Dissected asked = chat.client(R"({"type":"Nope.Nope.req-25","data":{}})");
  EXPECT_EQ(asked.type, "Nope.Nope");
  EXPECT_EQ(asked.id, "req-25");
  EXPECT_THAT(asked.findings, ElementsAre("app.unknown_type /type"));
  const Dissected error =
      chat.server(R"({"type":"Error.PacketDataIncorrect.req-25","data":{"message":"Unknown type"}})");
  EXPECT_EQ(error.summary, "answers Nope.Nope #req-25: error PacketDataIncorrect: Unknown type");
}

TEST(McpType, OfVersion1IsANumberAndShownSo) {
  const Dissected seen = client(R"({"type":0,"data":{"version":"1.0.0"}})");
  EXPECT_EQ(seen.type, "0");
  EXPECT_THAT(seen.findings, ElementsAre("app.schema /type"));
}

TEST(McpRoles, FollowFromTheSender) {
  constexpr std::string_view kHandshake =
      R"({"type":"Handshake.Handshake.1","data":{"version":"2.1.0","publicKey":"02"}})";
  EXPECT_EQ(client(kHandshake).role, Role::Request);
  EXPECT_EQ(server(kHandshake).role, Role::Answer);
  EXPECT_EQ(server(R"({"type":"File.ImageUploadCompleted.9","data":{"id":"img1"}})").role, Role::Answer);
  EXPECT_EQ(server(R"({"type":"Room.Joined.5","data":{"room":1,"user":"a","allUsers":[]}})").role, Role::Push);
  EXPECT_EQ(client(R"({"type":"Heartbeat.Ping.13"})").role, Role::None);
}

TEST(McpPeople, AreKnownFromTheirLoginOn) {
  Talk chat(mcp::kProtocol);
  EXPECT_EQ(chat.client(R"({"type":"Authentication.Login.1","data":{"username":"alice","password":"x"}})").user,
            "alice");
  EXPECT_EQ(chat.server(R"({"type":"Authentication.Accepted.1","data":{"rooms":[],"heartbeatRate":1}})").user, "alice");
  const Dissected said = chat.client(R"({"type":"Message.CreateTextMessage.2","data":{"text":"hi \u263a"},"room":3})");
  EXPECT_EQ(said.user, "alice");
  EXPECT_EQ(said.room, "3");
  EXPECT_EQ(said.text, R"(hi \u263a)");
  EXPECT_EQ(said.summary, "alice → room 3: hi ☺");
}

TEST(McpPeople, WhoseLoginIsRefusedAreForgotten) {
  Talk chat(mcp::kProtocol);
  chat.client(R"({"type":"Authentication.Login.1","data":{"username":"ghost","password":"x"}})");
  const Dissected error = chat.server(R"({"type":"Error.UserNotFound.1","data":{"message":"who?"}})");
  EXPECT_EQ(error.summary, "answers Authentication.Login #1: error UserNotFound: who?");
  EXPECT_EQ(chat.client(R"({"type":"Room.Join.2","data":{"room":1}})").user, "");
}

TEST(McpPeople, StayWhoTheyAreWhenAnotherLoginIsRefused) {
  Talk chat(mcp::kProtocol);
  chat.client(R"({"type":"Authentication.Login.1","data":{"username":"alice","password":"x"}})");
  chat.server(R"({"type":"Authentication.Accepted.1","data":{"rooms":[],"heartbeatRate":1}})");
  chat.client(R"({"type":"Authentication.Login.2","data":{"username":"root","password":"x"}})");
  chat.server(R"({"type":"Error.UserPasswordInvalid.2","data":{"message":"no"}})");
  EXPECT_EQ(chat.client(R"({"type":"Room.Join.3","data":{"room":1}})").user, "alice");
}

TEST(McpPeople, StayWhoTheyAreWhenAnotherUserIsNotFound) {
  Talk chat(mcp::kProtocol);
  chat.client(R"({"type":"Authentication.Login.1","data":{"username":"root","password":"x"}})");
  chat.server(R"({"type":"Authentication.Accepted.1","data":{"rooms":[],"heartbeatRate":1}})");
  EXPECT_EQ(chat.client(R"({"type":"User.Delete.2","data":{"username":"dave"}})").user, "root");
  chat.server(R"({"type":"Error.UserNotFound.2","data":{"message":"who?"}})");
  EXPECT_EQ(chat.client(R"({"type":"Room.Join.3","data":{"room":1}})").user, "root");
}

TEST(McpBroadcast, NamesUserRoomAndText) {
  const Dissected said =
      server(R"({"type":"Message.TextMessage.7","data":{"text":"hi","user":"root","time":1795218659047},"room":1})");
  EXPECT_EQ(said.user, "root");
  EXPECT_EQ(said.room, "1");
  EXPECT_EQ(said.text, "hi");
  const Dissected joined =
      server(R"({"type":"Room.Joined.req-6","data":{"room":3,"user":"john","allUsers":["a","b","c","john"]}})");
  EXPECT_EQ(joined.user, "john");
  EXPECT_EQ(joined.room, "3");
  EXPECT_EQ(joined.summary, "john joined room 3 (4 users)");
}

// What the public servers send, as recorded: never more than a note.
TEST(McpRealServers, AreReadWithNotesOnly) {
  struct Case {
    Direction sender;
    std::string_view json;
    std::vector<std::string> findings;
  };
  const Case kCases[] = {
      {kClient,
       R"({"type":"Handshake.Handshake","data":{"version":"2.0.0","publicKey":"806e2c"}})",
       {"mcp.version /data/version"}},
      {kServer,
       "{\"type\":\"Handshake.Handshake\",\"data\":{\"version\":\"2.0.0\",\"publicKey\":\"00C6C9\"}}\n",
       {"mcp.version /data/version"}},
      {kClient, R"({"type":"Authentication.Login","data":{"username":"root","password":"secret"}})", {}},
      {kServer,
       R"({"type":"Authentication.Accepted","data":{"http":"http://localhost:3073","rooms":[{"id":1,"name":"general","allUsers":[]}],"heartbeatRate":10000}})",
       {"app.unknown_field /data/http"}},
      {kServer,
       R"({"type":"Authentication.UpdateAccessToken","data":{"accessToken":"kS21+CvEzMQ=cm9vdA=="}})",
       {"app.unknown_type /type"}},
      {kClient, R"({"type":"Heartbeat.Ping"})", {}},
      {kClient, R"({"type":"Heartbeat.Ping","data":null})", {}},
      {kClient, R"({"type":"Room.RequireList","data":{}})", {}},
      {kServer, R"({"type":"Room.Created","data":{"id":2,"name":"kitchen"}})", {"app.unknown_field /data/id"}},
      {kServer,
       R"({"type":"Message.TextMessage","data":{"text":"hello","user":"root","time":1795218485444}})",
       {"app.schema /room"}},
      {kServer,
       R"({"type":"Message.TextMessage","data":{"message":"hello","user":"root","time":1795218485444}})",
       {"app.unknown_field /data/message", "app.schema /room"}},
      {kServer,
       R"({"type":"Message.ImageMessage","data":{"image":"http://localhost:3073/images/cat.png","user":"alice","time":1}})",
       {"app.schema /room"}},
      {kServer, R"({"type":"Error.UserAlreadyExists","data":null})", {"app.schema /data"}},
  };
  Talk chat(mcp::kProtocol);
  for (const Case& c : kCases) {
    const Dissected seen = chat.hear(c.sender, c.json);
    EXPECT_EQ(seen.findings, c.findings) << c.json;
    EXPECT_FALSE(seen.has_above_note()) << c.json;
    if (c.sender == kServer) chat.use_key("mcp-key");  // from the handshakes on
  }
}

TEST(McpRealServers, OfMiricatSendUsersAsObjects) {
  const Dissected seen = server(
      R"({"type":"Room.Joined.1","data":{"room":1,"user":"a","allUsers":[{"id":1,"username":"a","avatar":null},{"id":2,"username":"b","avatar":"x"}]}})");
  EXPECT_THAT(seen.findings, ElementsAre("app.schema /data/allUsers"));
  EXPECT_FALSE(seen.has_above_note());
  EXPECT_EQ(seen.summary, "a joined room 1 (2 users)");
}

TEST(McpRealServers, MayListRoomsById) {
  const Dissected seen = server(R"({"type":"Room.List.1","data":[{"id":1,"name":"r","allUsers":["a"]}]})");
  EXPECT_THAT(seen.findings,
              UnorderedElementsAre("app.unknown_field /data/0/id", "app.unknown_field /data/0/allUsers"));
}

TEST(McpFields, ThatGoByTwoNamesMustBeThereUnderOne) {
  EXPECT_THAT(client(R"({"type":"Message.CreateTextMessage.1","data":{},"room":1})").findings,
              ElementsAre("app.schema /data/text"));
  EXPECT_THAT(client(R"({"type":"Message.CreateImageMessage.1","data":{},"room":1})").findings,
              ElementsAre("app.schema /data/image"));
  EXPECT_THAT(client(R"({"type":"Message.CreateImageMessage.1","data":{"url":"x"},"room":1})").findings, IsEmpty());
  EXPECT_THAT(server(R"({"type":"Room.Created.1","data":{"name":"r"}})").findings,
              ElementsAre("app.schema /data/room"));
  EXPECT_THAT(server(R"({"type":"Room.List.1","data":[{"room":1,"name":"r"},{"name":"s"}]})").findings,
              ElementsAre("app.schema /data/1/room"));
}

TEST(McpVersion, WithoutIdsAsksForNone) {
  Talk chat(mcp::kProtocol);
  const Dissected first = chat.client(R"({"type":"Handshake.Handshake","data":{"version":"2.0.0","publicKey":"02"}})");
  EXPECT_THAT(first.texts, ElementsAre("the handshake offers version 2.0.0, not 2.1.0"));
  EXPECT_THAT(chat.client(R"({"type":"Room.Join","data":{"room":1}})").findings, IsEmpty());
}

TEST(McpVersion, ThatIsNewerAsksForIdsStill) {
  const Dissected seen = client(R"({"type":"Handshake.Handshake","data":{"version":"3.0.0","publicKey":"02"}})");
  EXPECT_THAT(seen.findings, ElementsAre("mcp.version /data/version", "mcp.missing_id /type"));
}

TEST(McpRecognition, IsSureOfTypesInTheTableAndTellsTheSender) {
  const auto look = [](std::string_view json) { return recognized(mcp::kProtocol, json); };
  EXPECT_EQ(look(R"({"type":"Handshake.Handshake.1","data":{}})"), "strong");
  EXPECT_EQ(look(R"({"type":"Authentication.Login","data":{}})"), "strong client");
  EXPECT_EQ(look(R"({"type":"Authentication.Accepted.2","data":{}})"), "strong server");
  EXPECT_EQ(look(R"({"type":"Room.List.2","data":[]})"), "strong server");
  EXPECT_EQ(look(R"({"type":"Heartbeat.Ping"})"), "strong client");
  EXPECT_EQ(look(R"({"type":"Room.Join.1","data":7})"), "weak");
  for (const std::string_view other :
       {R"({"ver":1,"type":"join","chatroom":"a","clientid":"b"})", R"({"type":"request","data":{"request":"login"}})",
        R"({"req_id":1,"method":"GET_TIME"})", R"({"type":5})", R"({"type":"Nope.Nope.1"})", "{}", "[]", "7"}) {
    EXPECT_EQ(look(other), "none") << other;
  }
}

TEST(McpSummary, SaysTheInterestingThing) {
  struct Case {
    Direction sender;
    std::string json;
    std::string_view summary;
  };
  const std::string key(384, 'a');
  const Case kCases[] = {
      {kClient, R"({"type":"Handshake.Handshake.1","data":{"version":"2.1.0","publicKey":")" + key + "\"}}",
       "handshake, version 2.1.0, public key 1536 bit"},
      {kServer, R"({"type":"Handshake.Handshake.1","data":{"version":"2.1.0","publicKey":"00)" + key + "\"}}",
       "handshake, version 2.1.0, public key 1536 bit"},
      {kServer,
       R"({"type":"Handshake.Handshake.1","data":{"version":"2.1.0","publicKey":")" + std::string(256, 'z') + "\"}}",
       "handshake, version 2.1.0, public key 1536 bit"},
      {kClient, R"({"type":"Handshake.Handshake","data":{}})", "handshake, version ?, no public key"},
      {kClient, R"({"type":"Authentication.Login.2","data":{"username":"john","password":"toor"}})", "john logs in"},
      {kClient, R"({"type":"Authentication.Register.2","data":{"username":"john","password":"toor"}})",
       "john registers"},
      {kServer,
       R"({"type":"Authentication.Accepted.2","data":{"rooms":[{"id":1,"name":"a","allUsers":[]},{}],"heartbeatRate":30000}})",
       "accepted: 2 rooms, heartbeat every 30 s"},
      {kServer, R"({"type":"Authentication.Accepted.2","data":{"rooms":[{}],"heartbeatRate":2500}})",
       "accepted: 1 room, heartbeat every 2.5 s"},
      {kServer, R"({"type":"Authentication.UpdateAccessToken","data":{"accessToken":"abc"}})", "new access token •••"},
      {kClient, R"({"type":"Message.CreateTextMessage.7","data":{"text":"hi"},"room":3})", "→ room 3: hi"},
      {kServer, R"({"type":"Message.TextMessage","data":{"text":"a \"b\" \u263a","user":"alice","time":1}})",
       "alice: a \"b\" ☺"},
      {kClient, R"({"type":"Message.CreateTextMessage.7","data":{"text":["x"]},"room":null})", "(nothing)"},
      {kServer, R"({"type":"Message.ImageMessage.7","data":{"image":"mcp_image://i","user":"bob","time":1},"room":1})",
       "bob → room 1: image mcp_image://i"},
      {kClient, R"({"type":"File.RequestImageUpload.1","data":{"name":"k.png","size":9000,"type":"image/png"}})",
       "asks to upload image \"k.png\", 9000 bytes, image/png"},
      {kServer,
       R"({"type":"File.ImageUploadAccepted.1","data":{"id":"img1","name":"k.png","size":9000,"type":"image/png"}})",
       "image upload accepted as img1 \"k.png\", 9000 bytes, image/png"},
      {kServer, R"({"type":"File.ImageUploadRejected.1","data":null})", "image upload rejected"},
      {kClient, R"({"type":"File.ImageUploadPart.1","data":{"id":"img1","part":2,"data":"AAAA"}})",
       "part 2 of image img1, 4 bytes base64"},
      {kClient, R"({"type":"File.ImageUploadCompleted.1","data":{"id":"img1"}})", "image img1 uploaded"},
      {kClient, R"({"type":"File.RequestImageDownload.1","data":{"id":"img1"}})", "asks for image img1"},
      {kClient, R"({"type":"User.Create.1","data":{"username":"carol","password":"pw"}})", "creates user carol"},
      {kServer, R"({"type":"User.Deleted.1","data":{"username":"carol"}})", "user carol deleted"},
      {kClient, R"({"type":"User.Update.1","data":{"username":null,"password":"pw","avatar":"a.png"}})",
       "changes avatar to a.png, password to •••"},
      {kServer, R"({"type":"User.Info.1","data":{"id":4,"username":"carol","avatar":null}})", "user carol, id 4"},
      {kClient, R"({"type":"Room.Create.1","data":{"name":"lobby"}})", "creates room \"lobby\""},
      {kServer, R"({"type":"Room.Created.1","data":{"id":3,"name":"lobby"}})", "room 3 \"lobby\" created"},
      {kClient, R"({"type":"Room.Join.1","data":{"room":3}})", "joins room 3"},
      {kClient, R"({"type":"Room.Join.1","data":{}})", "joins room ?"},
      {kServer, R"({"type":"Room.Left.1","data":{"room":3,"user":"bob"}})", "bob left room 3"},
      {kClient, R"({"type":"Room.Update.1","data":{"room":3,"name":"hall"}})", "renames room 3 to \"hall\""},
      {kServer, R"({"type":"Room.Updated.1","data":{"room":3,"name":"hall"}})", "room 3 renamed to \"hall\""},
      {kServer, R"({"type":"Room.Deleted.1","data":{"room":3}})", "room 3 deleted"},
      {kClient, R"({"type":"Room.RequireList.1"})", "asks for the list of rooms"},
      {kServer, R"({"type":"Room.List.1","data":[{"room":1,"name":"a"},{"room":2,"name":"b"}]})", "2 rooms: a, b"},
      {kServer, R"({"type":"Error.RoomNotFound","data":null})", "error RoomNotFound: no such room"},
      {kServer, R"({"type":"Error.Strange.4","data":{"message":"odd"}})", "error Strange: odd"},
      {kClient, R"({"type":"Heartbeat.Ping.13"})", "ping"},
      {kClient, R"({"type":"Bot.Start.1","data":{"name":"b","password":"x","list":[1],"n":5}})",
       "Bot.Start: name b, password •••, n 5"},
      {kClient, R"({"data":3})", "package without a type: data 3"},
  };
  for (const Case& c : kCases) {
    EXPECT_EQ(Talk(mcp::kProtocol).hear(c.sender, c.json).summary, c.summary) << c.json;
  }
}

TEST(McpSummary, ShowsSecretsWhenAsked) {
  constexpr std::string_view kLogin =
      R"({"type":"Authentication.Login.2","data":{"username":"john","password":"toor"}})";
  EXPECT_EQ(client(kLogin).summary_with_secrets, "john logs in, password toor");
  EXPECT_THAT(client(kLogin).summary, Not(HasSubstr("toor")));
}

TEST(McpSummary, CutsLongTexts) {
  const std::string summary =
      client(R"({"type":"Message.CreateTextMessage.1","data":{"text":")" + std::string(5000, 'x') + R"("},"room":1})")
          .summary;
  EXPECT_LT(summary.size(), 150u);
  EXPECT_TRUE(summary.ends_with("…"));
}

TEST(McpHostile, InputIsReadWithoutHarm) {
  const std::string_view kCases[] = {
      R"({})",
      R"({"type":5,"data":null})",
      R"({"type":123456789012345678901234567890})",
      R"({"type":null,"data":[[[[{}]]]]})",
      R"({"type":""})",
      R"({"type":"."})",
      R"({"type":"...."})",
      R"({"type":"\ud800.\udc00.\ud800"})",
      R"({"type":"\\u002e"})",
      R"({"type":"Room.Join.1","data":null})",
      R"({"type":"Room.Join.1","data":[{"room":{}}],"room":[]})",
      R"({"type":"Room.Joined.1","data":{"room":{},"user":[],"allUsers":{"a":1}}})",
      R"({"type":"Room.List.1","data":[null,1,"x",[],{}]})",
      R"({"type":"Room.List.1","data":{}})",
      R"({"type":"Authentication.Accepted.1","data":{"rooms":[null],"heartbeatRate":-1}})",
      R"({"type":"Authentication.Accepted.1","data":{"rooms":5,"heartbeatRate":99999999999999999999}})",
      R"({"type":"Handshake.Handshake.1","data":{"version":"\ud800","publicKey":""}})",
      R"({"type":"Handshake.Handshake.1","data":{"version":[],"publicKey":"===="}})",
      R"({"type":"Error.RoomNotFound.1","data":"x"})",
      R"({"type":"Error."})",
      R"({"type":"Error.UserNotFound.1","data":{"message":["x"]}})",
      R"({"t\u0079pe":"Heartbeat.Ping.1","type":7})",
      R"({"type":"Room.Join.1","type":"Room.Leave.2","data":{"room":1}})",
      R"({"type":"Authentication.Login.1","data":{"username":{"a":1},"password":null}})",
  };
  for (const Direction sender : {kClient, kServer}) {
    Talk chat(mcp::kProtocol);
    for (const std::string_view json : kCases) EXPECT_NO_THROW(chat.hear(sender, json)) << json;
  }
  EXPECT_EQ(client(R"({"type":"Room.Join.1","type":"Room.Leave.2","data":{"room":1}})").type, "Room.Leave");
  EXPECT_EQ(client(R"({"t\u0079pe":"Heartbeat.Ping.1"})").type, "Heartbeat.Ping");
}

TEST(McpHostile, ManyMembersGiveFewFindings) {
  std::string members;
  for (int i = 0; i < 10'000; ++i) members += ",\"m" + std::to_string(i) + "\":1";
  const Dissected seen = client(R"({"type":"Room.Join.1","data":{"room":1)" + members + "}" + members + "}");
  EXPECT_LE(seen.findings.size(), 20u);
  EXPECT_EQ(seen.texts.back(), "19984 more like these");
}

}  // namespace
}  // namespace overhear::testing
