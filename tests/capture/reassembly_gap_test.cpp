// Bytes that were not captured: when a hole becomes a gap, and what is said about it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "capture/reassembly.hpp"
#include "segment_script.hpp"

namespace overhear::test {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr std::string_view kHole = R"(
    A @0 "one"
    A @8 "three"
    B ack 13)";

TEST(ReassemblyGap, WaitsForTheHoleToBeFilled) {
  Script script;
  script.handshake().run(kHole).run(R"(A @3 "-two-")");
  EXPECT_THAT(script.lines(), ElementsAre("opened", "A one", "A -two-", "A three"));
}

TEST(ReassemblyGap, GivesTheHoleUpASecondAfterThePeerAcknowledgedPastIt) {
  Script script;
  script.handshake().run(kHole).run("wait 999");
  EXPECT_THAT(script.lines(), ElementsAre("opened", "A one"));
  script.run("wait 1");
  EXPECT_THAT(script.lines(), ElementsAre("opened", "A one", "A tcp.gap 5", "A gap 5", "A three"));
  EXPECT_EQ(script.recorder.event("A tcp.gap 5").finding, "5 bytes were not captured");
  EXPECT_EQ(script.recorder.event("A gap 5").at.packet, 5u);
  EXPECT_EQ(script.recorder.event("A three").at.packet, 5u);
  EXPECT_EQ(script.recorder.event("A three").at.time, script.time);
}

TEST(ReassemblyGap, GivesTheHoleUpAfterSixtyFourMorePacketsOfTheConnection) {
  Script script;
  script.handshake().run(kHole);
  for (int i = 0; i < 63; ++i) script.run("B ack 13");
  EXPECT_THAT(script.lines(), ElementsAre("opened", "A one"));
  script.run("B ack 13");
  EXPECT_THAT(script.lines(), ElementsAre("opened", "A one", "A tcp.gap 5", "A gap 5", "A three"));
}

TEST(ReassemblyGap, LetsTimePassByThePacketsOfOtherConnections) {
  Script script;
  script.handshake().run(kHole);
  script.time.ns += kSecond;
  TcpSegment other = script.segment('A', 0, "elsewhere");
  other.source.port = 50'000;
  script.feed(other);
  EXPECT_EQ(script.recorder.sessions.at(0)->streams[0].bytes, "onethree");
}

TEST(ReassemblyGap, WaitsForAsLongAsThePeerHasNotAcknowledgedPastTheHole) {
  Script script;
  script.handshake().run(R"(
    A @0 "one"
    A @8 "three")");
  for (int i = 0; i < 100; ++i) script.run("B ack 3");
  script.run("wait 5000\nB ack 7\nwait 5000");  // in the middle of the hole: the rest of it will be sent again
  EXPECT_THAT(script.lines(), ElementsAre("opened", "A one"));
  script.run(R"(A @3 "-two-")");
  EXPECT_THAT(script.lines(), ElementsAre("opened", "A one", "A -two-", "A three"));
}

TEST(ReassemblyGap, CountsFromTheAcknowledgmentAndNotFromTheHole) {
  // The retransmission and its ACK, recorded the wrong way round, long after the loss.
  Script script;
  script.handshake().run(R"(
    A @3 "def"
    wait 3000
    B ack 6
    A @0 "abc")");
  EXPECT_THAT(script.lines(), ElementsAre("opened", "A abc", "A def"));
}

TEST(ReassemblyGap, TellsTwoHolesApart) {
  Script script;
  script.handshake().run(R"(
    A @0 "a"
    A @2 "c"
    A @4 "e"
    B ack 5
    wait 1000)");
  EXPECT_THAT(script.lines(),
              ElementsAre("opened", "A a", "A tcp.gap 1", "A gap 1", "A c", "A tcp.gap 1", "A gap 1", "A e"));
  EXPECT_EQ(script.recorder.event("A tcp.gap 1").finding, "1 byte was not captured");
}

TEST(ReassemblyGap, ReportsACopyThatComesTooLateOnceAndLeavesItOut) {
  Script script;
  script.handshake().run(kHole).run("wait 1000").run(R"(
    A @3 "-two-"
    A @3 "-two-"
    A @13 "four")");
  EXPECT_THAT(script.lines(),
              ElementsAre("opened", "A one", "A tcp.gap 5", "A gap 5", "A three", "A tcp.late_segment 5", "A four"));
}

