#include "capture/pcapng_reader.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "tests/capture/capture_reading.hpp"

namespace overhear::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;

constexpr std::uint64_t kTicks = kStart / 1000;  // microseconds

class PcapngOrders : public ::testing::TestWithParam<bool> {};

TEST_P(PcapngOrders, KeepsBytesTimesAndLengthsOfAllKindsOfPacketBlocks) {
  PcapngWriter writer;
  writer.section(GetParam()).interface().interface({.link_type = 101});
  writer.packet(frame(61, 'a'), kTicks + 7, 0, 1500).old_packet(frame(5), kTicks + 8, 1).simple_packet(frame(3, 'z'));
  const ReadCapture capture = read_bytes(writer.bytes());
  EXPECT_THAT(capture.packets, ElementsAre(ReadPacket{1, kStart + 7000, 1, frame(61, 'a'), 1500},
                                           ReadPacket{2, kStart + 8000, 101, frame(5), 5},
                                           ReadPacket{3, kStart + 8000, 1, frame(3, 'z'), 3}));
  EXPECT_THAT(capture.codes, IsEmpty());
  EXPECT_EQ(capture.format, "pcapng");
}

INSTANTIATE_TEST_SUITE_P(, PcapngOrders, ::testing::Bool(),
                         [](const auto& it) { return it.param ? "BigEndian" : "LittleEndian"; });

TEST(PcapngReader, StartsInterfacesAnewInEverySectionWhateverItsByteOrder) {
  PcapngWriter writer;
  writer.section().interface({.link_type = 1}).interface({.link_type = 113}).packet(frame(9), kTicks, 1);
  writer.section(true).interface({.link_type = 101}).packet(frame(9), kTicks, 0);
  writer.section().interface({.link_type = 276}).packet(frame(9), kTicks, 0).packet(frame(9), kTicks, 1);
  const ReadCapture capture = read_bytes(writer.bytes());
  ASSERT_EQ(capture.packets.size(), 3u);
  EXPECT_EQ(capture.packets[0].link_type, 113);
  EXPECT_EQ(capture.packets[1].link_type, 101);
  EXPECT_EQ(capture.packets[2].link_type, 276);
  EXPECT_THAT(capture.texts, ElementsAre(HasSubstr("packet 4 (offset")));  // interface 1 is gone
  EXPECT_THAT(capture.codes, ElementsAre("file.bad_record"));
}

TEST(PcapngReader, CutsASimplePacketAtTheSnapLengthAndKeepsPaddingOut) {
  PcapngWriter writer;
  writer.section().interface({.snap_length = 6}).simple_packet(frame(6), 1500).simple_packet(frame(2));
  const ReadCapture capture = read_bytes(writer.bytes());
  EXPECT_THAT(capture.packets, ElementsAre(ReadPacket{1, 0, 1, frame(6), 1500}, ReadPacket{2, 0, 1, frame(2), 2}));
}

