// What is passed on between two ends: every byte, end and reset.
#include "proxy/relay.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <thread>

#include "tests/proxy/peer.hpp"
#include "tests/proxy/running_proxy.hpp"

namespace overhear::testing {
namespace {

// A client and a server with a proxy in between.
struct Wire {
  Wire() {
    EXPECT_TRUE(proxy.has_told([](const Journal& told) { return !told.heard().empty(); }));
  }

  Server server;
  RunningProxy proxy{server.port()};
  Peer client = Peer::connect(proxy.port());
  Peer behind = server.accept();

  const Heard& stop() { return *proxy.stop().heard().at(0); }
};

std::string noise(std::size_t size, std::uint64_t seed) {
  std::string out(size, '\0');
  for (char& c : out) {
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    c = static_cast<char>(seed >> 56);
  }
  return out;
}

TEST(Relay, PassesOnWhatBothSaySaidAndTellsIt) {
  Wire wire;
  wire.client.send("ask");
  EXPECT_EQ(wire.behind.receive(3), "ask");
  wire.behind.send("answer");
  EXPECT_EQ(wire.client.receive(6), "answer");
  const std::uint16_t client_port = wire.client.local_port();
  const Heard& heard = wire.stop();
  EXPECT_EQ(heard.bytes, (std::array<std::string, 2>{"ask", "answer"}));
  EXPECT_EQ(heard.ends.initiator, Side::First);
  EXPECT_EQ(heard.ends.ends[0].port, client_port);
  EXPECT_EQ(heard.ends.ends[1].port, wire.server.port());
  EXPECT_EQ(heard.closed, CloseReason::EndOfCapture);
}

TEST(Relay, WhoHasFinishedStillHears) {
  for (const bool is_client_first : {true, false}) {
    Wire wire;
    Peer& first = is_client_first ? wire.client : wire.behind;
    Peer& second = is_client_first ? wire.behind : wire.client;
    first.send("last word");
    first.finish();
    EXPECT_EQ(second.receive_all(), "last word");
    EXPECT_FALSE(second.was_reset());
    second.send("but this");
    EXPECT_EQ(first.receive(8), "but this");
    second.finish();
    EXPECT_EQ(first.receive_all(), "");
    EXPECT_FALSE(first.was_reset());
    EXPECT_TRUE(wire.proxy.has_closed(1));
    const Heard& heard = wire.stop();
    EXPECT_EQ(heard.has_ended, (std::array{true, true}));
    EXPECT_EQ(heard.closed, CloseReason::Fin);
    EXPECT_TRUE(heard.findings.empty()) << heard.findings.front();
  }
}

TEST(Relay, AResetIsPassedOnBehindWhatWasSaidBeforeIt) {
  for (const bool is_clients : {true, false}) {
    Wire wire;
    Peer& first = is_clients ? wire.client : wire.behind;
    Peer& second = is_clients ? wire.behind : wire.client;
    first.send("last word");
    first.reset();
    EXPECT_EQ(second.receive_all(), "last word");
    EXPECT_TRUE(second.was_reset());
    const Heard& heard = wire.stop();
    EXPECT_EQ(heard.bytes[is_clients ? 0 : 1], "last word");
    EXPECT_EQ(heard.closed, CloseReason::Reset);
    EXPECT_EQ(heard.findings, (std::vector<std::string>{is_clients ? "tcp.reset: the client reset the connection"
                                                                   : "tcp.reset: the server reset the connection"}));
  }
}

TEST(Relay, AResetByWhoHasFinishedIsPassedOnToo) {
  for (const bool is_clients : {true, false}) {
    Wire wire;
    Peer& first = is_clients ? wire.client : wire.behind;
    Peer& second = is_clients ? wire.behind : wire.client;
    first.finish();
    EXPECT_EQ(second.receive_all(), "");
    first.reset();
    EXPECT_TRUE(wire.proxy.has_closed(1));
    second.send("is anybody there?");
    EXPECT_EQ(second.receive_all(), "");
    EXPECT_EQ(wire.stop().closed, CloseReason::Reset);
  }
}

TEST(Relay, WhoReadsSlowlyStillGetsWhatWasSaidBeforeAReset) {
  constexpr std::size_t kSize = 2'000'000;
  for (const bool is_clients : {true, false}) {
    Wire wire;
    Peer& first = is_clients ? wire.client : wire.behind;
    Peer& second = is_clients ? wire.behind : wire.client;
    second.set_receive_buffer(20'000);
    first.send(std::string(kSize, 'x'));
    EXPECT_TRUE(wire.proxy.has_told([is_clients](const Journal& told) {
      return !told.heard().empty() && told.heard()[0]->bytes[is_clients ? 0 : 1].size() == kSize;
    }));
    first.reset();
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
    EXPECT_EQ(second.receive_all().size(), kSize);
    EXPECT_TRUE(second.was_reset());
  }
}

// Such a server answers what comes with a reset.
TEST(Relay, WhoWritesToOneThatHasClosedIsReset) {
  for (const bool is_clients : {true, false}) {
    Wire wire;
    Peer& first = is_clients ? wire.client : wire.behind;
    Peer& second = is_clients ? wire.behind : wire.client;
    first.close();
    EXPECT_EQ(second.receive_all(), "");
    const std::string block(1000, 'x');
    for (int i = 0; i < 2000 && !second.was_reset(); ++i) {
      second.send(block);
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    EXPECT_TRUE(second.was_reset());
    EXPECT_EQ(wire.stop().closed, CloseReason::Reset);
  }
}

// Who gives up while the other does not listen: neither end waits for the other any more.
TEST(Relay, AResetReachesOneThatIsWaitedFor) {
  for (const bool is_clients : {true, false}) {
    for (const bool is_talking_back : {false, true}) {
      Wire wire;
      Peer& first = is_clients ? wire.client : wire.behind;
      Peer& second = is_clients ? wire.behind : wire.client;
      EXPECT_GT(first.send_until_full(), 100'000u);
      if (is_talking_back) {
        EXPECT_GT(second.send_until_full(), 100'000u);
      }
      first.reset();
      EXPECT_TRUE(wire.proxy.has_closed(1)) << is_clients << is_talking_back;
      second.receive_all();
      EXPECT_TRUE(second.was_reset());
      EXPECT_EQ(wire.stop().closed, CloseReason::Reset);
    }
  }
}

TEST(Relay, FiftyMegabytesBothWaysArriveWholeWhereBothReadSlowly) {
  constexpr std::size_t kSize = 50'000'000;
  const std::array<std::string, 2> said{noise(kSize, 1), noise(kSize, 2)};
  std::array<std::string, 2> got;
  Wire wire;
  const auto talk = [&](Peer& peer, std::size_t own) {
    std::jthread writer([&peer, &text = said[own]] {
      peer.send(text);
      peer.finish();
    });
    peer.set_receive_buffer(400'000);  // with less than a segment or two, loopback waits for its persist timer
    std::string& heard = got[1 - own];
    while (true) {
      const std::string part = peer.receive(1'000'000);
      heard += part;
      if (part.empty()) break;
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
  };
  {
    std::jthread client(talk, std::ref(wire.client), 0);
    std::jthread server(talk, std::ref(wire.behind), 1);
  }
  EXPECT_TRUE(got[0] == said[0]);
  EXPECT_TRUE(got[1] == said[1]);
  const Heard& heard = wire.stop();
  EXPECT_TRUE(heard.bytes[0] == said[0]);
  EXPECT_TRUE(heard.bytes[1] == said[1]);
  EXPECT_EQ(heard.closed, CloseReason::Fin);
}

TEST(Relay, WhoDoesNotReadHoldsBackWhoWrites) {
  Wire wire;
  const std::size_t taken = wire.client.send_until_full();
  EXPECT_LT(taken, 100u << 20);  // the kernel's buffers on the way
  wire.client.finish();
  EXPECT_EQ(wire.behind.receive_all().size(), taken);
}

}  // namespace
}  // namespace overhear::testing
