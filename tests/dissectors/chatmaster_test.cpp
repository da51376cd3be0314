#include "dissectors/chatmaster/chatmaster.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/limits.hpp"
#include "tests/support/dissect.hpp"

namespace overhear::chatmaster {
namespace {

using testing::Change;
using testing::fields_of;
using testing::fulfil;

// What stands in a generated message where the table alone does not say it: both halves of a composed type.
std::map<std::string, std::string> names(const MessageType& row) {
  const std::string name(row.name);
  const std::size_t slash = name.find('/');
  const std::string package = '"' + name.substr(0, slash) + '"';
  const std::string subject = '"' + name.substr(slash + 1) + '"';
  return {{"/type", package}, {"/data/command", subject}, {"/data/request", subject}, {"/data/event_type", subject}};
}

// One side of a conversation after the other, through one dissector.
class Talk {
 public:
  Talk() : dissector_(kProtocol.make_dissector({&limits_, nullptr})) {}

  const Dissection& client(std::string text) { return hear(Direction::Client, std::move(text)); }
  const Dissection& server(std::string text) { return hear(Direction::Server, std::move(text)); }
  const Dissection& hear(Direction direction, std::string text) {
    text_ = std::move(text);
    EXPECT_EQ(json_.parse(text_, limits_), JsonIndex::Status::Valid) << text_;
    seen_.clear();
    dissector_->dissect(json_, direction, seen_);
    direction_ = direction;
    return seen_;
  }

  // Of what was heard last.
  Message message() const {
    Message message;
    message.direction = direction_;
    message.protocol = &kProtocol;
    message.json = &json_;
    message.body = text_;
    message.type_spec = seen_.type_spec;
    message.type = seen_.type;
    message.id = seen_.id;
    message.user = seen_.user;
    message.room = seen_.room;
    message.text = seen_.text;
    message.actions = seen_.actions;
    message.action_findings = seen_.action_findings.items();
    return message;
  }
  std::string summary(bool show_secrets = false) const {
    std::string out;
    kProtocol.summarize(message(), show_secrets, out);
    return out;
  }
  std::string client_says(std::string text) { return client(std::move(text)), summary(); }
  std::string server_says(std::string text) { return server(std::move(text)), summary(); }

  const JsonIndex& json() const { return json_; }

