#include "proxy/tls_intercept.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/proxy/tls_talk.hpp"

namespace overhear::testing {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

constexpr std::string_view kAsked = R"({"type":"a"})";
constexpr std::string_view kAnswered = R"({"type":"b","data":"☕"})";

auto only(int version) {
  return [version](SSL_CTX* context) {
    SSL_CTX_set_min_proto_version(context, version);
    SSL_CTX_set_max_proto_version(context, version);
  };
}

auto offering(std::string list) {
  return [list](SSL_CTX* context) {
    SSL_CTX_set_alpn_protos(context, reinterpret_cast<const unsigned char*>(list.data()),
                            static_cast<unsigned>(list.size()));
  };
}

// A server that chooses this, whatever is offered; empty: that chooses nothing.
auto choosing(const char* protocol) {
  return [protocol](SSL_CTX* context) {
    const auto choose = [](SSL*, const unsigned char** chosen, unsigned char* length, const unsigned char*, unsigned,
                           void* wanted) {
      const std::string_view name(static_cast<const char*>(wanted));
      *chosen = reinterpret_cast<const unsigned char*>(name.data());
      *length = static_cast<unsigned char>(name.size());
      return name.empty() ? SSL_TLSEXT_ERR_ALERT_FATAL : SSL_TLSEXT_ERR_OK;
    };
    SSL_CTX_set_alpn_select_cb(context, choose, const_cast<char*>(protocol));
  };
}

void expect_a_talk(TlsTalk& talk) {
  talk.shake_hands();
  ASSERT_THAT(talk.told, IsEmpty());
  ASSERT_TRUE(talk.is_open(Side::First));
  ASSERT_TRUE(talk.is_open(Side::Second));
  EXPECT_EQ(talk.say(Side::First, kAsked), kAsked);
  EXPECT_EQ(talk.say(Side::Second, kAnswered), kAnswered);
  EXPECT_EQ(talk.shown[0], kAsked);
  EXPECT_EQ(talk.shown[1], kAnswered);
  EXPECT_EQ(talk.opened, 1);
  EXPECT_EQ(talk.intercept().held(), 0u);
}

TEST(TlsIntercept, WhatBothSayPassesAndIsShownInEachVersionHoweverItsBytesCome) {
  for (const int client : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    for (const int server : {TLS1_2_VERSION, TLS1_3_VERSION}) {
      for (const std::size_t step : {std::size_t{1}, std::size_t{100}, std::string::npos}) {
        SCOPED_TRACE(std::to_string(client) + " " + std::to_string(server) + " in parts of " + std::to_string(step));
        TlsTalk talk({.step = step, .with_client = only(client), .with_server = only(server)});
        expect_a_talk(talk);
      }
    }
  }
}

TEST(TlsIntercept, TheClientGetsTheProtocolThatTheServerChose) {
  TlsTalk talk({.with_client = offering("\x02h2\x08http/1.1"), .with_server = choosing("http/1.1")});
  expect_a_talk(talk);
  EXPECT_EQ(talk.protocol(Side::First), "http/1.1");
  EXPECT_EQ(talk.protocol(Side::Second), "http/1.1");
}

TEST(TlsIntercept, NoProtocolIsChosenWhereNoneIsOfferedOrTheServerKnowsNone) {
  TlsTalk silent({.with_server = choosing("http/1.1")});
  expect_a_talk(silent);
  EXPECT_EQ(silent.protocol(Side::First), "");
  TlsTalk ignored({.with_client = offering("\x02h2")});
  expect_a_talk(ignored);
  EXPECT_EQ(ignored.protocol(Side::First), "");
}

TEST(TlsIntercept, AServerThatSpeaksNoneOfTheProtocolsIsTheClientsFailureToo) {
  TlsTalk talk({.with_client = offering("\x02h2"), .with_server = choosing("")});
  talk.shake_hands();
  EXPECT_TRUE(talk.intercept().has_failed());
  EXPECT_THAT(talk.told, ElementsAre(AllOf(StartsWith("proxy.upstream_tls"), HasSubstr("no application protocol"))));
  EXPECT_EQ(talk.alert(Side::First), "handshake failure");
}

// OpenSSL's client takes that as it comes.
TEST(TlsIntercept, AProtocolThatNobodyOfferedIsNotPassedOn) {
  TlsTalk talk({.with_client = offering("\x02h2\x08http/1.1"), .with_server = choosing("gopher")});
  talk.shake_hands();
  EXPECT_EQ(talk.protocol(Side::First), "");
}

TEST(TlsIntercept, TheServerIsAskedForTheNameThatTheClientSays) {
  TlsTalk talk({.route = {.server = "192.0.2.1", .own_name = "192.0.2.1"}});
  expect_a_talk(talk);
  EXPECT_STREQ(SSL_get_servername(talk.ssl(Side::Second), TLSEXT_NAMETYPE_host_name), "chat.example");
}

TEST(TlsIntercept, AServerThatIsFixedIsAskedForByItsOwnName) {
  TlsTalk talk({.server_name = "localhost",
                .route = {.server = "chat.example", .is_server_fixed = true, .own_name = "127.0.0.1"}});
  expect_a_talk(talk);
  EXPECT_STREQ(SSL_get_servername(talk.ssl(Side::Second), TLSEXT_NAMETYPE_host_name), "chat.example");
}

TEST(TlsIntercept, AClientThatNamesNobodyIsShownTheAddressThatItConnectedTo) {
  TlsTalk talk(
      {.server_name = "", .route = {.server = "chat.example", .is_server_fixed = true, .own_name = "127.0.0.1"}});
  expect_a_talk(talk);
  TlsTalk six({.server_name = "", .is_insecure = true, .route = {.server = "::1", .own_name = "::1"}});
  expect_a_talk(six);
  EXPECT_EQ(SSL_get_servername(six.ssl(Side::Second), TLSEXT_NAMETYPE_host_name), nullptr);
}

TEST(TlsIntercept, EachSideHearsThatTheOtherHasFinished) {
  for (const Side first : {Side::First, Side::Second}) {
    for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
      TlsTalk talk({.with_server = only(version)});
      expect_a_talk(talk);
      talk.close(first);
      EXPECT_TRUE(talk.has_got_close(other(first)));
      EXPECT_FALSE(talk.has_got_close(first));
      EXPECT_EQ(talk.say(other(first), "and one more"), "and one more");
      talk.close(other(first));
      EXPECT_TRUE(talk.has_got_close(first));
      talk.end(first);
      talk.end(other(first));
      EXPECT_FALSE(talk.intercept().has_failed());
      EXPECT_THAT(talk.told, IsEmpty());
    }
  }
}

