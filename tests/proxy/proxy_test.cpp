// Who is let in, how long is waited, and how all ends.
#include "proxy/proxy.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <algorithm>
#include <thread>
#include <vector>

#include "tests/proxy/peer.hpp"
#include "tests/proxy/running_proxy.hpp"

namespace overhear::testing {
namespace {

using namespace std::chrono_literals;
using namespace std::string_literals;

ProxyOptions options(std::vector<ProxyMode> modes) {
  ProxyOptions out;
  out.modes = std::move(modes);
  return out;
}

ProxyOptions options(const std::string& mode, const ListenAddress& listen = {"", 0}) {
  return options(std::vector{RunningProxy::mode(mode, listen)});
}

std::string to(const Server& server) {
  return "reverse:tcp://127.0.0.1:" + std::to_string(server.port());
}

std::string socks_request(std::uint16_t port) {
  return "\x05\x01\x00\x05\x01\x00\x01\x7f\x00\x00\x01"s + static_cast<char>(port >> 8) +
         static_cast<char>(port & 0xff);
}

bool holds(const std::vector<std::string>& findings, std::string_view part) {
  return std::ranges::any_of(findings, [part](const std::string& one) { return one.find(part) != std::string::npos; });
}

TEST(Proxy, AServerThatIsNotThereResetsTheClient) {
  Server server;
  const std::string mode = to(server);
  server.close();
  RunningProxy proxy(options(mode));
  Peer client = Peer::connect(proxy.port());
  EXPECT_EQ(client.receive_all(), "");
  EXPECT_TRUE(client.was_reset());
  const Journal& told = proxy.stop();
  EXPECT_TRUE(told.heard().empty());
  ASSERT_EQ(told.findings().size(), 1u);
  EXPECT_TRUE(holds(told.findings(), "proxy.upstream_failed: client 127.0.0.1:")) << told.findings()[0];
  EXPECT_TRUE(holds(told.findings(), "refused the connection")) << told.findings()[0];
}

TEST(Proxy, AClientThatCanBeToldIsToldWhy) {
  Server server;
  const std::uint16_t port = server.port();
  server.close();
  RunningProxy proxy(options({RunningProxy::mode("socks5"), RunningProxy::mode("regular")}));
  Peer socks = Peer::connect(proxy.port(0));
  socks.send(socks_request(port));
  EXPECT_EQ(socks.receive_all(), "\x05\x00\x05\x05\x00\x01\x00\x00\x00\x00\x00\x00"s);
  EXPECT_FALSE(socks.was_reset());
  Peer http = Peer::connect(proxy.port(1));
  http.send("GET http://127.0.0.1:" + std::to_string(port) + "/ HTTP/1.1\r\n\r\n");
  const std::string answer = http.receive_all();
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 502 Bad Gateway\r\n")) << answer;
  EXPECT_NE(answer.find("refused the connection"), std::string::npos) << answer;
}

TEST(Proxy, AClientOfSocksIsBroughtToItsServer) {
  Server server;
  RunningProxy proxy(options("socks5"));
  Peer client = Peer::connect(proxy.port());
  client.send(socks_request(server.port()) + "early");
  Peer behind = server.accept();
  EXPECT_EQ(client.receive(12).substr(0, 4), "\x05\x00\x05\x00"s);
  EXPECT_EQ(behind.receive(5), "early");
  behind.send("hello");
  EXPECT_EQ(client.receive(5), "hello");
  EXPECT_EQ(proxy.stop().heard().at(0)->bytes, (std::array<std::string, 2>{"early", "hello"}));
}

TEST(Proxy, AProxyThatLeadsToItselfBreaksTheLoop) {
  RunningProxy proxy(options({RunningProxy::mode("socks5"), RunningProxy::mode("socks5", {"0.0.0.0", 0})}));
  for (const std::size_t gate : {0u, 1u}) {
    Peer client = Peer::connect(proxy.port(gate));
    client.send(socks_request(proxy.port(gate)));
    client.receive_all();
  }
  const Journal& told = proxy.stop();
  EXPECT_TRUE(holds(told.findings(), "proxy.loop") || holds(told.heard().at(0)->findings, "proxy.loop"));
  EXPECT_LE(told.heard().size(), 4u);
}

// The command line sees that "localhost" is where it listens itself, but not that this is.
TEST(Proxy, AProxyThatLeadsToItselfByAnotherNameBreaksTheLoop) {
  Server free;
  const std::uint16_t port = free.port();
  free.close();
  RunningProxy proxy(options("reverse:tcp://127.0.0.2:" + std::to_string(port), {"0.0.0.0", port}));
  Peer client = Peer::connect(port);
  EXPECT_EQ(client.receive_all(), "");
  EXPECT_TRUE(client.was_reset());
  const Journal& told = proxy.stop();
  EXPECT_TRUE(holds(told.findings(), "proxy.loop") || holds(told.heard().at(0)->findings, "proxy.loop"));
  EXPECT_LE(told.heard().size(), 2u);
}

// The kernel gives a port out again for another way.
TEST(Proxy, APortThatAClientHasTooIsNoLoop) {
  Server server;
  RunningProxy proxy(server.port());
  std::vector<Peer> peers;
  for (int i = 0; i < 1500; ++i) {
    peers.push_back(Peer::connect(proxy.port()));
    peers.push_back(server.accept());
  }
  for (std::size_t i = 0; i < peers.size(); i += 2) {
    peers[i].send("x");
    ASSERT_EQ(peers[i + 1].receive(1), "x");
  }
  for (const auto& heard : proxy.stop().heard()) ASSERT_TRUE(heard->findings.empty()) << heard->findings.front();
}

TEST(Proxy, WhoComesWhenAllPlacesAreTakenWaits) {
  Server server;
  ProxyOptions one = options(to(server));
  one.connections = 1;
  RunningProxy proxy(std::move(one));
  Peer first = Peer::connect(proxy.port());
  Peer behind_first = server.accept();
  Peer second = Peer::connect(proxy.port());
  second.send("me too");
  EXPECT_TRUE(second.is_silent());
  first.close();
  behind_first.close();
  EXPECT_EQ(server.accept().receive(6), "me too");
  EXPECT_EQ(proxy.stop().findings().size(), 1u);
  EXPECT_TRUE(holds(proxy.stop().findings(), "proxy.too_many_connections"));
}

TEST(Proxy, WithoutDescriptorsClientsWait) {
#ifdef __SANITIZE_ADDRESS__
  GTEST_SKIP() << "the sanitizers need descriptors themselves";
#endif
  Server server;
  RunningProxy proxy(options(to(server)));
  rlimit before{};
  ::getrlimit(RLIMIT_NOFILE, &before);
  Peer client = Peer::connect(proxy.port());
  Peer behind = server.accept();
  const rlimit few{.rlim_cur = 3, .rlim_max = before.rlim_max};
  Peer later = Peer::unconnected();
  ::setrlimit(RLIMIT_NOFILE, &few);
  later.connect_to(proxy.port());
  later.send("later");
  EXPECT_TRUE(proxy.has_told([](const Journal& told) { return holds(told.findings(), "proxy.no_descriptors"); }));
  client.send("meanwhile");
  EXPECT_EQ(behind.receive(9), "meanwhile");
  ::setrlimit(RLIMIT_NOFILE, &before);
  EXPECT_EQ(server.accept().receive(5), "later");
}

TEST(Proxy, WhoSaysNothingIsNotWaitedForForever) {
  Server server;
  RunningProxy proxy(server.port(), {.idle = 300ms});
  Peer client = Peer::connect(proxy.port());
  Peer behind = server.accept();
  for (int i = 0; i < 5; ++i) {  // longer than that altogether
    std::this_thread::sleep_for(100ms);
    client.send("x");
    EXPECT_EQ(behind.receive(1), "x");
  }
  EXPECT_EQ(client.receive_all(), "");
  EXPECT_EQ(behind.receive_all(), "");
  const Heard& heard = *proxy.stop().heard().at(0);
  EXPECT_EQ(heard.closed, CloseReason::Timeout);
  EXPECT_TRUE(holds(heard.findings, "proxy.timeout: closed: nothing was said for 0.3 s")) << heard.findings.at(0);
}

TEST(Proxy, AfterOneSideHasFinishedAnotherTimeCounts) {
  Server server;
  RunningProxy proxy(server.port(), {.half_closed = 200ms});
  Peer client = Peer::connect(proxy.port());
  Peer behind = server.accept();
  EXPECT_TRUE(behind.is_silent());
  client.finish();
  EXPECT_EQ(client.receive_all(), "");
  const Heard& heard = *proxy.stop().heard().at(0);
  EXPECT_EQ(heard.closed, CloseReason::Timeout);
  EXPECT_TRUE(holds(heard.findings, "the client had finished")) << heard.findings.at(0);
}

TEST(Proxy, WhoDoesNotSayWhereToIsSentAway) {
  ProxyOptions impatient = options("socks5");
  impatient.timeouts.greeting = 300ms;
  RunningProxy proxy(std::move(impatient));
  Peer mute = Peer::connect(proxy.port());
  Peer halting = Peer::connect(proxy.port());
  halting.send("\x05\x01\x00\x05"s);
  EXPECT_EQ(mute.receive_all(), "");
  EXPECT_EQ(halting.receive_all(), "\x05\x00"s);
  EXPECT_EQ(proxy.stop().findings().size(), 2u);
  EXPECT_TRUE(holds(proxy.stop().findings(), "it did not say within 0.3 s where to go"));
}

// A server whose queue of clients is full answers no SYN.
TEST(Proxy, AServerThatDoesNotAnswerIsGivenUp) {
  ProxyOptions impatient = options("socks5");
  impatient.timeouts.connect = 300ms;
  RunningProxy proxy(std::move(impatient));
  Server full("127.0.0.1", 0);
  Peer first = Peer::connect(full.port());
  Peer client = Peer::connect(proxy.port());
  client.send(socks_request(full.port()));
  EXPECT_EQ(client.receive_all().substr(0, 4), "\x05\x00\x05\x06"s);
  EXPECT_TRUE(holds(proxy.stop().findings(), "did not answer within 0.3 s"));
}

TEST(Proxy, WhileItIsToldToStopBytesMayFlow) {
  Server server;
  RunningProxy proxy(server.port());
  Peer client = Peer::connect(proxy.port());
  Peer behind = server.accept();
  std::jthread writer([&client] {
    const std::string block(100'000, 'x');
    while (!client.was_reset()) client.send(block);
  });
  std::jthread reader([&behind] { behind.receive_all(); });
  std::this_thread::sleep_for(100ms);
  const auto start = std::chrono::steady_clock::now();
  const Journal& told = proxy.stop();
  EXPECT_LT(std::chrono::steady_clock::now() - start, 2s);
  EXPECT_EQ(told.heard().at(0)->closed, CloseReason::EndOfCapture);
}

TEST(Proxy, ThousandsComeAndGo) {
  Server server;
  RunningProxy proxy(server.port());
  std::jthread behind([&server] {
    for (int i = 0; i < 2000; ++i) {
      Peer peer = server.accept();
      peer.send(peer.receive(1));
    }
  });
  for (int i = 0; i < 2000; ++i) {
    Peer client = Peer::connect(proxy.port());
    client.send("x");
    ASSERT_EQ(client.receive_all(), "x");
  }
  EXPECT_TRUE(proxy.has_closed(2000));
  EXPECT_EQ(proxy.stop().heard().size(), 2000u);
}

}  // namespace
}  // namespace overhear::testing
