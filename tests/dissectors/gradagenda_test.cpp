#include "dissectors/gradagenda/gradagenda.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/limits.hpp"
#include "dissectors/gradagenda/gradagenda_rules.hpp"
#include "tests/support/dissect.hpp"

namespace overhear::gradagenda {
namespace {

using testing::Change;
using testing::fields_of;
using testing::fulfil;

// What stands in a generated message where the table alone does not say it.
std::map<std::string, std::string> names(const MessageType& row) {
  return {{"/type", '"' + std::string(row.name) + '"'}};
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
  // One line for each action of a batch: "0 type id: summary [findings]"
  std::string actions() const {
    std::string out;
    for (const Action& action : seen_.actions) {
      out += std::to_string(action.index) + " " + std::string(action.type) + " " + std::string(action.id) + ": ";
      kProtocol.summarize_action(message(), action, false, out);
      const auto findings = seen_.action_findings.items().subspan(action.first_finding, action.findings);
      if (!findings.empty()) out += " [" + std::string(findings[0].rule->code) + " " + findings[0].field + "]";
      for (const Finding& finding : findings.subspan(findings.empty() ? 0 : 1)) {
        out += " [" + std::string(finding.rule->code) + " " + finding.field + "]";
      }
      out += '\n';
    }
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

std::string schema_findings(const FindingList& findings) {
  std::string out;
  for (const Finding& finding : findings.items()) {
    const bool counts = finding.rule->code == "app.schema" || finding.rule->severity != Severity::Note;
    if (counts) out.append(out.empty() ? "" : ", ").append(finding.rule->code).append(" ").append(finding.field);
  }
  return out;
}

std::vector<Direction> senders(const MessageType& row) {
  std::vector<Direction> out;
  if (row.from_client) out.push_back(Direction::Client);
  if (row.from_server) out.push_back(Direction::Server);
  return out;
}

TEST(GradAgendaTable, AMessageThatFulfilsItsRowBringsNothingToReport) {
  for (const MessageType& row : kProtocol.messages) {
    for (const Direction sender : senders(row)) {
      Talk talk;
      const Dissection& seen = talk.hear(sender, fulfil(row, names(row)));
      EXPECT_EQ(seen.type_spec, &row) << row.name << row.meaning;
      EXPECT_EQ(seen.type, row.name);
      EXPECT_EQ(seen.role, row.role);
      EXPECT_EQ(schema_findings(seen.findings), "") << row.name << row.meaning;
      EXPECT_TRUE(row.origin == Origin::Observed ? is_all_notes(seen.findings) && !seen.findings.empty()
                                                 : seen.findings.empty())
          << row.name << listed(seen.findings);
      EXPECT_FALSE(talk.summary().empty());
    }
  }
}

TEST(GradAgendaTable, EachFieldLeftOutOrOfAnotherTypeIsTheOneFinding) {
  for (const MessageType& row : kProtocol.messages) {
    for (const auto& [pointer, field] : fields_of(row)) {
      for (const Direction sender : senders(row)) {
        Talk talk;
        const std::string spoiled = fulfil(row, names(row), Change::WrongType, pointer);
        EXPECT_EQ(schema_findings(talk.hear(sender, spoiled).findings), "app.schema " + pointer) << spoiled;
        EXPECT_FALSE(talk.summary().empty());
        if (field->presence == Presence::Optional) continue;
        const std::string cut = fulfil(row, names(row), Change::LeaveOut, pointer);
        EXPECT_EQ(schema_findings(talk.hear(sender, cut).findings), "app.schema " + pointer) << cut;
        EXPECT_FALSE(talk.summary().empty());
      }
    }
  }
}

TEST(GradAgendaTable, EveryListedValueIsKnown) {
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

TEST(GradAgendaTable, EachListedValueOfAFieldIsTaken) {
  Talk talk;
  for (const char* status : {"created", "modified", "deleted", "unchanged"}) {
    for (const char* type : {"direct", "mutable"}) {
      const std::string text =
          std::string(R"({"type":"providing-session-info","session-id":9,"user-id":[1,"2"],"session-type":")") + type +
          R"(","status":")" + status + "\"}";
      EXPECT_EQ(listed(talk.server(text).findings), "") << text;
    }
  }
  EXPECT_EQ(
      listed(talk.server(
                     R"({"type":"providing-session-info","session-id":9,"user-id":[],"session-type":"x","status":"y"})")
                 .findings),
      "app.unknown_value /session-type, app.unknown_value /status");
  EXPECT_EQ(listed(talk.server(R"({"cdid":"a","type":"status-response","status":"maybe"})").findings),
            "app.unknown_value /status");
}

TEST(GradAgendaTable, IdsAreTextOrNumbersAndTokensAreSecret) {
  Talk talk;
  EXPECT_EQ(
      listed(talk.client(R"({"cdid":"a","type":"authenticate","user-id":42,"device-id":"d","token":"t"})").findings),
      "");
  EXPECT_EQ(
      listed(talk.client(R"({"cdid":"a","type":"authenticate","user-id":4.5,"device-id":"d","token":"t"})").findings),
      "app.schema /user-id");
  EXPECT_EQ(
      listed(
          talk.client(R"({"cdid":"a","type":"request-mutable-session-creation","user-id":["anna",7,null]})").findings),
      "app.schema /user-id/2");
  const auto& fields = kProtocol.messages.front().fields;
  EXPECT_TRUE(std::ranges::any_of(fields, [](const Field& field) { return field.name == "token" && field.is_secret; }));
}

TEST(GradAgenda, KnowsTheUserOnceTheyAuthenticated) {
  Talk talk;
  const Dissection& first = talk.client(
      R"({"cdid":"a-2","type":"authenticate","user-id":"anna","device-id":"Nexus 5&02:00","token":"wrong"})");
  EXPECT_EQ(first.user, "anna");
  EXPECT_EQ(first.id, "a-2");
  EXPECT_EQ(first.key, "a-2");
  EXPECT_EQ(first.role, Role::Request);
  const Dissection& refused =
      talk.server(R"({"cdid":"a-2","type":"status-response","status":"failed","message":"bad token"})");
  EXPECT_EQ(refused.key, "a-2");
  EXPECT_EQ(refused.role, Role::Answer);
  EXPECT_EQ(talk.client(R"({"cdid":"a-3","type":"request-mutable-session-listing"})").user, "");
  talk.client(R"({"cdid":"a-4","type":"authenticate","user-id":"bob","device-id":"d","token":"t"})");
  talk.server(R"({"cdid":"a-4","type":"status-response","status":"succeeded"})");
  // There may be no second authentication; the server says so.
  talk.client(R"({"cdid":"a-5","type":"authenticate","user-id":"carol","device-id":"d","token":"t"})");
  talk.server(R"({"cdid":"a-5","type":"status-response","status":"failed","message":"already authenticated"})");
  const Dissection& said = talk.client(
      R"({"cdid":"a-8","type":"request-sending-a-message","session-id":"m1","message":{"type":"text","body":"hi"},"sender-timestamp":1795219226953})");
  EXPECT_EQ(said.user, "bob");
  EXPECT_EQ(said.room, "m1");
  EXPECT_EQ(said.text, "hi");
  const Dissection& heard = talk.server(
      R"({"type":"message-broadcast","session-id":"m1","sender-id":7,"message":{"type":"text","body":"yo"},"sender-timestamp":1795219226953})");
  EXPECT_EQ(heard.user, "7");
  EXPECT_EQ(heard.room, "m1");
  EXPECT_EQ(heard.text, "yo");
  EXPECT_EQ(heard.key, "");
  EXPECT_EQ(heard.role, Role::Push);
}

TEST(GradAgenda, SummariesSayWhatHappened) {
  Talk talk;
  EXPECT_EQ(talk.client_says(
                R"({"cdid":"a","type":"authenticate","user-id":42,"device-id":"Nexus 5&02:00","token":"tok-42"})"),
            "authenticates as 42 on device Nexus 5&02:00, token •••");
  EXPECT_EQ(talk.summary(true), "authenticates as 42 on device Nexus 5&02:00, token tok-42");
  EXPECT_EQ(talk.client_says(R"({"cdid":"a","type":"request-direct-session-info","user-id":7})"),
            "asks for the direct session with 7");
  EXPECT_EQ(talk.client_says(R"({"cdid":"a","type":"request-mutable-session-creation","user-id":[1,2,3]})"),
            "creates a group with 3 users");
  EXPECT_EQ(
      talk.client_says(R"({"cdid":"a","type":"request-mutable-session-modification","session-id":9,"user-id":[1]})"),
      "changes session 9 to 1 user");
  EXPECT_EQ(talk.client_says(R"({"cdid":"a","type":"request-mutable-session-deletion","session-id":9})"),
            "deletes session 9");
  EXPECT_EQ(talk.client_says(R"({"cdid":"a","type":"request-mutable-session-listing"})"), "asks for its groups");
  EXPECT_EQ(
      talk.client_says(
          R"({"cdid":"a","type":"request-sending-a-message","session-id":9,"message":{"type":"text","body":"hello"},"sender-timestamp":1})"),
      "42 → session 9: hello");
  EXPECT_EQ(
      talk.client_says(
          R"({"cdid":"a","type":"request-sending-a-message","session-id":9,"message":{"type":"image","body":"x"},"sender-timestamp":1})"),
      "42 → session 9: [image] x");
  EXPECT_EQ(
      talk.server_says(R"({"cdid":"b-7","type":"status-response","status":"failed","message":"no such session"})"),
      "answers b-7: failed: no such session");
  Message answer = talk.message();
  answer.reply_type = "request-sending-a-message";
  std::string line;
  kProtocol.summarize(answer, false, line);
  EXPECT_EQ(line, "answers request-sending-a-message: failed: no such session");
  EXPECT_EQ(talk.server_says(R"({"cdid":"b-7","type":"status-response","status":"succeeded"})"),
            "answers b-7: succeeded");
  EXPECT_EQ(
      talk.server_says(
          R"({"type":"providing-session-info","session-id":9,"session-type":"mutable","status":"created","user-id":[1,2,3]})"),
      "session 9 (mutable, created): users 1, 2, 3");
  EXPECT_EQ(
      talk.server_says(
          R"({"type":"message-broadcast","session-id":9,"sender-id":7,"message":{"type":"text","body":"hi"},"sender-timestamp":1})"),
      "7 → session 9: hi");
  EXPECT_EQ(talk.client_says(R"({"cdid":"a","type":"dance"})"), "unknown action dance");
  EXPECT_EQ(talk.client_says(R"({"cdid":"a"})"), "no action type");
  EXPECT_EQ(talk.client_says(R"({"cdid":"a","type":"authenticate"})"), "authenticates as ? on device ?");
}

TEST(GradAgenda, ATypeThatTheSpecificationDoesNotNameIsANote) {
  Talk talk;
  const Dissection& seen = talk.client(R"({"cdid":"13","type":"nonsense","x":1})");
  EXPECT_EQ(listed(seen.findings), "app.unknown_type /type");
  EXPECT_TRUE(is_all_notes(seen.findings));
  EXPECT_EQ(seen.id, "13");
  EXPECT_EQ(seen.type, "nonsense");
}

TEST(GradAgendaBatch, ListsItsActionsWithTheirFindings) {
  Talk talk;
  talk.client(R"({"cdid":"a","type":"authenticate","user-id":"anna","device-id":"d","token":"t"})");
  const Dissection& seen = talk.client(
      R"({"cdid":"anna-19","type":"batch-mode-action","actions":[{"cdid":"b1","type":"request-direct-session-info","user-id":"陈"},{"cdid":"b2","type":"request-sending-a-message","session-id":"m101","message":{"type":"text","body":"in a batch"},"sender-timestamp":1795219227461},{"cdid":"b3","type":"nonsense"}]})");
  EXPECT_EQ(seen.type, "batch-mode-action");
  EXPECT_EQ(seen.key, "anna-19");
  EXPECT_EQ(seen.user, "anna");
  EXPECT_EQ(listed(seen.findings), "");
  EXPECT_EQ(talk.summary(), "batch of 3 actions");
  EXPECT_EQ(talk.actions(),
            "0 request-direct-session-info b1: asks for the direct session with 陈\n"
            "1 request-sending-a-message b2: anna → session m101: in a batch\n"
            "2 nonsense b3: unknown action nonsense [app.unknown_type /actions/2/type]\n");
}

TEST(GradAgendaBatch, OfTheServerNeedsNoCdid) {
  Talk talk;
  const Dissection& seen = talk.server(
      R"({"type":"batch-mode-action","actions":[{"type":"providing-session-info","session-id":"m101","session-type":"mutable","status":"unchanged","user-id":["anna","bob"]}]})");
  EXPECT_EQ(listed(seen.findings), "");
  EXPECT_EQ(seen.role, Role::Push);
  EXPECT_EQ(talk.summary(), "batch of 1 action");
  EXPECT_EQ(talk.actions(), "0 providing-session-info : session m101 (mutable, unchanged): users anna, bob\n");
  EXPECT_EQ(listed(talk.client(R"({"type":"batch-mode-action","actions":[]})").findings), "app.schema /cdid");
}

TEST(GradAgendaBatch, InsideABatchIsFlattenedInOrder) {
  Talk talk;
  const Dissection& seen = talk.client(
      R"({"cdid":"o","type":"batch-mode-action","actions":[{"cdid":"1","type":"request-mutable-session-listing"},{"type":"batch-mode-action","actions":[{"cdid":"2","type":"request-mutable-session-listing"},{"cdid":"i","type":"batch-mode-action","actions":[{"cdid":"3"}]}]},{"cdid":"e","type":"batch-mode-action","actions":[]},{"cdid":"4","type":"request-mutable-session-deletion"}]})");
  EXPECT_EQ(listed(seen.findings), "app.schema /actions/1/cdid") << "of the batch that is not listed";
  EXPECT_EQ(talk.actions(),
            "0 request-mutable-session-listing 1: asks for its groups\n"
            "1 request-mutable-session-listing 2: asks for its groups\n"
            "2  3: no action type [app.schema /actions/1/actions/1/actions/0/type]\n"
            "3 batch-mode-action e: an empty batch\n"
            "4 request-mutable-session-deletion 4: deletes session ? [app.schema /actions/3/session-id]\n");
}

TEST(GradAgendaBatch, IsUnfoldedToADepthOf16) {
  const auto nested = [](int depth) {
    std::string text = R"({"cdid":"x","type":"request-mutable-session-listing"})";
    for (int i = 0; i < depth; ++i) text = R"({"cdid":"b","type":"batch-mode-action","actions":[)" + text + "]}";
    return text;
  };
  Talk talk;
  talk.client(nested(16));
  EXPECT_EQ(talk.actions(), "0 request-mutable-session-listing x: asks for its groups\n");
  talk.client(nested(17));
  EXPECT_EQ(talk.actions(), "0 batch-mode-action b: a batch of 1 action, not unfolded [ga.batch_depth ]\n");
  talk.client(nested(200));
  EXPECT_EQ(talk.message().actions.size(), 1u);
}

TEST(GradAgendaBatch, OfTooManyActionsIsCutWithANote) {
  std::string text =
      R"({"cdid":"b","type":"batch-mode-action","actions":[{"cdid":"0","type":"request-mutable-session-listing"})";
  for (int i = 1; i < 10'001; ++i) text += R"(,{"cdid":"1","type":"request-mutable-session-listing"})";
  Talk talk;
  const Dissection& seen = talk.client(text + "]}");
  EXPECT_EQ(seen.actions.size(), ga_rules::kBatchActions);
  EXPECT_EQ(listed(seen.findings), "ga.batch_limit /actions");
}

TEST(GradAgendaBatch, OfNothingButErrorsDoesNotReportThemAll) {
  std::string text = R"({"cdid":"b","type":"batch-mode-action","actions":[{})";
  for (int i = 0; i < 9'000; ++i) text += R"(,{"x":1,"y":2})";
  Talk talk;
  const Dissection& seen = talk.client(text + "]}");
  EXPECT_EQ(seen.actions.size(), 9'001u);
  EXPECT_LT(seen.action_findings.items().size(), 1'000u);
  EXPECT_EQ(listed(seen.findings), "ga.batch_findings /actions");
}

TEST(GradAgendaBatch, TakesWhateverStandsInIt) {
  Talk talk;
  const Dissection& seen = talk.client(
      R"({"cdid":"b","type":"batch-mode-action","actions":[5,null,[],"x",{"type":7},{"type":"message-broadcast"}]})");
  EXPECT_EQ(listed(seen.findings), "app.schema /actions/0");
  EXPECT_EQ(seen.actions.size(), 6u);
  EXPECT_TRUE(
      talk.actions().starts_with("0  : no action: an integer\n1  : no action: null\n2  : no action: an array\n"));
  EXPECT_NE(talk.actions().find("app.wrong_sender"), std::string::npos) << "only the server broadcasts";
  EXPECT_EQ(listed(talk.client(R"({"cdid":"b","type":"batch-mode-action","actions":{}})").findings),
            "app.schema /actions");
  EXPECT_EQ(talk.summary(), "batch of 0 actions");
}

TEST(GradAgendaBatch, AuthenticatesToo) {
  Talk talk;
  const Dissection& seen = talk.client(
      R"({"cdid":"b","type":"batch-mode-action","actions":[{"cdid":"1","type":"authenticate","user-id":42,"device-id":"d","token":"secret"}]})");
  EXPECT_EQ(seen.user, "42");
  EXPECT_EQ(talk.actions(), "0 authenticate 1: authenticates as 42 on device d, token •••\n");
}

TEST(GradAgenda, HostileMessagesOfEveryShapeAreShownWithoutACrash) {
  std::string many = R"({"type":"batch-mode-action")";
  for (int i = 0; i < 10'000; ++i) many += ",\"m" + std::to_string(i) + "\":[{}]";
  const std::string deep =
      std::string(R"({"type":"batch-mode-action","data":)") + std::string(400, '[') + std::string(400, ']') + "}";
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

TEST(GradAgenda, IsRecognizedByItsTypes) {
  const auto sender = [](std::string text) {
    Talk talk;
    talk.client(std::move(text));
    const Recognition seen = kProtocol.recognize(talk.json());
    const std::string how = seen.evidence == Evidence::Strong ? "strong"
                            : seen.evidence == Evidence::Weak ? "weak"
                                                              : "none";
    return how + (seen.sender ? " " + std::string(to_string(*seen.sender)) : "");
  };
  EXPECT_EQ(sender(R"({"cdid":"x","type":"authenticate"})"), "strong client");
  EXPECT_EQ(sender(R"({"cdid":"x","type":"status-response"})"), "strong server");
  EXPECT_EQ(sender(R"({"type":"message-broadcast"})"), "strong server");
  EXPECT_EQ(sender(R"({"type":"batch-mode-action"})"), "strong server");
  EXPECT_EQ(sender(R"({"cdid":"x","type":"batch-mode-action"})"), "strong client");
  EXPECT_EQ(sender(R"({"cdid":"x","type":"nonsense"})"), "weak");
  EXPECT_EQ(sender(R"({"type":"message","data":{}})"), "none");
  EXPECT_EQ(sender(R"({"cdid":"x"})"), "none");
}

}  // namespace
}  // namespace overhear::gradagenda
