#include "capture/packet_decoder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <set>

#include "capture/file_rules.hpp"
#include "capture/ip_rules.hpp"
#include "tests/capture/packet_decoding.hpp"

namespace overhear::testing {
namespace {

TEST(PacketDecoder, GivesAViewIntoThePacketItself) {
  const Buffer frame = tcp_packet({.payload = "no copy"});
  PacketDecoder decoder({}, [](Finding&, const Stamp&) {});
  const Packet packet{.number = 1,
                      .time = {},
                      .link_type = 1,
                      .bytes = frame,
                      .original_length = static_cast<std::uint32_t>(frame.size())};
  const std::optional<TcpSegment> segment = decoder.decode(packet);
  ASSERT_TRUE(segment);
  EXPECT_EQ(segment->payload.data(), frame.data() + frame.size() - 7);
}

TEST(PacketDecoder, GoesOnAfterAnyBadPacket) {
  Decoding decoding;
  EXPECT_EQ(decoding.feed(Buffer(40, 0x45)), std::nullopt);
  EXPECT_EQ(decoding.payload_of(tcp_packet({.payload = "next"})), "next");
}

// Damaged at random, cut anywhere, of any link type: the sanitizers watch, and a payload lies within its packet.
TEST(PacketDecoder, SurvivesDamagedPacketsOfEveryLinkType) {
  std::mt19937 random(3);
  const std::vector<Buffer> good = {
      tcp_packet({.payload = "some text to be damaged"}),
      ip_packet({.source = "[2001:db8::1]:1", .destination = "[2001:db8::2]:2", .payload = "more text"}),
      ethernet_frame(ipv4_packet({.has_more_fragments = true, .options = Buffer(12, 1)}, Buffer(64, 7)), {0x8100}),
      ethernet_frame(
          ipv6_packet({.source = "[::1]:0", .destination = "[::2]:0", .has_more_fragments = true}, Buffer(64, 7)))};
  for (const int link_type : {0, 1, 9, 12, 101, 108, 113, 228, 229, 276}) {
    Decoding decoding;
    for (int round = 0; round < 2000; ++round) {
      Buffer frame = good[random() % good.size()];
      frame.resize(random() % (frame.size() + 1));
      for (std::size_t hits = random() % 6; hits > 0 && !frame.empty(); --hits) {
        frame[random() % frame.size()] = static_cast<std::uint8_t>(random());
      }
      const Buffer exact(frame);
      const auto decoded = decoding.feed(exact, link_type, static_cast<std::uint32_t>(exact.size() + random() % 3));
      ASSERT_LE(decoded ? decoded->payload.size() : 0, 65'535u);
    }
    decoding.finish();
    for (const std::string& code : decoding.codes) {
      ASSERT_TRUE(code.starts_with("ip.") || code == "tcp.bad_header") << code;
    }
  }
}

TEST(RuleTables, NameEveryRuleOnceAndSayWhatItMeans) {
  std::set<std::string_view> codes;
  const auto check = [&](const Rule& rule) {
    EXPECT_TRUE(codes.insert(rule.code).second) << rule.code;
    EXPECT_FALSE(rule.text.empty()) << rule.code;
  };
  for (const Rule* rule : file_rules::kAll) check(*rule);
  for (const Rule* rule : ip_rules::kAll) check(*rule);
}

}  // namespace
}  // namespace overhear::testing
