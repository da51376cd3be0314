#include "capture/capture_file.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <pcap/pcap.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <memory>
#include <thread>

#include "tests/capture/capture_reading.hpp"

namespace overhear::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// Errors: one sentence that names the thing and the mend.

std::string error_of(const std::string& path) {
  const ReadCapture capture = read_path(path);
  if (!capture.error) return "no error";
  EXPECT_EQ(capture.error->kind, ErrorKind::Input);
  return capture.error->message;
}

TEST(OpenCaptureFile, SaysWhatAFileStartsWithThatIsNoCapture) {
  const TempFile file(from_text("this is not a capture\n"), ".txt");
  EXPECT_EQ(error_of(file.path()), file.path() +
                                       " is no capture file: neither pcap nor pcapng (it starts with "
                                       "\"this is not a ca\")");
}

TEST(OpenCaptureFile, TellsHowToDecompress) {
  const TempFile file(from_hex("1f 8b 08 00 00 00 00 00"), ".pcap.gz");
  EXPECT_THAT(error_of(file.path()), HasSubstr("gunzip -c " + file.path() + " | overhear read -"));
}

TEST(OpenCaptureFile, NamesWhatCannotBeOpened) {
  EXPECT_EQ(error_of("/nowhere/chat.pcap"), "cannot open /nowhere/chat.pcap: No such file or directory");
  EXPECT_EQ(error_of("/"), "/ is a directory, not a capture file");
  const TempFile empty(Buffer{});
  EXPECT_EQ(error_of(empty.path()), empty.path() + " is no capture file: it is empty");
}

TEST(OpenCaptureFile, RefusesHeadersThatAreCut) {
  const Buffer pcap = PcapWriter().bytes();
  const TempFile cut(Buffer(pcap.begin(), pcap.begin() + 11));
  EXPECT_THAT(error_of(cut.path()), HasSubstr("ends inside the pcap header (11 of 24 bytes)"));
  const Buffer pcapng = PcapngWriter().section().bytes();
  const TempFile cut_ng(Buffer(pcapng.begin(), pcapng.begin() + 20));
  EXPECT_THAT(error_of(cut_ng.path()), HasSubstr("ends inside the pcapng section header"));
}

TEST(OpenCaptureFile, RefusesASectionHeaderWithoutItsMagic) {
  Buffer bytes = PcapngWriter().section().interface().bytes();
  bytes[9] = 0;
  EXPECT_THAT(error_of(TempFile(bytes).path()), HasSubstr("neither pcap nor pcapng"));
}

// The same bytes from a file and from a pipe.

Buffer mixed_pcapng() {
  PcapngWriter writer;
  writer.section().secrets(kSecretsTlsKeyLog, "CLIENT_RANDOM 0 0").interface();
  for (int i = 0; i < 400; ++i) {
    if (i == 200) writer.raw(frame(333, '\x05'));
    writer.packet(frame(static_cast<std::size_t>(i * 37 % 3000), static_cast<char>(i)),
                  static_cast<std::uint64_t>(kStart / 1000 + i));
  }
  return writer.bytes();
}

Buffer mixed_pcap() {
  PcapWriter writer({.is_big_endian = true, .is_nano = true});
  for (int i = 0; i < 400; ++i) {
    if (i == 200) writer.raw(frame(333, '\x7f'));
    writer.packet(frame(static_cast<std::size_t>(i * 37 % 3000), 'c'), kStart + i);
  }
  return writer.bytes();
}

ReadCapture read_through_fifo(const Buffer& bytes, std::size_t step) {
  std::string folder = ::testing::TempDir() + "overhear-fifo-XXXXXX";
  if (::mkdtemp(folder.data()) == nullptr) throw std::runtime_error("mkdtemp");
  const std::string path = folder + "/pipe";
  if (::mkfifo(path.c_str(), 0600) != 0) throw std::runtime_error("mkfifo");
  std::thread writer([&] {
    const int descriptor = ::open(path.c_str(), O_WRONLY);
    for (std::size_t at = 0; at < bytes.size(); at += step) {
      const std::size_t length = std::min(step, bytes.size() - at);
      if (::write(descriptor, bytes.data() + at, length) != static_cast<::ssize_t>(length)) break;
    }
    ::close(descriptor);
  });
  ReadCapture capture = read_path(path);
  writer.join();
  std::filesystem::remove_all(folder);
  return capture;
}

