#include "capture/defragmenter.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "tests/capture/packet_decoding.hpp"

namespace overhear::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Optional;

const std::string kText = "The quick brown fox jumps over the lazy dog, again and again, until the datagram is long.";

struct Family {
  const char* name;
  IpHeader header;
  TcpPacket tcp;
};

const Family kFamilies[] = {
    {"Ipv4", {.identification = 0x777}, {.payload = kText}},
    {"Ipv6",
     {.source = "[2001:db8::1]:0", .destination = "[2001:db8::2]:0", .identification = 0xabcd0001},
     {.source = "[2001:db8::1]:40000", .destination = "[2001:db8::2]:8080", .payload = kText}}};

std::vector<Buffer> fragments(const Family& family, std::size_t piece, const std::string& payload = kText) {
  TcpPacket tcp = family.tcp;
  tcp.payload = payload;
  std::vector<Buffer> out;
  for (const Buffer& ip : ip_fragments(family.header, tcp_segment(tcp), piece)) out.push_back(ethernet_frame(ip));
  return out;
}

Buffer fragment(const Family& family, std::uint32_t offset, bool has_more, const Buffer& bytes) {
  IpHeader header = family.header;
  header.fragment_offset = offset;
  header.has_more_fragments = has_more;
  return ethernet_frame(header.source.starts_with('[') ? ipv6_packet(header, bytes) : ipv4_packet(header, bytes));
}

Buffer slice(const Buffer& bytes, std::size_t begin, std::size_t end) {
  return {bytes.begin() + static_cast<std::ptrdiff_t>(begin), bytes.begin() + static_cast<std::ptrdiff_t>(end)};
}

class Fragments : public ::testing::TestWithParam<Family> {};

TEST_P(Fragments, InAnyOrderGiveTheDatagramOnce) {
  std::vector<std::size_t> order = {0, 1, 2, 3};
  const std::vector<Buffer> pieces = fragments(GetParam(), 32);
  ASSERT_EQ(pieces.size(), order.size());
  do {
    Decoding decoding;
    for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(decoding.feed(pieces[order[i]]), std::nullopt);
    const auto decoded = decoding.feed(pieces[order[3]]);
    ASSERT_TRUE(decoded);
    EXPECT_EQ(decoded->payload, kText);
    EXPECT_EQ(decoded->segment.source, endpoint(GetParam().tcp.source));
    EXPECT_EQ(decoded->segment.at.packet, 4u);  // the one that completed it
    decoding.finish();
    EXPECT_THAT(decoding.codes, IsEmpty());
  } while (std::ranges::next_permutation(order).found);
}

TEST_P(Fragments, OfEveryPossibleSizeGiveTheDatagram) {
  for (std::size_t piece = 8; piece <= 104; piece += 8) {
    Decoding decoding;
    std::optional<std::string> got;
    for (const Buffer& frame : fragments(GetParam(), piece)) got = decoding.payload_of(frame);
    EXPECT_THAT(got, Optional(kText)) << piece;
  }
}

TEST_P(Fragments, ThatComeTwiceAreNoOverlapAndNoNewDatagram) {
  Decoding decoding;
  std::vector<std::string> got;
  for (const Buffer& frame : fragments(GetParam(), 16)) {
    for (int copy = 0; copy < 2; ++copy) {
      if (const auto payload = decoding.payload_of(frame)) got.push_back(*payload);
    }
  }
  decoding.finish();
  EXPECT_THAT(got, ElementsAre(kText));
  EXPECT_THAT(decoding.codes, IsEmpty());
}

TEST_P(Fragments, OfAReusedIdentificationAreANewDatagram) {
  Decoding decoding;
  std::vector<std::string> got;
  for (const std::string text : {"first datagram, long enough for three", "other datagram, long enough for three"}) {
    for (const Buffer& frame : fragments(GetParam(), 24, text)) {
      if (const auto payload = decoding.payload_of(frame)) got.push_back(*payload);
    }
  }
  EXPECT_THAT(got, ElementsAre("first datagram, long enough for three", "other datagram, long enough for three"));
  EXPECT_THAT(decoding.codes, IsEmpty());
}

TEST_P(Fragments, OfTwoDirectionsWithOneIdentificationDoNotMix) {
  Family there = GetParam();
  Family back = GetParam();
  std::swap(back.header.source, back.header.destination);
  std::swap(back.tcp.source, back.tcp.destination);
  const std::vector<Buffer> a = fragments(there, 32);
  const std::vector<Buffer> b = fragments(back, 32, std::string(kText.rbegin(), kText.rend()));
  Decoding decoding;
  std::optional<DecodedSegment> last_a, last_b;
  for (std::size_t i = 0; i < a.size(); ++i) {
    last_a = decoding.feed(a[i]);
    last_b = decoding.feed(b[i]);
  }
  ASSERT_TRUE(last_a && last_b);
  EXPECT_EQ(last_a->payload, kText);
  EXPECT_EQ(last_b->payload, std::string(kText.rbegin(), kText.rend()));
}

