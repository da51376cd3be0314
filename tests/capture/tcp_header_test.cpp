#include "capture/tcp_header.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/capture/packet_decoding.hpp"

namespace overhear::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(TcpHeader, GivesEveryFieldThatReassemblyNeeds) {
  Decoding decoding;
  const auto decoded = decoding.feed(tcp_packet({.source = "10.0.0.9:1",
                                                 .destination = "10.0.0.8:2",
                                                 .sequence = 0xfffffffe,
                                                 .acknowledgment = 0x80000001,
                                                 .flags = kFin | kPsh | kAck,
                                                 .window = 0xabcd,
                                                 .payload = "text",
                                                 .options = from_hex("0101 080a 00000001 00000002")}));
  ASSERT_TRUE(decoded);
  const TcpSegment& segment = decoded->segment;
  EXPECT_EQ(segment.source, endpoint("10.0.0.9:1"));
  EXPECT_EQ(segment.destination, endpoint("10.0.0.8:2"));
  EXPECT_EQ(segment.sequence, 0xfffffffeu);
  EXPECT_EQ(segment.acknowledgment, 0x80000001u);
  EXPECT_EQ(segment.flags, kFin | kPsh | kAck);
  EXPECT_EQ(segment.window, 0xabcd);
  EXPECT_EQ(decoded->payload, "text");
  EXPECT_EQ(segment.missing_tail, 0u);
  EXPECT_EQ(segment.at.packet, decoding.number);
  EXPECT_EQ(segment.at.time.ns, decoding.time);
}

TEST(TcpHeader, DoesNotCareAboutChecksums) {
  Decoding decoding;
  Buffer frame = tcp_packet({.payload = "offloaded"});
  frame[14 + 10] ^= 0xff;
  frame[14 + 20 + 16] ^= 0xff;
  EXPECT_EQ(decoding.payload_of(frame), "offloaded");
  EXPECT_THAT(decoding.codes, IsEmpty());
}

TEST(TcpHeader, ReportsPacketsThatEndInsideIt) {
  const Buffer segment = tcp_segment({.options = Buffer(8, 1)});
  for (std::size_t size = 0; size < segment.size(); ++size) {
    Decoding decoding;
    const Buffer part(segment.begin(), segment.begin() + static_cast<std::ptrdiff_t>(size));
    EXPECT_EQ(decoding.feed(ethernet_frame(ipv4_packet({}, part))), std::nullopt);
    EXPECT_THAT(decoding.codes, ElementsAre("tcp.bad_header"));
    EXPECT_THAT(decoding.texts, ElementsAre(HasSubstr("packet 1: the packet ends inside the TCP")));
  }
}

TEST(TcpHeader, TellsACutFromAShortPacket) {
  Decoding decoding;
  Buffer frame = tcp_packet({.payload = "0123456789"});
  const auto whole = static_cast<std::uint32_t>(frame.size());
  frame.resize(14 + 20 + 10);
  EXPECT_EQ(decoding.feed(frame, 1, whole), std::nullopt);
  EXPECT_THAT(decoding.texts, ElementsAre(HasSubstr("the capture cut the packet")));
}

TEST(TcpHeader, ReportsADataOffsetBelowFive) {
  Decoding decoding;
  Buffer frame = tcp_packet({.payload = "0123456789"});
  frame[14 + 20 + 12] = 0x40;
  EXPECT_EQ(decoding.feed(frame), std::nullopt);
  EXPECT_THAT(decoding.codes, ElementsAre("tcp.bad_header"));
}

}  // namespace
}  // namespace overhear::testing
