#include "capture/link.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/capture/packet_decoding.hpp"

namespace overhear::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Optional;

const std::string kText = "hello";
const std::string kFrom6 = "[2001:db8::1]:40000";
const std::string kTo6 = "[2001:db8::2]:8080";

Buffer ip4() {
  return ip_packet({.payload = kText});
}
Buffer ip6() {
  return ip_packet({.source = kFrom6, .destination = kTo6, .payload = kText});
}

struct LinkCase {
  const char* name;
  int link_type;
  const char* header;  // hex
  bool is_v6;
};

class LinkTypes : public ::testing::TestWithParam<LinkCase> {};

TEST_P(LinkTypes, LeadToTheIpPacket) {
  Decoding decoding;
  const Buffer frame = from_hex(GetParam().header) + (GetParam().is_v6 ? ip6() : ip4());
  EXPECT_THAT(decoding.payload_of(frame, GetParam().link_type), Optional(kText));
  EXPECT_THAT(decoding.codes, IsEmpty());
}

TEST_P(LinkTypes, AreSilentAboutFramesThatEndInTheirHeader) {
  Decoding decoding;
  const Buffer header = from_hex(GetParam().header);
  for (std::size_t size = 0; size < header.size(); ++size) {
    EXPECT_EQ(
        decoding.feed(Buffer(header.begin(), header.begin() + static_cast<std::ptrdiff_t>(size)), GetParam().link_type),
        std::nullopt);
  }
  EXPECT_THAT(decoding.codes, IsEmpty());
}

#define MAC "020000000001 020000000002 "

INSTANTIATE_TEST_SUITE_P(
    , LinkTypes,
    ::testing::Values(LinkCase{"Ethernet", 1, MAC "0800", false}, LinkCase{"EthernetIpv6", 1, MAC "86dd", true},
                      LinkCase{"Vlan", 1, MAC "8100 0064 0800", false},
                      LinkCase{"VlanInVlan", 1, MAC "88a8 00c8 8100 0064 86dd", true},
                      LinkCase{"FiveVlans", 1, MAC "9100 0001 9200 0002 88a8 0003 8100 0004 8100 0005 0800", false},
                      LinkCase{"Snap", 1, MAC "0030 aaaa03 000000 0800", false},
                      LinkCase{"Sll", 113, "0000 0001 0006 020000000001 0000 0800", false},
                      LinkCase{"SllIpv6", 113, "0004 0304 0006 000000000000 0000 86dd", true},
                      LinkCase{"SllVlan", 113, "0000 0001 0006 020000000001 0000 8100 0064 0800", false},
                      LinkCase{"Sll2", 276, "0800 0000 00000002 0001 00 06 0200000000010000", false},
                      LinkCase{"Sll2Ipv6", 276, "86dd 0000 00000002 0001 00 06 0200000000010000", true},
                      LinkCase{"Sll2Vlan", 276, "8100 0000 00000002 0001 00 06 0200000000010000 0064 0800", false},
                      LinkCase{"NullLittleEndian", 0, "02000000", false},
                      LinkCase{"NullBigEndian", 0, "00000002", false}, LinkCase{"NullLinuxIpv6", 0, "0a000000", true},
                      LinkCase{"NullDarwinIpv6", 0, "0000001e", true}, LinkCase{"NullFreeBsdIpv6", 0, "1c000000", true},
                      LinkCase{"NullWindowsIpv6", 0, "17000000", true}, LinkCase{"NullNetBsdIpv6", 0, "00000018", true},
                      LinkCase{"Loop", 108, "00000002", false}, LinkCase{"Raw", 101, "", false},
                      LinkCase{"RawIpv6", 101, "", true}, LinkCase{"Raw12", 12, "", false},
                      LinkCase{"Raw14", 14, "", true}, LinkCase{"Ipv4", 228, "", false},
                      LinkCase{"Ipv6", 229, "", true}, LinkCase{"Ppp", 9, "0021", false},
                      LinkCase{"PppAddress", 9, "ff03 0057", true}, LinkCase{"PppShort", 50, "21", false},
                      LinkCase{"PppHdlc", 50, "ff03 0021", false}),
    [](const auto& it) { return std::string(it.param.name); });

TEST(Link, IsSilentAboutWhatIsNoIp) {
  Decoding decoding;
  EXPECT_EQ(decoding.feed(from_hex(MAC "0806") + Buffer(28)), std::nullopt);         // ARP
  EXPECT_EQ(decoding.feed(from_hex(MAC "0026 424203") + Buffer(35)), std::nullopt);  // spanning tree
  EXPECT_EQ(decoding.feed(from_hex(MAC "8100 0001 0806") + Buffer(28)), std::nullopt);
  EXPECT_EQ(decoding.feed(from_hex("1f000000") + Buffer(28), 0), std::nullopt);
  EXPECT_EQ(decoding.feed(from_hex("c021") + Buffer(28), 9), std::nullopt);  // LCP
  EXPECT_EQ(decoding.feed(Buffer(60)), std::nullopt);
  EXPECT_THAT(decoding.codes, IsEmpty());
}

TEST(Link, NamesAnUnknownLinkTypeOnce) {
  Decoding decoding;
  for (const int type : {147, 147, 105, 1, 147, 999, 105}) decoding.feed(Buffer(60), type);
  EXPECT_THAT(decoding.codes, ElementsAre("file.unknown_linktype", "file.unknown_linktype", "file.unknown_linktype"));
  EXPECT_THAT(decoding.texts, ElementsAre(::testing::HasSubstr("147 (USER0)"), ::testing::HasSubstr("105 (IEEE802_11)"),
                                          ::testing::HasSubstr("type 999 cannot")));
}

TEST(Link, CountsWhatASnapLengthCut) {
  const Buffer frame = ethernet_frame(ip4(), {0x8100});
  const Packet packet{.number = 1, .time = {}, .link_type = 1, .bytes = frame, .original_length = 1000};
  const NetworkPacket network = parse_link(packet);
  EXPECT_EQ(network.wire_length, 1000u - 18);
  EXPECT_EQ(network.bytes.size(), ip4().size());
}

}  // namespace
}  // namespace overhear::testing
