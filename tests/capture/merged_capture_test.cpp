#include "capture/merged_capture.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <deque>
#include <random>

#include "tests/capture/capture_reading.hpp"

namespace overhear::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;

// A pcap file whose packets come at these nanoseconds, each as large as `size` and filled with `fill`.
Buffer pcap_at(const std::vector<std::int64_t>& times, char fill, std::size_t size = 60) {
  PcapWriter writer({.is_nano = true});
  for (const std::int64_t time : times) writer.packet(frame(size, fill), kStart + time);
  return writer.bytes();
}

std::string without_folder(const std::string& path) {
  return path.substr(path.rfind('/') + 1);
}

// Which file each packet came from, by what it is filled with.
std::string fills(const ReadCapture& capture) {
  std::string out;
  for (const ReadPacket& packet : capture.packets) out += static_cast<char>(packet.bytes.front());
  return out;
}

ReadCapture merged(const std::vector<Buffer>& files) {
  std::deque<TempFile> on_disk;
  std::vector<std::string> paths;
  for (const Buffer& bytes : files) paths.push_back(on_disk.emplace_back(bytes).path());
  return read_paths(paths);
}

// The order of packets

TEST(MergedCapture, HandsOutPacketsInTheOrderOfTheirTimesNumberedOverAll) {
  const ReadCapture capture = merged({pcap_at({10, 40, 50}, 'a'), pcap_at({20, 30, 60}, 'b')});
  EXPECT_EQ(fills(capture), "abbaab");
  EXPECT_THAT(capture.numbers(), ElementsAre(1, 2, 3, 4, 5, 6));
  EXPECT_THAT(capture.times(),
              ElementsAre(kStart + 10, kStart + 20, kStart + 30, kStart + 40, kStart + 50, kStart + 60));
  EXPECT_FALSE(capture.error.has_value());
}

TEST(MergedCapture, TakesPacketsOfOneTimeInTheOrderOfTheFiles) {
  EXPECT_EQ(fills(merged({pcap_at({10, 10, 20}, 'a'), pcap_at({10, 20}, 'b'), pcap_at({10}, 'c')})), "aabcab");
}

TEST(MergedCapture, KeepsTheOrderWithinAFileWhereItsTimesGoBackwards) {
  const ReadCapture capture = merged({pcap_at({10, 5, 20}, 'a'), pcap_at({7, 15}, 'b')});
  EXPECT_EQ(fills(capture), "baaba");
  EXPECT_THAT(capture.numbers(), ElementsAre(1, 2, 3, 4, 5));
}

TEST(MergedCapture, HasWhatSortingTheFilesHas) {
  std::mt19937 random(1);
  for (int round = 0; round < 20; ++round) {
    std::vector<Buffer> files;
    std::vector<std::pair<std::int64_t, char>> all;
    for (char fill = 'a'; fill < static_cast<char>('b' + round); ++fill) {
      std::vector<std::int64_t> times(random() % 50);
      for (std::int64_t& time : times) time = random() % 1000;
      std::ranges::sort(times);
      for (const std::int64_t time : times) all.emplace_back(time, fill);
      files.push_back(pcap_at(times, fill));
    }
    std::ranges::stable_sort(all);
    std::string expected;
    for (const auto& [time, fill] : all) expected += fill;
    EXPECT_EQ(fills(merged(files)), expected);
  }
}

// How long a packet's bytes are there

// Compares what was handed out with what stands there now, whenever it is about to go.
struct Holder final : CaptureEvents {
  std::vector<std::pair<Bytes, Buffer>> held;
  std::size_t expiries = 0;
  std::size_t compared = 0;

  void hold(const Packet& packet) { held.emplace_back(packet.bytes, Buffer(packet.bytes.begin(), packet.bytes.end())); }
  void on_expiry() override {
    ++expiries;
    for (const auto& [bytes, copy] : held) {
      ++compared;
      ASSERT_TRUE(std::ranges::equal(bytes, copy));
    }
    held.clear();
  }
  void on_finding(Finding& finding, const Stamp&) override { ADD_FAILURE() << finding.text; }
  void on_secrets(std::uint32_t, Bytes) override {}
};

