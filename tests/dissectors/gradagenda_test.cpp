#include "dissectors/gradagenda/gradagenda.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>

#include "dissectors/gradagenda/gradagenda_rules.hpp"
#include "tests/support/dissect.hpp"

namespace overhear::testing {
namespace {

using gradagenda::kProtocol;
using ::testing::_;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

TEST(GradAgendaTable, EachListedValueOfAFieldIsTaken) {
  Talk talk(kProtocol);
  for (const char* status : {"created", "modified", "deleted", "unchanged"}) {
    for (const char* type : {"direct", "mutable"}) {
      const std::string text =
          std::string(R"({"type":"providing-session-info","session-id":9,"user-id":[1,"2"],"session-type":")") + type +
          R"(","status":")" + status + "\"}";
      EXPECT_THAT(talk.server(text).findings, Each(StartsWith("ga."))) << text;
    }
  }
  EXPECT_THAT(
      talk.server(R"({"type":"providing-session-info","session-id":9,"user-id":[],"session-type":"x","status":"y"})")
          .findings,
      ElementsAre("app.unknown_value /session-type", "app.unknown_value /status"));
  EXPECT_THAT(talk.server(R"({"cdid":"a","type":"status-response","status":"maybe"})").findings,
              ElementsAre("app.unknown_value /status"));
}

TEST(GradAgendaTable, IdsAreTextOrNumbersAndTokensAreSecret) {
  Talk talk(kProtocol);
  EXPECT_THAT(talk.client(R"({"cdid":"a","type":"authenticate","user-id":42,"device-id":"d","token":"t"})").findings,
              IsEmpty());
  EXPECT_THAT(talk.client(R"({"cdid":"a","type":"authenticate","user-id":4.5,"device-id":"d","token":"t"})").findings,
              ElementsAre("app.schema /user-id"));
  EXPECT_THAT(
      talk.client(R"({"cdid":"a","type":"request-mutable-session-creation","user-id":["anna",7,null]})").findings,
      ElementsAre("app.schema /user-id/2"));
  const auto& fields = kProtocol.messages.front().fields;
  EXPECT_TRUE(std::ranges::any_of(fields, [](const Field& field) { return field.name == "token" && field.is_secret; }));
}

TEST(GradAgenda, KnowsTheUserOnceTheyAuthenticated) {
  Talk talk(kProtocol);
  const Dissected first = talk.client(
      R"({"cdid":"a-2","type":"authenticate","user-id":"anna","device-id":"Nexus 5&02:00","token":"wrong"})");
  EXPECT_EQ(first.user, "anna");
  EXPECT_EQ(first.id, "a-2");
  EXPECT_EQ(first.key, "a-2");
  EXPECT_EQ(first.role, Role::Request);
  const Dissected refused =
      talk.server(R"({"cdid":"a-2","type":"status-response","status":"failed","message":"bad token"})");
  EXPECT_EQ(refused.key, "a-2");
  EXPECT_EQ(refused.role, Role::Answer);
  EXPECT_EQ(talk.client(R"({"cdid":"a-3","type":"request-mutable-session-listing"})").user, "");
  talk.client(R"({"cdid":"a-4","type":"authenticate","user-id":"bob","device-id":"d","token":"t"})");
  talk.server(R"({"cdid":"a-4","type":"status-response","status":"succeeded"})");
  // There may be no second authentication; the server says so.
  talk.client(R"({"cdid":"a-5","type":"authenticate","user-id":"carol","device-id":"d","token":"t"})");
  talk.server(R"({"cdid":"a-5","type":"status-response","status":"failed","message":"already authenticated"})");
  const Dissected said = talk.client(
      R"({"cdid":"a-8","type":"request-sending-a-message","session-id":"m1","message":{"type":"text","body":"hi"},"sender-timestamp":1795219226953})");
  EXPECT_EQ(said.user, "bob");
  EXPECT_EQ(said.room, "m1");
  EXPECT_EQ(said.text, "hi");
  const Dissected heard = talk.server(
      R"({"type":"message-broadcast","session-id":"m1","sender-id":7,"message":{"type":"text","body":"yo"},"sender-timestamp":1795219226953})");
  EXPECT_EQ(heard.user, "7");
  EXPECT_EQ(heard.room, "m1");
  EXPECT_EQ(heard.text, "yo");
  EXPECT_EQ(heard.key, "");
  EXPECT_EQ(heard.role, Role::Push);
}

TEST(GradAgenda, SummariesSayWhatHappened) {
  Talk talk(kProtocol);
  const Dissected first =
      talk.client(R"({"cdid":"a","type":"authenticate","user-id":42,"device-id":"Nexus 5&02:00","token":"tok-42"})");
  EXPECT_EQ(first.summary, "authenticates as 42 on device Nexus 5&02:00, token •••");
  EXPECT_EQ(first.summary_with_secrets, "authenticates as 42 on device Nexus 5&02:00, token tok-42");
  EXPECT_EQ(talk.client(R"({"cdid":"a","type":"request-direct-session-info","user-id":7})").summary,
            "asks for the direct session with 7");
  EXPECT_EQ(talk.client(R"({"cdid":"a","type":"request-mutable-session-creation","user-id":[1,2,3]})").summary,
            "creates a group with 3 users");
  EXPECT_EQ(
      talk.client(R"({"cdid":"a","type":"request-mutable-session-modification","session-id":9,"user-id":[1]})").summary,
      "changes session 9 to 1 user");
  EXPECT_EQ(talk.client(R"({"cdid":"a","type":"request-mutable-session-deletion","session-id":9})").summary,
            "deletes session 9");
  EXPECT_EQ(talk.client(R"({"cdid":"a","type":"request-mutable-session-listing"})").summary, "asks for its groups");
  EXPECT_EQ(
      talk.client(
              R"({"cdid":"a","type":"request-sending-a-message","session-id":9,"message":{"type":"text","body":"hello"},"sender-timestamp":1})")
          .summary,
      "42 → session 9: hello");
  EXPECT_EQ(
      talk.client(
              R"({"cdid":"z","type":"request-sending-a-message","session-id":9,"message":{"type":"image","body":"x"},"sender-timestamp":1})")
          .summary,
      "42 → session 9: [image] x");
  EXPECT_EQ(
      talk.server(R"({"cdid":"b-7","type":"status-response","status":"failed","message":"no such session"})").summary,
      "answers b-7: failed: no such session");
  EXPECT_EQ(
      talk.server(R"({"cdid":"z","type":"status-response","status":"failed","message":"no such session"})").summary,
      "answers request-sending-a-message: failed: no such session");
  EXPECT_EQ(talk.server(R"({"cdid":"b-7","type":"status-response","status":"succeeded"})").summary,
            "answers b-7: succeeded");
  EXPECT_EQ(
      talk.server(
              R"({"type":"providing-session-info","session-id":9,"session-type":"mutable","status":"created","user-id":[1,2,3]})")
          .summary,
      "session 9 (mutable, created): users 1, 2, 3");
  EXPECT_EQ(
      talk.server(
              R"({"type":"message-broadcast","session-id":9,"sender-id":7,"message":{"type":"text","body":"hi"},"sender-timestamp":1})")
          .summary,
      "7 → session 9: hi");
  EXPECT_EQ(talk.client(R"({"cdid":"a","type":"dance"})").summary, "unknown action dance");
  EXPECT_EQ(talk.client(R"({"cdid":"a"})").summary, "no action type");
  EXPECT_EQ(talk.client(R"({"cdid":"a","type":"authenticate"})").summary, "authenticates as ? on device ?");
}

TEST(GradAgenda, ATypeThatTheSpecificationDoesNotNameIsANote) {
  Talk talk(kProtocol);
  const Dissected seen = talk.client(R"({"cdid":"13","type":"nonsense","x":1})");
  EXPECT_THAT(seen.findings, ElementsAre("app.unknown_type /type"));
  EXPECT_FALSE(seen.has_above_note());
  EXPECT_EQ(seen.id, "13");
  EXPECT_EQ(seen.type, "nonsense");
}

TEST(GradAgendaBatch, ListsItsActionsWithTheirFindings) {
  Talk talk(kProtocol);
  talk.client(R"({"cdid":"a","type":"authenticate","user-id":"anna","device-id":"d","token":"t"})");
  const Dissected seen = talk.client(
      R"({"cdid":"anna-19","type":"batch-mode-action","actions":[{"cdid":"b1","type":"request-direct-session-info","user-id":"陈"},{"cdid":"b2","type":"request-sending-a-message","session-id":"m101","message":{"type":"text","body":"in a batch"},"sender-timestamp":1795219227461},{"cdid":"b3","type":"nonsense"}]})");
  EXPECT_EQ(seen.type, "batch-mode-action");
  EXPECT_EQ(seen.key, "anna-19");
  EXPECT_EQ(seen.user, "anna");
  EXPECT_THAT(seen.findings, IsEmpty());
  EXPECT_EQ(seen.summary, "batch of 3 actions");
  EXPECT_THAT(seen.actions, ElementsAre("0 request-direct-session-info b1: asks for the direct session with 陈",
                                        "1 request-sending-a-message b2: anna → session m101: in a batch",
                                        "2 nonsense b3: unknown action nonsense [app.unknown_type /actions/2/type]"));
}

TEST(GradAgendaBatch, OfTheServerNeedsNoCdid) {
  Talk talk(kProtocol);
  const Dissected seen = talk.server(
      R"({"type":"batch-mode-action","actions":[{"type":"providing-session-info","session-id":"m101","session-type":"mutable","status":"unchanged","user-id":["anna","bob"]}]})");
  EXPECT_THAT(seen.findings, IsEmpty());
  EXPECT_EQ(seen.role, Role::Push);
  EXPECT_EQ(seen.summary, "batch of 1 action");
  EXPECT_THAT(seen.actions,
              ElementsAre("0 providing-session-info : session m101 (mutable, unchanged): users anna, bob"));
  EXPECT_THAT(talk.client(R"({"type":"batch-mode-action","actions":[]})").findings,
              ElementsAre("app.schema /cdid", "ga.empty_batch /actions"));
}

TEST(GradAgendaBatch, InsideABatchIsFlattenedInOrder) {
  Talk talk(kProtocol);
  const Dissected seen = talk.client(
      R"({"cdid":"o","type":"batch-mode-action","actions":[{"cdid":"1","type":"request-mutable-session-listing"},{"type":"batch-mode-action","actions":[{"cdid":"2","type":"request-mutable-session-listing"},{"cdid":"i","type":"batch-mode-action","actions":[{"cdid":"3"}]}]},{"cdid":"e","type":"batch-mode-action","actions":[]},{"cdid":"4","type":"request-mutable-session-deletion"}]})");
  EXPECT_THAT(seen.findings, ElementsAre("ga.nested_batch /actions/1", "app.schema /actions/1/cdid"))
      << "of the batch that is not listed";
  EXPECT_THAT(
      seen.actions,
      ElementsAre("0 request-mutable-session-listing 1: asks for its groups",
                  "1 request-mutable-session-listing 2: asks for its groups",
                  "2  3: no action type [app.schema /actions/1/actions/1/actions/0/type]",
                  "3 batch-mode-action e: an empty batch",
                  "4 request-mutable-session-deletion 4: deletes session ? [app.schema /actions/3/session-id]"));
}

TEST(GradAgendaBatch, IsUnfoldedToADepthOf16) {
  const auto nested = [](int depth) {
    std::string text = R"({"cdid":"x","type":"request-mutable-session-listing"})";
    for (int i = 0; i < depth; ++i) text = R"({"cdid":"b","type":"batch-mode-action","actions":[)" + text + "]}";
    return text;
  };
  Talk talk(kProtocol);
  EXPECT_THAT(talk.client(nested(16)).actions, ElementsAre("0 request-mutable-session-listing x: asks for its groups"));
  EXPECT_THAT(talk.client(nested(17)).actions,
              ElementsAre("0 batch-mode-action b: a batch of 1 action, not unfolded [ga.batch_depth]"));
  EXPECT_EQ(talk.client(nested(200)).actions.size(), 1u);
}

TEST(GradAgendaBatch, OfTooManyActionsIsCutWithANote) {
  std::string text =
      R"({"cdid":"b","type":"batch-mode-action","actions":[{"cdid":"0","type":"request-mutable-session-listing"})";
  for (int i = 1; i < 10'001; ++i) text += R"(,{"cdid":"1","type":"request-mutable-session-listing"})";
  Talk talk(kProtocol);
  const Dissected seen = talk.client(text + "]}");
  EXPECT_EQ(seen.actions.size(), ga_rules::kBatchActions);
  EXPECT_THAT(seen.findings, ElementsAre("ga.batch_limit /actions"));
}

TEST(GradAgendaBatch, OfNothingButErrorsDoesNotReportThemAll) {
  std::string text = R"({"cdid":"b","type":"batch-mode-action","actions":[{})";
  for (int i = 0; i < 9'000; ++i) text += R"(,{"x":1,"y":2})";
  Talk talk(kProtocol);
  const Dissected seen = talk.client(text + "]}");
  EXPECT_EQ(seen.actions.size(), 9'001u);
  EXPECT_LT(seen.action_findings, 1'000u);
  EXPECT_THAT(seen.findings, ElementsAre("ga.batch_findings /actions"));
}

TEST(GradAgendaBatch, TakesWhateverStandsInIt) {
  Talk talk(kProtocol);
  const Dissected seen = talk.client(
      R"({"cdid":"b","type":"batch-mode-action","actions":[5,null,[],"x",{"type":7},{"type":"message-broadcast"}]})");
  EXPECT_THAT(seen.findings, ElementsAre("app.schema /actions/0"));
  EXPECT_THAT(seen.actions, ElementsAre("0  : no action: an integer", "1  : no action: null",
                                        "2  : no action: an array", _, _, HasSubstr("app.wrong_sender")))
      << "only the server broadcasts";
  const Dissected none = talk.client(R"({"cdid":"b","type":"batch-mode-action","actions":{}})");
  EXPECT_THAT(none.findings, ElementsAre("app.schema /actions"));
  EXPECT_EQ(none.summary, "batch of 0 actions");
}

TEST(GradAgendaBatch, AuthenticatesToo) {
  Talk talk(kProtocol);
  const Dissected seen = talk.client(
      R"({"cdid":"b","type":"batch-mode-action","actions":[{"cdid":"1","type":"authenticate","user-id":42,"device-id":"d","token":"secret"}]})");
  EXPECT_EQ(seen.user, "42");
  EXPECT_THAT(seen.actions, ElementsAre("0 authenticate 1: authenticates as 42 on device d, token •••"));
}

TEST(GradAgenda, IsRecognizedByItsTypes) {
  const auto sender = [](std::string_view json) { return recognized(kProtocol, json); };
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
}  // namespace overhear::testing