// RFC 8446, 6.1: who is cut off has to notice.
TEST(TlsIntercept, AnEndWithoutCloseNotifyStaysOne) {
  for (const Side first : {Side::First, Side::Second}) {
    TlsTalk talk;
    expect_a_talk(talk);
    talk.end(first);
    EXPECT_FALSE(talk.has_got_close(other(first)));
    EXPECT_THAT(talk.told, IsEmpty());
  }
}

TEST(TlsIntercept, TheServerMaySpeakBeforeTheClientHasFinishedItsHandshake) {
  TlsTalk talk;
  talk.move_from(Side::First);
  talk.move_from(Side::Second);
  ASSERT_EQ(SSL_do_handshake(talk.ssl(Side::Second)), 1);
  ASSERT_GT(SSL_write(talk.ssl(Side::Second), kAnswered.data(), static_cast<int>(kAnswered.size())), 0);
  talk.move_from(Side::Second);
  EXPECT_EQ(talk.shown[1], "");
  EXPECT_GT(talk.intercept().held(), kAnswered.size());
  talk.move();
  EXPECT_EQ(talk.heard(Side::First), kAnswered);
  EXPECT_EQ(talk.shown[1], kAnswered);
  EXPECT_EQ(talk.opened, 1);
}

TEST(TlsIntercept, TheClientHearsAServerThatHasLeftDuringItsHandshake) {
  for (const bool says_so : {true, false}) {
    TlsTalk talk;
    talk.move_from(Side::First);
    talk.move_from(Side::Second);
    ASSERT_EQ(SSL_do_handshake(talk.ssl(Side::Second)), 1);
    ASSERT_GT(SSL_write(talk.ssl(Side::Second), kAnswered.data(), static_cast<int>(kAnswered.size())), 0);
    if (says_so) (void)SSL_shutdown(talk.ssl(Side::Second));
    talk.move_from(Side::Second);
    EXPECT_FALSE(talk.intercept().keeps_end(Side::Second));
    talk.end_unseen(Side::Second);
    EXPECT_TRUE(talk.intercept().keeps_end(Side::Second));
    EXPECT_GE(talk.intercept().held(), kAnswered.size());
    talk.move();
    EXPECT_FALSE(talk.intercept().keeps_end(Side::Second));
    EXPECT_EQ(talk.heard(Side::First), kAnswered);
    EXPECT_EQ(talk.shown[1], kAnswered);
    EXPECT_EQ(talk.has_got_close(Side::First), says_so);
    EXPECT_THAT(talk.told, IsEmpty());
  }
}

