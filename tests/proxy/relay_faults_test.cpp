// A network with faults between real sockets: what each end meets, and what is told of it.
#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include "proxy/relay.hpp"
#include "tests/proxy/peer.hpp"
#include "tests/proxy/running_proxy.hpp"

namespace overhear::testing {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

Fault to_server(decltype(Fault::what) what) {
  return {.to = Side::Second, .what = what};
}
Fault to_client(decltype(Fault::what) what) {
  return {.to = Side::First, .what = what};
}

// A client and a server with such a network in between.
struct Wire {
  explicit Wire(std::vector<Fault> faults, ProxyTimeouts timeouts = {})
      : proxy(options(server.port(), std::move(faults), timeouts)) {
    EXPECT_TRUE(proxy.has_told([](const Journal& told) { return !told.heard().empty(); }));
  }

  static ProxyOptions options(std::uint16_t port, std::vector<Fault> faults, const ProxyTimeouts& timeouts) {
    ProxyOptions out;
    out.modes = {RunningProxy::mode("reverse:tcp://127.0.0.1:" + std::to_string(port))};
    out.timeouts = timeouts;
    out.faults = {.seed = 1, .faults = std::move(faults)};
    return out;
  }

  Server server;
  RunningProxy proxy;
  Clock::time_point start = Clock::now();
  Peer client = Peer::connect(proxy.port());
  Peer behind = server.accept();

