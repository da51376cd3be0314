// Requests and their answers, as SCRP's numbers pair them.
#include "session/exchanges.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/session/scene.hpp"
#include "tests/support/ws_wire.hpp"

namespace overhear::testing {
namespace {

using ::testing::Contains;
using ::testing::Not;

const Opening kScrp{.first = "10.0.0.1:40000", .second = "10.0.0.2:42015"};

std::string request(int id) {
  return with_length(fmt::format(R"({{"req_id":{},"method":"GET_TIME"}})", id));
}
std::string response(int id) {
  return with_length(fmt::format(R"({{"resp_id":{},"time":5,"err":900}})", id));
}

TEST(Exchanges, AnAnswerNamesItsRequestAndHowLongItTook) {
  Scene scene;
  Wire wire = scene.open(kScrp);
  wire.first(request(7));
  wire.second(response(7));
  wire.close();
  ASSERT_EQ(scene.messages.size(), 2u);
  EXPECT_FALSE(scene.messages[0].reply_to);
  EXPECT_EQ(scene.messages[1].reply_to, 1u);
  EXPECT_EQ(scene.messages[1].latency_ns, kSecond);
  EXPECT_EQ(scene.messages[1].reply_type, "GET_TIME");
}

TEST(Exchanges, LatencyRunsFromTheRequestsLastByteToTheAnswersFirst) {
  Scene scene;
  Wire wire = scene.open(kScrp);
  const std::string asked = request(7);
  const std::string answered = response(7);
  wire.first(asked.substr(0, 9));      // packet 2
  wire.first(asked.substr(9));         // 3
  wire.second(answered.substr(0, 9));  // 4
  wire.second(answered.substr(9));     // 5
  wire.close();
  EXPECT_EQ(scene.messages[1].latency_ns, kSecond);
}

TEST(Exchanges, AnswersMayComeInAnotherOrder) {
  Scene scene;
  Wire wire = scene.open(kScrp);
  for (const int id : {1, 2, 3}) wire.first(request(id));
  for (const int id : {3, 1, 2}) wire.second(response(id));
  wire.close();
  ASSERT_EQ(scene.messages.size(), 6u);
  EXPECT_EQ(scene.messages[3].reply_to, 3u);
  EXPECT_EQ(scene.messages[4].reply_to, 1u);
  EXPECT_EQ(scene.messages[5].reply_to, 2u);
}

TEST(Exchanges, AnAnswerToNothingIsReportedAndASecondOneToo) {
  Scene scene;
  Wire wire = scene.open(kScrp);
  wire.first(request(1));
  wire.second(response(1));
  wire.second(response(1));
  wire.second(response(99));
  wire.close();
  ASSERT_EQ(scene.messages.size(), 4u);
  EXPECT_THAT(scene.messages[1].findings, Not(Contains("scrp.orphan_response")));
  EXPECT_THAT(scene.messages[2].findings, Contains("scrp.orphan_response"));
  EXPECT_FALSE(scene.messages[2].reply_to);
  EXPECT_THAT(scene.messages[3].findings, Contains("scrp.orphan_response"));
}

TEST(Exchanges, AfterALossOrAtAMidstreamStartNoAnswerIsCalledAnOrphan) {
  Scene scene;
  Wire lossy = scene.open(kScrp);
  lossy.first(request(1));
  lossy.lose(Side::First, 40);
  lossy.second(response(2));
  lossy.close();
  Wire midstream = scene.open({.first = kScrp.first, .second = kScrp.second, .initiator = {}, .is_midstream = true});
  midstream.second(response(3));
  midstream.close();
  for (const HeardMessage& message : scene.messages) {
    EXPECT_THAT(message.findings, Not(Contains("scrp.orphan_response"))) << message.body;
  }
}

// A capture in the wrong order, or one that lacks the request and does not know it yet.
TEST(Exchanges, AnAnswerToWhatHasNotComeYetIsNoOrphan) {
  Scene scene;
  Wire wire = scene.open(kScrp);
  wire.say_ahead(Side::Second, response(1));
  wire.first(request(1));
  wire.second(response(2));
  wire.close();
  ASSERT_EQ(scene.messages.size(), 3u);
  EXPECT_THAT(scene.messages[0].findings, Not(Contains("scrp.orphan_response")));
  EXPECT_THAT(scene.messages[2].findings, Contains("scrp.orphan_response"));
  EXPECT_TRUE(scene.findings.empty()) << "the request was answered";
}

TEST(Exchanges, AnAnswerOfWhichAnyPartCameTooEarlyIsNoOrphan) {
  Scene scene;
  Wire wire = scene.open(kScrp);
  const std::string answer = response(1);
  wire.say_ahead(Side::Second, answer.substr(0, 9));
  wire.second(answer.substr(9));
  wire.second(response(2));
  ASSERT_EQ(scene.messages.size(), 2u);
  EXPECT_THAT(scene.messages[0].findings, Not(Contains("scrp.orphan_response")));
  EXPECT_THAT(scene.messages[1].findings, Contains("scrp.orphan_response"));
}

TEST(Exchanges, SessionsDoNotAnswerEachOther) {
  Scene scene;
  Wire one = scene.open(kScrp);
  Wire two = scene.open({.first = "10.0.0.1:40001", .second = kScrp.second});
  one.first(request(1));
  two.first(request(2));
  two.second(response(1));
  one.close();
  two.close();
  EXPECT_FALSE(scene.messages[2].reply_to);
}

TEST(Exchanges, NobodyAnswersTheirOwnRequest) {
  Scene scene;
  Wire wire = scene.open(kScrp);
  wire.first(request(1));
  wire.first(response(1));
  wire.close();
  EXPECT_FALSE(scene.messages[1].reply_to);
}

TEST(Exchanges, TheOldestRequestIsForgottenBeyondTheLimit) {
  AnalysisOptions options;
  options.limits.pending_requests = 8;
  Scene scene(options);
  Wire wire = scene.open(kScrp);
  for (int id = 1; id <= 20; ++id) wire.first(request(id));
  for (int id = 1; id <= 20; ++id) wire.second(response(id));
  wire.close();
  ASSERT_EQ(scene.messages.size(), 40u);
  for (std::size_t id = 1; id <= 20; ++id) {
    EXPECT_EQ(scene.messages[19 + id].reply_to.has_value(), id > 12) << id;
  }
}

TEST(Exchanges, WhatWasNeverAnsweredIsToldBeforeTheSessionIsClosed) {
  Scene scene;
  Wire wire = scene.open(kScrp);
  wire.first(request(1));
  wire.first(request(2));
  wire.second(response(2));
  wire.close();
  ASSERT_EQ(scene.findings.size(), 1u);
  EXPECT_EQ(scene.findings[0].code, "app.unanswered");
  EXPECT_EQ(scene.findings[0].text, "GET_TIME was never answered");
  EXPECT_EQ(scene.findings[0].session, 1u);
  EXPECT_EQ(scene.findings[0].message, 1u);
  EXPECT_EQ(scene.findings[0].direction, Direction::Client);
  EXPECT_EQ(scene.order.back(), "closed 1");
}

TEST(Exchanges, NothingIsMissedAtTheEndOfACaptureOrWhereSomethingIsNotKnown) {
  for (const CloseReason reason : {CloseReason::Reset, CloseReason::Timeout, CloseReason::EndOfCapture}) {
    Scene scene;
    Wire wire = scene.open(kScrp);
    wire.first(request(1));
    wire.close(reason);
    EXPECT_TRUE(scene.findings.empty()) << to_string(reason);
  }
  Scene scene;
  Wire lossy = scene.open(kScrp);
  lossy.first(request(1));
  lossy.lose(Side::Second, 40);
  lossy.close();
  Wire midstream = scene.open({.first = kScrp.first, .second = kScrp.second, .initiator = {}, .is_midstream = true});
  midstream.first(request(1));
  midstream.close();
  Wire unreadable = scene.open(kScrp);
  unreadable.first(request(1));
  unreadable.second(with_length("{\"resp_id\":"));
  unreadable.close();
  EXPECT_THAT(scene.finding_codes(), Not(Contains("app.unanswered")));
}

TEST(Exchanges, AWebSocketThatIsClosedWithAReasonAnswersWhatWaits) {
  const std::string asks = R"({"cdid":"1","type":"authenticate","user-id":"anna","device-id":"d","token":"t"})";
  struct Case {
    std::string_view payload;
    bool is_answer;
  };
  for (const auto& [payload, is_answer] : {Case{"\x03\xeb"
                                                "text only",
                                                true},
                                           Case{"\x03\xe8", false}, Case{"", false}, Case{"\x0f\xa0", true}}) {
    Scene scene;
    Wire wire = scene.open({.second = "10.0.0.2:8080"});
    wire.first(upgrade_request());
    wire.second(upgrade_response());
    wire.first(from_client(asks));
    wire.second(frame(8, payload));
    wire.first(frame(8, payload, {.is_masked = true}));
    wire.close();
    ASSERT_EQ(scene.messages.size(), 1u);
    EXPECT_EQ(scene.findings.empty(), is_answer) << payload;
  }
}

TEST(Exchanges, ALongConversationForgetsWhatWasAnswered) {
  AnalysisOptions options;
  options.limits.pending_requests = 8;
  Scene scene(options);
  Wire wire = scene.open(kScrp);
  wire.first(request(0));  // answered last
  for (int id = 1; id <= 1000; ++id) {
    wire.first(request(id));
    wire.second(response(id));
  }
  wire.close();
  for (std::size_t i = 2; i < scene.messages.size(); i += 2) EXPECT_EQ(scene.messages[i].reply_to, i) << i;
}

}  // namespace
}  // namespace overhear::testing