TEST(TlsIntercept, AnyAmountPassesBothWays) {
  TlsTalk talk;
  talk.shake_hands();
  std::string chunk(1 << 20, 'x');
  std::size_t passed[2] = {0, 0};
  for (int i = 0; i < 50; ++i) {
    chunk[static_cast<std::size_t>(i)] = static_cast<char>('A' + i % 26);
    for (const Side side : {Side::First, Side::Second}) {
      ASSERT_EQ(talk.say(side, chunk), chunk);
      passed[static_cast<std::size_t>(side)] += chunk.size();
    }
    ASSERT_EQ(talk.intercept().held(), 0u);
  }
  EXPECT_EQ(talk.shown[0].size(), passed[0]);
  EXPECT_EQ(talk.shown[1].size(), passed[1]);
}

TEST(TlsIntercept, AClientThatDoesNotTrustTheProxyIsToldWhatToDo) {
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    TlsTalk talk({.client_trusts = false, .with_client = only(version)});
    talk.shake_hands();
    EXPECT_TRUE(talk.intercept().has_failed());
    EXPECT_THAT(talk.told, ElementsAre(AllOf(StartsWith("proxy.client_tls: the client refused"),
                                             HasSubstr("unknown ca"), HasSubstr("overhear ca install-help"))));
    EXPECT_EQ(talk.opened, 0);
  }
}

TEST(TlsIntercept, AClientOfAnOldVersionIsNotSaidToRefuse) {
  const auto old = [](SSL_CTX* context) {
    SSL_CTX_set_security_level(context, 0);
    only(TLS1_1_VERSION)(context);
  };
  TlsTalk talk({.with_client = old});
  talk.shake_hands();
  EXPECT_THAT(talk.told, ElementsAre(AllOf(StartsWith("proxy.client_tls"), HasSubstr("unsupported protocol"),
                                           Not(HasSubstr("refused")))));
  EXPECT_EQ(talk.alert(Side::First), "protocol version");
}

