#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/capture/capture_reading.hpp"

namespace overhear::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

struct Variant {
  const char* name;
  PcapWriter::Options options;
};

class PcapVariants : public ::testing::TestWithParam<Variant> {};

TEST_P(PcapVariants, KeepsBytesTimesAndLengths) {
  PcapWriter writer(GetParam().options);
  writer.packet(frame(60, 'a'), kStart + 123'456'789).packet(frame(1), kStart + 2 * kSecond, 1500).packet({}, kStart);
  const ReadCapture capture = read_bytes(writer.bytes());

  const std::int64_t fraction = GetParam().options.is_nano ? 123'456'789 : 123'456'000;
  EXPECT_THAT(capture.packets,
              ElementsAre(ReadPacket{1, kStart + fraction, GetParam().options.link_type, frame(60, 'a'), 60},
                          ReadPacket{2, kStart + 2 * kSecond, GetParam().options.link_type, frame(1), 1500},
                          ReadPacket{3, kStart, GetParam().options.link_type, {}, 0}));
  EXPECT_THAT(capture.codes, IsEmpty());
  EXPECT_FALSE(capture.error);
  EXPECT_EQ(capture.format, "pcap");
  EXPECT_EQ(capture.size, writer.bytes().size());
  EXPECT_EQ(capture.bytes_read, writer.bytes().size());
}

INSTANTIATE_TEST_SUITE_P(, PcapVariants,
                         ::testing::Values(Variant{"MicroLittle", {}}, Variant{"MicroBig", {.is_big_endian = true}},
                                           Variant{"NanoLittle", {.is_nano = true}},
                                           Variant{"NanoBig",
                                                   {.is_big_endian = true, .is_nano = true, .link_type = 101}},
                                           Variant{"Modified", {.is_modified = true, .link_type = 113}},
                                           Variant{"ModifiedBig", {.is_big_endian = true, .is_modified = true}}),
                         [](const auto& it) { return std::string(it.param.name); });

TEST(PcapReader, FindsAFileWithOnlyAHeaderFineAndEmpty) {
  const ReadCapture capture = read_bytes(PcapWriter().bytes());
  EXPECT_THAT(capture.packets, IsEmpty());
  EXPECT_THAT(capture.codes, IsEmpty());
  EXPECT_FALSE(capture.error);
}

TEST(PcapReader, IgnoresTheFrameCheckLengthInTheLinkTypeField) {
  Buffer bytes = PcapWriter().packet(frame(60), kStart).bytes();
  bytes[23] = 0x24;  // "2 times 16 bits of FCS follow each packet"
  EXPECT_EQ(read_bytes(bytes).packets.at(0).link_type, 1);
}

TEST(PcapReader, SwapsTheLengthsOfFilesOlderThanVersion23) {
  Buffer bytes = PcapWriter().record(1'700'000'000, 0, 100, 40, frame(40)).bytes();
  bytes[6] = 2;
  EXPECT_THAT(read_bytes(bytes).packets, ElementsAre(ReadPacket{1, kStart, 1, frame(40), 100}));
}

TEST(PcapReader, ReadsTimesThatRunBackwardsAndOnesFromTheNextCentury) {
  const std::int64_t far = 4'294'967'295 * kSecond;  // 2106
  const ReadCapture capture = read_bytes(
      PcapWriter().packet(frame(9), kStart).packet(frame(9), far).packet(frame(9), kStart - kSecond).bytes());
  EXPECT_THAT(capture.times(), ElementsAre(kStart, far, kStart - kSecond));
  EXPECT_THAT(capture.codes, IsEmpty());
}

TEST(PcapReader, ReadsPacketsLargerThanItsWindowStep) {
  PcapWriter writer;
  std::vector<Buffer> frames;
  for (int i = 0; i < 40; ++i) {
    frames.push_back(frame(i % 3 == 0 ? 262'144 : 65'000, static_cast<char>('a' + i % 26)));
    writer.packet(frames.back(), kStart + i);
  }
  const ReadCapture capture = read_bytes(writer.bytes());
  EXPECT_EQ(capture.contents(), frames);
  EXPECT_THAT(capture.codes, IsEmpty());
}

TEST(PcapReader, BelievesASnapLengthThatTheHeaderDoesNotTell) {
  PcapWriter writer;
  for (int i = 0; i < 5; ++i) writer.packet(frame(96), kStart + i * kSecond, 1514);
  const ReadCapture capture = read_bytes(writer.bytes());
  EXPECT_EQ(capture.packets.size(), 5u);
  EXPECT_EQ(capture.packets.at(4).original_length, 1514u);
  EXPECT_THAT(capture.codes, IsEmpty());
}

}  // namespace
}  // namespace overhear::testing
