// On the loopback interface, where this user may capture from it.
#include "capture/live_capture.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>

#include "base/bytes.hpp"

namespace overhear::testing {
namespace {

using ::testing::Contains;
using ::testing::Field;
using ::testing::HasSubstr;

// A datagram to a port of ours, so that nobody else's packets are looked at.
class Socket {
 public:
  Socket() : descriptor_(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address = loopback(0);
    socklen_t size = sizeof address;
    EXPECT_EQ(::bind(descriptor_, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    ::getsockname(descriptor_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
  }
  ~Socket() { ::close(descriptor_); }
  Socket(const Socket&) = delete;

  std::uint16_t port() const { return port_; }
  void send(std::string_view text) {
    const sockaddr_in address = loopback(port_);
    ::sendto(descriptor_, text.data(), text.size(), 0, reinterpret_cast<const sockaddr*>(&address), sizeof address);
  }

 private:
  static sockaddr_in loopback(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
  }

  int descriptor_;
  std::uint16_t port_ = 0;
};

std::unique_ptr<LiveCapture> capture(const std::string& filter) {
  auto live = LiveCapture::open({.interface = "lo", .filter = filter});
  return live ? std::move(*live) : nullptr;
}

TEST(LiveCapture, SeesPacketsWithinMilliseconds) {
  Socket socket;
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
