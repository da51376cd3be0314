#include "proxy/listener.hpp"

#include <gtest/gtest.h>

namespace overhear::testing {
namespace {

TEST(Listener, KnowsWhatIsRoutedAllOverTheWorld) {
  struct Row {
    const char* address;
    bool is_global;
  };
  for (const auto& [address, expected] : {Row{"127.0.0.1", false},
                                          Row{"127.9.9.9", false},
                                          Row{"0.0.0.0", false},
                                          Row{"10.0.0.1", false},
                                          Row{"10.255.255.255", false},
                                          Row{"9.255.255.255", true},
                                          Row{"11.0.0.0", true},
                                          Row{"172.15.255.255", true},
                                          Row{"172.16.0.0", false},
                                          Row{"172.31.255.255", false},
                                          Row{"172.32.0.0", true},
                                          Row{"192.168.0.1", false},
                                          Row{"192.167.255.255", true},
                                          Row{"192.169.0.0", true},
                                          Row{"169.254.1.1", false},
                                          Row{"100.63.255.255", true},
                                          Row{"100.64.0.0", false},
                                          Row{"100.127.255.255", false},
                                          Row{"100.128.0.0", true},
                                          Row{"8.8.8.8", true},
                                          Row{"::1", false},
                                          Row{"::", false},
                                          Row{"fe80::1", false},
                                          Row{"febf::1", false},
                                          Row{"fc00::1", false},
                                          Row{"fdff::1", false},
                                          Row{"fe00::1", true},
                                          Row{"2001:db8::1", true},
                                          Row{"2606:4700::1", true},
                                          Row{"::ffff:8.8.8.8", true},
                                          Row{"::ffff:10.1.1.1", false},
                                          Row{"::ffff:127.0.0.1", false}}) {
    EXPECT_EQ(is_global(asio::ip::make_address(address)), expected) << address;
  }
}

TEST(Listener, WithoutAHostThereIsOnePortOfThisMachineForBothVersionsOfIp) {
  asio::io_context io;
  const auto listeners = open_listeners(io, {"", 0});
  ASSERT_TRUE(listeners.has_value()) << listeners.error().message;
  for (const tcp::acceptor& acceptor : *listeners) {
    EXPECT_TRUE(acceptor.local_endpoint().address().is_loopback());
    EXPECT_EQ(acceptor.local_endpoint().port(), listeners->front().local_endpoint().port());
  }
}

TEST(Listener, APortThatIsTakenIsAnErrorWithItsMend) {
  asio::io_context io;
  const auto taken = open_listeners(io, {"127.0.0.1", 0});
  ASSERT_TRUE(taken.has_value());
  const std::uint16_t port = taken->front().local_endpoint().port();
  for (const ListenAddress& place : {ListenAddress{"", port}, ListenAddress{"127.0.0.1", port}}) {
    const auto again = open_listeners(io, place);
    ASSERT_FALSE(again.has_value());
    EXPECT_EQ(again.error().kind, ErrorKind::Environment);
    EXPECT_NE(again.error().message.find(std::to_string(port)), std::string::npos) << again.error().message;
    EXPECT_NE(again.error().message.find("--listen"), std::string::npos) << again.error().message;
  }
}

TEST(Listener, AnAddressOfAnotherMachineIsAnError) {
  asio::io_context io;
  const auto listeners = open_listeners(io, {"192.0.2.1", 0});
  ASSERT_FALSE(listeners.has_value());
  EXPECT_NE(listeners.error().message.find("192.0.2.1:0"), std::string::npos) << listeners.error().message;
}

}  // namespace
}  // namespace overhear::testing