TEST(CaptureFromAPipe, IsTheSameAsFromAFile) {
  for (const Buffer& bytes : {mixed_pcapng(), mixed_pcap()}) {
    const ReadCapture file = read_bytes(bytes);
    EXPECT_GE(file.packets.size(), 399u);
    EXPECT_THAT(file.codes, ElementsAre("file.bad_record"));
    for (const std::size_t step : {7u, 4096u, 1'000'000u}) {
      const ReadCapture pipe = read_through_fifo(bytes, step);
      EXPECT_EQ(pipe.packets, file.packets);
      EXPECT_EQ(pipe.texts, file.texts);
      EXPECT_EQ(pipe.secrets, file.secrets);
      EXPECT_EQ(pipe.bytes_read, bytes.size());
      EXPECT_EQ(pipe.size, 0u);
    }
  }
}

TEST(CaptureFromAPipe, ReadsStandardInputForADash) {
  const Buffer bytes = mixed_pcap();
  const TempFile file(bytes);
  const int saved = ::dup(STDIN_FILENO);
  const int input = ::open(file.path().c_str(), O_RDONLY);
  ASSERT_GE(::dup2(input, STDIN_FILENO), 0);
  const ReadCapture capture = read_path("-");
  ::dup2(saved, STDIN_FILENO);
  ::close(input);
  ::close(saved);
  EXPECT_EQ(capture.packets, read_bytes(bytes).packets);
}

TEST(CaptureFromAPipe, DeliversAPacketAsSoonAsItIsThere) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  const Buffer bytes = PcapWriter().packet(frame(60), kStart).bytes();
  ASSERT_EQ(::write(ends[1], bytes.data(), bytes.size()), static_cast<::ssize_t>(bytes.size()));
  ReadCapture events;
  auto file = open_capture_file("/dev/fd/" + std::to_string(ends[0]), events, {});
  ASSERT_TRUE(file);
  Packet packet;
  EXPECT_EQ((*file)->next(packet), true);  // would block for ever if it wanted to see more than this packet
  ::close(ends[1]);
  EXPECT_EQ((*file)->next(packet), false);
  ::close(ends[0]);
}

// Secrets before the first packet

std::vector<std::string> scan(const std::string& path) {
  std::vector<std::string> out;
  const auto done = scan_secrets(path, [&](std::uint32_t, Bytes secrets) { out.emplace_back(as_text(secrets)); }, {});
  EXPECT_TRUE(done);
  return out;
}

TEST(ScanSecrets, FindsAllSecretsOfAllSections) {
  PcapngWriter writer;
  writer.section().interface().packet(frame(9), 1).secrets(kSecretsTlsKeyLog, "one");
  writer.section(true).raw(frame(24, '\x33')).secrets(kSecretsTlsKeyLog, "two").packet(frame(9), 1);
  EXPECT_THAT(scan(TempFile(writer.bytes()).path()), ElementsAre("one", "two"));
}

TEST(ScanSecrets, HasNothingToDoForOtherInputs) {
  EXPECT_THAT(scan(TempFile(PcapWriter().packet(frame(9), 1).bytes()).path()), IsEmpty());
  EXPECT_THAT(scan(TempFile(from_text("text")).path()), IsEmpty());
  EXPECT_THAT(scan("-"), IsEmpty());
  EXPECT_THAT(scan("/nowhere"), IsEmpty());
}

// Against libpcap

struct LibpcapPacket {
  std::int64_t time;
  Buffer bytes;
  std::uint32_t original_length;
};

