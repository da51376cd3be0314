#include "capture/ip.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/capture/packet_decoding.hpp"

namespace overhear::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Optional;

const IpHeader kHeader6{.source = "[2001:db8::1]:0", .destination = "[2001:db8::2]:0"};

Buffer tcp6(const std::string& payload) {
  return tcp_segment({.source = "[2001:db8::1]:40000", .destination = "[2001:db8::2]:8080", .payload = payload});
}

// An IPv6 packet whose extension headers are given in hex, ending with the type `first` for the first of them.
Buffer with_extensions(std::uint8_t first, const Buffer& extensions, const std::string& payload = "hello") {
  IpHeader header = kHeader6;
  header.first_header = first;
  header.options = extensions;
  return ethernet_frame(ipv6_packet(header, tcp6(payload)));
}

void expect_malformed(const Buffer& frame, const std::string& why) {
  Decoding decoding;
  EXPECT_EQ(decoding.feed(frame), std::nullopt);
  EXPECT_THAT(decoding.codes, ElementsAre("ip.malformed")) << why;
  EXPECT_THAT(decoding.texts, ElementsAre(HasSubstr("packet 1: " + why)));
}

TEST(Ipv4, GivesAddressesAndPayload) {
  Decoding decoding;
  const auto decoded =
      decoding.feed(tcp_packet({.source = "10.1.2.3:5", .destination = "192.168.0.1:65535", .payload = "x"}));
  ASSERT_TRUE(decoded);
  EXPECT_EQ(decoded->segment.source, endpoint("10.1.2.3:5"));
  EXPECT_EQ(decoded->segment.destination, endpoint("192.168.0.1:65535"));
  EXPECT_EQ(decoded->payload, "x");
}

TEST(Ipv4, StepsOverOptions) {
  Decoding decoding;
  const Buffer segment = tcp_segment({.payload = "hello"});
  EXPECT_THAT(decoding.payload_of(ethernet_frame(ipv4_packet({.options = Buffer(40, 1)}, segment))),
              Optional(std::string("hello")));
}

TEST(Ipv4, LeavesPaddingBehindItsTotalLengthOut) {
  Decoding decoding;
  EXPECT_THAT(decoding.payload_of(tcp_packet({.payload = "hi"}) + Buffer(12)), Optional(std::string("hi")));
  EXPECT_THAT(decoding.payload_of(tcp_packet({}) + Buffer(6)), Optional(std::string()));
}

