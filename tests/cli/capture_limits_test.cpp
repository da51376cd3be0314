#include "cli/capture_limits.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/time.hpp"

namespace overhear::testing {
namespace {

using ::testing::HasSubstr;

TEST(CaptureLimits, AreReadAsTsharkWritesThem) {
  const auto limits = parse_capture_limits({"duration:1.5", "filesize:20", "packets:7", "files:3"}, "-a");
  ASSERT_TRUE(limits.has_value());
  EXPECT_EQ(limits->duration_ns, 3 * kSecond / 2);
  EXPECT_EQ(limits->file_bytes, 20'000u);
  EXPECT_EQ(limits->packets, 7u);
  EXPECT_EQ(limits->files, 3u);
}

TEST(CaptureLimits, AreNoneWhereNothingIsSaid) {
  const auto limits = parse_capture_limits({}, "-a");
  EXPECT_EQ(limits->duration_ns, 0);
  EXPECT_EQ(limits->packets, 0u);
}

TEST(CaptureLimits, ThatAreWrongNameTheOptionAndTheText) {
  for (const char* const wrong : {"duration", "duration:", "duration:0", "duration:-1", "duration:x", "duration:1e300",
                                  "duration:nan", "files:1.5", "filesize:99999999999999999999", "size:3", ":", ""}) {
    const auto limits = parse_capture_limits({"packets:1", wrong}, "-b");
    ASSERT_FALSE(limits.has_value()) << wrong;
    EXPECT_EQ(limits.error().kind, ErrorKind::Usage);
    EXPECT_THAT(limits.error().message, HasSubstr(std::string("-b: '") + wrong));
  }
}

}  // namespace
}  // namespace overhear::testing