std::vector<LibpcapPacket> read_with_libpcap(const std::string& path, int& link_type) {
  char message[PCAP_ERRBUF_SIZE] = "";
  const std::unique_ptr<pcap_t, decltype(&pcap_close)> pcap(
      pcap_open_offline_with_tstamp_precision(path.c_str(), PCAP_TSTAMP_PRECISION_NANO, message), &pcap_close);
  if (!pcap) throw std::runtime_error(message);
  link_type = pcap_datalink(pcap.get());
  std::vector<LibpcapPacket> out;
  pcap_pkthdr* header = nullptr;
  const u_char* bytes = nullptr;
  while (pcap_next_ex(pcap.get(), &header, &bytes) == 1) {
    out.push_back(
        {header->ts.tv_sec * kSecond + header->ts.tv_usec, Buffer(bytes, bytes + header->caplen), header->len});
  }
  return out;
}

void expect_as_libpcap(const std::string& path) {
  int link_type = 0;
  const std::vector<LibpcapPacket> theirs = read_with_libpcap(path, link_type);
  const ReadCapture ours = read_path(path);
  EXPECT_THAT(ours.codes, IsEmpty());
  ASSERT_EQ(ours.packets.size(), theirs.size());
  for (std::size_t i = 0; i < theirs.size(); ++i) {
    ASSERT_EQ(ours.packets[i].time, theirs[i].time) << i;
    ASSERT_EQ(ours.packets[i].bytes, theirs[i].bytes) << i;
    ASSERT_EQ(ours.packets[i].original_length, theirs[i].original_length) << i;
    ASSERT_EQ(ours.packets[i].link_type, link_type) << i;
  }
}

TEST(CaptureFile, ReadsPcapAsLibpcapDoes) {
  for (const bool big : {false, true}) {
    for (const bool nano : {false, true}) {
      PcapWriter writer({.is_big_endian = big, .is_nano = nano, .snap_length = 2000});
      for (int i = 0; i < 2000; ++i) {
        const auto size = static_cast<std::size_t>(i * 7919 % 2001);
        writer.packet(frame(size, static_cast<char>(i)), kStart + i * 1'000'003LL,
                      static_cast<std::uint32_t>(size == 2000 ? 9000 : size));
      }
      expect_as_libpcap(TempFile(writer.bytes()).path());
    }
  }
}

TEST(CaptureFile, ReadsPcapngAsLibpcapDoes) {
  for (const bool big : {false, true}) {
    PcapngWriter writer;
    writer.section(big).interface({.snap_length = 2000, .resolution = 9});
    writer.interface({.snap_length = 2000, .resolution = 0x80 + 20, .offset = 1'600'000'000});
    writer.interface({.snap_length = 2000});
    for (int i = 0; i < 2000; ++i) {
      const auto size = static_cast<std::size_t>(i * 7919 % 2001);
      const std::uint64_t ticks[] = {static_cast<std::uint64_t>(kStart + i), static_cast<std::uint64_t>(i) << 21,
                                     static_cast<std::uint64_t>(kStart / 1000 + i)};
      const auto interface = static_cast<std::uint32_t>(i % 3);
      writer.packet(frame(size, static_cast<char>(i)), ticks[interface], interface,
                    static_cast<std::uint32_t>(size + 3));
      if (i % 100 == 0) writer.block(5, frame(12)).block(0xbad, frame(16)).secrets(kSecretsTlsKeyLog, "x");
    }
    expect_as_libpcap(TempFile(writer.bytes()).path());
  }
}

TEST(CaptureFile, ReadsTheSamplesAsLibpcapDoes) {
  std::size_t compared = 0;
  for (const auto& entry : std::filesystem::directory_iterator(OVERHEAR_SAMPLES)) {
    if (entry.path().extension() != ".pcapng") continue;
    SCOPED_TRACE(entry.path());
    expect_as_libpcap(entry.path());
    ++compared;
  }
  EXPECT_GT(compared, 0u);
}

}  // namespace
}  // namespace overhear::testing
