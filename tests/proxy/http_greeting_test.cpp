#include "proxy/http_greeting.hpp"

#include <gtest/gtest.h>

#include "tests/proxy/greeting_script.hpp"

namespace overhear::testing {
namespace {

using Status = Greeting::Status;

Greeted greet_http(std::string_view said) {
  return greet(ProxyKind::Regular, said);
}

TEST(HttpGreeting, ConnectOpensATunnel) {
  struct Row {
    std::string_view target;
    std::string_view found;
  };
  for (const auto& [target, found] : {Row{"chat.example:8443", "chat.example:8443"}, Row{"[::1]:80", "[::1]:80"},
                                      Row{"127.0.0.1:9000", "127.0.0.1:9000"}}) {
    const std::string text(target);
    const Greeted got = greet_http("CONNECT " + text + " HTTP/1.1\r\nHost: " + text + "\r\n\r\n\x16\x03\x01 hello");
    EXPECT_EQ(got.status, Status::Connect) << target;
    EXPECT_EQ(got.target, found);
    EXPECT_EQ(got.rest, "\x16\x03\x01 hello");
    EXPECT_EQ(got.reply, "");
  }
}

TEST(HttpGreeting, ATunnelIsAnsweredOnceItIsThere) {
  HttpGreeting tunnel;
  greet(tunnel, "CONNECT chat.example:443 HTTP/1.1\r\n\r\n", 0);
  EXPECT_EQ(tunnel.connected({}), "HTTP/1.1 200 Connection established\r\n\r\n");
  HttpGreeting request;
  greet(request, "GET http://chat.example/ HTTP/1.1\r\n\r\n", 0);
  EXPECT_EQ(request.connected({}), "");
}

TEST(HttpGreeting, ARequestGoesOnWithItsPathAlone) {
  const Greeted got = greet_http(
      "POST http://chat.example:8080/rooms?new=1 HTTP/1.1\r\nHost: elsewhere\r\nProxy-Connection: keep-alive\r\n"
      "Proxy-Authorization: Basic eA==\r\nConnection: keep-alive\r\nKeep-Alive: timeout=5\r\nContent-Length: 5\r\n"
      "X-Name: a: b\r\n\r\nhello");
  EXPECT_EQ(got.status, Status::Connect);
  EXPECT_EQ(got.target, "chat.example:8080");
  // RFC 9112, 3.2.2: the URL says which host is meant, whatever the Host field does.
  EXPECT_EQ(got.rest,
            "POST /rooms?new=1 HTTP/1.1\r\nHost: chat.example:8080\r\nContent-Length: 5\r\nX-Name: a: b\r\n"
            "Connection: close\r\n\r\nhello");
}

TEST(HttpGreeting, AnUpgradeKeepsItsConnectionField) {
  const Greeted got = greet_http(
      "GET ws://chat.example/chat HTTP/1.1\r\nHost: chat.example\r\nConnection: keep-alive, Upgrade\r\n"
      "Upgrade: websocket\r\nProxy-Connection: x\r\n\r\n");
  EXPECT_EQ(got.status, Status::Connect);
  EXPECT_EQ(got.target, "chat.example:80");
  EXPECT_EQ(
      got.rest,
      "GET /chat HTTP/1.1\r\nHost: chat.example\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n\r\n");
}

TEST(HttpGreeting, EveryUrlNamesAServerAndAPath) {
  struct Row {
    std::string_view url;
    std::string_view target;
    std::string_view line;
  };
  for (const auto& [url, target, line] :
       {Row{"http://a", "a:80", "GET / HTTP/1.1"}, Row{"HTTP://a/", "a:80", "GET / HTTP/1.1"},
        Row{"http://a?q=/x", "a:80", "GET /?q=/x HTTP/1.1"}, Row{"http://[::1]/x", "[::1]:80", "GET /x HTTP/1.1"},
        Row{"http://[::1]:81/x", "[::1]:81", "GET /x HTTP/1.1"},
        Row{"http://a:1/b://c", "a:1", "GET /b://c HTTP/1.1"}}) {
    const Greeted got = greet_http("GET " + std::string(url) + " HTTP/1.1\r\n\r\n");
    EXPECT_EQ(got.status, Status::Connect) << url;
    EXPECT_EQ(got.target, target) << url;
    EXPECT_EQ(got.rest.substr(0, got.rest.find('\r')), line) << url;
  }
}

// A server that speaks HTTP 1.1 would answer in chunks, which a client of 1.0 does not know.
TEST(HttpGreeting, TheVersionStaysTheClients) {
  const Greeted got = greet_http("GET http://a/ HTTP/1.0\r\n\r\n");
  EXPECT_EQ(got.rest, "GET / HTTP/1.0\r\nHost: a\r\nConnection: close\r\n\r\n");
}

TEST(HttpGreeting, WhatNamesNoServerIsRefusedInWords) {
  struct Row {
    std::string_view said;
    std::string_view problem;
  };
  for (const auto& [said, problem] :
       {Row{"GET / HTTP/1.1\r\nHost: a\r\n\r\n", "no http:// URL"},
        Row{"GET https://a/ HTTP/1.1\r\n\r\n", "no http://"}, Row{"GET http:///x HTTP/1.1\r\n\r\n", "names no server"},
        Row{"GET http://a:0/ HTTP/1.1\r\n\r\n", "names no server"},
        Row{"GET http://a:99999/ HTTP/1.1\r\n\r\n", "names no server"},
        Row{"GET http://::1/ HTTP/1.1\r\n\r\n", "names no"}, Row{"CONNECT a HTTP/1.1\r\n\r\n", "HOST:PORT"},
        Row{"CONNECT a:0 HTTP/1.1\r\n\r\n", "HOST:PORT"}, Row{"CONNECT http://a/ HTTP/1.1\r\n\r\n", "HOST:PORT"},
        Row{"\x05\x01", "does not speak HTTP"}, Row{"{\"type\":\"x\"}", "does not speak HTTP"},
        Row{"GET http://a/ HTTP/1.1\r\nno field\r\n\r\n", "malformed"}}) {
    const Greeted got = greet_http(said);
    EXPECT_EQ(got.status, Status::Refused) << said;
    EXPECT_TRUE(got.reply.starts_with("HTTP/1.1 400 Bad Request\r\n")) << got.reply;
    EXPECT_NE(got.problem.find(problem), std::string::npos) << got.problem;
    EXPECT_NE(got.reply.find(got.problem), std::string::npos) << got.reply;
  }
}

TEST(HttpGreeting, AHeadThatDoesNotEndIsGivenUp) {
  HttpGreeting greeting;
  std::string received = "GET http://a/ HTTP/1.1\r\n";
  std::string reply;
  std::size_t fed = 0;
  for (; greeting.feed(received, reply) == Status::NeedMore && fed < 100; ++fed) {
    received += "X: " + std::string(1000, 'x') + "\r\n";
  }
  EXPECT_NEAR(static_cast<double>(fed), 65, 1);
  EXPECT_NE(greeting.problem().find("64 KiB"), std::string::npos);
}

TEST(HttpGreeting, EmptyLinesMayStandInFront) {
  EXPECT_EQ(greet_http("\r\n\r\nCONNECT a:1 HTTP/1.1\r\n\r\n").target, "a:1");
}

TEST(HttpGreeting, AFailureIsAnAnswerWithItsLength) {
  HttpGreeting greeting;
  const std::string late = greeting.failed(ConnectFailure::TimedOut, "a:1 did not answer");
  EXPECT_TRUE(late.starts_with("HTTP/1.1 504 ")) << late;
  EXPECT_TRUE(late.ends_with("\r\nContent-Length: 29\r\nConnection: close\r\n\r\noverhear: a:1 did not answer\n"))
      << late;
  EXPECT_TRUE(greeting.failed(ConnectFailure::Refused, "x").starts_with("HTTP/1.1 502 "));
}

}  // namespace
}  // namespace overhear::testing
