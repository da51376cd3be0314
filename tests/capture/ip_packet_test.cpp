#include "capture/ip_packet.hpp"

#include <gtest/gtest.h>

#include "tests/capture/packet_decoding.hpp"

namespace overhear::testing {
namespace {

constexpr int kRaw = 101;

struct Ends {
  std::string source;
  std::string destination;
};

TcpSegment segment_between(const Ends& ends, std::string_view payload) {
  return {.source = endpoint(ends.source),
          .destination = endpoint(ends.destination),
          .sequence = 0xfffffffe,
          .acknowledgment = 0x89abcdef,
          .flags = kPsh | kAck,
          .window = 65'535,
          .payload = as_bytes(payload),
          .missing_tail = 0,
          .at = {}};
}

const Ends kBoth[] = {{"192.0.2.1:40000", "198.51.100.255:8080"}, {"[2001:db8::1]:40000", "[fe80::ffff:1]:9000"}};

TEST(IpPacket, CarriesWhatTheDecoderFinds) {
  for (const Ends& ends : kBoth) {
    for (const std::string& payload : {std::string(), std::string("odd"), std::string(kMostSynthesised, 'x')}) {
      Buffer packet;
      append_ip_packet(segment_between(ends, payload), packet);
      Decoding decoding;
      const auto decoded = decoding.feed(packet, kRaw);
      ASSERT_TRUE(decoded.has_value());
      EXPECT_EQ(decoded->segment.source, endpoint(ends.source));
      EXPECT_EQ(decoded->segment.destination, endpoint(ends.destination));
      EXPECT_EQ(decoded->segment.sequence, 0xfffffffe);
      EXPECT_EQ(decoded->segment.acknowledgment, 0x89abcdef);
      EXPECT_EQ(decoded->segment.flags, kPsh | kAck);
      EXPECT_EQ(decoded->segment.window, 65'535);
      EXPECT_EQ(decoded->payload, payload);
      EXPECT_TRUE(decoding.codes.empty());
    }
  }
}

// The builder of the tests' packets counts them in another way.
TEST(IpPacket, HasTheChecksumsOfAnHonestSender) {
  for (const Ends& ends : kBoth) {
    for (const std::string& payload : {std::string("even"), std::string("odd"), std::string(999, '\xff')}) {
      Buffer packet;
      append_ip_packet(segment_between(ends, payload), packet);
      const Buffer tcp = tcp_segment({.source = ends.source,
                                      .destination = ends.destination,
                                      .sequence = 0xfffffffe,
                                      .acknowledgment = 0x89abcdef,
                                      .window = 65'535,
                                      .payload = payload});
      EXPECT_EQ(Buffer(packet.end() - static_cast<std::ptrdiff_t>(tcp.size()), packet.end()), tcp);
      if (ends.source[0] == '[') continue;
      std::uint32_t sum = 0;
      for (std::size_t at = 0; at < 20; at += 2) sum += static_cast<std::uint32_t>(packet[at] << 8 | packet[at + 1]);
      EXPECT_EQ((sum & 0xffff) + (sum >> 16), 0xffffu);
    }
  }
}

}  // namespace
}  // namespace overhear::testing