TEST(PcapngReader, StepsOverBlocksThatItDoesNotKnow) {
  PcapngWriter writer;
  writer.section().interface().block(4, frame(20)).block(5, frame(12)).block(0xbad, frame(40)).block(0x40000bad, {});
  writer.block(0x77777777, frame(100'000)).packet(frame(4), kTicks);
  const ReadCapture capture = read_bytes(writer.bytes());
  EXPECT_THAT(capture.contents(), ElementsAre(frame(4)));
  EXPECT_THAT(capture.codes, IsEmpty());
}

TEST(PcapngReader, HandsOutSecretsWhereTheyStand) {
  PcapngWriter writer;
  writer.section(true).secrets(kSecretsTlsKeyLog, "CLIENT_RANDOM 00 11\n").interface().packet(frame(4), kTicks);
  writer.secrets(0x57474b4c, "abc");
  EXPECT_THAT(read_bytes(writer.bytes()).secrets,
              ElementsAre(Pair(kSecretsTlsKeyLog, "CLIENT_RANDOM 00 11\n"), Pair(0x57474b4cu, "abc")));
}

TEST(PcapngReader, ReportsSecretsThatClaimMoreThanTheirBlock) {
  Buffer bytes = PcapngWriter().section().secrets(kSecretsTlsKeyLog, "abcd").bytes();
  bytes[28 + 12] = 5;
  const ReadCapture capture = read_bytes(bytes);
  EXPECT_THAT(capture.secrets, IsEmpty());
  EXPECT_THAT(capture.codes, ElementsAre("file.bad_record"));
}

struct Clock {
  const char* name;
  std::optional<std::uint8_t> resolution;
  std::optional<std::int64_t> offset;
  std::uint64_t ticks;
  std::int64_t expected_ns;
};

class PcapngClocks : public ::testing::TestWithParam<Clock> {};

TEST_P(PcapngClocks, TurnsTicksIntoNanoseconds) {
  const Clock& clock = GetParam();
  PcapngWriter writer;
  writer.section().interface({.resolution = clock.resolution, .offset = clock.offset}).packet(frame(1), clock.ticks);
  EXPECT_EQ(read_bytes(writer.bytes()).packets.at(0).time, clock.expected_ns);
}

constexpr std::uint64_t kAllTicks = std::numeric_limits<std::uint64_t>::max();
constexpr std::int64_t kLastTime = std::numeric_limits<std::int64_t>::max() / 2;

INSTANTIATE_TEST_SUITE_P(
    , PcapngClocks,
    ::testing::Values(
        Clock{"Default", {}, {}, kTicks + 1, kStart + 1000}, Clock{"Micro", 6, {}, kTicks + 1, kStart + 1000},
        Clock{"Nano", 9, {}, kStart + 1, kStart + 1}, Clock{"Seconds", 0, {}, 1'700'000'000, kStart},
        Clock{"Milli", 3, {}, 1'700'000'000'001, kStart + 1'000'000}, Clock{"Pico", 12, {}, 1'234'567'899, 1'234'567},
        Clock{"Tiny", 127, {}, kAllTicks, 0}, Clock{"TwoToTheTwentieth", 0x80 + 20, {}, 3 << 19, 1'500'000'000},
        Clock{"TwoToTheZero", 0x80, {}, 5, 5 * kSecond},
        Clock{"TwoToTheSixtyThird", 0x80 + 63, {}, std::uint64_t{1} << 62, kSecond / 2},
        Clock{"Offset", 6, 1'600'000'000, 2, 1'600'000'000 * kSecond + 2000},
        Clock{"NegativeOffset", 6, -3, 1, -3 * kSecond + 1000}, Clock{"TooLate", {}, {}, kAllTicks, kLastTime},
        Clock{"TooLateSeconds", 0, {}, kAllTicks, kLastTime}, Clock{"TooLateBinary", 0x80, {}, kAllTicks, kLastTime},
        Clock{"TooEarly", {}, std::numeric_limits<std::int64_t>::min(), 0, -kLastTime}),
    [](const auto& it) { return std::string(it.param.name); });

TEST(PcapngReader, EndsOptionsThatAreDamagedAndKeepsTheInterface) {
  PcapngWriter writer;
  writer.section().block(1, from_hex("0100 0000 00000000  0900 0100 09000000  0e00 ff00 00000000"));
  writer.packet(frame(2), kStart);
  EXPECT_EQ(read_bytes(writer.bytes()).packets.at(0).time, kStart);  // the resolution before the damage counts
}

TEST(PcapngReader, RefusesMoreInterfacesThanAnyoneHas) {
  PcapngWriter writer;
  writer.section();
  for (std::size_t i = 0; i < PcapngReader::kMostInterfaces + 1; ++i) writer.interface();
  EXPECT_THAT(read_bytes(writer.bytes()).texts, ElementsAre(HasSubstr("one too many")));
}

}  // namespace
}  // namespace overhear::testing
