// Bounds: what is done when one is reached, and that they hold against input made to break them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <random>
#include <vector>

#include "capture/reassembly.hpp"
#include "capture/waiting_segments.hpp"
#include "segment_script.hpp"

namespace overhear::test {
namespace {

using ::testing::ElementsAre;

constexpr std::size_t kCostOfOne = WaitingSegments::kOverhead + 1;

// A segment of one of many connections.
TcpSegment of_port(Script& script, std::uint16_t port, std::int64_t offset, std::string_view payload,
                   std::uint8_t flags = TcpFlags::kAck) {
  TcpSegment segment = script.segment('A', offset, payload, flags);
  segment.source.port = port;
  return segment;
}

TEST(ReassemblyLimits, GivesAHoleUpWhereTooMuchWaitsBehindItAndSaysSoOnce) {
  Limits limits;
  limits.hole_bytes = 2 * kCostOfOne;
  Script script(limits);
  script.handshake().run(R"(
    A @1 "b"
    A @3 "d"
    A @5 "f"
    A @7 "h")");
  EXPECT_THAT(script.lines(), ElementsAre("opened", "A tcp.hole_limit", "A tcp.gap 1", "A gap 1", "A b", "A tcp.gap 1",
                                          "A gap 1", "A d"));
  EXPECT_EQ(script.reassembler.waiting_bytes(), 2 * kCostOfOne);
  script.run(R"(A @4 "e")");
  EXPECT_EQ(script.recorder.sessions[0]->streams[0].bytes, "bdef");
}

TEST(ReassemblyLimits, GivesUpTheOldestHoleOfAllConnectionsFirst) {
  Limits limits;
  limits.reassembly_bytes = 3 * kCostOfOne;
  Script script(limits);
  for (std::uint16_t port = 1; port <= 3; ++port) {
    script.feed(of_port(script, port, 0, "", TcpFlags::kSyn));
    script.feed(of_port(script, port, 1, "b"));
  }
  EXPECT_EQ(script.recorder.sessions[0]->streams[1].bytes, "");
  script.feed(of_port(script, 3, 3, "d"));
  EXPECT_EQ(script.recorder.sessions[0]->streams[1].bytes, "b");
  EXPECT_EQ(script.recorder.sessions[1]->streams[1].bytes, "");
  EXPECT_EQ(script.recorder.sessions[2]->streams[1].bytes, "");
  EXPECT_THAT(script.recorder.findings(), ElementsAre("tcp.hole_limit", "tcp.gap 1"));
}

TEST(ReassemblyLimits, ClosesTheConnectionThatWasSilentForLongest) {
  Limits limits;
  limits.connections = 3;
  Script script(limits);
  for (std::uint16_t port = 1; port <= 3; ++port) script.feed(of_port(script, port, 0, "x", TcpFlags::kSyn));
  script.feed(of_port(script, 1, 1, "y"));
  script.feed(of_port(script, 4, 0, "x", TcpFlags::kSyn));
  EXPECT_FALSE(script.recorder.sessions[0]->closed.has_value());
  EXPECT_EQ(script.recorder.sessions[1]->closed, CloseReason::Timeout);
  EXPECT_THAT(script.recorder.findings(), ElementsAre("tcp.connection_limit", "tcp.one_sided"));
  script.feed(of_port(script, 5, 0, "x", TcpFlags::kSyn));
  EXPECT_EQ(script.recorder.sessions[2]->closed, CloseReason::Timeout);
  script.feed(of_port(script, 6, 0, "x", TcpFlags::kSyn));
  EXPECT_EQ(script.recorder.sessions[0]->closed, CloseReason::Timeout);
  EXPECT_EQ(script.reassembler.open_connections(), 3u);
}

TEST(ReassemblyLimits, ForgetsClosedConnectionsBeforeItClosesOpenOnes) {
  Limits limits;
  limits.connections = 2;
  Script script(limits);
  script.feed(of_port(script, 1, 0, "", TcpFlags::kSyn));
  script.feed(of_port(script, 2, 0, "", TcpFlags::kSyn));
  script.feed(of_port(script, 2, 0, "", TcpFlags::kRst));
  script.feed(of_port(script, 3, 0, "", TcpFlags::kSyn));
  EXPECT_FALSE(script.recorder.sessions[0]->closed.has_value());
  EXPECT_EQ(script.recorder.sessions[1]->closed, CloseReason::Reset);
  EXPECT_EQ(script.reassembler.open_connections(), 2u);
}

TEST(ReassemblyLimits, HoldsItsBoundsAgainstAFloodOfSyns) {
  Limits limits;
  limits.connections = 1'000;
  Script script(limits);
  script.recorder.keeps_events = false;
  for (std::uint32_t i = 0; i < 200'000; ++i) {
    TcpSegment segment = of_port(script, static_cast<std::uint16_t>(i), 0, "", TcpFlags::kSyn);
    segment.source.address.bytes[2] = static_cast<std::uint8_t>(i >> 16);
    script.feed(segment);
    ASSERT_LE(script.reassembler.open_connections(), 1'000u);
  }
  EXPECT_EQ(script.recorder.sessions.size(), 200'000u);
}

TEST(ReassemblyLimits, HoldsItsBoundsWhereAPortIsUsedAgainAndAgainWhileTimeStandsStill) {
  Script script;
  script.recorder.keeps_events = false;
  for (std::uint32_t i = 0; i < 50'000; ++i) {
    script.time = Timestamp{INT64_MAX - 2'000'000};
    script.set_isn('A', i * 7);
    script.run("A syn\nA rst");
  }
  EXPECT_EQ(script.recorder.sessions.size(), 50'000u);
  EXPECT_EQ(script.reassembler.open_connections(), 0u);
}

// A million segments of one byte in an order made to be expensive. Anything quadratic would not come back.
class MillionSegments : public ::testing::TestWithParam<const char*> {
 protected:
  static std::vector<std::int64_t> order(std::string_view name) {
    constexpr std::int64_t kCount = 1'000'000;
    std::vector<std::int64_t> offsets(kCount);
    std::iota(offsets.begin(), offsets.end(), 0);
    if (name == "backwards") std::ranges::reverse(offsets);
    if (name == "random") std::ranges::shuffle(offsets, std::mt19937_64(7));
    if (name == "even") std::ranges::stable_partition(offsets, [](std::int64_t i) { return i % 2 != 0; });
    if (name == "first_last") std::ranges::rotate(offsets, offsets.begin() + 1);
    return offsets;
  }
};

TEST_P(MillionSegments, CostTimeInProportionAndMemoryWithinTheLimit) {
  Limits limits;
  Script script(limits);
  script.recorder.keeps_events = false;
  script.handshake();
  const std::vector<std::int64_t> offsets = order(GetParam());
  for (const std::int64_t offset : offsets) {
    TcpSegment segment = script.segment('A', offset, "x");
    segment.at = {script.time, ++script.packet};
    script.reassembler.feed(segment);
    ASSERT_LE(script.reassembler.waiting_bytes(), limits.hole_bytes);
  }
  script.run("finish");
  const Recorder::Stream& stream = script.recorder.sessions[0]->streams[0];
  EXPECT_EQ(stream.bytes.size() + stream.missing, offsets.size());
  EXPECT_GT(stream.bytes.size(), 100'000u);
  EXPECT_EQ(script.reassembler.waiting_bytes(), 0u);
}

INSTANTIATE_TEST_SUITE_P(InEveryOrder, MillionSegments,
                         ::testing::Values("forwards", "backwards", "random", "even", "first_last"),
                         [](const auto& param) { return std::string(param.param); });

TEST(ReassemblyLimits, ReadsLargeSegmentsOverManySmallOnesInProportionToTheirBytes) {
  Script script;
  script.recorder.keeps_events = false;
  script.handshake();
  const std::string large(60'000, 'x');
  for (std::int64_t offset = 1; offset < 60'000; offset += 2) script.feed(script.segment('A', offset, "x"));
  for (int i = 0; i < 200; ++i) script.feed(script.segment('A', 1, large));
  script.feed(script.segment('A', 0, "x"));
  EXPECT_EQ(script.recorder.sessions[0]->streams[0].bytes.size(), 60'001u);
}

}  // namespace
}  // namespace overhear::test
