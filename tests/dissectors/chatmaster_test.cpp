#include "dissectors/chatmaster/chatmaster.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "tests/support/dissect.hpp"

namespace overhear::testing {
namespace {

using chatmaster::kProtocol;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(ChatMasterTable, EveryErrorTypeIsACommandOfTheSpecification) {
  Talk talk(kProtocol);
  for (const char* command : {"login", "rename", "join", "leave", "private", "public", "channels"}) {
    const Dissected seen =
        talk.server(std::string(R"({"type":"error","data":{"message":"no","error_type":")") + command + "\"}}");
    EXPECT_THAT(seen.findings, IsEmpty()) << command;
    EXPECT_EQ(seen.summary, std::string("error ") + command + ": no");
  }
  EXPECT_THAT(talk.server(R"({"type":"error","data":{"message":"no","error_type":"dance"}})").findings,
              ElementsAre("app.unknown_value /data/error_type"));
}

TEST(ChatMaster, TheSpecificationsExamplesBringNothingToReport) {
  Talk talk(kProtocol);
  for (const char* text : {
           R"({"type":"message","data":{"message":"Hello World!","username":"SomeUser"}})",
           R"({"type":"request","data":{"request":"login"}})",
           R"({"type":"notification","data":{"event_type":"user_joined","username":"someUser"}})",
           R"({"type":"session","data":{"status":1,"channels":["Channel 1","Channel 2"]}})",
           R"({"type":"session","data":{"status":0,"reason":"Username is already taken."}})",
           R"({"type":"error","data":{"error_type":"private","message":"Channel cannot be set to private."}})",
       }) {
    EXPECT_THAT(talk.server(text).findings, IsEmpty()) << text;
  }
  const char* const login = R"({"type":"command","data":{"command":"login","parameters":{"username":"P"}}})";
  EXPECT_THAT(Talk(kProtocol).client(login).findings, IsEmpty());
}

TEST(ChatMaster, WhatRealProgramsSendIsWorthNotesAtMost) {
  Talk talk(kProtocol);
  const auto client = [&](const char* text) { return talk.client(text).findings; };
  const auto server = [&](const char* text) {
    const Dissected seen = talk.server(text);
    EXPECT_FALSE(seen.has_above_note()) << text;
    return seen.findings;
  };
  EXPECT_THAT(server(R"({"data": {"request": "login"}, "type": "request"})"), IsEmpty());
  EXPECT_THAT(client(R"({"data": {"command": "login", "parameters": {"username": "alice"}}, "type": "command"})"),
              IsEmpty());
  EXPECT_THAT(server(R"({"data": {"status": true, "channels": ["general", "python"]}, "type": "session"})"), IsEmpty());
  EXPECT_THAT(server(R"({"data": {"status": false, "reason": "Username is already taken"}, "type": "session"})"),
              IsEmpty());
  EXPECT_THAT(client(R"({"type": "command", "data": {"command": "leave", "parameters": null}})"), IsEmpty());
  EXPECT_THAT(client(R"({"type": "command", "data": {"command": "channel_list", "parameters": null}})"),
              ElementsAre("app.unknown_type /data/command"));
  EXPECT_THAT(client(R"({"type": "message", "data": {"message": "anyone here?"}})"),
              ElementsAre("app.schema /data/username"));
  EXPECT_FALSE(talk.client(R"({"type": "message", "data": {"message": "anyone here?"}})").has_above_note());
  EXPECT_THAT(
      server(
          R"({"type": "notification", "data": {"event_type": "user_joined", "parameters": {"channel": "general", "username": "alice", "current_users": ["alice", null]}}})"),
      ElementsAre("chatmaster.nested_parameters /data/parameters"));
  EXPECT_THAT(
      server(
          R"({"type": "notification", "data": {"event_type": "user_left", "parameters": {"channel": "general", "username": null, "current_users": []}}})"),
      ElementsAre("chatmaster.nested_parameters /data/parameters",
                  "chatmaster.unnamed_user /data/parameters/username"));
  EXPECT_THAT(
      server(
          R"({"type": "notification", "data": {"event_type": "channel_list", "parameters": {"channels": ["general"]}}})"),
      ElementsAre("chatmaster.nested_parameters /data/parameters"));
  EXPECT_THAT(server(R"({"type": "message", "data": {"message": "hi", "username": null}})"),
              ElementsAre("chatmaster.unnamed_user /data/username"));
}

TEST(ChatMaster, AServersMessageMustNameItsUser) {
  Talk talk(kProtocol);
  const Dissected seen = talk.server(R"({"type":"message","data":{"message":"hi"}})");
  EXPECT_THAT(seen.findings, ElementsAre("app.schema /data/username"));
  EXPECT_TRUE(seen.has_above_note());
}

TEST(ChatMaster, WrongTypesAreTheFieldsFinding) {
  Talk talk(kProtocol);
  const auto findings = [&](const char* text) { return talk.client(text).findings; };
  EXPECT_THAT(findings(R"({"type": 5, "data": null})"), ElementsAre("app.schema /type", "app.schema /data"));
  EXPECT_THAT(findings(R"({"type": "message", "data": {"message": ["a"], "username": {}}})"),
              ElementsAre("app.schema /data/message", "app.schema /data/username"));
  EXPECT_THAT(findings(R"({"data": {}})"), ElementsAre("app.schema /type"));
  EXPECT_THAT(findings(R"({"type": "message"})"), ElementsAre("app.schema /data"));
  EXPECT_THAT(findings(R"({"type": "nope", "data": 1})"), ElementsAre("app.unknown_type /type"));
  EXPECT_THAT(findings("{}"), ElementsAre("app.schema /type", "app.schema /data"));
  EXPECT_THAT(findings(R"({"type": "session", "data": {"status": "1", "channels": {}}})"),
              ElementsAre("app.schema /data/status", "app.schema /data/channels"));
  EXPECT_THAT(findings(R"({"type": "command"})"), ElementsAre("app.schema /data"));
  EXPECT_THAT(findings(R"({"type": "command", "data": {"command": {}}})"), ElementsAre("app.schema /data/command"));
  EXPECT_THAT(findings(R"({"type": "session", "data": {"status": 2, "channels": []}})"),
              ElementsAre("app.unknown_value /data/status"));
}

TEST(ChatMaster, TypesAreComposedOfPackageAndSubject) {
  Talk talk(kProtocol);
  EXPECT_EQ(talk.client(R"({"type":"command","data":{"command":"dance"}})").type, "command/dance");
  EXPECT_EQ(talk.client(R"({"type":"command","data":{"command":"dance"}})").type_spec, nullptr);
  EXPECT_THAT(talk.client(R"({"type":"command","data":{"command":"dance"}})").findings,
              ElementsAre("app.unknown_type /data/command"));
  EXPECT_EQ(talk.client(R"({"type":"command","data":{}})").type, "command");
  EXPECT_EQ(
      talk.client(R"({"type":"\u0063ommand","data":{"command":"lo\u0067in","parameters":{"username":"x"}}})").type,
      "command/login");
  EXPECT_THAT(
      talk.client(R"({"type":"\u0063ommand","data":{"command":"lo\u0067in","parameters":{"username":"x"}}})").findings,
      IsEmpty());
  EXPECT_EQ(talk.client(R"({"type":"command","data":{"command":"d\nce"}})").type, R"(command/d\nce)") << "as it stands";
  EXPECT_EQ(talk.client(R"({"type":5})").type, "");
  EXPECT_EQ(talk.client(R"({"type":"command/login","data":{"parameters":{"username":"x"}}})").type_spec == nullptr,
            true);
}

TEST(ChatMaster, RemembersNameAndChannelOfTheClient) {
  Talk talk(kProtocol);
  const Dissected login =
      talk.client(R"({"type":"command","data":{"command":"login","parameters":{"username":"alice"}}})");
  EXPECT_EQ(login.user, "alice");
  EXPECT_EQ(login.role, Role::Request);
  EXPECT_EQ(login.key, "") << "no ids";
  EXPECT_EQ(talk.server(R"({"type":"session","data":{"status":true,"channels":[]}})").user, "alice");
  EXPECT_EQ(talk.client(R"({"type":"command","data":{"command":"join","parameters":{"channel":"general"}}})").room,
            "general");
  const Dissected said = talk.client(R"({"type":"message","data":{"message":"hi"}})");
  EXPECT_EQ(said.user, "alice");
  EXPECT_EQ(said.room, "general");
  EXPECT_EQ(said.text, "hi");
  EXPECT_EQ(said.summary, "alice: hi");
  const Dissected heard = talk.server(R"({"type":"message","data":{"message":"yo","username":"bob"}})");
  EXPECT_EQ(heard.user, "bob");
  EXPECT_EQ(heard.room, "general");

  talk.client(R"({"type":"command","data":{"command":"join","parameters":{"channel":"python"}}})");
  EXPECT_EQ(talk.server(R"({"type":"error","data":{"error_type":"join","message":"no"}})").room, "general")
      << "taken back";
  EXPECT_EQ(talk.client(R"({"type":"command","data":{"command":"leave","parameters":null}})").room, "general");
  EXPECT_EQ(talk.client(R"({"type":"message","data":{"message":"hi"}})").room, "");
  EXPECT_EQ(
      talk.server(
              R"({"type":"notification","data":{"event_type":"user_joined","parameters":{"channel":"cpp","username":"alice"}}})")
          .room,
      "cpp");
  EXPECT_EQ(talk.client(R"({"type":"message","data":{"message":"hi"}})").room, "cpp");
  talk.server(
      R"({"type":"notification","data":{"event_type":"user_rename","old_username":"alice","new_username":"al"}})");
  EXPECT_EQ(talk.client(R"({"type":"message","data":{"message":"hi"}})").user, "al");
}

TEST(ChatMaster, ARefusedNameIsForgotten) {
  Talk talk(kProtocol);
  talk.client(R"({"type":"command","data":{"command":"login","parameters":{"username":"alice"}}})");
  EXPECT_EQ(talk.server(R"({"type":"session","data":{"status":false,"reason":"taken"}})").user, "alice");
  const Dissected said = talk.client(R"({"type":"message","data":{"message":"hi"}})");
  EXPECT_EQ(said.user, "");
  EXPECT_EQ(said.summary, "message: hi");
}

TEST(ChatMaster, SummariesSayWhatHappened) {
  Talk talk(kProtocol);
  EXPECT_EQ(talk.server(R"({"type":"request","data":{"request":"login"}})").summary, "asks for login");
  EXPECT_EQ(talk.client(R"({"type":"command","data":{"command":"login","parameters":{"username":"PythonMaster2K16"}}})")
                .summary,
            "logs in as PythonMaster2K16");
  EXPECT_EQ(
      talk.server(R"({"type":"session","data":{"status":1,"channels":["general","python","c\u002b\u002b"]}})").summary,
      "accepted, 3 channels: general, python, c++");
  EXPECT_EQ(talk.server(R"({"type":"session","data":{"status":0,"reason":"Username is already taken."}})").summary,
            "refused: Username is already taken.");
  EXPECT_EQ(talk.server(R"({"type":"message","data":{"message":"Hello World!","username":"SomeUser"}})").summary,
            "SomeUser: Hello World!");
  EXPECT_EQ(
      talk.server(
              R"({"type":"notification","data":{"event_type":"user_joined","parameters":{"channel":"general","username":"SomeUser","current_users":["a","SomeUser"]}}})")
          .summary,
      "SomeUser joined general (2 users)");
  EXPECT_EQ(talk.server(R"({"type":"notification","data":{"event_type":"user_joined","username":"SomeUser"}})").summary,
            "SomeUser joined");
  EXPECT_EQ(
      talk.server(
              R"({"type":"notification","data":{"event_type":"user_left","parameters":{"channel":"general","username":null,"current_users":["a"]}}})")
          .summary,
      "an unnamed user left general (1 user)");
  EXPECT_EQ(
      talk.server(
              R"({"type":"notification","data":{"event_type":"user_rename","old_username":"a","new_username":"b"}})")
          .summary,
      "a is now b");
  EXPECT_EQ(talk.server(R"({"type":"notification","data":{"event_type":"channel_list","channels":["a"]}})").summary,
            "1 channel: a");
  EXPECT_EQ(
      talk.server(R"({"type":"notification","data":{"event_type":"channel_list","channels":[1,2,3,4,5,6,7,8,9,10]}})")
          .summary,
      "10 channels: 1, 2, 3, 4, 5, 6, 7, 8, …");
  EXPECT_EQ(talk.client(R"({"type":"command","data":{"command":"rename","parameters":{"username":"b"}}})").summary,
            "renames to b");
  EXPECT_EQ(talk.client(R"({"type":"command","data":{"command":"join","parameters":{"channel":"x"}}})").summary,
            "joins x");
  EXPECT_EQ(talk.client(R"({"type":"command","data":{"command":"leave"}})").summary, "leaves the channel");
  EXPECT_EQ(talk.client(R"({"type":"command","data":{"command":"private"}})").summary, "sets the channel to private");
  EXPECT_EQ(talk.client(R"({"type":"command","data":{"command":"channels"}})").summary, "asks for the channels");
  EXPECT_EQ(talk.client(R"({"type":"command","data":{"command":"channel_list"}})").summary, "asks for the channels");
  EXPECT_EQ(
      talk.server(R"({"type":"error","data":{"error_type":"private","message":"Channel cannot be set to private."}})")
          .summary,
      "error private: Channel cannot be set to private.");
  EXPECT_EQ(talk.client(R"({"type":"dance","data":{}})").summary, "unknown message dance");
  EXPECT_EQ(talk.client("{}").summary, "no message type");
}

TEST(ChatMaster, LongTextIsCutBetweenCharacters) {
  Talk talk(kProtocol);
  std::string text;
  std::string expected = "message: ";
  for (int i = 0; i < 300; ++i) text += R"(\ud83d\ude00)";
  for (int i = 0; i < 120; ++i) expected += "😀";
  EXPECT_EQ(talk.client(R"({"type":"message","data":{"message":")" + text + "\"}}").summary, expected + "…");
}

TEST(ChatMaster, IsRecognizedByItsTypeAndData) {
  const auto sender = [](std::string_view json) { return recognized(kProtocol, json); };
  EXPECT_EQ(sender(R"({"type":"request","data":{"request":"login"}})"), "strong server");
  EXPECT_EQ(sender(R"({"data":{"command":"login"},"type":"command"})"), "strong client");
  EXPECT_EQ(sender(R"({"type":"notification","data":{"event_type":"x"}})"), "strong server");
  EXPECT_EQ(sender(R"({"type":"session","data":{"status":false}})"), "strong server");
  EXPECT_EQ(sender(R"({"type":"error","data":{"error_type":"x"}})"), "strong server");
  EXPECT_EQ(sender(R"({"type":"message","data":{"message":"x"}})"), "strong");
  EXPECT_EQ(sender(R"({"type":"message","data":{}})"), "weak");
  EXPECT_EQ(sender(R"({"type":"message"})"), "none");
  EXPECT_EQ(sender(R"({"type":"Handshake.Handshake","data":{}})"), "none");
  EXPECT_EQ(sender(R"({"ver":1,"type":"error","errcode":0})"), "none");
}

}  // namespace
}  // namespace overhear::testing