TEST(ReassemblyGap, TurnsHolesIntoGapsAtTheEndOfTheCapture) {
  Script script;
  script.handshake().run(R"(
    A @3 "def"
    A @9 "jkl"
    finish)");
  EXPECT_THAT(script.lines(), ElementsAre("opened", "A tcp.gap 3", "A gap 3", "A def", "A tcp.gap 3", "A gap 3",
                                          "A jkl", "closed end of capture"));
}

TEST(ReassemblyGap, TurnsAHoleBeforeTheFinIntoAGap) {
  Script script;
  script.handshake().run(R"(
    A @0 "one"
    A @8 fin
    B ack 9
    wait 1000)");
  EXPECT_THAT(script.lines(), ElementsAre("opened", "A one", "A tcp.gap 5", "A gap 5", "A end"));
  EXPECT_EQ(script.recorder.event("A end").at.packet, 5u);
}

TEST(ReassemblyGap, CallsAnEndWithBothFinsOneWhereverTheHolesWere) {
  Script script;
  script.handshake().run(R"(
    A @3 "def"
    B ack 6 fin
    A ack 1 fin
    B ack 7
    finish)");
  EXPECT_THAT(script.lines(), ElementsAre("opened", "B end", "A tcp.gap 3", "A gap 3", "A def", "A end", "closed fin"));
}

TEST(ReassemblyGap, ReportsAtTheEndWhatThePeerAcknowledgedAndNobodySaw) {
  Script script;
  script.handshake().run(R"(
    A "one"
    B ack 103
    finish)");
  EXPECT_THAT(script.lines(), ElementsAre("opened", "A one", "A tcp.gap 100", "A gap 100", "closed end of capture"));
}

TEST(ReassemblyGap, DoesNotMissTheFinThatWasNotCaptured) {
  Script script;
  script.handshake().run(R"(
    A "one"
    B ack 4 fin
    A @4 ack 1
    finish)");
  EXPECT_THAT(script.lines(), ElementsAre("opened", "A one", "B end", "closed end of capture"));
}

TEST(ReassemblyGap, CountsTheBytesThatASnaplenCutAsMissing) {
  Script script;
  script.handshake().run(R"(
    A @0 "on" cut 1
    A @3 "tw" cut 1
    B ack 6
    wait 1000)");
  EXPECT_THAT(script.lines(), ElementsAre("opened", "A on", "A tcp.gap 1", "A gap 1", "A tw"));
  script.run("finish");
  EXPECT_EQ(script.recorder.sessions[0]->streams[0].missing, 2u);
}

TEST(ReassemblyGap, CountsCutBytesThatNobodyAcknowledgedToo) {
  Script script;
  script.run(R"(
    A syn
    A @0 ack 0 "on" cut 1
    finish)");
  EXPECT_THAT(script.lines(),
              ElementsAre("opened", "A on", "A tcp.gap 1", "A gap 1", "tcp.one_sided", "closed end of capture"));
}

TEST(ReassemblyGap, FillsCutBytesFromARetransmission) {
  Script script;
  script.handshake().run(R"(
    A @0 "on" cut 1
    A @3 "two"
    A @0 "one"
    B ack 6
    wait 1000)");
  EXPECT_THAT(script.lines(), ElementsAre("opened", "A on", "A e", "A two"));
}

TEST(ReassemblyGap, DeliversNothingOfPacketsThatWereCutToTheirHeaders) {
  Script script;
  script.handshake().run(R"(
    A @0 "" cut 100
    A @100 "" cut 50
    B ack 150
    finish)");
  EXPECT_THAT(script.lines(), ElementsAre("opened", "A tcp.gap 150", "A gap 150", "closed end of capture"));
}

TEST(ReassemblyGap, ReportsAHoleOfAGibibyteThatThePeerAcknowledged) {
  Script script;
  script.handshake().run(R"(
    A "one"
    B ack 1073741827
    A @1073741827 "two"
    B ack 1073741830
    wait 1000)");
  EXPECT_THAT(script.lines(), ElementsAre("opened", "A one", "A tcp.gap 1073741824", "A gap 1073741824", "A two"));
  EXPECT_EQ(script.reassembler.waiting_bytes(), 0u);
}

TEST(ReassemblyGap, BelievesAFarAcknowledgmentOnceTheSenderIsSeenThere) {
  Script script;
  script.handshake().run(R"(
    A "one"
    B ack 100000003
    A @100000003 "two"
    wait 1000)");
  EXPECT_THAT(script.lines(), ElementsAre("opened", "A one", "A tcp.gap 100000000", "A gap 100000000", "A two"));
}

