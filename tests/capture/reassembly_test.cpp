// Order, retransmission and overlap within one connection.
#include "capture/reassembly.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "segment_script.hpp"

namespace overhear::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(Reassembly, PassesBytesOnInOrderAndEndsWithBothFins) {
  Script script;
  script.handshake().run(R"(
    A "hello"
    B ack 5
    B "world"
    A ack 5
    A fin
    B ack 6 fin
    A ack 6)");
  EXPECT_THAT(script.lines(), ElementsAre("opened", "A hello", "B world", "A end", "B end", "closed fin"));
  EXPECT_EQ(script.reassembler.open_connections(), 0u);
}

TEST(Reassembly, NamesTheInitiatorAndTheFirstSender) {
  Script script;
  script.handshake();
  const Recorder::Session& session = *script.recorder.sessions.at(0);
  EXPECT_EQ(session.connection.end(Side::First), Script::client());
  EXPECT_EQ(session.connection.end(Side::Second), Script::server());
  EXPECT_EQ(session.connection.initiator, Side::First);
  EXPECT_FALSE(session.connection.is_midstream);
  EXPECT_EQ(session.opened.packet, 1u);
}

TEST(Reassembly, StampsWaitingBytesWithTheirOwnPacketAndTheTimeThatFreedThem) {
  Script script;
  script.handshake().run(R"(
    A @3 "def"
    A @6 "ghi"
    A @0 "abc")");
  EXPECT_THAT(script.lines(), ElementsAre("opened", "A abc", "A def", "A ghi"));
  const Timestamp freed = script.time;
  for (const auto& [text, packet] : {std::pair{"A abc", 6u}, {"A def", 4u}, {"A ghi", 5u}}) {
    EXPECT_EQ(script.recorder.event(text).at.packet, packet) << text;
    EXPECT_EQ(script.recorder.event(text).at.time, freed) << text;
  }
}

TEST(Reassembly, TakesARetransmissionThatMergesSegmentsAndAddsBytes) {
  Script script;
  script.handshake().run(R"(
    A @0 "one"
    A @3 "two"
    A @0 "onetwothree")");
  EXPECT_THAT(script.lines(), ElementsAre("opened", "A one", "A two", "A three"));
}

TEST(Reassembly, ShowsOverlapsOfTheSameBytesOnce) {
  Script script;
  script.handshake().run(R"(
    A @2 "cdef"
    A @4 "efgh"
    A @1 "bcdefghij"
    A @0 "abc"
    A @9 "jk")");
  EXPECT_EQ(script.recorder.sessions[0]->streams[0].bytes, "abcdefghijk");
  EXPECT_THAT(script.recorder.findings(), IsEmpty());
}

TEST(Reassembly, KeepsTheFirstVersionBehindAHoleAndReportsTheConflict) {
  Script script;
  script.handshake().run(R"(
    A @5 "VERSION-A"
    A @5 "VERSION-B"
    A @0 "first")");
  EXPECT_THAT(script.lines(), ElementsAre("opened", "A tcp.overlap_conflict 9", "A first", "A VERSION-A"));
  EXPECT_EQ(script.recorder.event("A tcp.overlap_conflict 9").at.packet, 5u);
}

TEST(Reassembly, LetsTheFirstVersionOfEachByteWinWhereThreeOverlap) {
  Script script;
  script.handshake().run(R"(
    A @1 "111111111111"
    A @7 "222222222222"
    A @4 "333333333"
    A @0 "0")");
  EXPECT_EQ(script.recorder.sessions[0]->streams[0].bytes, "0111111111111222222");
  EXPECT_THAT(script.recorder.findings(), ElementsAre("tcp.overlap_conflict 6", "tcp.overlap_conflict 9"));
}

TEST(Reassembly, KeepsWaitingBytesOverThoseOfTheSegmentThatFillsTheHole) {
  Script script;
  script.handshake().run(R"(
    A @3 "DEF"
    A @0 "abcdefghi")");
  EXPECT_EQ(script.recorder.sessions[0]->streams[0].bytes, "abcDEFghi");
  EXPECT_THAT(script.recorder.findings(), ElementsAre("tcp.overlap_conflict 3"));
}

