#include "session/packet_copy.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/capture/capture_reading.hpp"

namespace overhear::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::ElementsAreArray;
using ::testing::IsEmpty;
using ::testing::Pair;

constexpr std::uint64_t kTicks = kStart / 1000;

// The packets that a copy holds, and what it says beside them.
ReadCapture copied(const Buffer& capture, PacketCopy copy) {
  const TempFile from(capture, ".pcapng");
  const TempFile to(Buffer{}, ".pcapng");
  copy.from = {from.path()};
  copy.to = to.path();
  copy.program = "a test";
  const auto done = copy_packets(copy, {});
  EXPECT_TRUE(done.has_value());
  ReadCapture out = read_path(to.path());
  EXPECT_THAT(out.codes, IsEmpty());
  EXPECT_EQ(out.packets.size(), done.value_or(0));
  return out;
}

// Two connections in turn: a SYN each, then a segment each.
const std::vector<Buffer>& packets() {
  static const std::vector<Buffer> kAll = [] {
    const std::string first = "10.0.0.1:40000";
    const std::string second = "10.0.0.1:40001";
    return std::vector<Buffer>{
        tcp_packet({.source = first, .sequence = 100, .flags = kSyn}),
        tcp_packet({.source = second, .sequence = 200, .flags = kSyn}),
        tcp_packet({.source = first, .sequence = 101, .payload = "one"}),
        tcp_packet({.source = second, .sequence = 201, .payload = "two"}),
        tcp_packet({.source = "10.0.0.2:8080", .destination = second, .sequence = 900, .payload = "back"}),
        tcp_packet({.source = first, .sequence = 104, .flags = kFin | kAck}),
    };
  }();
  return kAll;
}

Buffer capture_of(const std::vector<Buffer>& all) {
  PcapngWriter writer;
  writer.section().interface();
  for (std::size_t i = 0; i < all.size(); ++i) writer.packet(all[i], kTicks + i);
  return writer.bytes();
}

TEST(PacketCopy, HasEveryPacketAsItWas) {
  const ReadCapture copy = copied(capture_of(packets()), {});
  EXPECT_EQ(copy.contents(), packets());
  EXPECT_EQ(copy.times().back(), static_cast<std::int64_t>(kTicks + 5) * 1000);
}

TEST(PacketCopy, HasThePacketsOfTheChosenSessions) {
  const auto& all = packets();
  EXPECT_THAT(copied(capture_of(all), {.sessions = {1}}).contents(), ElementsAre(all[0], all[2], all[5]));
  EXPECT_THAT(copied(capture_of(all), {.sessions = {2}}).contents(), ElementsAre(all[1], all[3], all[4]));
  EXPECT_THAT(copied(capture_of(all), {.sessions = {1, 2}}).contents(), ElementsAreArray(all));
  EXPECT_THAT(copied(capture_of(all), {.sessions = {7}}).contents(), IsEmpty());
}

TEST(PacketCopy, TellsSessionsOnReusedPortsApart) {
  std::vector<Buffer> all = packets();
  all.push_back(tcp_packet({.source = "10.0.0.1:40000", .sequence = 700'000, .flags = kSyn}));
  all.push_back(tcp_packet({.source = "10.0.0.1:40000", .sequence = 700'001, .payload = "again"}));
  EXPECT_THAT(copied(capture_of(all), {.sessions = {3}}).contents(), ElementsAre(all[6], all[7]));
  EXPECT_THAT(copied(capture_of(all), {.sessions = {1}}).contents(), ElementsAre(all[0], all[2], all[5]));
}

TEST(PacketCopy, HasTheFragmentsOfTheChosenSessions) {
  std::vector<Buffer> all = packets();
  const IpHeader header{.source = "10.0.0.1:0", .destination = "10.0.0.2:0", .identification = 77};
  const Buffer segment = tcp_segment({.source = "10.0.0.1:40001", .sequence = 204, .payload = std::string(64, 'f')});
  for (const Buffer& fragment : ip_fragments(header, segment, 24)) all.push_back(ethernet_frame(fragment));
  const auto contents = copied(capture_of(all), {.sessions = {2}}).contents();
  ASSERT_EQ(contents.size(), 3 + all.size() - packets().size());
  EXPECT_TRUE(std::equal(contents.begin() + 3, contents.end(), all.begin() + 6));
}

TEST(PacketCopy, KeepsInterfacesOfEverySectionThatPacketsCameFrom) {
  PcapngWriter writer;
  writer.section().interface({.link_type = 113}).interface({.link_type = 1}).packet(packets()[0], kTicks, 1);
  writer.section(true).interface({.link_type = 101, .snap_length = 96}).packet(frame(96), kTicks, 0, 1500);
  const ReadCapture copy = copied(writer.bytes(), {});
  EXPECT_THAT(copy.packets,
              ElementsAre(ReadPacket{1, kStart, 1, packets()[0], static_cast<std::uint32_t>(packets()[0].size())},
                          ReadPacket{2, kStart, 101, frame(96), 1500}));
}

TEST(PacketCopy, CarriesTheKeysItIsGivenAndNoOthers) {
  PcapngWriter writer;
  writer.section().interface().secrets(kSecretsTlsKeyLog, "CLIENT_RANDOM aa bb\n").packet(packets()[0], kTicks);
  EXPECT_THAT(copied(writer.bytes(), {}).secrets, IsEmpty());
  EXPECT_THAT(copied(writer.bytes(), {.key_log = "MCP_KEY 01 02\n"}).secrets,
              ElementsAre(Pair(kSecretsTlsKeyLog, "MCP_KEY 01 02\n")));
}

TEST(PacketCopy, StopsBehindSoManyPackets) {
  EXPECT_EQ(copied(capture_of(packets()), {.packet_limit = 2}).packets.size(), 2u);
}

}  // namespace
}  // namespace overhear::testing