TEST(TlsIntercept, AServerThatIsNotWhomItHasToBeIsNotTalkedTo) {
  const std::pair<Shown, const char*> rows[] = {
      {Shown::OtherName, "hostname mismatch"},
      {Shown::Unknown, "unable to get local issuer certificate"},
      {Shown::Expired, "certificate has expired"},
  };
  for (const auto& [shown, why] : rows) {
    TlsTalk talk({.shown = shown});
    talk.shake_hands();
    EXPECT_TRUE(talk.intercept().has_failed());
    EXPECT_THAT(talk.told, ElementsAre(AllOf(StartsWith("proxy.upstream_tls: the server is not chat.example"),
                                             HasSubstr(why), HasSubstr("--upstream-ca"), HasSubstr("--insecure"))));
    EXPECT_EQ(talk.alert(Side::First), "handshake failure");
    EXPECT_FALSE(talk.is_open(Side::First));
    TlsTalk insecure({.shown = shown, .is_insecure = true});
    expect_a_talk(insecure);
  }
}

auto wanting_a_certificate() {
  return [](SSL_CTX* context) {
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
    only(TLS1_2_VERSION)(context);
  };
}

// Whatever was not verified before that.
TEST(TlsIntercept, AServerThatWantsACertificateOfTheClientSaysSo) {
  for (const bool is_insecure : {false, true}) {
    TlsTalk talk({.shown = is_insecure ? Shown::Unknown : Shown::Good,
                  .is_insecure = is_insecure,
                  .with_server = wanting_a_certificate()});
    talk.shake_hands();
    EXPECT_THAT(talk.told, ElementsAre(AllOf(StartsWith("proxy.upstream_tls: the TLS handshake with the server "
                                                        "chat.example failed"),
                                             HasSubstr("alert handshake failure"))));
  }
}

// In TLS 1.3 it says so when the proxy's handshake with it is over.
TEST(TlsIntercept, AServerThatWantsACertificateSaysSoEvenWhereItLeavesWithThat) {
  const auto wants = [](SSL_CTX* context) {
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  };
  TlsTalk talk({.with_server = wants});
  talk.move_from(Side::First);
  talk.move_from(Side::Second);
  talk.move_from(Side::Second);
  talk.end(Side::Second);
  EXPECT_TRUE(talk.intercept().has_failed());
  EXPECT_THAT(talk.told, ElementsAre(AllOf(StartsWith("proxy.upstream_tls"), HasSubstr("certificate required"))));
}

TEST(TlsIntercept, WhoLeavesDuringTheHandshakeIsNamed) {
  TlsTalk talk;
  talk.say_raw(Side::First, talk.take_flight(Side::First));
  talk.end(Side::Second);
  EXPECT_TRUE(talk.intercept().has_failed());
  EXPECT_THAT(talk.told, ElementsAre("proxy.upstream_tls: the server left during the TLS handshake"));
  EXPECT_EQ(talk.alert(Side::First), "handshake failure");

  TlsTalk client;
  client.say_raw(Side::First, client.take_flight(Side::First));
  client.end(Side::First);
  EXPECT_TRUE(client.intercept().has_failed());
  EXPECT_THAT(client.told, ElementsAre(StartsWith("proxy.client_tls: the client left during the TLS handshake")));
}

TEST(TlsIntercept, WhoConnectsAndLeavesIsNoFinding) {
  TlsTalk talk;
  talk.end(Side::First);
  EXPECT_THAT(talk.told, IsEmpty());
}

TEST(TlsIntercept, WhatIsNotTlsIsRefusedWhereTlsHasToBe) {
  for (const std::string& text : {std::string("GET / HTTP/1.1\r\n\r\n"), std::string(100, '\x16'),
                                  std::string("\x16\x03\x01\x00\x04\xff\x00\x00\x00", 9)}) {
    TlsTalk talk;
    EXPECT_EQ(talk.say_raw(Side::First, text), "");
    EXPECT_TRUE(talk.intercept().has_failed());
    EXPECT_THAT(talk.told, ElementsAre(StartsWith("proxy.client_tls: the client does not speak TLS")));
    EXPECT_EQ(talk.shown[0], "");
  }
}