TEST(Reassembly, ReportsARetransmissionOfDeliveredBytesThatDiffers) {
  Script script;
  script.handshake().run(R"(
    A "transfer 100"
    B ack 12
    A @0 "transfer 900")");
  EXPECT_THAT(script.lines(), ElementsAre("opened", "A transfer 100", "A tcp.overlap_conflict 12"));
}

TEST(Reassembly, ComparesRetransmissionsAsFarBackAsTheHistoryGoes) {
  Limits limits;
  limits.overlap_history = 8;
  Script script(limits);
  script.handshake().run(R"(
    A "0123456789abcdef"
    A @0 "XXXXXXXX"
    A @0 "XXXXXXXX89"
    A @0 "XXXXXXXX8X")");
  EXPECT_THAT(script.recorder.findings(), ElementsAre("tcp.overlap_conflict 2"));
}

TEST(Reassembly, IgnoresKeepAlivesWithAndWithoutAGarbageByte) {
  Script script;
  script.handshake().run(R"(
    A @-1 ""
    A @-1 "?"
    A "hello"
    A @4 ""
    A @4 "?"
    B ack 5
    A "again")");
  EXPECT_THAT(script.lines(), ElementsAre("opened", "A hello", "A again"));
}

TEST(Reassembly, IgnoresAKeepAliveBehindAHole) {
  Script script;
  script.handshake().run(R"(
    A @5 "world"
    A @9 "?"
    A @0 "hello")");
  EXPECT_THAT(script.lines(), ElementsAre("opened", "A hello", "A world"));
}

TEST(Reassembly, TakesTheByteOfAZeroWindowProbeOnce) {
  Script script;
  script.handshake().run(R"(
    A "win"
    B ack 3
    A @3 "d"
    B ack 3
    A @3 "d"
    B ack 4
    A @4 "ow")");
  EXPECT_THAT(script.lines(), ElementsAre("opened", "A win", "A d", "A ow"));
}

TEST(Reassembly, ShowsEveryByteOnceWhereEachPacketWasCapturedTwice) {
  Script script;
  script.run(R"(
    A syn
    A @0 syn
    B syn ack 0
    B @0 syn ack 0
    A @0 "hello"
    A @0 "hello"
    B @0 ack 5 "world"
    B @0 ack 5 "world"
    A @5 ack 5 fin
    A @5 ack 5 fin
    B @5 ack 6 fin
    B @5 ack 6 fin
    A @6 ack 6
    A @6 ack 6)");
  EXPECT_THAT(script.lines(), ElementsAre("opened", "A hello", "B world", "A end", "B end", "closed fin"));
}

