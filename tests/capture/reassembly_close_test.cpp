// How connections begin and end: handshakes in any order, FIN, RST, ports that are used again.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "capture/reassembly.hpp"
#include "segment_script.hpp"

namespace overhear::test {
namespace {

using ::testing::ElementsAre;

constexpr std::string_view kClose = R"(
    A fin
    B ack 1 fin
    A ack 1)";

TEST(ReassemblyClose, OpensOneConnectionWhereTheSynAckWasRecordedBeforeTheSyn) {
  Script script;
  script.run(R"(
    B syn ack 0
    A syn
    A @0 ack 0 "ask"
    B ack 3 "answer")");
  EXPECT_THAT(script.lines(), ElementsAre("opened", "A ask", "B answer"));
  const Connection& connection = script.recorder.sessions[0]->connection;
  EXPECT_EQ(connection.end(*connection.initiator), Script::client());
  EXPECT_EQ(connection.end(Side::First), Script::server());
  EXPECT_FALSE(connection.is_midstream);
}

TEST(ReassemblyClose, TakesARepeatedSynForTheSameConnection) {
  Script script;
  script.run(R"(
    A syn
    A @0 syn
    B syn ack 0
    B @0 syn ack 0
    A @0 ack 0 "one"
    A @0 syn
    A @3 "two")");
  EXPECT_THAT(script.lines(), ElementsAre("opened", "A one", "A two"));
}

TEST(ReassemblyClose, FollowsBothSidesOpeningAtOnce) {
  Script script;
  script.run(R"(
    A syn
    B syn
    A @0 syn ack 0
    B @0 syn ack 0
    A @0 "a"
    B @0 "b")");
  EXPECT_THAT(script.lines(), ElementsAre("opened", "A a", "B b"));
}

TEST(ReassemblyClose, TakesTheLastSynAckOfAServerThatUsesSynCookies) {
  Script script;
  script.run(R"(
    A syn
    B syn ack 0
    A @0 syn
    B isn 77
    B syn ack 0
    A @0 ack 0
    B @0 "cookie")");
  EXPECT_THAT(script.lines(), ElementsAre("opened", "B cookie"));
}

TEST(ReassemblyClose, GoesOnInTheOtherDirectionAfterAFin) {
  Script script;
  script.handshake().run(R"(
    A "ask" fin
    B ack 4 "long "
    A ack 5
    B "answer" fin)");
  EXPECT_THAT(script.lines(), ElementsAre("opened", "A ask", "A end", "B long ", "B answer", "B end", "closed fin"));
}

TEST(ReassemblyClose, ClosesOnceWhereBothFinsCross) {
  Script script;
  script.handshake().run(R"(
    A fin
    B fin
    A ack 1
    B ack 1)");
  EXPECT_THAT(script.lines(), ElementsAre("opened", "A end", "B end", "closed fin"));
}

TEST(ReassemblyClose, EndsAStreamOnceWhereTheFinIsRepeated) {
  Script script;
  script.handshake().run(R"(
    A "x" fin
    A @0 "x" fin
    A @1 fin
    B ack 2)");
  EXPECT_THAT(script.lines(), ElementsAre("opened", "A x", "A end"));
}

TEST(ReassemblyClose, EndsTheStreamWhenTheFinThatCameTooEarlyIsReached) {
  Script script;
  script.handshake().run(R"(
    A @3 fin
    A @0 "abc")");
  EXPECT_THAT(script.lines(), ElementsAre("opened", "A abc", "A end"));
}

TEST(ReassemblyClose, LeavesOutAndReportsBytesBehindTheFin) {
  Script script;
  script.handshake().run(R"(
    A "abc" fin
    A "ghost"
    B ack 4
    B @0 "still here")");
  EXPECT_THAT(script.lines(), ElementsAre("opened", "A abc", "A end", "A tcp.data_after_fin 5", "B still here"));
}

TEST(ReassemblyClose, IgnoresAKeepAliveOnTheNumberOfTheFin) {
  Script script;
  script.handshake().run(R"(
    A "abc" fin
    A @3 "?"
    A @3 "")");
  EXPECT_THAT(script.lines(), ElementsAre("opened", "A abc", "A end"));
}

TEST(ReassemblyClose, ReportsBytesThatWaitedBehindWhatTurnsOutToBeTheEnd) {
  Script script;
  script.handshake().run(R"(
    A @10 "ghost"
    A @0 "abc" fin)");
  EXPECT_THAT(script.lines(), ElementsAre("opened", "A tcp.data_after_fin 5", "A abc", "A end"));
  EXPECT_EQ(script.reassembler.waiting_bytes(), 0u);
}

TEST(ReassemblyClose, IgnoresAFinBeforeBytesThatAreKnownToFollow) {
  Script script;
  script.handshake().run(R"(
    A "abcdef"
    B ack 6
    A @3 fin
    A @6 "ghi")");
  EXPECT_THAT(script.lines(), ElementsAre("opened", "A abcdef", "A tcp.out_of_window", "A ghi"));
}

TEST(ReassemblyClose, ReportsBytesBehindTheEndOfAClosedConnectionToTheSink) {
  Script script;
  script.handshake().run(kClose).run(R"(A "ghost")");
  EXPECT_THAT(script.lines(), ElementsAre("opened", "A end", "B end", "closed fin", "- tcp.data_after_fin 5"));
}

TEST(ReassemblyClose, EndsWithARst) {
  Script script;
  script.handshake().run(R"(
    A "half a mess"
    B ack 11
    B rst ack 11 "go away")");
  EXPECT_THAT(script.lines(), ElementsAre("opened", "A half a mess", "B tcp.reset", "closed reset"));
  EXPECT_EQ(script.recorder.event("closed reset").at.packet, script.packet);
}

TEST(ReassemblyClose, DeliversWhatWaitedBeforeTheRst) {
  Script script;
  script.handshake().run(R"(
    A @3 "def"
    A rst)");
  EXPECT_THAT(script.lines(), ElementsAre("opened", "A tcp.gap 3", "A gap 3", "A def", "A tcp.reset", "closed reset"));
}

TEST(ReassemblyClose, TellsARefusedConnection) {
  Script script;
  script.run("A syn");
  TcpSegment refusal = script.segment('B', 0, "", TcpFlags::kRst | TcpFlags::kAck);
  refusal.sequence = 0;
  script.feed(refusal);
  EXPECT_THAT(script.lines(), ElementsAre("opened", "B tcp.reset", "closed reset"));
  EXPECT_EQ(script.recorder.event("B tcp.reset").finding, "the connection was refused");
}

TEST(ReassemblyClose, OpensAgainWhereAClientKnocksOnceMoreWithTheSameNumber) {
  Script script;
  script.run("A syn");
  TcpSegment refusal = script.segment('B', 0, "", TcpFlags::kRst | TcpFlags::kAck);
  refusal.sequence = 0;
  script.feed(refusal);
  script.run(R"(
    A @0 syn
    B syn ack 0
    A @0 ack 0 "in")");
  EXPECT_THAT(script.lines(), ElementsAre("opened", "B tcp.reset", "closed reset", "2 opened", "2 A in"));
}

TEST(ReassemblyClose, IgnoresARstFarOutsideTheWindow) {
  for (const std::string far : {"500000000", "-1000000", "-2147483648", "2147483647"}) {
    Script script;
    script.handshake().run("A \"one\"\nB ack 3\nA rst @" + far + "\nA @3 \"two\"");
    EXPECT_THAT(script.lines(), ElementsAre("opened", "A one", "A tcp.out_of_window", "A two")) << far;
  }
}

TEST(ReassemblyClose, TakesAConnectionUpAgainThatWentOnAfterARst) {
  Script script;
  script.handshake().run(R"(
    A "one"
    B ack 3
    A rst @3
    A @3 "two"
    B ack 6
    A @6 "three"
    B @0 ack 11 "yes"
    A ack 3)");
  EXPECT_THAT(script.lines(), ElementsAre("opened", "A one", "A tcp.reset", "closed reset", "- tcp.data_after_reset 3",
                                          "2 opened", "2 tcp.midstream", "2 A three", "2 B yes"));
}

TEST(ReassemblyClose, GoesByTheBytesWhereTheHandshakeWasDamaged) {
  Script script;
  script.run("A syn");
  TcpSegment damaged = script.segment('B', 0, "", TcpFlags::kSyn | TcpFlags::kAck);
  damaged.sequence ^= 0x4000'0000;
  script.feed(damaged);
  script.set_isn('B', 3'000'000'000);
  script.run(R"(
    A ack 0
    B @0 "hello"
    A @0 ack 5 "hi"
    B @5 ack 2 "bye")");
  EXPECT_THAT(script.lines(), ElementsAre("opened", "B hello", "A hi", "B bye"));
}

TEST(ReassemblyClose, GoesByTheBytesWhereTheNumberThatTheSynAckAcknowledgesWasDamaged) {
  Script script;
  TcpSegment damaged = script.segment('B', 0, "", TcpFlags::kSyn | TcpFlags::kAck);
  damaged.acknowledgment ^= 0x4000'0000;
  script.feed(damaged);
  script.run(R"(
    A @0 ack 0
    B @0 ack 0 "hello"
    A @0 ack 5 "hi"
    B @5 ack 2)");
  EXPECT_THAT(script.lines(), ElementsAre("opened", "A tcp.out_of_window", "B hello", "A hi"));
}

TEST(ReassemblyClose, DoesNotGiveUpAHandshakeForForgedSegmentsAlone) {
  Script script;
  script.handshake().run(R"(
    A @1200000000 "EVIL"
    A @1200000004 "EVIL"
    A @-1200000000 "EVIL"
    B ack 0
    A @0 "good")");
  EXPECT_EQ(script.recorder.sessions[0]->streams[0].bytes, "good");
}

TEST(ReassemblyClose, IgnoresAnAnswerToNoSynOfOurs) {
  Script script;
  script.run("A syn");
  TcpSegment refusal = script.segment('B', 0, "", TcpFlags::kRst | TcpFlags::kAck);
  refusal.acknowledgment += 500'000'000;
  script.feed(refusal);
  script.run("B syn ack 0\nA @0 \"in\"");
  EXPECT_THAT(script.lines(), ElementsAre("opened", "B tcp.out_of_window", "A in"));
}

TEST(ReassemblyClose, BelievesTheRstOfAHostThatForgotTheConnection) {
  // It answers with the number that was acknowledged to it, behind bytes of its own that were not acknowledged.
  Script script;
  script.handshake().run(R"(
    B "0123456789"
    A ack 4
    B rst @4)");
  EXPECT_THAT(script.lines(), ElementsAre("opened", "B 0123456789", "B tcp.reset", "closed reset"));
}

TEST(ReassemblyClose, CallsARstAfterTheFinANote) {
  Script script;
  script.handshake().run(R"(
    A "bye" fin
    B ack 4 "{}"
    A rst @4)");
  EXPECT_THAT(script.lines(), ElementsAre("opened", "A bye", "A end", "B {}", "A tcp.reset", "closed reset"));
  EXPECT_EQ(script.recorder.event("A tcp.reset").finding, "the connection was reset while it was closing");
}

TEST(ReassemblyClose, ReportsBytesThatCrossedTheRst) {
  Script script;
  script.handshake().run(R"(
    A rst
    B "too late"
    B rst)");
  EXPECT_THAT(script.lines(), ElementsAre("opened", "A tcp.reset", "closed reset", "- tcp.data_after_reset 8"));
}

TEST(ReassemblyClose, LetsAClosedConnectionOwnItsLatePackets) {
  Script script;
  script.handshake().run(R"(A "abc")").run(R"(
    A fin
    B ack 4 fin
    A ack 1
    A @0 "abc"
    A @3 fin
    B @0 fin
    B @1 ack 4
    A @3 "?"
    wait 59000
    A @0 "abc")");
  EXPECT_THAT(script.lines(), ElementsAre("opened", "A abc", "A end", "B end", "closed fin"));
}

TEST(ReassemblyClose, ForgetsAClosedConnectionAfterTheLingerTime) {
  Script script;
  script.handshake().run(kClose).run(R"(
    wait 60000
    A "new"
    finish)");
  EXPECT_THAT(script.lines(), ElementsAre("opened", "A end", "B end", "closed fin", "2 opened", "2 tcp.midstream",
                                          "2 A new", "2 tcp.one_sided", "2 closed end of capture"));
}

TEST(ReassemblyClose, OpensANewConnectionOnPortsThatWereUsedBefore) {
  Script script;
  script.handshake().run(R"(A "one")").run(R"(
    A fin
    B ack 4 fin
    A ack 1
    A isn 5000
    B isn 6000
    A syn
    B syn ack 0
    A @0 ack 0 "two"
    B @0 ack 3 "three")");
  EXPECT_THAT(script.lines(),
              ElementsAre("opened", "A one", "A end", "B end", "closed fin", "2 opened", "2 A two", "2 B three"));
}

TEST(ReassemblyClose, OpensANewConnectionOnUsedPortsFromASynAckRecordedFirst) {
  Script script;
  script.handshake().run(kClose).run(R"(
    A isn 5000
    B isn 6000
    B syn ack 0
    A syn
    A @0 ack 0 "two")");
  EXPECT_THAT(script.lines(), ElementsAre("opened", "A end", "B end", "closed fin", "2 opened", "2 A two"));
  const Connection& connection = script.recorder.sessions[1]->connection;
  EXPECT_EQ(connection.end(*connection.initiator), Script::client());
}

TEST(ReassemblyClose, OpensANewConnectionAfterAReset) {
  Script script;
  script.handshake().run(R"(
    A rst
    A isn 5000
    A syn
    B isn 6000
    B syn ack 0
    B @0 "hi")");
  EXPECT_THAT(script.lines(), ElementsAre("opened", "A tcp.reset", "closed reset", "2 opened", "2 B hi"));
}

TEST(ReassemblyClose, ReplacesAnAttemptThatNobodyAnswered) {
  Script script;
  script.run(R"(
    A syn
    A isn 5000
    A syn
    B syn ack 0
    A @0 ack 0 "two")");
  EXPECT_THAT(script.lines(), ElementsAre("opened", "closed timeout", "2 opened", "2 A two"));
}

TEST(ReassemblyClose, DoesNotEndAConnectionForOneForgedSyn) {
  Script script;
  script.handshake().run(R"(
    A "one"
    B ack 3)");
  TcpSegment forged = script.segment('A', 0, "", TcpFlags::kSyn);
  forged.sequence += 123'456'789;
  script.feed(forged);
  script.feed(forged);
  script.run(R"(A @3 "two")");
  EXPECT_THAT(script.lines(), ElementsAre("opened", "A one", "A tcp.unexpected_syn", "A tcp.unexpected_syn", "A two"));
}

TEST(ReassemblyClose, ReplacesAnOpenConnectionWhenTheOtherSideAnswersTheNewSyn) {
  Script script;
  script.handshake().run(R"(
    A "one"
    B ack 3
    A isn 5000
    A syn
    B isn 6000
    B syn ack 0
    A @0 ack 0 "two"
    B @0 ack 3 "three")");
  EXPECT_THAT(script.lines(), ElementsAre("opened", "A one", "A tcp.unexpected_syn", "closed timeout", "2 opened",
                                          "2 A two", "2 B three"));
  const Connection& connection = script.recorder.sessions[1]->connection;
  EXPECT_EQ(connection.end(*connection.initiator), Script::client());
}

TEST(ReassemblyClose, ReplacesAnOpenConnectionWhenTheSynFollowsItsSynAck) {
  Script script;
  script.handshake().run(R"(
    A "one"
    B ack 3
    A isn 5000
    B isn 6000
    B syn ack 0
    A syn
    B @0 ack 0 "three")");
  EXPECT_THAT(script.lines(),
              ElementsAre("opened", "A one", "B tcp.unexpected_syn", "closed timeout", "2 opened", "2 B three"));
}

TEST(ReassemblyClose, ReplacesAnOpenConnectionWhenTheInitiatorGoesOnWithTheNewOne) {
  Script script;
  script.run(R"(
    A syn
    A ack 0 "one"
    A isn 5000
    A syn
    A @0 ack 0 "two")");
  EXPECT_THAT(script.lines(), ElementsAre("opened", "A one", "A tcp.unexpected_syn", "tcp.one_sided", "closed timeout",
                                          "2 opened", "2 A two"));
  EXPECT_EQ(script.recorder.sessions[1]->connection.initiator, Side::First);
}

TEST(ReassemblyClose, OpensNothingForEchoesOfConnectionsFromBeforeTheCapture) {
  Script script;
  script.run(R"(
    A @5 ack 7
    A @5 fin
    B @7 rst
    B @7 ack 6)");
  EXPECT_THAT(script.lines(), ElementsAre());
}

TEST(ReassemblyClose, TakesNewNumbersInBothDirectionsForANewConnectionWhoseSynWasMissed) {
  Script script;
  script.handshake().run(kClose).run(R"(
    A isn 900000000
    B isn 1500000000
    A @0 ack 0 "new"
    B @0 ack 3 "yes"
    A ack 3)");
  EXPECT_THAT(script.lines(), ElementsAre("opened", "A end", "B end", "closed fin", "2 opened", "2 tcp.midstream",
                                          "2 A new", "2 B yes"));
}

TEST(ReassemblyClose, ClosesOpenConnectionsInTheOrderOfTheirOpening) {
  Script script;
  for (std::uint16_t port = 200; port > 100; --port) {
    TcpSegment segment = script.segment('A', 0, "", TcpFlags::kSyn);
    segment.source.port = port;
    script.feed(segment);
  }
  script.recorder.events.clear();
  script.run("finish");
  ASSERT_EQ(script.lines().size(), 100u);
  for (std::size_t i = 1; i < 100; ++i) EXPECT_EQ(script.lines()[i], std::to_string(i + 1) + " closed end of capture");
}

}  // namespace
}  // namespace overhear::test
