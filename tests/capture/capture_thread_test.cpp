// On the loopback interface, where this user may capture from it.
#include "capture/capture_thread.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <set>

#include "capture/capture_file.hpp"
#include "tests/capture/loopback_socket.hpp"

namespace overhear::testing {
namespace {

constexpr std::size_t kRoom = 4u << 20;

class CaptureThreadTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto live = LiveCapture::open({.interface = "lo", .filter = fmt::format("udp port {}", socket_.port())});
    if (!live) GTEST_SKIP() << "no permission to capture from lo";
    live_ = std::move(*live);
  }
  void TearDown() override { ::unlink(path_.c_str()); }

  std::optional<Recording> recording() {
    auto opened =
        Recording::open(path_, {.name = "lo", .filter = {}, .link_type = live_->link_type(), .snap_length = 0}, {},
                        capture_clock(), "test");
    EXPECT_TRUE(opened.has_value());
    return opened ? std::optional(std::move(*opened)) : std::nullopt;
  }

  // The numbers of all packets until the capture is over.
  static std::vector<std::uint64_t> drain(CaptureThread& capture) {
    std::vector<std::uint64_t> numbers;
    const auto on_packet = [&](const Packet& packet) { numbers.push_back(packet.number); };
    while (capture.queue().take(on_packet) || !capture.queue().is_over()) capture.queue().wait(20);
    return numbers;
  }

  std::uint64_t packets_in_file() const {
    struct : CaptureEvents {
      void on_finding(Finding& finding, const Stamp&) override { ADD_FAILURE() << finding.text; }
      void on_secrets(std::uint32_t, Bytes) override {}
    } events;
    auto file = open_capture_file(path_, events, Limits{});
    EXPECT_TRUE(file.has_value());
    Packet packet;
    std::uint64_t packets = 0;
    while ((*file)->next(packet).value_or(false)) ++packets;
    return packets;
  }

  LoopbackSocket socket_;
  std::unique_ptr<LiveCapture> live_;
  std::string path_ = fmt::format("{}capture_thread_{}.pcapng", ::testing::TempDir(), ::getpid());
};

TEST_F(CaptureThreadTest, WhatStandsInTheKernelWhenItIsStoppedIsStillCaptured) {
  CaptureThread capture(*live_, {}, {}, kRoom);
  for (int i = 0; i < 100; ++i) socket_.send("before the stop");
  capture.stop();
  EXPECT_EQ(drain(capture).size(), 100u);
  EXPECT_FALSE(capture.join().has_value());
  EXPECT_EQ(capture.packets(), 100u);
}

TEST_F(CaptureThreadTest, EndsAtItsLimitOfPackets) {
  CaptureThread capture(*live_, recording(), {.packets = 7}, kRoom);
  for (int i = 0; i < 50; ++i) socket_.send("one of many");
  EXPECT_EQ(drain(capture).size(), 7u);
  EXPECT_FALSE(capture.join().has_value());
  EXPECT_EQ(packets_in_file(), 7u);
}

TEST_F(CaptureThreadTest, EndsAtItsLimitOfTimeWithoutAnyPacket) {
  const Timestamp begun = capture_clock();
  CaptureThread capture(*live_, {}, {.duration_ns = kSecond / 10}, kRoom);
  EXPECT_TRUE(drain(capture).empty());
  EXPECT_GE(capture_clock() - begun, kSecond / 10);
}

TEST_F(CaptureThreadTest, WithAFileASlowReaderMissesPacketsButTheFileDoesNot) {
  const std::string text(50'000, 'x');
  CaptureThread capture(*live_, recording(), {}, 1u << 20);
  for (int i = 0; i < 100; ++i) {
    socket_.send(text);
    ::usleep(1000);
  }
  capture.stop();
  EXPECT_FALSE(capture.join().has_value());
  const std::vector<std::uint64_t> seen = drain(capture);
  EXPECT_EQ(packets_in_file(), 100u);
  EXPECT_EQ(capture.packets(), 100u);
  EXPECT_GT(seen.size(), 5u);
  EXPECT_LT(seen.size(), 60u);
  EXPECT_EQ(std::set(seen.begin(), seen.end()).size(), seen.size());
}

TEST_F(CaptureThreadTest, WithoutAFilePacketsWaitInTheKernelForASlowReader) {
  const std::string text(50'000, 'x');
  CaptureThread capture(*live_, {}, {.packets = 100}, 1u << 20);
  for (int i = 0; i < 100; ++i) {
    socket_.send(text);
    ::usleep(1000);
  }
  EXPECT_EQ(drain(capture).size(), 100u);
}

TEST_F(CaptureThreadTest, SaysUpToWhenEverythingWasHandedOn) {
  CaptureThread capture(*live_, {}, {}, kRoom);
  socket_.send("one");
  const Timestamp sent = capture_clock();
  while (capture.drained_until() < sent) ::usleep(1000);
  std::size_t packets = 0;
  EXPECT_TRUE(capture.queue().take([&](const Packet&) { ++packets; }));
  EXPECT_EQ(packets, 1u);
}

}  // namespace
}  // namespace overhear::testing
