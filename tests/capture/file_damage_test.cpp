// What readers do with damaged captures: everything before and behind the damage is delivered, and it is told.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <random>

#include "tests/capture/capture_reading.hpp"

namespace overhear::testing {
namespace {

using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

Buffer packet_bytes(int i) {
  return tcp_packet({.sequence = static_cast<std::uint32_t>(1000 + i),
                     .payload = "{\"message\":\"number " + std::to_string(i) + "\"}"});
}

PcapWriter pcap_of(int packets, const PcapWriter::Options& options = {}) {
  PcapWriter writer(options);
  for (int i = 0; i < packets; ++i) writer.packet(packet_bytes(i), kStart + i * kSecond / 4);
  return writer;
}

PcapngWriter pcapng_of(int packets, bool is_big_endian = false) {
  PcapngWriter writer;
  writer.section(is_big_endian).interface();
  for (int i = 0; i < packets; ++i) writer.packet(packet_bytes(i), static_cast<std::uint64_t>(kStart / 1000 + i));
  return writer;
}

std::vector<Buffer> packets_but(int packets, int missing) {
  std::vector<Buffer> out;
  for (int i = 0; i < packets; ++i) {
    if (i != missing) out.push_back(packet_bytes(i));
  }
  return out;
}

void set32(Buffer& bytes, std::size_t at, std::uint32_t value) {
  for (std::size_t i = 0; i < 4; ++i) bytes[at + i] = static_cast<std::uint8_t>(value >> 8 * i);
}

void expect_one_lost(const Buffer& bytes, int packets, int lost) {
  const ReadCapture capture = read_bytes(bytes);
  EXPECT_EQ(capture.contents(), packets_but(packets, lost));
  EXPECT_THAT(capture.codes, ElementsAre("file.bad_record"));
  EXPECT_THAT(capture.texts, Each(HasSubstr("packet " + std::to_string(lost + 1) + " (offset")));
  EXPECT_FALSE(capture.error);
}

void expect_none_lost(const Buffer& bytes, int packets) {
  const ReadCapture capture = read_bytes(bytes);
  EXPECT_EQ(capture.contents(), packets_but(packets, -1));
  EXPECT_THAT(capture.codes, ElementsAre("file.bad_record"));
}

// pcap

TEST(PcapDamage, GoesOnBehindARecordWithAnImpossibleCapturedLength) {
  for (const std::uint32_t length : {0xffffffffu, 0x80000000u, 16'777'216u, 262'145u, 200'000u}) {
    for (const int victim : {0, 3, 8}) {
      SCOPED_TRACE(length);
      PcapWriter writer = pcap_of(10);
      Buffer bytes = writer.bytes();
      const std::size_t record = writer.offsets()[static_cast<std::size_t>(victim)];
      set32(bytes, record + 8, length);
      set32(bytes, record + 12, length);
      expect_one_lost(bytes, 10, victim);
    }
  }
}

TEST(PcapDamage, NumbersTheDamagedRecordLikeAnyOther) {
  PcapWriter writer = pcap_of(5);
  Buffer bytes = writer.bytes();
  set32(bytes, writer.offsets()[2] + 8, 0x7fffffff);
  set32(bytes, writer.offsets()[2] + 12, 0x7fffffff);
  EXPECT_THAT(read_bytes(bytes).numbers(), ElementsAre(1, 2, 4, 5));
}

TEST(PcapDamage, MendsACapturedLengthThatTheNextRecordContradicts) {
  for (const std::uint32_t length : {0xffffffffu, 300u, 40u, 0u}) {
    for (const std::size_t victim : {0u, 4u, 9u}) {
      SCOPED_TRACE(length);
      PcapWriter writer = pcap_of(10);
      Buffer bytes = writer.bytes();
      set32(bytes, writer.offsets()[victim] + 8, length);
      expect_none_lost(bytes, 10);
    }
  }
}

TEST(PcapDamage, KeepsARecordWhoseOriginalLengthAloneIsDamaged) {
  PcapWriter writer = pcap_of(6);
  Buffer bytes = writer.bytes();
  set32(bytes, writer.offsets()[2] + 12, 7);
  const ReadCapture capture = read_bytes(bytes);
  EXPECT_EQ(capture.contents(), packets_but(6, -1));
  EXPECT_EQ(capture.packets[2].original_length, capture.packets[2].bytes.size());
}

TEST(PcapDamage, GoesOnBehindBytesThatWereInsertedOrAreGone) {
  PcapWriter writer = pcap_of(10);
  const auto at = [&](std::size_t offset) { return static_cast<std::ptrdiff_t>(offset); };
  for (const std::size_t junk : {1u, 7u, 300u, 3'000'000u}) {
    SCOPED_TRACE(junk);
    Buffer bytes = writer.bytes();
    bytes.insert(bytes.begin() + at(writer.offsets()[4]), junk, 0xa5);
    const ReadCapture capture = read_bytes(bytes);
    EXPECT_EQ(capture.contents(), packets_but(10, -1));
    EXPECT_THAT(capture.codes, ElementsAre("file.bad_record"));
  }
  Buffer bytes = writer.bytes();
  bytes.erase(bytes.begin() + at(writer.offsets()[4] + 30), bytes.begin() + at(writer.offsets()[6] + 30));
  const ReadCapture capture = read_bytes(bytes);
  EXPECT_THAT(capture.contents(), Contains(packet_bytes(3)));
  EXPECT_THAT(capture.contents(), Contains(packet_bytes(9)));
}

TEST(PcapDamage, ShowsNoPacketsInAHoleOfZeros) {
  for (const std::size_t hole : {16u, 4096u, 2'000'000u}) {
    PcapWriter writer = pcap_of(6);
    Buffer bytes = writer.bytes();
    bytes.insert(bytes.begin() + static_cast<std::ptrdiff_t>(writer.offsets()[3]), hole, 0);
    const ReadCapture capture = read_bytes(bytes);
    EXPECT_EQ(capture.contents(), packets_but(6, -1)) << hole;
    EXPECT_THAT(capture.codes, ElementsAre("file.bad_record"));
  }
}

TEST(PcapDamage, IsNotTakenInByJunkThatLooksLikeOneHeader) {
  const Buffer decoy = PcapWriter().packet(frame(40), kStart).bytes();
  PcapWriter writer = pcap_of(3);
  writer.raw(Buffer(30, 0xff)).raw(Buffer(decoy.begin() + 24, decoy.begin() + 24 + 50)).raw(Buffer(200, 0xff));
  for (int i = 3; i < 6; ++i) writer.packet(packet_bytes(i), kStart + i);
  const ReadCapture capture = read_bytes(writer.bytes());
  EXPECT_EQ(capture.contents(), packets_but(6, -1));
  EXPECT_THAT(capture.codes, ElementsAre("file.bad_record"));
}

TEST(PcapDamage, SaysSoWhenNothingReadableFollows) {
  PcapWriter writer = pcap_of(3);
  writer.record(1, 1, 0xffffffff, 0xffffffff, frame(50));
  const ReadCapture capture = read_bytes(writer.bytes());
  EXPECT_EQ(capture.packets.size(), 3u);
  EXPECT_THAT(capture.codes, ElementsAre("file.bad_record"));
  EXPECT_THAT(capture.texts, ElementsAre(HasSubstr("no record was found")));
}

TEST(PcapDamage, DeliversZeroLengthRecordsBetweenGoodOnes) {
  PcapWriter writer;
  writer.packet(packet_bytes(0), kStart)
      .packet({}, kStart + 1000)
      .packet({}, kStart, 60)
      .packet(packet_bytes(1), kStart);
  const ReadCapture capture = read_bytes(writer.bytes());
  EXPECT_THAT(capture.contents(), ElementsAre(packet_bytes(0), Buffer(), Buffer(), packet_bytes(1)));
  EXPECT_THAT(capture.codes, IsEmpty());
}

// pcapng

TEST(PcapngDamage, GoesOnBehindABlockWithAnImpossibleLength) {
  for (const std::uint32_t length : {0u, 8u, 33u, 0x7ffffffcu, 600'000u, 100'000u, 16u}) {
    for (const bool has_trailer : {true, false}) {
      for (const int victim : {0, 4, 8}) {
        SCOPED_TRACE(length);
        PcapngWriter writer = pcapng_of(10);
        Buffer bytes = writer.bytes();
        const auto block = static_cast<std::size_t>(victim + 2);
        set32(bytes, writer.offsets()[block] + 4, length);
        if (has_trailer) {
          expect_none_lost(bytes, 10);  // the length at its end is still right
        } else {
          set32(bytes, writer.offsets()[block + 1] - 4, length);
          expect_one_lost(bytes, 10, victim);
        }
      }
    }
  }
}

TEST(PcapngDamage, NumbersADamagedPacketBlockLikeAnyOther) {
  PcapngWriter writer = pcapng_of(5);
  Buffer bytes = writer.bytes();
  set32(bytes, writer.offsets()[4] + 4, 0x7ffffffc);
  set32(bytes, writer.offsets()[5] - 4, 0x7ffffffc);
  EXPECT_THAT(read_bytes(bytes).numbers(), ElementsAre(1, 2, 4, 5));
}

TEST(PcapngDamage, KeepsABlockWhoseTrailingLengthAloneIsDamaged) {
  for (const std::size_t victim : {2u, 6u, 11u}) {
    PcapngWriter writer = pcapng_of(10);
    Buffer bytes = writer.bytes();
    set32(bytes, writer.offsets()[victim + 1] - 4, 16);
    expect_none_lost(bytes, 10);
  }
}

TEST(PcapngDamage, GoesOnBehindInsertedBytesOfAnyAlignment) {
  for (const std::size_t junk : {1u, 2u, 4u, 301u, 3'000'002u}) {
    SCOPED_TRACE(junk);
    PcapngWriter writer = pcapng_of(10);
    Buffer bytes = writer.bytes();
    bytes.insert(bytes.begin() + static_cast<std::ptrdiff_t>(writer.offsets()[5]), junk, 0xa5);
    const ReadCapture capture = read_bytes(bytes);
    EXPECT_EQ(capture.contents(), packets_but(10, -1));
    EXPECT_THAT(capture.codes, ElementsAre("file.bad_record"));
  }
}

TEST(PcapngDamage, SkipsAPacketThatClaimsMoreThanItsBlock) {
  PcapngWriter writer = pcapng_of(5);
  Buffer bytes = writer.bytes();
  set32(bytes, writer.offsets()[4] + 20, 5000);
  expect_one_lost(bytes, 5, 2);
  EXPECT_THAT(read_bytes(bytes).numbers(), ElementsAre(1, 2, 4, 5));
}

TEST(PcapngDamage, SkipsAPacketOfAnInterfaceThatIsNotThere) {
  PcapngWriter writer = pcapng_of(5);
  Buffer bytes = writer.bytes();
  set32(bytes, writer.offsets()[4] + 8, 1);
  expect_one_lost(bytes, 5, 2);
}

TEST(PcapngDamage, StartsASectionAlsoWhereItsHeaderIsDamaged) {
  PcapngWriter writer = pcapng_of(2);
  const std::size_t second = writer.bytes().size();
  writer.section(true).interface({.link_type = 101}).packet(frame(8), kStart / 1000);
  Buffer bytes = writer.bytes();
  bytes[second + 8] = 0x11;
  const ReadCapture capture = read_bytes(bytes);
  ASSERT_EQ(capture.packets.size(), 3u);
  EXPECT_EQ(capture.packets[2].link_type, 101);
  EXPECT_THAT(capture.codes, ElementsAre("file.bad_record"));
}

TEST(PcapngDamage, LimitsABlockThatIsNoPacket) {
  Limits limits;
  limits.block_bytes = 1000;
  PcapngWriter writer;
  writer.section().interface().block(0xbad, frame(1200)).packet(packet_bytes(0), 1);
  const ReadCapture capture = read_bytes(writer.bytes(), limits);
  EXPECT_THAT(capture.contents(), ElementsAre(packet_bytes(0)));
  EXPECT_THAT(capture.codes, ElementsAre("file.bad_record"));
}

// Both

// Cut behind `size` bytes: the whole records before must come, and nothing else.
void expect_cut(const Buffer& whole, const std::vector<std::size_t>& offsets, std::size_t first, std::size_t size) {
  const ReadCapture capture = read_bytes(Buffer(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)));
  std::vector<Buffer> expected;
  bool is_between = size == offsets[0];
  for (std::size_t i = 0; i + 1 < offsets.size() && offsets[i + 1] <= size; ++i) {
    if (i >= first) expected.push_back(packet_bytes(static_cast<int>(i - first)));
    is_between = offsets[i + 1] == size;
  }
  ASSERT_EQ(capture.contents(), expected) << "cut behind " << size;
  if (size < offsets[0] || (first != 0 && size < offsets[1])) {
    ASSERT_TRUE(capture.error) << "cut behind " << size;
    ASSERT_EQ(capture.error->kind, ErrorKind::Input);
  } else if (is_between) {
    ASSERT_THAT(capture.codes, IsEmpty()) << "cut behind " << size;
  } else {
    ASSERT_THAT(capture.codes, ElementsAre("file.truncated")) << "cut behind " << size;
  }
}

TEST(CutAnywhere, APcapFileGivesExactlyItsWholeRecords) {
  for (const bool big : {false, true}) {
    const PcapWriter writer = pcap_of(4, {.is_big_endian = big});
    for (std::size_t size = 0; size <= writer.bytes().size(); ++size) {
      expect_cut(writer.bytes(), writer.offsets(), 0, size);
    }
  }
}

TEST(CutAnywhere, APcapngFileGivesExactlyItsWholeBlocks) {
  for (const bool big : {false, true}) {
    const PcapngWriter writer = pcapng_of(4, big);
    for (std::size_t size = 0; size <= writer.bytes().size(); ++size) {
      expect_cut(writer.bytes(), writer.offsets(), 2, size);
    }
  }
}

// Damages bytes at random, and wants nothing but an end, packets of possible size, and numbers that rise.
void expect_robust(const Buffer& good, std::uint32_t seed) {
  std::mt19937 random(seed);
  Buffer bytes = good;
  for (std::size_t i = 24; i < bytes.size(); ++i) {
    if (random() % 100 == 0) bytes[i] = static_cast<std::uint8_t>(random());
  }
  const ReadCapture capture = read_bytes(bytes);
  std::uint64_t last = 0;
  for (const ReadPacket& packet : capture.packets) {
    ASSERT_GT(packet.number, last);
    ASSERT_LE(packet.bytes.size(), packet.original_length);
    ASSERT_LE(packet.bytes.size(), Limits().packet_bytes);
    last = packet.number;
  }
  ASSERT_FALSE(capture.error);
}

TEST(RandomDamage, EndsAndInventsNoImpossiblePackets) {
  const Buffer pcap = pcap_of(40).bytes();
  const Buffer pcapng = pcapng_of(40).bytes();
  for (std::uint32_t seed = 0; seed < 300; ++seed) {
    expect_robust(pcap, seed);
    expect_robust(pcapng, seed);
  }
}

TEST(RandomDamage, OneDamagedByteLosesOnePacketAtMost) {
  const PcapWriter pcap = pcap_of(8);
  const PcapngWriter pcapng = pcapng_of(8);
  std::mt19937 random(7);
  for (std::size_t at = pcap.offsets()[1]; at < pcap.bytes().size(); ++at) {
    Buffer bytes = pcap.bytes();
    bytes[at] ^= static_cast<std::uint8_t>(1 + random() % 255);
    ASSERT_GE(read_bytes(bytes).packets.size(), 7u) << at;
  }
  for (std::size_t at = pcapng.offsets()[2]; at < pcapng.bytes().size(); ++at) {
    Buffer bytes = pcapng.bytes();
    bytes[at] ^= static_cast<std::uint8_t>(1 + random() % 255);
    ASSERT_GE(read_bytes(bytes).packets.size(), 7u) << at;
  }
}

// Time on hostile input: twice the bytes may take about twice the time, never four times. Generous, since it is a
// clock.
std::chrono::duration<double> time_to_read(const Buffer& bytes) {
  const TempFile file(bytes);
  const auto start = std::chrono::steady_clock::now();
  (void)read_path(file.path());
  return std::chrono::steady_clock::now() - start;
}

void expect_linear(const std::function<Buffer(std::size_t)>& make, std::size_t size) {
  const auto once = time_to_read(make(size));
  const auto four_times = time_to_read(make(4 * size));
  EXPECT_LT(four_times.count(), 10 * once.count() + 0.5);
}

TEST(HostileFile, RecordsThatEachClaimTooMuchTakeLinearTime) {
  expect_linear(
      [](std::size_t count) {
        PcapWriter writer;
        for (std::size_t i = 0; i < count; ++i) {
          writer.packet(frame(30), kStart).record(0xffffffff, 0xffffffff, 0xfffffff0, 0xffffffff, frame(8));
        }
        return writer.bytes();
      },
      5000);
}

TEST(HostileFile, BlocksThatEachClaimTheLimitTakeLinearTime) {
  expect_linear(
      [](std::size_t count) {
        PcapngWriter writer;
        writer.section().interface();
        for (std::size_t i = 0; i < count; ++i) {
          writer.raw(from_hex("99000000 00000001 99000000")).packet(frame(2000), 1);  // 16 MiB
        }
        return writer.bytes();
      },
      5000);
}

TEST(HostileFile, DamageInThousandsOfPlacesIsSummedUp) {
  PcapngWriter writer;
  writer.section().interface();
  for (int i = 0; i < 1500; ++i) writer.packet(frame(10), 1, 7);
  const ReadCapture capture = read_bytes(writer.bytes());
  EXPECT_EQ(capture.codes.size(), 1001u);
  EXPECT_THAT(capture.texts.back(), HasSubstr("500 more places"));
}

}  // namespace
}  // namespace overhear::testing
