#include "capture/pcapng_writer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdio>

#include "capture/pcapng_format.hpp"
#include "tests/capture/capture_reading.hpp"

namespace overhear::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;

using Writer = ::overhear::PcapngWriter;

Packet packet_of(const Buffer& bytes, std::int64_t time, int link_type, std::uint32_t original = 0) {
  Packet packet;
  packet.time = {time};
  packet.link_type = link_type;
  packet.bytes = bytes;
  packet.original_length = original == 0 ? static_cast<std::uint32_t>(bytes.size()) : original;
  return packet;
}

Buffer contents_of(const std::string& path) {
  Buffer bytes;
  std::FILE* const file = std::fopen(path.c_str(), "rb");
  for (int c = std::fgetc(file); c != EOF; c = std::fgetc(file)) bytes.push_back(static_cast<std::uint8_t>(c));
  std::fclose(file);
  return bytes;
}

// What the tests write: packets of every padding on two interfaces, secrets before them and statistics behind.
void write_all(const std::string& path) {
  auto writer = Writer::create(path, "a test");
  ASSERT_TRUE(writer.has_value());
  const std::uint32_t ethernet = writer->add_interface({.name = "eth0", .filter = "tcp", .link_type = 1});
  const std::uint32_t raw = writer->add_interface({.link_type = 101, .snap_length = 96});
  writer->write_secrets("CLIENT_RANDOM 00 11\n");
  for (std::size_t size = 60; size < 64; ++size) {
    const auto time = kStart + static_cast<std::int64_t>(size);
    writer->write_packet(ethernet, packet_of(frame(size), time, 1));
  }
  writer->write_packet(raw, packet_of(frame(96, 'r'), kStart + 99, 101, 1500));
  writer->write_statistics(ethernet, {.from = {kStart}, .to = {kStart + 100}, .received = 5, .dropped_by_kernel = 1});
  ASSERT_TRUE(writer->flush().has_value());
}

TEST(PcapngWriter, WritesWhatAReaderReads) {
  const TempFile file(Buffer{}, ".pcapng");
  write_all(file.path());
  const ReadCapture capture = read_path(file.path());
  EXPECT_THAT(capture.packets,
              ElementsAre(ReadPacket{1, kStart + 60, 1, frame(60), 60}, ReadPacket{2, kStart + 61, 1, frame(61), 61},
                          ReadPacket{3, kStart + 62, 1, frame(62), 62}, ReadPacket{4, kStart + 63, 1, frame(63), 63},
                          ReadPacket{5, kStart + 99, 101, frame(96, 'r'), 1500}));
  EXPECT_THAT(capture.codes, IsEmpty());
  EXPECT_THAT(capture.secrets, ElementsAre(Pair(kSecretsTlsKeyLog, "CLIENT_RANDOM 00 11\n")));
}

TEST(PcapngWriter, LeavesAFileThatIsReadableUpToItsLastWholeBlock) {
  const TempFile file(Buffer{}, ".pcapng");
  write_all(file.path());
  const Buffer whole = contents_of(file.path());
  std::size_t most = 0;
  for (std::size_t size = 28; size < whole.size(); size += 7) {
    const ReadCapture capture = read_bytes(Buffer(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)));
    EXPECT_FALSE(capture.error.has_value());
    EXPECT_GE(capture.packets.size(), most);
    most = capture.packets.size();
  }
  EXPECT_EQ(most, 5u);
}

TEST(PcapngWriter, KeepsWhatItWritesToItsOwner) {
  const TempFile file(Buffer{}, ".pcapng");
  ASSERT_EQ(std::remove(file.path().c_str()), 0);
  write_all(file.path());
  struct stat status{};
  ASSERT_EQ(::stat(file.path().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
}

TEST(PcapngWriter, KnowsHowLargeTheFileIs) {
  const TempFile file(Buffer{}, ".pcapng");
  auto writer = Writer::create(file.path(), "a test");
  ASSERT_TRUE(writer.has_value());
  const std::uint32_t interface = writer->add_interface({.link_type = 1});
  for (int i = 0; i < 1000; ++i) writer->write_packet(interface, packet_of(frame(1000), kStart, 1));
  ASSERT_TRUE(writer->flush().has_value());
  EXPECT_EQ(writer->size(), contents_of(file.path()).size());
}

TEST(PcapngWriter, PutsSecretsInFrontOfWhatIsWritten) {
  const TempFile file(Buffer{}, ".pcapng");
  {
    auto writer = Writer::create(file.path(), "a test");
    ASSERT_TRUE(writer.has_value());
    const std::uint32_t interface = writer->add_interface({.link_type = 1});
    for (int i = 0; i < 1000; ++i) writer->write_packet(interface, packet_of(frame(1000), kStart + i, 1));
    writer->write_statistics(interface, {});
  }
  const Buffer before = contents_of(file.path());
  ASSERT_TRUE(insert_secrets(file.path(), "MCP_KEY 00 11\n").has_value());
  const Buffer after = contents_of(file.path());
  const std::uint32_t section = before[4];
  const std::size_t inserted = after.size() - before.size();
  EXPECT_EQ(after[section], pcapng::kDecryptionSecrets);
  EXPECT_TRUE(std::equal(before.begin() + section, before.end(),
                         after.begin() + section + static_cast<std::ptrdiff_t>(inserted), after.end()));
  const ReadCapture capture = read_path(file.path());
  EXPECT_EQ(capture.packets.size(), 1000u);
  EXPECT_THAT(capture.codes, IsEmpty());
  EXPECT_THAT(capture.secrets, ElementsAre(Pair(kSecretsTlsKeyLog, "MCP_KEY 00 11\n")));
  struct stat status{};
  ASSERT_EQ(::stat(file.path().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
  EXPECT_FALSE(insert_secrets("/no/such/file", "x").has_value());
}

TEST(PcapngWriter, LeavesNoSecretsBehindWhereTheyCannotGoIn) {
  const TempFile file(Buffer{1, 2, 3}, ".pcapng");
  EXPECT_FALSE(insert_secrets(file.path(), "MCP_KEY 00 11\n").has_value());
  EXPECT_EQ(contents_of(file.path()), (Buffer{1, 2, 3}));
  struct stat status{};
  EXPECT_NE(::stat((file.path() + ".part").c_str(), &status), 0);
}

TEST(PcapngWriter, SaysWhyItCannotWrite) {
  const auto nowhere = Writer::create("/no/such/folder/file.pcapng", "a test");
  ASSERT_FALSE(nowhere.has_value());
  EXPECT_THAT(nowhere.error().message, HasSubstr("/no/such/folder/file.pcapng: No such file"));
  auto full = Writer::create("/dev/full", "a test");
  ASSERT_TRUE(full.has_value());
  EXPECT_THAT(full->flush().error().message, HasSubstr("No space left"));
  EXPECT_TRUE(full->error().has_value());
}

}  // namespace
}  // namespace overhear::testing