TEST(MergedCapture, KeepsTheBytesOfPacketsUntilItTellsThatTheyGo) {
  std::vector<std::string> paths;
  std::deque<TempFile> files;
  std::mt19937 random(2);
  constexpr std::size_t kFiles = 3;
  std::vector<Buffer> expected(kFiles * 3000);
  for (std::size_t i = 0; i < kFiles; ++i) {
    PcapWriter writer({.is_nano = true});
    for (std::size_t j = i; j < expected.size(); j += kFiles) {
      expected[j] = frame(1 + random() % 1500, static_cast<char>(random()));
      writer.packet(expected[j], kStart + static_cast<std::int64_t>(j));
    }
    paths.push_back(files.emplace_back(writer.bytes()).path());
  }
  Holder holder;
  auto file = open_captures(paths, holder, {});
  ASSERT_TRUE(file.has_value());
  Packet packet;
  while ((*file)->next(packet).value_or(false)) {
    ASSERT_TRUE(std::ranges::equal(packet.bytes, expected[packet.number - 1]));
    holder.hold(packet);
  }
  holder.on_expiry();
  EXPECT_EQ(holder.compared, expected.size());
  EXPECT_GT(holder.expiries, 10u);
}

// Interfaces

TEST(MergedCapture, NumbersInterfacesAsTheyAreToldOverAllFiles) {
  PcapngWriter first;
  first.section().interface({.link_type = 1}).interface({.link_type = 101});
  first.packet(frame(60, 'a'), 10, 1).packet(frame(60, 'a'), 30, 0);
  first.section().interface({.link_type = 113}).packet(frame(60, 'a'), 50, 0);
  PcapngWriter second;
  second.section(true).interface({.link_type = 276}).packet(frame(60, 'b'), 20).packet(frame(60, 'b'), 40);
  const TempFile a(first.bytes());
  const TempFile b(second.bytes());
  const TempFile c(pcap_at({}, 'c'));
  const ReadCapture capture = read_paths({a.path(), b.path(), c.path()});
  EXPECT_EQ(fills(capture), "ababa");
  ASSERT_EQ(capture.interfaces.size(), 5u);
  for (std::size_t i = 0; i < capture.packets.size(); ++i) {
    ASSERT_LT(capture.packets_of[i], capture.interfaces.size());
    EXPECT_EQ(capture.interfaces[capture.packets_of[i]].link_type, capture.packets[i].link_type) << i;
  }
}

TEST(MergedCapture, KnowsThePlaceOfInterfacesBehindManyOfFormerSections) {
  constexpr std::uint32_t kEach = 40'000;
  PcapngWriter writer;
  for (int section = 0; section < 3; ++section) {
    writer.section();
    for (std::uint32_t i = 0; i < kEach; ++i) writer.interface({.snap_length = 1000 + i});
    writer.packet(frame(60, 'a'), 10, 0).packet(frame(60, 'a'), 20, kEach - 1);
  }
  const TempFile many(writer.bytes());
  const TempFile other(pcap_at({1}, 'b'));
  const ReadCapture capture = read_paths({other.path(), many.path()});
  EXPECT_THAT(capture.packets_of, ElementsAre(1, kEach, kEach + 1, 2 * kEach, 2 * kEach + 1, 3 * kEach, 0));
}

// What files say beside their packets