TEST_P(Fragments, ThatAreMissingAreReportedAtTheEnd) {
  Decoding decoding;
  std::vector<Buffer> pieces = fragments(GetParam(), 32);
  pieces.erase(pieces.begin() + 1);
  for (const Buffer& frame : pieces) EXPECT_EQ(decoding.feed(frame), std::nullopt);
  EXPECT_THAT(decoding.codes, IsEmpty());
  decoding.finish();
  EXPECT_THAT(decoding.codes, ElementsAre("ip.frag_missing"));
  EXPECT_THAT(decoding.bytes, ElementsAre(Optional(32u)));
  EXPECT_THAT(decoding.texts, ElementsAre(HasSubstr("that began in packet 1")));
  EXPECT_EQ(decoding.stamps.at(0).packet, 3u);
}

TEST_P(Fragments, ThatWaitTooLongAreGivenUpAsTimeGoesOn) {
  for (const std::int64_t step : {31 * kSecond, -31 * kSecond}) {
    Decoding decoding;
    decoding.feed(fragments(GetParam(), 32)[0]);
    decoding.time += step;
    EXPECT_TRUE(decoding.feed(tcp_packet({.payload = "other"})));
    EXPECT_THAT(decoding.codes, ElementsAre("ip.frag_missing"));
    EXPECT_THAT(decoding.texts, ElementsAre(HasSubstr("the end of the datagram")));
    decoding.finish();
    EXPECT_EQ(decoding.codes.size(), 1u);
  }
}

TEST_P(Fragments, OfOtherProtocolsAreNotWaitedFor) {
  Family family = GetParam();
  for (const int protocol : {17, 50, 58, 132}) {
    family.header.protocol = static_cast<std::uint8_t>(protocol);
    Decoding decoding;
    decoding.feed(fragment(family, 0, true, Buffer(64)));
    decoding.finish();
    EXPECT_THAT(decoding.codes, IsEmpty());
  }
}

TEST_P(Fragments, ThatOverlapAndAgreeGiveTheDatagramAndAFinding) {
  const Buffer segment = tcp_segment(GetParam().tcp);
  Decoding decoding;
  decoding.feed(fragment(GetParam(), 0, true, slice(segment, 0, 48)));
  decoding.feed(fragment(GetParam(), 32, true, slice(segment, 32, 80)));
  decoding.feed(fragment(GetParam(), 16, true, slice(segment, 16, 64)));
  EXPECT_THAT(decoding.payload_of(fragment(GetParam(), 72, false, slice(segment, 72, segment.size()))),
              Optional(kText));
  EXPECT_THAT(decoding.codes, ElementsAre("ip.frag_overlap"));
}

TEST_P(Fragments, ThatContradictEachOtherKeepTheFirstInIpv4AndAreDroppedInIpv6) {
  const Buffer segment = tcp_segment(GetParam().tcp);
  Buffer evil = slice(segment, 16, 64);
  evil[30] ^= 1;  // in the first fragment's payload
  Decoding decoding;
  decoding.feed(fragment(GetParam(), 0, true, slice(segment, 0, 48)));
  decoding.feed(fragment(GetParam(), 16, true, evil));
  const auto got = decoding.payload_of(fragment(GetParam(), 64, false, slice(segment, 64, segment.size())));
  if (GetParam().header.source.starts_with('[')) {
    EXPECT_EQ(got, std::nullopt);
  } else {
    EXPECT_THAT(got, Optional(kText));
  }
  decoding.finish();
  EXPECT_THAT(decoding.codes, ElementsAre("ip.frag_overlap"));
}

TEST_P(Fragments, ThatContradictEachOthersEndAreReported) {
  const Buffer segment = tcp_segment(GetParam().tcp);
  Decoding decoding;
  decoding.feed(fragment(GetParam(), 96, false, slice(segment, 96, segment.size())));
  decoding.feed(fragment(GetParam(), 64, false, slice(segment, 64, 90)));
  EXPECT_THAT(decoding.codes, ElementsAre("ip.frag_overlap"));
}

TEST(Ipv4Fragments, BeyondTheEndThatIsKnownAddNothing) {
  const Buffer segment = tcp_segment(kFamilies[0].tcp);
  const std::size_t end = segment.size();
  Decoding decoding;
  decoding.feed(fragment(kFamilies[0], 96, false, slice(segment, 96, end)));
  decoding.feed(fragment(kFamilies[0], 88, true, slice(segment, 88, end) + Buffer(8 + 96 - end % 8, 'X')));
  EXPECT_THAT(decoding.payload_of(fragment(kFamilies[0], 0, true, slice(segment, 0, 88))), Optional(kText));
  EXPECT_THAT(decoding.codes, ElementsAre("ip.frag_overlap"));
}