TEST(ReassemblyGap, BelievesAFarAcknowledgmentThatASecondOneContinues) {
  Script script;
  script.handshake().run(R"(
    A "one"
    B ack 100000003
    B ack 100000103
    finish)");
  EXPECT_THAT(script.lines(),
              ElementsAre("opened", "A one", "A tcp.gap 100000100", "A gap 100000100", "closed end of capture"));
}

TEST(ReassemblyGap, DoesNotBelieveAnAcknowledgmentOfBytesBehindTheEnd) {
  Script script;
  script.handshake().run(R"(
    A @0 "one"
    A @5 "xyz" fin
    B ack 5000
    wait 1000
    A @3 "--")");
  EXPECT_THAT(script.lines(), ElementsAre("opened", "A one", "A --", "A xyz", "A end"));
}

TEST(ReassemblyGap, InventsNothingFromAForgedSegmentFarAhead) {
  for (const std::string forged : {"@500000000 \"EVIL\"", "@500000000 \"\" cut 4", "@500000000 fin"}) {
    for (const std::string end : {"finish", "A rst @6", "B rst"}) {
      Script script;
      script.handshake().run("A \"one\"\nB ack 3\nA " + forged + "\nA @3 \"two\"\nB ack 6\nwait 5000\n" + end);
      EXPECT_EQ(script.recorder.sessions[0]->streams[0].bytes, "onetwo") << forged << ", " << end;
      EXPECT_EQ(script.recorder.sessions[0]->streams[0].missing, 0u) << forged << ", " << end;
    }
  }
}

TEST(ReassemblyGap, ReportsWhatItLeavesOutOfAForgedSegmentFarAhead) {
  Script script;
  script.handshake().run(R"(
    A "one"
    B ack 3
    A @500000000 "EVIL"
    finish)");
  EXPECT_THAT(script.lines(), ElementsAre("opened", "A one", "A tcp.out_of_window 4", "closed end of capture"));
}

TEST(ReassemblyGap, KnowsThatAFinWasAcknowledgedBeforeItWasRecorded) {
  Script script;
  script.handshake().run(R"(
    A "one"
    B ack 9
    A @8 fin
    wait 1000)");
  EXPECT_THAT(script.lines(), ElementsAre("opened", "A one", "A tcp.gap 5", "A gap 5", "A end"));
}

TEST(ReassemblyGap, FollowsASenderFurtherThanTheLargestWindowWhereBothSidesAgree) {
  Script script;
  script.handshake().run(R"(
    A "one"
    B ack 1800000003
    A @1800000003 "two"
    B ack 1800000006
    wait 1000)");
  EXPECT_THAT(script.lines(), ElementsAre("opened", "A one", "A tcp.gap 1800000000", "A gap 1800000000", "A two"));
}

TEST(ReassemblyGap, DoesNotMissBytesBecauseOfOneAcknowledgmentFromNowhere) {
  for (const std::string far : {"2147483647", "2147483648", "900000000", "2000000", "-5", "-2147483000"}) {
    Script script;
    script.handshake().run("A \"one\"\nB ack " + far + "\nB ack " + far + R"(
      B ack 3
      A "two"
      B ack 6
      wait 5000
      finish)");
    EXPECT_THAT(script.lines(), ElementsAre("opened", "A one", "A two", "closed end of capture")) << far;
  }
}

TEST(ReassemblyGap, PicksAConnectionUpInTheMiddleAndSaysSo) {
  Script script;
  script.run(R"(
    A @5000 "lo"
    B @7000 ack 5002 "world"
    A ack 7005)");
  EXPECT_THAT(script.lines(), ElementsAre("opened", "tcp.midstream", "A lo", "B world"));
  EXPECT_TRUE(script.recorder.sessions[0]->connection.is_midstream);
  EXPECT_EQ(script.recorder.sessions[0]->connection.initiator, std::nullopt);
}

TEST(ReassemblyGap, PutsASecondPacketBeforeTheFirstAtThePickUp) {
  Script script;
  script.run(R"(
    A @5002 "lo"
    A @5000 "hel"
    A @4998 "--he"
    B @7000 ack 5004)");
  // Of each byte the first copy counts: "lo" at 5002 was there before "hel" claimed 5002.
  EXPECT_EQ(script.recorder.sessions[0]->streams[0].bytes, "--helo");
}