TEST(Reassembly, FollowsASequenceNumberThatWraps) {
  Script script;
  script.set_isn('A', 0xFFFF'FFFD);
  script.handshake().run(R"(
    A @6 "ghi"
    A @0 "ab"
    A @2 "cdef"
    B ack 9
    A "jkl")");
  EXPECT_THAT(script.lines(), ElementsAre("opened", "A ab", "A cdef", "A ghi", "A jkl"));
}

TEST(Reassembly, TakesDataInTheSyn) {
  Script script;
  script.run(R"(
    A syn "early"
    B syn ack 5
    A ack 0
    A " bird")");
  EXPECT_THAT(script.lines(), ElementsAre("opened", "A early", "A  bird"));
}

TEST(Reassembly, ShowsFastOpenDataOnceThatTheServerDidNotTake) {
  Script script;
  script.run(R"(
    A syn "early"
    B syn ack 0
    A @0 ack 0 "early"
    B ack 5)");
  EXPECT_THAT(script.lines(), ElementsAre("opened", "A early"));
}

TEST(Reassembly, TakesBytesThatComeWithTheFin) {
  Script script;
  script.handshake().run(R"(
    A fin "bye")");
  EXPECT_THAT(script.lines(), ElementsAre("opened", "A bye", "A end"));
}

TEST(Reassembly, IgnoresSegmentsHalfTheNumberSpaceAway) {
  Script script;
  script.handshake().run(R"(
    A "good"
    A @2147483647 "EVIL"
    A @-1073741900 "EVIL"
    A @1073741900 "EVIL"
    A @-500 "EVIL"
    A @4 " day")");
  EXPECT_THAT(script.lines(), ElementsAre("opened", "A good", "A tcp.out_of_window 4", "A tcp.out_of_window 4",
                                          "A tcp.out_of_window 4", "A tcp.out_of_window 4", "A  day"));
}

TEST(Reassembly, DoesNotBelieveTheAcknowledgmentOfASegmentOutsideTheWindow) {
  Script script;
  script.handshake().run(R"(
    B "hi"
    A @2147483000 ack 900 "EVIL"
    A @0 ack 2 "x"
    finish)");
  EXPECT_THAT(script.lines(), ElementsAre("opened", "B hi", "A tcp.out_of_window 4", "A x", "closed end of capture"));
}

TEST(Reassembly, IgnoresSegmentsWithContradictingFlags) {
  Script script;
  script.handshake().run(R"(
    A noack @0 "null"
    A @0 syn fin
    A @0 syn rst
    A noack @0 fin
    A @0 syn fin rst ack 0
    A @0 "good")");
  EXPECT_THAT(script.lines(), ElementsAre("opened", "A tcp.bad_flags 4", "A tcp.bad_flags", "A tcp.bad_flags",
                                          "A tcp.bad_flags", "A tcp.bad_flags", "A good"));
}

TEST(Reassembly, NeverCrashesOrKillsAGoodConnectionWhateverTheFlagsOfAForgedSegment) {
  for (unsigned flags = 0; flags < 256; ++flags) {
    Script script;
    script.handshake().run(R"(A "good")");
    // 77 million numbers behind, like a blind attacker's guess.
    script.feed(script.segment('A', -77'777'777, "EVIL", static_cast<std::uint8_t>(flags)));
    script.run(R"(A @4 " day")");
    EXPECT_EQ(script.recorder.sessions.at(0)->streams[0].bytes, "good day") << "flags " << flags;
    EXPECT_FALSE(script.recorder.sessions.at(0)->closed.has_value()) << "flags " << flags;
  }
}

TEST(Reassembly, ReportsALandSegmentAndGoesOn) {
  Script script;
  TcpSegment land = script.segment('A', 0, "loop", TcpFlags::kSyn);
  land.destination = land.source;
  script.feed(land);
  script.set_isn('A', 1'000'000);
  script.handshake().run(R"(A @0 "good")");
  EXPECT_THAT(script.lines(), ElementsAre("- tcp.land 4", "opened", "A good"));
}

TEST(Reassembly, TreatsPortZeroLikeAnyOther) {
  Script script;
  TcpSegment segment = script.segment('A', 0, "zero", TcpFlags::kSyn);
  segment.source.port = 0;
  segment.destination.port = 0;
  script.feed(segment);
  EXPECT_EQ(script.recorder.sessions.size(), 1u);
}

TEST(Reassembly, KeepsConnectionsApartThatDifferInOneValueOnly) {
  Script script;
  auto feed = [&](auto change, std::string_view payload) {
    TcpSegment segment = script.segment('A', 0, payload, TcpFlags::kSyn);
    change(segment);
    script.feed(segment);
  };
  feed([](TcpSegment&) {}, "0");
  feed([](TcpSegment& s) { s.source.port ^= 1; }, "1");
  feed([](TcpSegment& s) { s.destination.port ^= 1; }, "2");
  feed([](TcpSegment& s) { s.source.address.bytes[3] ^= 64; }, "3");
  feed([](TcpSegment& s) { s.destination.address.bytes[3] ^= 64; }, "4");
  feed([](TcpSegment& s) { s.source.address.is_v6 = s.destination.address.is_v6 = true; }, "5");
  ASSERT_EQ(script.recorder.sessions.size(), 6u);
  for (std::size_t i = 0; i < 6; ++i) {
    const auto& streams = script.recorder.sessions[i]->streams;
    EXPECT_EQ(streams[0].bytes + streams[1].bytes, std::to_string(i));
  }
}

}  // namespace
}  // namespace overhear::test