TEST_P(Fragments, ReachingBeyondTheLargestDatagramAreMalformed) {
  Decoding decoding;
  decoding.feed(fragment(GetParam(), 65'528, false, Buffer(8)));
  decoding.feed(fragment(GetParam(), 0, true, Buffer(15)));
  decoding.feed(fragment(GetParam(), 8, true, {}));
  EXPECT_THAT(decoding.codes, ElementsAre("ip.malformed", "ip.malformed", "ip.malformed"));
}

TEST_P(Fragments, OfTheLargestDatagramGiveIt) {
  const std::string large(65'000, 'L');
  Decoding decoding;
  std::vector<Buffer> pieces = fragments(GetParam(), 8, large);
  std::shuffle(pieces.begin(), pieces.end(), std::mt19937(5));
  std::optional<std::string> got;
  for (const Buffer& frame : pieces) got = decoding.payload_of(frame);
  EXPECT_THAT(got, Optional(large));
}

TEST_P(Fragments, StayBelowTheLimitAndTheOldestGoFirst) {
  Limits limits;
  limits.fragment_bytes = 16 * 1024;
  Decoding decoding(limits);
  Family family = GetParam();
  for (std::uint32_t i = 0; i < 100; ++i) {
    family.header.identification = i;
    decoding.feed(fragment(family, 0, true, Buffer(1024)));
  }
  EXPECT_GT(decoding.codes.size(), 85u);
  EXPECT_THAT(decoding.texts[0], HasSubstr("that began in packet 1 never"));
  decoding.finish();
  EXPECT_EQ(decoding.codes.size(), 100u);  // each is told once
}

TEST_P(Fragments, CutByASnapLengthLeaveAHole) {
  Decoding decoding;
  std::vector<Buffer> pieces = fragments(GetParam(), 32);
  const auto whole = static_cast<std::uint32_t>(pieces[1].size());
  pieces[1].resize(pieces[1].size() - 10);
  for (const Buffer& frame : pieces) {
    EXPECT_EQ(decoding.feed(frame, 1, frame.size() < whole && &frame == &pieces[1] ? whole : frame.size()),
              std::nullopt);
  }
  decoding.finish();
  EXPECT_THAT(decoding.codes, ElementsAre("ip.frag_missing"));
  EXPECT_THAT(decoding.bytes, ElementsAre(Optional(10u)));
}

INSTANTIATE_TEST_SUITE_P(, Fragments, ::testing::ValuesIn(kFamilies),
                         [](const auto& it) { return std::string(it.param.name); });

TEST(Ipv6Fragments, MayStartWithFurtherExtensionHeaders) {
  Family family = kFamilies[1];
  const Buffer datagram = from_hex("06 00 010400000000") + tcp_segment(family.tcp);
  family.header.protocol = 60;
  Decoding decoding;
  EXPECT_EQ(decoding.feed(fragment(family, 0, true, slice(datagram, 0, 40))), std::nullopt);
  EXPECT_THAT(decoding.payload_of(fragment(family, 40, false, slice(datagram, 40, datagram.size()))), Optional(kText));
}

TEST(Ipv6Fragments, OfFragmentsAreMalformed) {
  Family family = kFamilies[1];
  const Buffer datagram = from_hex("06 00 0001 00000009") + tcp_segment(family.tcp);
  family.header.protocol = 44;
  Decoding decoding;
  decoding.feed(fragment(family, 0, true, slice(datagram, 0, 40)));
  EXPECT_EQ(decoding.feed(fragment(family, 40, false, slice(datagram, 40, datagram.size()))), std::nullopt);
  EXPECT_THAT(decoding.texts, ElementsAre(HasSubstr("fragments of fragments")));
}

// Whatever order, cuts and copies: what comes out is the datagram or nothing.
TEST(RandomFragments, GiveTheDatagramOrNothing) {
  std::mt19937 random(11);
  for (int round = 0; round < 500; ++round) {
    const Family& family = kFamilies[round % 2];
    const Buffer segment = tcp_segment(family.tcp);
    Decoding decoding;
    bool is_whole = false;
    for (int i = 0; i < 40; ++i) {
      const std::size_t begin = random() % (segment.size() / 8) * 8;
      const std::size_t length = (1 + random() % 4) * 8;
      const bool is_last = begin + length >= segment.size();
      const std::size_t end = is_last ? segment.size() : begin + length;
      const auto got = decoding.payload_of(
          fragment(family, static_cast<std::uint32_t>(begin), !is_last, slice(segment, begin, end)));
      if (!got) continue;
      ASSERT_EQ(*got, kText);
      is_whole = true;
    }
    decoding.finish();
    ASSERT_TRUE(is_whole || std::ranges::count(decoding.codes, "ip.frag_missing") > 0);
  }
}

}  // namespace
}  // namespace overhear::testing
