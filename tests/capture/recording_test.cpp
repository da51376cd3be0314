#include "capture/recording.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>

#include "tests/capture/capture_reading.hpp"

namespace overhear::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::MatchesRegex;
using ::testing::SizeIs;

class Folder {
 public:
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "recordingXXXXXX").string();
    path_ = ::mkdtemp(name.data());
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  Folder(const Folder&) = delete;

  std::string operator/(const std::string& name) const { return path_ + "/" + name; }
  std::vector<std::string> names() const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(path_)) names.push_back(entry.path().filename());
    std::ranges::sort(names);
    return names;
  }

 private:
  std::string path_;
};

constexpr Timestamp at(std::int64_t seconds) {
  return {kStart + seconds * kSecond};
}

void write(Recording& recording, std::int64_t seconds, std::size_t size = 100) {
  const Buffer bytes = frame(size);
  Packet packet;
  packet.time = at(seconds);
  packet.bytes = bytes;
  packet.original_length = static_cast<std::uint32_t>(size);
  recording.write(packet);
}

Recording open(const std::string& path, const RingOptions& ring = {}) {
  auto recording = Recording::open(path, {.name = "lo", .link_type = 1}, ring, at(0), "a test");
  EXPECT_TRUE(recording.has_value());
  return std::move(*recording);
}

TEST(Recording, IsOneFileUnlessARingIsAskedFor) {
  const Folder folder;
  Recording recording = open(folder / "chat.pcapng");
  for (int i = 0; i < 10; ++i) write(recording, i);
  ASSERT_TRUE(recording.finish({}).has_value());
  EXPECT_THAT(folder.names(), ElementsAre("chat.pcapng"));
  EXPECT_THAT(read_path(folder / "chat.pcapng").packets, SizeIs(10));
}

TEST(Recording, GoesOnInTheNextFileAndKeepsSoMany) {
  const Folder folder;
  Recording recording = open(folder / "chat.pcapng", {.file_packets = 4, .files = 2});
  for (int i = 0; i < 10; ++i) write(recording, i);
  ASSERT_TRUE(recording.finish({}).has_value());
  EXPECT_EQ(recording.files(), 3u);
  const auto names = folder.names();
  ASSERT_THAT(names, SizeIs(2));
  EXPECT_THAT(names[0], MatchesRegex("chat_00002_[0-9]{14}.pcapng"));
  EXPECT_THAT(names[1], MatchesRegex("chat_00003_[0-9]{14}.pcapng"));
  EXPECT_THAT(read_path(folder / names[0]).packets, SizeIs(4));
  EXPECT_THAT(read_path(folder / names[1]).packets, SizeIs(2));
}

TEST(Recording, EndsAFileByItsSizeOrItsTime) {
  const Folder folder;
  Recording large = open(folder / "large", {.file_bytes = 1000});
  for (int i = 0; i < 10; ++i) write(large, i, 500);
  ASSERT_TRUE(large.finish({}).has_value());
  EXPECT_EQ(large.files(), 5u);
  Recording slow = open(folder / "long", {.file_duration_ns = 10 * kSecond});
  for (int i = 0; i < 30; i += 5) write(slow, i);
  EXPECT_EQ(slow.files(), 3u);
  ASSERT_TRUE(slow.flush(at(31)).has_value());  // also where nothing comes
  EXPECT_EQ(slow.files(), 4u);
}

TEST(Recording, SaysWhatWentWrongAndStops) {
  const auto nowhere = Recording::open("/no/such/folder/x", {}, {}, at(0), "a test");
  ASSERT_FALSE(nowhere.has_value());
  const auto full = Recording::open("/dev/full", {}, {}, at(0), "a test");
  EXPECT_FALSE(full.has_value());
}

}  // namespace
}  // namespace overhear::testing