  double ms() const { return std::chrono::duration<double, std::milli>(Clock::now() - start).count(); }
  void restart() { start = Clock::now(); }
  const Heard& stop() { return *proxy.stop().heard().at(0); }
};

using Findings = std::vector<std::string>;

TEST(RelayFaults, LatencyIsOnOneWayAlone) {
  Wire wire({to_server(fault::Latency{milliseconds(200)})});
  wire.restart();
  wire.client.send("ask");
  EXPECT_EQ(wire.behind.receive(3), "ask");
  EXPECT_GE(wire.ms(), 200);
  wire.restart();
  wire.behind.send("answer");
  EXPECT_EQ(wire.client.receive(6), "answer");
  EXPECT_LT(wire.ms(), 150);
  const Heard& heard = wire.stop();
  EXPECT_EQ(heard.bytes, (std::array<std::string, 2>{"ask", "answer"}));
  EXPECT_EQ(heard.findings, (Findings{"proxy.fault: latency 200 ms, client to server"}));
}

TEST(RelayFaults, SlicesComeOneByOne) {
  Wire wire({to_client(fault::Slicer{.average_size = 3, .delay = microseconds(40'000)})});
  wire.behind.send("abcdefgh");
  EXPECT_EQ(wire.client.receive_once(), "abc");
  EXPECT_EQ(wire.client.receive_once(), "def");
  EXPECT_EQ(wire.client.receive_once(), "gh");
}

// Also where so many are due at once that the kernel would rather send larger ones.
TEST(RelayFaults, EachSliceIsASegment) {
  Wire wire({to_client(fault::Slicer{.average_size = 10})});
  wire.behind.send(std::string(4000, 'x'));
  for (int i = 0; i < 1000 && wire.client.segments() < 400; ++i) std::this_thread::sleep_for(milliseconds(10));
  EXPECT_GE(wire.client.segments(), 400u);
}

TEST(RelayFaults, GluedMessagesComeTogether) {
  Wire wire({to_server(fault::Slicer{.glues = true})});
  for (int i = 0; i < 5; ++i) {
    wire.client.send("{1}");
    std::this_thread::sleep_for(milliseconds(3));
    wire.client.send("{2}");
    const std::string got = wire.behind.receive_once();
    if (got == "{1}{2}") return;
    (void)wire.behind.receive(6 - got.size());  // this machine had a longer pause
  }
  FAIL();
}

TEST(RelayFaults, TheEndComesSlowlyAndTheOtherWayGoesOn) {
  for (const bool is_answered : {false, true}) {
    Wire wire({to_server(fault::SlowClose{milliseconds(400)})}, {.half_closed = milliseconds(150)});
    wire.restart();
    wire.client.send("last word");
    wire.client.finish();
    EXPECT_EQ(wire.behind.receive(9), "last word");
    EXPECT_LT(wire.ms(), 350);
    if (is_answered) wire.behind.send("but this");
    wire.behind.finish();
    EXPECT_EQ(wire.client.receive_all(), is_answered ? "but this" : "");
    EXPECT_EQ(wire.behind.receive_all(), "");
    EXPECT_FALSE(wire.behind.was_reset());
    EXPECT_GE(wire.ms(), 400);
    EXPECT_TRUE(wire.proxy.has_closed(1));
    const Heard& heard = wire.stop();
    EXPECT_EQ(heard.closed, CloseReason::Fin);
    EXPECT_EQ(heard.findings, (Findings{"proxy.fault: slow_close 400 ms, client to server"}));
  }
}

TEST(RelayFaults, TimeoutLetsNothingThroughAndClosesBoth) {
  Wire wire({to_server(fault::Timeout{milliseconds(300)})});
  wire.client.send("lost");
  wire.behind.send("heard");
  EXPECT_EQ(wire.client.receive_all(), "heard");
  EXPECT_EQ(wire.behind.receive_all(), "");
  EXPECT_GE(wire.ms(), 290);
  const Heard& heard = wire.stop();
  EXPECT_EQ(heard.bytes, (std::array<std::string, 2>{"lost", "heard"}));
  EXPECT_EQ(heard.findings, (Findings{"proxy.fault: timeout 300 ms, client to server",
                                      "proxy.fault: timeout 300 ms, client to server: the connection was closed"}));
}

TEST(RelayFaults, WhoIsNeverClosedIsStillToldOfAnEndAndAReset) {
  Wire ended({to_server(fault::Timeout{})});
  ended.client.send("lost");
  EXPECT_TRUE(ended.behind.is_silent());
  ended.client.finish();
  EXPECT_EQ(ended.behind.receive_all(), "");
  EXPECT_FALSE(ended.behind.was_reset());
  Wire gone({to_server(fault::Timeout{})});
  gone.client.send("lost");
  gone.client.reset();
  EXPECT_EQ(gone.behind.receive_all(), "");
  EXPECT_TRUE(gone.behind.was_reset());
}

TEST(RelayFaults, ResetPeerResetsBoth) {
  Wire wire({to_server(fault::ResetPeer{milliseconds(100)})});
  EXPECT_TRUE(wire.behind.is_silent());
  wire.restart();
  wire.client.send("?");
  EXPECT_EQ(wire.behind.receive_all(), "");
  EXPECT_TRUE(wire.behind.was_reset());
  EXPECT_GE(wire.ms(), 100);
  EXPECT_EQ(wire.client.receive_all(), "");
  EXPECT_TRUE(wire.client.was_reset());
  const Heard& heard = wire.stop();
  EXPECT_EQ(heard.closed, CloseReason::Reset);
  EXPECT_EQ(heard.findings.back(), "proxy.fault: reset_peer 100 ms, client to server: both ends were reset");
}

TEST(RelayFaults, LimitDataClosesBehindWhatItLetsThrough) {
  Wire wire({to_client(fault::LimitData{10})});
  wire.behind.send("0123456789abcdef");
  EXPECT_EQ(wire.client.receive_all(), "0123456789");
  EXPECT_FALSE(wire.client.was_reset());
  EXPECT_EQ(wire.behind.receive_all(), "");
  EXPECT_EQ(wire.stop().bytes[1], "0123456789abcdef");
}

TEST(RelayFaults, AResetComesBehindWhatIsStillOnItsWay) {
  for (const bool is_clients : {true, false}) {
    const auto slow = fault::Latency{milliseconds(500)};
    Wire wire({is_clients ? to_server(slow) : to_client(slow)});
    Peer& first = is_clients ? wire.client : wire.behind;
    Peer& second = is_clients ? wire.behind : wire.client;
    wire.restart();
    first.send("last word");
    std::this_thread::sleep_for(milliseconds(50));
    first.reset();
    EXPECT_EQ(second.receive_all(), "last word");
    EXPECT_TRUE(second.was_reset());
    EXPECT_GE(wire.ms(), 500);
    EXPECT_EQ(wire.stop().closed, CloseReason::Reset);
  }
}

// Who gives up while the other does not listen: as on a network without faults.
TEST(RelayFaults, AResetReachesOneThatIsWaitedFor) {
  Wire wire({to_server(fault::Latency{milliseconds(10)})});
  EXPECT_GT(wire.client.send_until_full(), 100'000u);
  wire.client.reset();
  EXPECT_TRUE(wire.proxy.has_closed(1));
  wire.behind.receive_all();
  EXPECT_TRUE(wire.behind.was_reset());
}

TEST(RelayFaults, ADelayIsNoSilence) {
  Wire wire({to_server(fault::Latency{milliseconds(900)})}, {.idle = milliseconds(300)});
  wire.client.send("late");
  EXPECT_EQ(wire.behind.receive(4), "late");
  wire.restart();
  EXPECT_EQ(wire.behind.receive_all(), "");
  EXPECT_GE(wire.ms(), 150);
  EXPECT_LT(wire.ms(), 2000);
  EXPECT_EQ(wire.stop().findings.back(), "proxy.timeout: closed: nothing was said for 0.3 s");
}

TEST(RelayFaults, WhatFindsNoRoomOnTheWayHoldsBackWhoWrites) {
  Wire wire({to_server(fault::Bandwidth{20'000})});
  const std::string said(6'000'000, 'x');
  std::jthread writer([&] {
    wire.client.send(said);
    wire.client.finish();
  });
  wire.restart();
  std::this_thread::sleep_for(milliseconds(120));
  std::size_t read = 0;
  EXPECT_TRUE(wire.proxy.has_told([&read](const Journal& told) {
    read = told.heard()[0]->bytes[0].size();
    return true;
  }));
  EXPECT_GT(read, FaultLine::kRoom);
  EXPECT_LT(read, 5'000'000u);
  EXPECT_TRUE(wire.behind.receive_all() == said);
  EXPECT_GE(wire.ms(), 250);
}

TEST(RelayFaults, MegabytesArriveWholeInPieces) {
  const auto slices = fault::Slicer{.average_size = 700, .size_variation = 600, .is_at_worst = true};
  Wire wire({to_server(slices), to_client(slices), to_client(fault::Latency{milliseconds(20), milliseconds(10)})});
  std::string said(5'000'000, '\0');
  for (std::size_t i = 0; i < said.size(); ++i) said[i] = static_cast<char>(i * 2654435761u >> 13);
  std::jthread client([&] {
    wire.client.send(said);
    wire.client.finish();
  });
  std::jthread server([&] {
    wire.behind.send(said);
    wire.behind.finish();
  });
  std::string got;
  std::jthread reader([&] { got = wire.client.receive_all(); });
  EXPECT_TRUE(wire.behind.receive_all() == said);
  reader.join();
  EXPECT_TRUE(got == said);
  EXPECT_TRUE(wire.proxy.has_closed(1));
  EXPECT_EQ(wire.stop().closed, CloseReason::Fin);
}

TEST(RelayFaults, WhatGoesWhileSomethingWaitsIsStopped) {
  Wire wire({to_server(fault::Latency{std::chrono::hours(1)}), to_client(fault::Timeout{std::chrono::hours(1)})});
  wire.client.send("never");
  EXPECT_TRUE(wire.behind.is_silent());
  EXPECT_EQ(wire.stop().closed, CloseReason::EndOfCapture);
}

// Where messages stop on their way, they go through the network behind that.
TEST(RelayFaults, WhatIsSaidAnewGoesThroughThemToo) {
  Server server;
  ProxyOptions options =
      Wire::options(server.port(), {to_server(fault::Slicer{.average_size = 5, .delay = microseconds(40'000)})}, {});
  options.controls = true;
  options.control = std::filesystem::temp_directory_path() / ("faults-" + std::to_string(::getpid()) + ".sock");
  RunningProxy proxy(options);
  Peer client = Peer::connect(proxy.port());
  Peer behind = server.accept();
  client.send("{\"type\":\"request\"}");
  client.finish();
  EXPECT_EQ(behind.receive_once(), "{\"typ");
  EXPECT_EQ(behind.receive_once(), "e\":\"r");
  EXPECT_EQ(behind.receive_all(), "equest\"}");
  behind.send("{}");
  EXPECT_EQ(client.receive(2), "{}");
  behind.finish();
  EXPECT_TRUE(proxy.has_closed(1));
}

TEST(RelayFaults, EachConnectionHasItsOwnChance) {
  Fault half = to_server(fault::Latency{});
  half.toxicity = 0.5;
  Server server;
  RunningProxy proxy(Wire::options(server.port(), {half}, {}));
  for (std::size_t i = 0; i < 40; ++i) {
    const Peer client = Peer::connect(proxy.port());
    const Peer behind = server.accept();
    EXPECT_TRUE(proxy.has_told([i](const Journal& told) { return told.heard().size() == i + 1; }));
  }
  std::size_t having = 0;
  for (const auto& heard : proxy.stop().heard()) having += heard->findings.empty() ? 0 : 1;
  EXPECT_GT(having, 8u);
  EXPECT_LT(having, 32u);
}

}  // namespace
}  // namespace overhear::testing
