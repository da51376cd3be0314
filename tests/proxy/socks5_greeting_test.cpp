#include "proxy/socks5_greeting.hpp"

#include <gtest/gtest.h>

#include "base/endpoint.hpp"
#include "tests/proxy/greeting_script.hpp"

namespace overhear::testing {
namespace {

using namespace std::string_literals;
using Status = Greeting::Status;

const std::string kHello = "\x05\x01\x00"s;        // RFC 1928, 3: one method, no authentication
const std::string kMethodChosen = "\x05\x00"s;     // no authentication
const std::string kNoMethod = "\x05\xff"s;         // no acceptable methods
const std::string kNowhere = "\x01\0\0\0\0\0\0"s;  // ATYP, BND.ADDR and BND.PORT of a refusal

Greeted greet_socks(const std::string& said) {
  return greet(ProxyKind::Socks5, said);
}

TEST(Socks5Greeting, NamesAServerByEachTypeOfAddress) {
  struct Row {
    std::string request;
    std::string_view target;
  };
  const Row rows[] = {
      {"\x05\x01\x00\x01\x7f\x00\x00\x01\x23\x28"s, "127.0.0.1:9000"},
      {"\x05\x01\x00\x03\x0c"s + "chat.example" + "\x1f\x90"s, "chat.example:8080"},
      {"\x05\x01\x00\x03\x01x\xff\xff"s, "x:65535"},
      {"\x05\x01\x00\x04"s + std::string(15, '\0') + "\x01\x00\x50"s, "[::1]:80"},
      {"\x05\x01\x00\x03\xff"s + std::string(255, 'h') + "\x00\x01"s, "h"},
  };
  for (const Row& row : rows) {
    const Greeted got = greet_socks(kHello + row.request);
    EXPECT_EQ(got.status, Status::Connect) << row.target;
    EXPECT_EQ(got.reply, kMethodChosen);
    EXPECT_EQ(got.target.substr(0, row.target.size()), row.target);
    EXPECT_EQ(got.rest, "");
  }
}

TEST(Socks5Greeting, WhatFollowsTheRequestIsTheServers) {
  const Greeted got = greet_socks(kHello + "\x05\x01\x00\x01\x7f\x00\x00\x01\x23\x28"s + "\x05\x01 hello");
  EXPECT_EQ(got.status, Status::Connect);
  EXPECT_EQ(got.rest, "\x05\x01 hello");
}

TEST(Socks5Greeting, OneOfManyMethodsIsEnough) {
  EXPECT_EQ(greet_socks("\x05\x03\x02\x01\x00"s).reply, kMethodChosen);
  EXPECT_EQ(greet_socks("\x05\xff"s + std::string(254, '\x02') + '\0').reply, kMethodChosen);
}

TEST(Socks5Greeting, WhatIsCutShortWaits) {
  const std::string request = "\x05\x01\x00\x03\x04host\x00\x50"s;
  for (const std::string& whole : {kHello, kHello + request}) {
    for (std::size_t length = 0; length < whole.size(); ++length) {
      EXPECT_EQ(greet(*make_greeting(ProxyKind::Socks5), whole.substr(0, length), 0).status, Status::NeedMore);
    }
  }
}

TEST(Socks5Greeting, WhatItDoesNotKnowIsRefusedAsTheRfcSays) {
  struct Row {
    std::string said;
    std::string reply;
    std::string_view problem;
  };
  const Row rows[] = {
      {"\x05\x00"s, kNoMethod, "authentication"},
      {"\x05\x02\x01\x02"s, kNoMethod, "authentication"},
      {kHello + "\x05\x02\x00\x01\x7f\x00\x00\x01\x23\x28"s, kMethodChosen + "\x05\x07\x00"s + kNowhere, "command 2"},
      {kHello + "\x05\x03\x00\x01\x7f\x00\x00\x01\x23\x28"s, kMethodChosen + "\x05\x07\x00"s + kNowhere, "command 3"},
      {kHello + "\x05\x01\x00\x02\x7f\x00\x00\x01\x23\x28"s, kMethodChosen + "\x05\x08\x00"s + kNowhere, "type 2"},
      {kHello + "\x05\x01\x00\x03\x00\x00\x50"s, kMethodChosen + "\x05\x01\x00"s + kNowhere, "no server"},
      {kHello + "\x05\x01\x00\x03\x03"s + "a\0b\x00\x50"s, kMethodChosen + "\x05\x01\x00"s + kNowhere, "no server"},
      {kHello + "\x05\x01\x00\x01\x7f\x00\x00\x01\x00\x00"s, kMethodChosen + "\x05\x01\x00"s + kNowhere, "no server"},
      {"\x04\x01\x00\x50\x7f\x00\x00\x01\x00"s, "", "SOCKS 4"},
      {"GET / HTTP/1.1\r\n\r\n", "", "--mode regular"},
      {"\x16\x03\x01"s, "", "does not speak SOCKS 5"},
      {kHello + "GET / HTTP/1.1\r\n\r\n", kMethodChosen, "another version"},
  };
  for (const Row& row : rows) {
    const Greeted got = greet_socks(row.said);
    EXPECT_EQ(got.status, Status::Refused) << row.problem;
    EXPECT_EQ(got.reply, row.reply) << row.problem;
    EXPECT_NE(got.problem.find(row.problem), std::string::npos) << got.problem;
  }
}

TEST(Socks5Greeting, TheAnswerSaysFromWhereTheServerWasReached) {
  Socks5Greeting greeting;
  Endpoint local;
  local.address.bytes = {10, 1, 2, 3};
  local.port = 0x1234;
  EXPECT_EQ(greeting.connected(local), "\x05\x00\x00\x01\x0a\x01\x02\x03\x12\x34"s);
  local.address = {.bytes = {0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9}, .is_v6 = true};
  EXPECT_EQ(greeting.connected(local), "\x05\x00\x00\x04\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x09\x12\x34"s);
}

TEST(Socks5Greeting, AFailureHasItsNumber) {
  Socks5Greeting greeting;
  const std::pair<ConnectFailure, char> rows[] = {{ConnectFailure::Refused, 5},
                                                  {ConnectFailure::NoSuchHost, 4},
                                                  {ConnectFailure::TimedOut, 6},
                                                  {ConnectFailure::Unreachable, 3},
                                                  {ConnectFailure::Other, 1}};
  for (const auto& [failure, number] : rows) {
    EXPECT_EQ(greeting.failed(failure, "why"), "\x05"s + number + '\0' + kNowhere);
  }
}

}  // namespace
}  // namespace overhear::testing