TEST(MergedCapture, DamageInAFileIsToldByItsNameAndHurtsItAlone) {
  PcapngWriter damaged;
  damaged.section().interface().packet(frame(60, 'a'), 10).packet(frame(60, 'a'), 30, 7).packet(frame(60, 'a'), 50);
  Buffer cut = pcap_at({20'000 - kStart, 40'000 - kStart, 60'000 - kStart}, 'b');
  cut.resize(cut.size() - 1);
  const TempFile a(damaged.bytes());
  const TempFile b(cut);
  const ReadCapture capture = read_paths({a.path(), b.path()});
  EXPECT_EQ(fills(capture), "abba");
  EXPECT_THAT(capture.codes, ElementsAre("file.bad_record", "file.truncated"));
  ASSERT_EQ(capture.texts.size(), 2u);
  EXPECT_THAT(capture.texts[0], HasSubstr(without_folder(a.path()) + ": packet 2 (offset"));
  EXPECT_THAT(capture.texts[1], HasSubstr(without_folder(b.path()) + ": packet 3 (offset"));
  EXPECT_FALSE(capture.error.has_value());
}

TEST(MergedCapture, ARecordThatIsDamagedKeepsItsNumber) {
  PcapngWriter first;
  first.section().interface().packet(frame(60, 'a'), 10).packet(frame(60, 'a'), 15, 7).packet(frame(60, 'a'), 30);
  PcapngWriter second;
  second.section().interface().packet(frame(60, 'b'), 20, 7).packet(frame(60, 'b'), 40);
  const ReadCapture capture = merged({first.bytes(), second.bytes()});
  EXPECT_EQ(fills(capture), "aab");
  EXPECT_THAT(capture.numbers(), ElementsAre(2, 4, 5));  // the first of the second file is read at the beginning
  EXPECT_THAT(capture.stamps, ElementsAre(1, 3));
}

TEST(MergedCapture, TellsTheSecretsOfAllFiles) {
  PcapngWriter first;
  first.section().secrets(kSecretsTlsKeyLog, "one").interface().packet(frame(60, 'a'), 10);
  PcapngWriter second;
  second.section().interface().packet(frame(60, 'b'), 20).secrets(kSecretsTlsKeyLog, "two");
  EXPECT_THAT(merged({first.bytes(), second.bytes()}).secrets,
              ElementsAre(Pair(kSecretsTlsKeyLog, "one"), Pair(kSecretsTlsKeyLog, "two")));
}

// What cannot be read

TEST(MergedCapture, NamesTheFileThatCannotBeOpened) {
  const TempFile good(pcap_at({1}, 'a'));
  const ReadCapture missing = read_paths({good.path(), "/nowhere/chat.pcap"});
  ASSERT_TRUE(missing.error.has_value());
  EXPECT_EQ(missing.error->message, "cannot open /nowhere/chat.pcap: No such file or directory");
  const TempFile text(from_text("no capture"));
  const ReadCapture bad = read_paths({text.path(), good.path()});
  ASSERT_TRUE(bad.error.has_value());
  EXPECT_THAT(bad.error->message, HasSubstr(text.path() + " is no capture file"));
}

TEST(MergedCapture, NamesTheFileThatIsOneTooMany) {
#ifdef __SANITIZE_ADDRESS__
  GTEST_SKIP() << "the sanitizers need descriptors themselves";
#endif
  const TempFile file(pcap_at({1}, 'a'));
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
  rlimit less = before;
  less.rlim_cur = 40;
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &less), 0);
  const ReadCapture capture = read_paths(std::vector<std::string>(50, file.path()));
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &before), 0);
  ASSERT_TRUE(capture.error.has_value());
  EXPECT_EQ(capture.error->message, "cannot open " + file.path() + ": Too many open files");
}

TEST(MergedCapture, ReadsTheOthersToTheirEndsWhereOneCannotBeReadAnyFurther) {
  int ends[2];
  ASSERT_EQ(::pipe2(ends, O_NONBLOCK), 0);  // reading an empty one fails rather than waiting
  const Buffer bytes = pcap_at({10}, 'a');
  ASSERT_EQ(::write(ends[1], bytes.data(), bytes.size()), static_cast<::ssize_t>(bytes.size()));
  const int saved = ::dup(STDIN_FILENO);
  ASSERT_GE(::dup2(ends[0], STDIN_FILENO), 0);
  const TempFile other(pcap_at({20, 30}, 'b'));
  const ReadCapture capture = read_paths({"-", other.path()});
  ::dup2(saved, STDIN_FILENO);
  for (const int descriptor : {saved, ends[0], ends[1]}) ::close(descriptor);
  EXPECT_EQ(fills(capture), "abb");
  ASSERT_TRUE(capture.error.has_value());
  EXPECT_THAT(capture.error->message, HasSubstr("cannot read standard input any further"));
}

// As a whole

TEST(MergedCapture, IsAsFarAndAsLargeAsItsFilesTogether) {
  const Buffer pcap = pcap_at({10, 20}, 'a');
  const Buffer pcapng = PcapngWriter().section().interface().packet(frame(60, 'b'), 10).bytes();
  const ReadCapture capture = merged({pcap, pcapng});
  EXPECT_EQ(capture.size, pcap.size() + pcapng.size());
  EXPECT_EQ(capture.bytes_read, capture.size);
  EXPECT_EQ(capture.format, "pcapng");
  EXPECT_EQ(merged({pcap, pcap}).format, "pcap");
}

TEST(MergedCapture, OfOneFileIsThatFile) {
  const Buffer pcap = pcap_at({20, 10}, 'a');
  const ReadCapture capture = merged(std::vector<Buffer>{pcap});
  EXPECT_EQ(capture.packets, read_bytes(pcap).packets);
}

}  // namespace
}  // namespace overhear::testing