TEST(TlsIntercept, ServersThatAreLeftAloneArePassedOnEncrypted) {
  TlsTalk talk({.client_trusts = false, .passthrough = {"*.EXAMPLE"}, .step = 10});
  EXPECT_FALSE(talk.is_open(Side::Second));
  const std::string hello = talk.take_flight(Side::First);
  EXPECT_EQ(talk.say_raw(Side::First, hello), hello);
  EXPECT_EQ(talk.shown[0], hello);
  EXPECT_EQ(talk.opened, 0);
  EXPECT_EQ(talk.say_raw(Side::Second, "anything"), "anything");
  TlsTalk by_address(
      {.server_name = "", .passthrough = {"10.*"}, .route = {.server = "10.0.0.7", .own_name = "10.0.0.7"}});
  const std::string other = by_address.take_flight(Side::First);
  EXPECT_EQ(by_address.say_raw(Side::First, other), other);
}

TEST(TlsIntercept, NamesAreLikePatterns) {
  struct Row {
    const char* host;
    const char* pattern;
    bool is_like;
  };
  const Row rows[] = {
      {"chat.example", "chat.example", true},
      {"Chat.Example", "cHAT.eXAMPLE", true},
      {"chat.example", "chat.exampl", false},
      {"chat.example", "hat.example", false},
      {"chat.example", "*.example", true},
      {"a.b.example", "*.example", true},
      {"example", "*.example", false},
      {"chat.example", "*", true},
      {"", "*", true},
      {"", "", true},
      {"", "a", false},
      {"a", "", false},
      {"chat.example", "chat.*", true},
      {"chat.example", "c*t.*e", true},
      {"chat.example", "c**e", true},
      {"chat.example", "*chat*example*", true},
      {"chat.example", "*chat*examples*", false},
      {"aaaaaaab", "*a*a*b", true},
      {"aaaaaaac", "*a*a*b", false},
      {"10.0.0.7", "10.*", true},
      {"110.0.0.7", "10.*", false},
      {"chat.example", "chat?example", false},
  };
  for (const Row& row : rows)
    EXPECT_EQ(is_host_like(row.host, row.pattern), row.is_like) << row.host << " " << row.pattern;
}

// The worst that a pattern can cost.
TEST(TlsIntercept, PatternsOfManyStarsTakeNoTime) {
  std::string pattern;
  for (int i = 0; i < 200; ++i) pattern += "*a";
  EXPECT_FALSE(is_host_like(std::string(60'000, 'a'), pattern + "b"));
}

TEST(TlsIntercept, HelloRetryRequestsOfEitherServerAreAnswered) {
  const auto groups = [](const char* list) {
    return [list](SSL_CTX* context) { SSL_CTX_set1_groups_list(context, list); };
  };
  TlsTalk upstream({.with_server = groups("P-384")});
  expect_a_talk(upstream);
  // The proxy takes this group, but no share comes with it at first.
  TlsTalk client({.step = 7, .with_client = groups("ffdhe2048:P-256")});
  expect_a_talk(client);
}

TEST(TlsIntercept, KeysAreUpdated) {
  TlsTalk talk;
  expect_a_talk(talk);
  for (const int kind : {SSL_KEY_UPDATE_REQUESTED, SSL_KEY_UPDATE_NOT_REQUESTED}) {
    for (const Side side : {Side::First, Side::Second}) {
      ASSERT_EQ(SSL_key_update(talk.ssl(side), kind), 1);
      EXPECT_EQ(talk.say(side, kAsked), kAsked);
      EXPECT_EQ(talk.say(other(side), kAnswered), kAnswered);
    }
  }
}

TEST(TlsIntercept, AHelloMayBeAsLargeAsOpensslTakesIt) {
  std::string list;
  for (int i = 0; i < 200; ++i) list += std::string(1, '\x40') + std::string(64, static_cast<char>('!' + i % 90));
  TlsTalk talk({.step = 1000, .with_client = offering(list)});
  expect_a_talk(talk);
}

}  // namespace
}  // namespace overhear::testing