TEST(ReassemblyGap, DeliversThePickedUpBytesWithoutAnAcknowledgmentAfterThreePacketsOrASecond) {
  Script packets;
  packets.run("A @5000 \"a\"\nA \"b\"\nA \"c\"");
  EXPECT_THAT(packets.recorder.sessions[0]->streams[0].bytes, IsEmpty());
  packets.run(R"(A "d")");
  EXPECT_EQ(packets.recorder.sessions[0]->streams[0].bytes, "abcd");

  Script time;
  time.run("A @5000 \"a\"\nwait 1000");
  EXPECT_EQ(time.recorder.sessions[0]->streams[0].bytes, "a");

  Script end;
  end.run("A @5000 \"a\"\nfinish");
  EXPECT_THAT(end.lines(), ElementsAre("opened", "tcp.midstream", "A a", "tcp.one_sided", "closed end of capture"));
}

TEST(ReassemblyGap, ReportsBytesFromBeforeThePickUpThatComeLater) {
  Script script;
  script.run(R"(
    A @5000 "lo"
    B @7000 ack 5002
    A @4990 "earlierxxx"
    A @4990 "earlierxxx"
    A @5002 "!")");
  EXPECT_THAT(script.lines(), ElementsAre("opened", "tcp.midstream", "A lo", "A tcp.late_segment 10", "A !"));
}

TEST(ReassemblyGap, SaysOnceWhenOnlyOneDirectionWasCaptured) {
  Script script;
  script.run(R"(
    A syn
    A ack 0
    A "one"
    A ack 40 "two"
    A @9 ack 80 "four"
    finish)");
  EXPECT_THAT(script.lines(), ElementsAre("opened", "A one", "A two", "A tcp.gap 3", "A gap 3", "A four",
                                          "tcp.one_sided", "closed end of capture"));
}

TEST(ReassemblyGap, DoesNotCallASilentConnectionOneSided) {
  Script script;
  script.run("A syn\nfinish");
  EXPECT_THAT(script.lines(), ElementsAre("opened", "closed end of capture"));
}

TEST(ReassemblyGap, DoesNothingWhenTimeGoesBack) {
  Script script;
  script.handshake().run(kHole);
  script.reassembler.advance(Timestamp{script.time.ns - 100 * kSecond});
  EXPECT_THAT(script.lines(), ElementsAre("opened", "A one"));
  script.time.ns -= 50 * kSecond;
  script.run(R"(A @3 "-two-")");
  EXPECT_THAT(script.lines(), Not(Contains("A gap 5")));
  EXPECT_EQ(script.recorder.sessions[0]->streams[0].bytes, "one-two-three");
}

TEST(ReassemblyGap, SurvivesTheLastMomentOfTime) {
  Script script;
  script.handshake().run(kHole);
  script.reassembler.advance(Timestamp{INT64_MAX});
  EXPECT_EQ(script.recorder.sessions[0]->streams[0].bytes, "onethree");
  script.run(R"(
    A @15 "six"
    B ack 18
    finish)");
  EXPECT_EQ(script.recorder.sessions[0]->streams[0].missing, 7u);
}

TEST(ReassemblyGap, WhoAcknowledgesWhatHasNotComeIsAhead) {
  Script script;
  script.handshake().run(R"(
      A "one" ack 0
      B "1" ack 3
      A @6 "three" ack 1
      B "2" ack 3
      B "3" ack 11
      A @3 "two" ack 3
      B "4" ack 11)");
  const auto is_ahead = [&](std::string_view event) { return script.recorder.event(event).at.is_ahead; };
  EXPECT_FALSE(is_ahead("B 1"));
  EXPECT_TRUE(is_ahead("B 2")) << "something waits behind a hole";
  EXPECT_TRUE(is_ahead("B 3")) << "it has read what is not here";
  EXPECT_FALSE(is_ahead("B 4"));
  EXPECT_FALSE(is_ahead("A two"));
}

TEST(ReassemblyGap, WhoSpeaksWithASideThatWasNotSeenIsAhead) {
  Script script;
  script.run(R"(
      A syn
      A "one" ack 0
      B "1" ack 3
      A "two" ack 1)");
  EXPECT_TRUE(script.recorder.event("A one").at.is_ahead) << "it may answer anything";
  EXPECT_FALSE(script.recorder.event("A two").at.is_ahead);
}

}  // namespace
}  // namespace overhear::test
