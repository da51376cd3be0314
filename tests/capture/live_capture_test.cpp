// On the loopback interface, where this user may capture from it.
#include "capture/live_capture.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>

#include <chrono>

#include "base/bytes.hpp"
#include "tests/capture/loopback_socket.hpp"

namespace overhear::testing {
namespace {

using ::testing::Contains;
using ::testing::Field;
using ::testing::HasSubstr;

std::unique_ptr<LiveCapture> capture(const std::string& filter) {
  auto live = LiveCapture::open({.interface = "lo", .filter = filter});
  return live ? std::move(*live) : nullptr;
}

TEST(LiveCapture, SeesPacketsWithinMilliseconds) {
  LoopbackSocket socket;
  const auto live = capture(fmt::format("udp port {}", socket.port()));
  if (!live) GTEST_SKIP() << "no permission to capture from lo";
  std::string seen;
  const auto start = std::chrono::system_clock::now();
  socket.send("over the loop");
  while (seen.empty() && std::chrono::system_clock::now() - start < std::chrono::seconds(5)) {
    pollfd wait{.fd = live->descriptor(), .events = POLLIN, .revents = 0};
    ::poll(&wait, 1, 1000);
    const auto got = live->read([&](const Packet& packet) {
      seen = as_text(packet.bytes);
      const auto now = std::chrono::system_clock::now().time_since_epoch();
      EXPECT_EQ(packet.number, 1u);
      EXPECT_EQ(packet.original_length, packet.bytes.size());
      EXPECT_LE(packet.time.ns, std::chrono::nanoseconds(now).count());
      EXPECT_GE(packet.time.ns, std::chrono::nanoseconds(start.time_since_epoch()).count() - kSecond);
    });
    ASSERT_TRUE(got.has_value());
  }
  EXPECT_THAT(seen, HasSubstr("over the loop"));
  EXPECT_GE(live->counts().received, 1u);
  EXPECT_EQ(live->counts().dropped_by_kernel, 0u);
}

TEST(LiveCapture, SaysWhatIsWrong) {
  const auto missing = LiveCapture::open({.interface = "no-such-card"});
  ASSERT_FALSE(missing.has_value());
  EXPECT_THAT(missing.error().message, HasSubstr("no-such-card"));
  EXPECT_EQ(missing.error().kind, ErrorKind::Input);
  if (!capture({})) GTEST_SKIP() << "no permission to capture from lo";
  const auto wrong = LiveCapture::open({.interface = "lo", .filter = "tcp prot 80"});
  ASSERT_FALSE(wrong.has_value());
  EXPECT_EQ(wrong.error().kind, ErrorKind::Usage);
  EXPECT_THAT(wrong.error().message, HasSubstr("tcp prot 80"));
}

TEST(Interfaces, HaveTheLoop) {
  const auto interfaces = list_interfaces();
  ASSERT_TRUE(interfaces.has_value()) << interfaces.error().message;
  EXPECT_THAT(*interfaces, Contains(AllOf(Field(&NetworkInterface::name, "lo"),
                                          Field(&NetworkInterface::addresses, Contains("127.0.0.1")))));
}

}  // namespace
}  // namespace overhear::testing