 private:
  Limits limits_;
  std::unique_ptr<Dissector> dissector_;
  std::string text_;
  JsonIndex json_;
  Dissection seen_;
  Direction direction_ = Direction::Client;
};

// "app.schema /type, app.unknown_field /x"
std::string listed(std::span<const Finding> findings) {
  std::string out;
  for (const Finding& finding : findings) {
    if (!out.empty()) out += ", ";
    out.append(finding.rule->code).append(" ").append(finding.field);
  }
  return out;
}
std::string listed(const FindingList& findings) {
  return listed(findings.items());
}
bool is_all_notes(const FindingList& findings) {
  return std::ranges::all_of(findings.items(), [](const Finding& f) { return f.rule->severity == Severity::Note; });
}

// Two rows that differ in the field itself: without it the message is held against the other.
bool tells_rows_apart(const MessageType& row, const std::string& pointer) {
  return row.origin == Origin::Observed && row.from_server && pointer == "/data/parameters";
}

std::string schema_findings(const FindingList& findings) {
  std::string out;
  for (const Finding& finding : findings.items()) {
    const bool counts = finding.rule->code == "app.schema" || finding.rule->severity != Severity::Note;
    if (counts) out.append(out.empty() ? "" : ", ").append(finding.rule->code).append(" ").append(finding.field);
  }
  return out;
}

// Without what real clients' messages always bring: the note that they do not name their user.
std::string schema_findings(const FindingList& findings, const MessageType& row) {
  std::string out = schema_findings(findings);
  const std::string always = ", app.schema /data/username";
  if (row.name == "message" && row.origin == Origin::Observed && out.ends_with(always)) {
    out.resize(out.size() - always.size());
  }
  return out;
}

std::vector<Direction> senders(const MessageType& row) {
  std::vector<Direction> out;
  if (row.from_client) out.push_back(Direction::Client);
  if (row.from_server) out.push_back(Direction::Server);
  return out;
}

TEST(ChatMasterTable, AMessageThatFulfilsItsRowBringsNothingToReport) {
  for (const MessageType& row : kProtocol.messages) {
    for (const Direction sender : senders(row)) {
      Talk talk;
      const Dissection& seen = talk.hear(sender, fulfil(row, names(row)));
      EXPECT_EQ(seen.type_spec, &row) << row.name << row.meaning;
      EXPECT_EQ(seen.type, row.name);
      EXPECT_EQ(seen.role, row.role);
      EXPECT_EQ(schema_findings(seen.findings),
                row.origin == Origin::Observed && row.name == "message" ? "app.schema /data/username" : "")
          << row.name << row.meaning;
      EXPECT_TRUE(row.origin == Origin::Observed ? is_all_notes(seen.findings) && !seen.findings.empty()
                                                 : seen.findings.empty())
          << row.name << listed(seen.findings);
      EXPECT_FALSE(talk.summary().empty());
    }
  }
}

TEST(ChatMasterTable, EachFieldLeftOutOrOfAnotherTypeIsTheOneFinding) {
  for (const MessageType& row : kProtocol.messages) {
    for (const auto& [pointer, field] : fields_of(row)) {
      for (const Direction sender : senders(row)) {
        Talk talk;
        const std::string spoiled = fulfil(row, names(row), Change::WrongType, pointer);
        EXPECT_EQ(schema_findings(talk.hear(sender, spoiled).findings, row), "app.schema " + pointer) << spoiled;
        EXPECT_FALSE(talk.summary().empty());
        if (field->presence == Presence::Optional || tells_rows_apart(row, pointer)) continue;
        const std::string cut = fulfil(row, names(row), Change::LeaveOut, pointer);
        EXPECT_EQ(schema_findings(talk.hear(sender, cut).findings, row), "app.schema " + pointer) << cut;
        EXPECT_FALSE(talk.summary().empty());
      }
    }
  }
}

TEST(ChatMasterTable, EveryListedValueIsKnown) {
  for (const MessageType& row : kProtocol.messages) EXPECT_FALSE(row.section.empty()) << row.name;
  for (const Enumeration* values : kProtocol.enumerations) {
    EXPECT_FALSE(values->section.empty());
    for (const EnumValue& value : values->values) EXPECT_FALSE(value.meaning.empty()) << value.value;
  }
  for (const Rule* rule : kProtocol.rules) {
    EXPECT_FALSE(rule->spec.empty()) << rule->code;
    EXPECT_FALSE(rule->text.empty()) << rule->code;
  }
}

TEST(ChatMasterTable, EveryErrorTypeIsACommandOfTheSpecification) {
  Talk talk;
  for (const char* command : {"login", "rename", "join", "leave", "private", "public", "channels"}) {
    const Dissection& seen =
        talk.server(std::string(R"({"type":"error","data":{"message":"no","error_type":")") + command + "\"}}");
    EXPECT_EQ(listed(seen.findings), "") << command;
    EXPECT_EQ(talk.summary(), std::string("error ") + command + ": no");
  }
  EXPECT_EQ(listed(talk.server(R"({"type":"error","data":{"message":"no","error_type":"dance"}})").findings),
            "app.unknown_value /data/error_type");
}

TEST(ChatMaster, TheSpecificationsExamplesBringNothingToReport) {
  Talk talk;
  for (const char* text : {
           R"({"type":"message","data":{"message":"Hello World!","username":"SomeUser"}})",
           R"({"type":"request","data":{"request":"login"}})",
           R"({"type":"notification","data":{"event_type":"user_joined","username":"someUser"}})",
           R"({"type":"session","data":{"status":1,"channels":["Channel 1","Channel 2"]}})",
           R"({"type":"session","data":{"status":0,"reason":"Username is already taken."}})",
           R"({"type":"error","data":{"error_type":"private","message":"Channel cannot be set to private."}})",
       }) {
    EXPECT_EQ(listed(talk.server(text).findings), "") << text;
  }
  EXPECT_EQ(
      listed(talk.client(R"({"type":"command","data":{"command":"login","parameters":{"username":"P"}}})").findings),
      "");
}

TEST(ChatMaster, WhatRealProgramsSendIsWorthNotesAtMost) {
  Talk talk;
  const auto client = [&](const char* text) { return listed(talk.client(text).findings); };
  const auto server = [&](const char* text) {
    const Dissection& seen = talk.server(text);
    EXPECT_TRUE(is_all_notes(seen.findings)) << text;
    return listed(seen.findings);
  };
  EXPECT_EQ(server(R"({"data": {"request": "login"}, "type": "request"})"), "");
  EXPECT_EQ(client(R"({"data": {"command": "login", "parameters": {"username": "alice"}}, "type": "command"})"), "");
  EXPECT_EQ(server(R"({"data": {"status": true, "channels": ["general", "python"]}, "type": "session"})"), "");
  EXPECT_EQ(server(R"({"data": {"status": false, "reason": "Username is already taken"}, "type": "session"})"), "");
  EXPECT_EQ(client(R"({"type": "command", "data": {"command": "leave", "parameters": null}})"), "");
  EXPECT_EQ(client(R"({"type": "command", "data": {"command": "channel_list", "parameters": null}})"),
            "app.unknown_type /data/command");
  EXPECT_EQ(client(R"({"type": "message", "data": {"message": "anyone here?"}})"), "app.schema /data/username");
  EXPECT_TRUE(is_all_notes(talk.client(R"({"type": "message", "data": {"message": "anyone here?"}})").findings));
  EXPECT_EQ(
      server(
          R"({"type": "notification", "data": {"event_type": "user_joined", "parameters": {"channel": "general", "username": "alice", "current_users": ["alice", null]}}})"),
      "chatmaster.nested_parameters /data/parameters");
  EXPECT_EQ(
      server(
          R"({"type": "notification", "data": {"event_type": "user_left", "parameters": {"channel": "general", "username": null, "current_users": []}}})"),
      "chatmaster.nested_parameters /data/parameters, chatmaster.unnamed_user /data/parameters/username");
  EXPECT_EQ(
      server(
          R"({"type": "notification", "data": {"event_type": "channel_list", "parameters": {"channels": ["general"]}}})"),
      "chatmaster.nested_parameters /data/parameters");
  EXPECT_EQ(server(R"({"type": "message", "data": {"message": "hi", "username": null}})"),
            "chatmaster.unnamed_user /data/username");
}

TEST(ChatMaster, AServersMessageMustNameItsUser) {
  Talk talk;
  const Dissection& seen = talk.server(R"({"type":"message","data":{"message":"hi"}})");
  EXPECT_EQ(listed(seen.findings), "app.schema /data/username");
  EXPECT_FALSE(is_all_notes(seen.findings));
}

TEST(ChatMaster, WrongTypesAreTheFieldsFinding) {
  Talk talk;
  const auto findings = [&](const char* text) { return listed(talk.client(text).findings); };
  EXPECT_EQ(findings(R"({"type": 5, "data": null})"), "app.schema /type, app.schema /data");
  EXPECT_EQ(findings(R"({"type": "message", "data": {"message": ["a"], "username": {}}})"),
            "app.schema /data/message, app.schema /data/username");
  EXPECT_EQ(findings(R"({"data": {}})"), "app.schema /type");
  EXPECT_EQ(findings(R"({"type": "message"})"), "app.schema /data");
  EXPECT_EQ(findings(R"({"type": "nope", "data": 1})"), "app.unknown_type /type");
  EXPECT_EQ(findings("{}"), "app.schema /type, app.schema /data");
  EXPECT_EQ(findings(R"({"type": "session", "data": {"status": "1", "channels": {}}})"),
            "app.schema /data/status, app.schema /data/channels");
  EXPECT_EQ(findings(R"({"type": "command"})"), "app.schema /data");
  EXPECT_EQ(findings(R"({"type": "command", "data": {"command": {}}})"), "app.schema /data/command");
  EXPECT_EQ(findings(R"({"type": "session", "data": {"status": 2, "channels": []}})"),
            "app.unknown_value /data/status");
}

TEST(ChatMaster, TypesAreComposedOfPackageAndSubject) {
  Talk talk;
  EXPECT_EQ(talk.client(R"({"type":"command","data":{"command":"dance"}})").type, "command/dance");
  EXPECT_EQ(talk.client(R"({"type":"command","data":{"command":"dance"}})").type_spec, nullptr);
  EXPECT_EQ(listed(talk.client(R"({"type":"command","data":{"command":"dance"}})").findings),
            "app.unknown_type /data/command");
  EXPECT_EQ(talk.client(R"({"type":"command","data":{}})").type, "command");
  EXPECT_EQ(
      talk.client(R"({"type":"\u0063ommand","data":{"command":"lo\u0067in","parameters":{"username":"x"}}})").type,
      "command/login");
  EXPECT_EQ(
      listed(talk.client(R"({"type":"\u0063ommand","data":{"command":"lo\u0067in","parameters":{"username":"x"}}})")
                 .findings),
      "");
  EXPECT_EQ(talk.client(R"({"type":"command","data":{"command":"d\nce"}})").type, R"(command/d\nce)") << "as it stands";
  EXPECT_EQ(talk.client(R"({"type":5})").type, "");
  EXPECT_EQ(talk.client(R"({"type":"command/login","data":{"parameters":{"username":"x"}}})").type_spec == nullptr,
            true);
}

TEST(ChatMaster, RemembersNameAndChannelOfTheClient) {
  Talk talk;
  const Dissection& login =
      talk.client(R"({"type":"command","data":{"command":"login","parameters":{"username":"alice"}}})");
  EXPECT_EQ(login.user, "alice");
  EXPECT_EQ(login.role, Role::Request);
  EXPECT_EQ(login.key, "") << "no ids";
  EXPECT_EQ(talk.server(R"({"type":"session","data":{"status":true,"channels":[]}})").user, "alice");
  EXPECT_EQ(talk.client(R"({"type":"command","data":{"command":"join","parameters":{"channel":"general"}}})").room,
            "general");
  const Dissection& said = talk.client(R"({"type":"message","data":{"message":"hi"}})");
  EXPECT_EQ(said.user, "alice");
  EXPECT_EQ(said.room, "general");
  EXPECT_EQ(said.text, "hi");
  EXPECT_EQ(talk.summary(), "alice: hi");
  const Dissection& heard = talk.server(R"({"type":"message","data":{"message":"yo","username":"bob"}})");
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
  Talk talk;
  talk.client(R"({"type":"command","data":{"command":"login","parameters":{"username":"alice"}}})");
  EXPECT_EQ(talk.server(R"({"type":"session","data":{"status":false,"reason":"taken"}})").user, "alice");
  EXPECT_EQ(talk.client(R"({"type":"message","data":{"message":"hi"}})").user, "");
  EXPECT_EQ(talk.summary(), "message: hi");
}

TEST(ChatMaster, SummariesSayWhatHappened) {
  Talk talk;
  EXPECT_EQ(talk.server_says(R"({"type":"request","data":{"request":"login"}})"), "asks for login");
  EXPECT_EQ(
      talk.client_says(R"({"type":"command","data":{"command":"login","parameters":{"username":"PythonMaster2K16"}}})"),
      "logs in as PythonMaster2K16");
  EXPECT_EQ(
      talk.server_says(R"({"type":"session","data":{"status":1,"channels":["general","python","c\u002b\u002b"]}})"),
      "accepted, 3 channels: general, python, c++");
  EXPECT_EQ(talk.server_says(R"({"type":"session","data":{"status":0,"reason":"Username is already taken."}})"),
            "refused: Username is already taken.");
  EXPECT_EQ(talk.server_says(R"({"type":"message","data":{"message":"Hello World!","username":"SomeUser"}})"),
            "SomeUser: Hello World!");
  EXPECT_EQ(
      talk.server_says(
          R"({"type":"notification","data":{"event_type":"user_joined","parameters":{"channel":"general","username":"SomeUser","current_users":["a","SomeUser"]}}})"),
      "SomeUser joined general (2 users)");
  EXPECT_EQ(talk.server_says(R"({"type":"notification","data":{"event_type":"user_joined","username":"SomeUser"}})"),
            "SomeUser joined");
  EXPECT_EQ(
      talk.server_says(
          R"({"type":"notification","data":{"event_type":"user_left","parameters":{"channel":"general","username":null,"current_users":["a"]}}})"),
      "an unnamed user left general (1 user)");
  EXPECT_EQ(talk.server_says(
                R"({"type":"notification","data":{"event_type":"user_rename","old_username":"a","new_username":"b"}})"),
            "a is now b");
  EXPECT_EQ(talk.server_says(R"({"type":"notification","data":{"event_type":"channel_list","channels":["a"]}})"),
            "1 channel: a");
  EXPECT_EQ(talk.server_says(
                R"({"type":"notification","data":{"event_type":"channel_list","channels":[1,2,3,4,5,6,7,8,9,10]}})"),
            "10 channels: 1, 2, 3, 4, 5, 6, 7, 8, …");
  EXPECT_EQ(talk.client_says(R"({"type":"command","data":{"command":"rename","parameters":{"username":"b"}}})"),
            "renames to b");
  EXPECT_EQ(talk.client_says(R"({"type":"command","data":{"command":"join","parameters":{"channel":"x"}}})"),
            "joins x");
  EXPECT_EQ(talk.client_says(R"({"type":"command","data":{"command":"leave"}})"), "leaves the channel");
  EXPECT_EQ(talk.client_says(R"({"type":"command","data":{"command":"private"}})"), "sets the channel to private");
  EXPECT_EQ(talk.client_says(R"({"type":"command","data":{"command":"channels"}})"), "asks for the channels");
  EXPECT_EQ(talk.client_says(R"({"type":"command","data":{"command":"channel_list"}})"), "asks for the channels");
  EXPECT_EQ(talk.server_says(
                R"({"type":"error","data":{"error_type":"private","message":"Channel cannot be set to private."}})"),
            "error private: Channel cannot be set to private.");
  EXPECT_EQ(talk.client_says(R"({"type":"dance","data":{}})"), "unknown message dance");
  EXPECT_EQ(talk.client_says("{}"), "no message type");
}

TEST(ChatMaster, LongTextIsCutBetweenCharacters) {
  Talk talk;
  std::string text;
  std::string expected = "message: ";
  for (int i = 0; i < 300; ++i) text += R"(\ud83d\ude00)";
  for (int i = 0; i < 120; ++i) expected += "😀";
  EXPECT_EQ(talk.client_says(R"({"type":"message","data":{"message":")" + text + "\"}}"), expected + "…");
}

TEST(ChatMaster, HostileMessagesOfEveryShapeAreShownWithoutACrash) {
  std::string many = R"({"type":"message")";
  for (int i = 0; i < 10'000; ++i) many += ",\"m" + std::to_string(i) + "\":[{}]";
  const std::string deep =
      std::string(R"({"type":"message","data":)") + std::string(400, '[') + std::string(400, ']') + "}";
  const std::string values[] = {"5",
                                "null",
                                "true",
                                "[]",
                                "{}",
                                "[1]",
                                "\"\"",
                                "-1e999",
                                R"("\ud800")",
                                R"("\u0000\u001b")",
                                "99999999999999999999999999",
                                R"({"a":{"b":[null]}})"};
  std::vector<std::string> texts = {many + "}", deep, "{}", R"({"":""})", R"({"type":5,"data":null})"};
  for (const MessageType& row : kProtocol.messages) {
    const std::string whole = fulfil(row, names(row));
    for (const auto& [pointer, field] : fields_of(row)) {
      const std::string name = "\"" + std::string(field->name) + "\":";
      const std::size_t at = whole.find(name) + name.size();
      // The value is followed by whatever stood there, under another name.
      for (const std::string& value : values)
        texts.push_back(whole.substr(0, at) + value + ",\"rest\":" + whole.substr(at));
    }
  }
  Talk talk;
  for (const std::string& text : texts) {
    for (const Direction sender : {Direction::Client, Direction::Server}) {
      const Dissection& seen = talk.hear(sender, text);
      EXPECT_LT(seen.findings.items().size(), 200u);
      const std::string summary = talk.summary(true);
      EXPECT_FALSE(summary.empty()) << text;
      EXPECT_LT(summary.size(), 2'000u) << text;
      kProtocol.recognize(talk.json());
    }
  }
}

TEST(ChatMaster, IsRecognizedByItsTypeAndData) {
  const auto sender = [](std::string text) {
    Talk talk;
    talk.client(std::move(text));
    const Recognition seen = kProtocol.recognize(talk.json());
    const std::string how = seen.evidence == Evidence::Strong ? "strong"
                            : seen.evidence == Evidence::Weak ? "weak"
                                                              : "none";
    return how + (seen.sender ? " " + std::string(to_string(*seen.sender)) : "");
  };
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
}  // namespace overhear::chatmaster
