#include "capture/synthetic_connection.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "capture/ip_packet.hpp"
#include "capture/reassembly.hpp"
#include "tests/capture/packet_decoding.hpp"
#include "tests/capture/segment_script.hpp"

namespace overhear::testing {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

const std::array kEnds{endpoint("192.0.2.1:40000"), endpoint("192.0.2.2:9000")};

// The packets of a connection, read back as a capture's are.
class Talk final : public SegmentSink {
 public:
  explicit Talk(std::uint64_t number = 1) : connection_(kEnds, number) { connection_.open(next(), *this); }

  Talk& say(Side from, std::string_view text) {
    connection_.say(from, as_bytes(text), next(), *this);
    return *this;
  }
  Talk& skip(Side from, std::uint64_t missing) {
    connection_.skip(from, missing, next(), *this);
    return *this;
  }
  Talk& finish(Side from) {
    connection_.finish(from, next(), *this);
    return *this;
  }
  Talk& reset(Side from) {
    connection_.reset(from, next(), *this);
    return *this;
  }
  const test::Recorder::Session& read() {
    reassembler_.finish({.time = time_});
    return *heard.sessions.front();
  }

  void on_segment(Side, const TcpSegment& segment) override {
    Buffer packet;
    append_ip_packet(segment, packet);
    const auto decoded = decoding_.feed(packet, 101);
    ASSERT_TRUE(decoded.has_value());
    TcpSegment read = decoded->segment;
    read.payload = as_bytes(decoded->payload);
    read.at.time = segment.at.time;
    reassembler_.feed(read);
    flags.push_back(read.flags);
    const std::size_t from = read.source == kEnds[0] ? 0 : 1;
    if (read.payload.size() > 0) in_flight_[from] += read.payload.size();
    most_in_flight = std::max(most_in_flight, in_flight_[from]);
    in_flight_[1 - from] = 0;
  }

  test::Recorder heard{kEnds[0]};
  std::vector<std::uint8_t> flags;
  std::size_t most_in_flight = 0;

 private:
  Timestamp next() { return time_ = {time_.ns + 1000}; }

  Timestamp time_{1'700'000'000'000'000'000};
  Decoding decoding_;
  Reassembler reassembler_{heard, {}};
  SyntheticConnection connection_;
  std::array<std::size_t, 2> in_flight_{};
};

TEST(SyntheticConnection, IsReadBackAsItWas) {
  Talk talk;
  talk.say(Side::First, "ask").say(Side::Second, "answer").say(Side::First, "more");
  talk.finish(Side::First).say(Side::Second, "late").finish(Side::Second);
  talk.read();
  EXPECT_THAT(talk.heard.lines(),
              ElementsAre("opened", "A ask", "B answer", "A more", "A end", "B late", "B end", "closed fin"));
}

TEST(SyntheticConnection, SaysTheSameHoweverItIsCut) {
  std::string text;
  for (int i = 0; text.size() < 200'000; ++i) text += std::to_string(i);
  for (const std::size_t step : {1ul << 20, 100'000ul, 65'535ul, 32'769ul, 32'768ul, 1'460ul, 97ul}) {
    Talk talk;
    for (std::size_t at = 0; at < text.size(); at += step) talk.say(Side::Second, text.substr(at, step));
    talk.finish(Side::Second).finish(Side::First);
    EXPECT_EQ(talk.read().streams[1].bytes, text);
    EXPECT_THAT(talk.heard.findings(), IsEmpty());
    EXPECT_LT(talk.most_in_flight, 65'535u) << "more than the window offers";
  }
}

TEST(SyntheticConnection, GoesOnWhereSequenceNumbersBeginAgain) {
  const std::string block(32'768, 'x');
  Talk talk;
  talk.heard.keeps_events = false;
  for (int i = 0; i < 5; ++i) talk.skip(Side::First, 1ull << 30).say(Side::First, block);
  talk.finish(Side::First).finish(Side::Second);
  const auto& session = talk.read();
  EXPECT_EQ(session.streams[0].bytes.size(), 5 * block.size());
  EXPECT_EQ(session.streams[0].missing, 5ull << 30);
  EXPECT_EQ(session.closed, CloseReason::Fin);
}

TEST(SyntheticConnection, WhatIsMissingIsAHoleOfThatSize) {
  for (const std::uint64_t missing : {1ull, 100'000ull, 1ull << 30, 5ull << 40}) {
    Talk talk;
    talk.say(Side::First, "before").skip(Side::First, missing).say(Side::First, "behind").finish(Side::First);
    talk.finish(Side::Second);
    const auto& session = talk.read();
    EXPECT_EQ(session.streams[0].missing, std::min<std::uint64_t>(missing, 1u << 30));
    EXPECT_EQ(session.streams[0].bytes, "beforebehind");
    EXPECT_EQ(session.closed, CloseReason::Fin);
    EXPECT_THAT(talk.heard.findings(), Contains(::testing::StartsWith("tcp.gap")));
  }
}

TEST(SyntheticConnection, NothingFollowsAResetOrAFin) {
  Talk talk;
  talk.say(Side::First, "ask").finish(Side::First).finish(Side::First).say(Side::First, "never");
  talk.skip(Side::First, 5).reset(Side::Second).say(Side::Second, "never").reset(Side::First).finish(Side::Second);
  talk.read();
  EXPECT_THAT(talk.heard.lines(),
              ElementsAre("opened", "A ask", "A end", ::testing::StartsWith("B tcp.reset"), "closed reset"));
  EXPECT_EQ(std::ranges::count(talk.flags, kRst | kAck), 1);
  EXPECT_EQ(std::ranges::count(talk.flags, kFin | kAck), 1);
}

TEST(SyntheticConnection, BeginsElsewhereEachTime) {
  class Starts final : public SegmentSink {
   public:
    void on_segment(Side, const TcpSegment& segment) override {
      if ((segment.flags & kSyn) != 0) numbers.insert(segment.sequence);
    }
    std::set<std::uint32_t> numbers;
  } starts;
  for (std::uint64_t number = 1; number <= 1000; ++number) SyntheticConnection(kEnds, number).open({}, starts);
  EXPECT_EQ(starts.numbers.size(), 2000u);
}

}  // namespace
}  // namespace overhear::testing