TEST(Ipv4, TakesATotalLengthOfZeroForTheWholeFrame) {
  Decoding decoding;
  const std::string large(70'000, 'q');
  const Buffer ip = ipv4_packet({.total_length = 0}, tcp_segment({.payload = large}));
  EXPECT_THAT(decoding.payload_of(ethernet_frame(ip)), Optional(large));
}

TEST(Ipv4, CountsTheBytesThatASnapLengthCutOff) {
  Decoding decoding;
  Buffer frame = tcp_packet({.payload = "0123456789"});
  const auto whole = static_cast<std::uint32_t>(frame.size());
  frame.resize(whole - 4);
  const auto decoded = decoding.feed(frame, 1, whole);
  ASSERT_TRUE(decoded);
  EXPECT_EQ(decoded->payload, "012345");
  EXPECT_EQ(decoded->segment.missing_tail, 4u);
  EXPECT_THAT(decoding.codes, IsEmpty());
}

TEST(Ipv4, StepsOverAnAuthenticationHeader) {
  Decoding decoding;
  const Buffer header = from_hex("06 04 0000 00000001 00000001") + Buffer(12);
  const Buffer ip = ipv4_packet({.protocol = 51}, header + tcp_segment({.payload = "signed"}));
  EXPECT_THAT(decoding.payload_of(ethernet_frame(ip)), Optional(std::string("signed")));
}

TEST(Ipv4, IsSilentAboutOtherProtocols) {
  Decoding decoding;
  for (const int protocol : {0, 1, 17, 43, 44, 50, 60, 132}) {
    EXPECT_EQ(decoding.feed(ethernet_frame(ipv4_packet({.protocol = static_cast<std::uint8_t>(protocol)}, Buffer(30)))),
              std::nullopt);
  }
  EXPECT_THAT(decoding.codes, IsEmpty());
}

TEST(Ipv4, ReportsHeadersThatContradictThemselves) {
  const auto changed = [](std::size_t at, std::uint8_t value) {
    Buffer frame = tcp_packet({.payload = "evil"});
    frame[14 + at] = value;
    return frame;
  };
  expect_malformed(changed(0, 0x40), "the IPv4 header claims to be shorter");
  expect_malformed(changed(0, 0x44), "the IPv4 header claims to be shorter");
  expect_malformed(ethernet_frame(Buffer(20, 0x4f)), "the frame ends inside the IPv4 options");
  expect_malformed(changed(0, 0x05), "the IP version is not 4");
  expect_malformed(changed(0, 0xf5), "the IP version is not 4");
  expect_malformed(changed(3, 19), "the IPv4 packet claims to be shorter than its header");
  expect_malformed(changed(2, 0x23), "the IPv4 packet claims to be longer than its frame");
  expect_malformed(ethernet_frame(Buffer(19, 0x45)), "the frame ends inside the IPv4 header");
}

TEST(RawIp, ReportsAnotherVersion) {
  Decoding decoding;
  EXPECT_EQ(decoding.feed(Buffer(40, 0x55), 101), std::nullopt);
  EXPECT_EQ(decoding.feed({}, 101), std::nullopt);
  EXPECT_THAT(decoding.texts, ElementsAre(HasSubstr("neither 4 nor 6"), HasSubstr("the frame is empty")));
}

TEST(Ipv6, GivesAddressesAndPayload) {
  Decoding decoding;
  const auto decoded = decoding.feed(ethernet_frame(ipv6_packet(kHeader6, tcp6("x"))) + Buffer(9));
  ASSERT_TRUE(decoded);
  EXPECT_EQ(decoded->segment.source, endpoint("[2001:db8::1]:40000"));
  EXPECT_EQ(decoded->segment.destination, endpoint("[2001:db8::2]:8080"));
  EXPECT_EQ(decoded->payload, "x");
}

struct Chain {
  const char* name;
  std::uint8_t first;
  const char* headers;
};

class Ipv6Chains : public ::testing::TestWithParam<Chain> {};

TEST_P(Ipv6Chains, LeadToTheTcpHeader) {
  Decoding decoding;
  EXPECT_THAT(decoding.payload_of(with_extensions(GetParam().first, from_hex(GetParam().headers))),
              Optional(std::string("hello")));
  EXPECT_THAT(decoding.codes, IsEmpty());
}

TEST_P(Ipv6Chains, CutAnywhereAreMalformed) {
  const Buffer extensions = from_hex(GetParam().headers);
  for (std::size_t size = 0; size < extensions.size(); ++size) {
    IpHeader header = kHeader6;
    header.first_header = GetParam().first;
    const Buffer part(extensions.begin(), extensions.begin() + static_cast<std::ptrdiff_t>(size));
    Decoding decoding;
    EXPECT_EQ(decoding.feed(ethernet_frame(ipv6_packet(header, part))), std::nullopt);
    EXPECT_THAT(decoding.codes, ElementsAre(::testing::AnyOf("ip.malformed", "tcp.bad_header")));
  }
}

INSTANTIATE_TEST_SUITE_P(
    , Ipv6Chains,
    ::testing::Values(Chain{"HopByHop", 0, "06 00 010400000000"}, Chain{"Routing", 43, "06 00 00 00 00000000"},
                      Chain{"Destination", 60, "06 01 010c 000000000000000000000000"},
                      Chain{"Authentication", 51, "06 04 0000 00000001 00000001 000000000000000000000000"},
                      Chain{"AtomicFragment", 44, "06 00 0000 0000abcd"},
                      Chain{"ReservedFragmentBits", 44, "06 ff 0006 0000abcd"},
                      Chain{"Mobility", 135, "06 00 000000000000"}, Chain{"HostIdentity", 139, "06 00 000000000000"},
                      Chain{"Shim6", 140, "06 00 000000000000"},
                      Chain{"All", 0, "2b 00 010400000000 3c 00 000000000000 2c 00 010400000000 06 00 0000 00000001"}),
    [](const auto& it) { return std::string(it.param.name); });

TEST(Ipv6, FollowsChainsUpToTheLimit) {
  Limits limits;
  Buffer chain;
  for (unsigned i = 1; i < limits.extension_headers; ++i) chain = chain + from_hex("3c 00 010400000000");
  const Buffer last = from_hex("06 00 010400000000");
  Decoding decoding;
  EXPECT_THAT(decoding.payload_of(with_extensions(60, chain + last)), Optional(std::string("hello")));
  expect_malformed(with_extensions(60, chain + from_hex("3c 00 010400000000") + last),
                   "the packet has too many extension headers");
}

TEST(Ipv6, TakesAPayloadLengthOfZeroForTheWholeFrame) {
  Decoding decoding;
  IpHeader header = kHeader6;
  header.total_length = 0;
  const std::string large(66'000, 'q');
  EXPECT_THAT(decoding.payload_of(ethernet_frame(ipv6_packet(header, tcp6(large)))), Optional(large));
}

TEST(Ipv6, BelievesAJumboPayloadOption) {
  Decoding decoding;
  const std::string large(70'000, 'q');
  IpHeader header = kHeader6;
  header.total_length = 0;
  header.first_header = 0;
  header.options = from_hex("06 00 c204 00011198");  // 8 + 20 + 70000 = 70028 = 0x1118c, and 12 of padding
  Buffer ip = ipv6_packet(header, tcp6(large));
  ip[40 + 7] = 0x8c;
  EXPECT_THAT(decoding.payload_of(ethernet_frame(ip) + Buffer(12)), Optional(large));
  ip[40 + 6] = 0xff;
  expect_malformed(ethernet_frame(ip), "the IPv6 packet claims to be longer than its frame");
}

TEST(Ipv6, ReportsHeadersThatContradictThemselves) {
  expect_malformed(from_hex("020000000001 020000000002 86dd") + Buffer(39, 0x60),
                   "the frame ends inside the IPv6 header");
  expect_malformed(from_hex("020000000001 020000000002 86dd") + Buffer(60, 0x45), "the IP version is not 6");
  IpHeader header = kHeader6;
  header.total_length = 60'000;
  expect_malformed(ethernet_frame(ipv6_packet(header, tcp6("x"))), "the IPv6 packet claims to be longer");
  expect_malformed(with_extensions(60, from_hex("06 ff 000000000000")), "the packet ends inside an extension header");
}

TEST(Ipv6, IsSilentAboutOtherProtocols) {
  Decoding decoding;
  for (const int protocol : {17, 41, 50, 58, 59, 132}) {
    IpHeader header = kHeader6;
    header.protocol = static_cast<std::uint8_t>(protocol);
    EXPECT_EQ(decoding.feed(ethernet_frame(ipv6_packet(header, Buffer(30)))), std::nullopt);
  }
  EXPECT_THAT(decoding.codes, IsEmpty());
}

}  // namespace
}  // namespace overhear::testing
