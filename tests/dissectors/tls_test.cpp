// TLS connections of OpenSSL with the key log that belongs to them, and what is left of them where something is
// missing.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "decrypt/hex.hpp"
#include "decrypt/tls_suites.hpp"
#include "tests/support/rfc8448.hpp"
#include "tests/support/rfc8448_resumed.hpp"
#include "tests/support/rfc8448_retry.hpp"
#include "tests/support/tls_peers.hpp"

namespace overhear {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::Heard;
using ::testing::IsEmpty;
using testing::LayerSetup;
using testing::Loss;
using ::testing::Not;
using testing::Part;
using testing::Said;
using testing::Script;
using testing::TlsPeers;
using testing::TlsSetup;

constexpr Direction kClient = Direction::Client;
constexpr Direction kServer = Direction::Server;

std::string message(int number, std::size_t filling = 0) {
  return R"({"type":"test","n":)" + std::to_string(number) + R"(,"x":")" + std::string(filling, 'x') + "\"}";
}

// A short talk: four messages, then the end.
void talk(TlsPeers& peers) {
  for (int i = 0; i < 4; ++i) peers.say(i % 2 == 0 ? kClient : kServer, message(i));
  peers.close(kClient);
  peers.close(kServer);
}

std::vector<std::string> said(const TlsPeers& peers) {
  std::vector<std::string> out;
  for (const Part& part : peers.parts()) {
    if (!part.text.empty()) out.push_back(part.text);
  }
  return out;
}

LayerSetup setup_with(const KeyStore* keys) {
  LayerSetup setup;
  setup.make = testing::over_tls();
  setup.keys = const_cast<KeyStore*>(keys);
  return setup;
}

Heard hear(const TlsPeers& peers) {
  const auto keys = peers.keys();
  return run(peers.script().fin(), setup_with(keys.get()));
}

// Everything was opened, and nothing but that was said.
void expect_open(const TlsPeers& peers) {
  const Heard heard = hear(peers);
  EXPECT_THAT(heard.messages(), ::testing::ElementsAreArray(said(peers))) << ::testing::PrintToString(heard.log);
  EXPECT_EQ(heard.units.size(), said(peers).size());
  for (const Said& unit : heard.units) EXPECT_EQ(unit.decrypted, "tls-keylog");
  EXPECT_FALSE(heard.has_finding("tls.no_key") || heard.has_finding("tls.bad_record"));
}

// Every suite that OpenSSL can speak and we can open.
struct SuiteCase {
  const char* suites;
  bool is_tls13;
};

class TlsSuites : public ::testing::TestWithParam<SuiteCase> {};

TEST_P(TlsSuites, AreOpened) {
  const auto& [suites, is_tls13] = GetParam();
  for (const bool encrypts_then_macs : {true, false}) {
    TlsPeers peers({.is_tls13 = is_tls13, .suites = suites, .encrypts_then_macs = encrypts_then_macs});
    peers.shake_hands();
    talk(peers);
    SCOPED_TRACE(peers.suite());
    expect_open(peers);
    if (is_tls13 || peers.suite().find("CBC") == std::string::npos) break;
  }
}

constexpr SuiteCase kTls13[] = {
    {"TLS_AES_128_GCM_SHA256", true}, {"TLS_AES_256_GCM_SHA384", true},   {"TLS_CHACHA20_POLY1305_SHA256", true},
    {"TLS_AES_128_CCM_SHA256", true}, {"TLS_AES_128_CCM_8_SHA256", true},
};
constexpr SuiteCase kTls12[] = {
    {"ECDHE-ECDSA-AES128-GCM-SHA256", false},
    {"ECDHE-RSA-AES256-GCM-SHA384", false},
    {"DHE-RSA-AES128-GCM-SHA256", false},
    {"AES128-GCM-SHA256", false},
    {"AES256-GCM-SHA384", false},
    {"ADH-AES128-GCM-SHA256", false},
    {"PSK-AES256-GCM-SHA384", false},
    {"DHE-PSK-AES128-GCM-SHA256", false},
    {"RSA-PSK-AES128-GCM-SHA256", false},
    {"ECDHE-ECDSA-AES128-CCM", false},
    {"ECDHE-ECDSA-AES256-CCM", false},
    {"ECDHE-ECDSA-AES128-CCM8", false},
    {"ECDHE-ECDSA-AES256-CCM8", false},
    {"AES128-CCM", false},
    {"DHE-RSA-AES256-CCM8", false},
    {"PSK-AES128-CCM", false},
    {"ECDHE-RSA-CHACHA20-POLY1305", false},
    {"ECDHE-ECDSA-CHACHA20-POLY1305", false},
    {"DHE-RSA-CHACHA20-POLY1305", false},
    {"PSK-CHACHA20-POLY1305", false},
    {"ECDHE-RSA-AES128-SHA", false},
    {"ECDHE-ECDSA-AES256-SHA", false},
    {"ECDHE-RSA-AES128-SHA256", false},
    {"ECDHE-RSA-AES256-SHA384", false},
    {"DHE-RSA-AES256-SHA256", false},
    {"AES128-SHA", false},
    {"AES256-SHA256", false},
    {"ECDHE-PSK-AES128-CBC-SHA256", false},
    {"ECDHE-PSK-AES256-CBC-SHA384", false},
    {"AECDH-AES128-SHA", false},
};

std::string name_of(const ::testing::TestParamInfo<SuiteCase>& test) {
  std::string name = test.param.suites;
  std::ranges::replace_if(name, [](char c) { return c == '-'; }, '_');
  return name;
}
INSTANTIATE_TEST_SUITE_P(Tls13, TlsSuites, ::testing::ValuesIn(kTls13), name_of);
INSTANTIATE_TEST_SUITE_P(Tls12, TlsSuites, ::testing::ValuesIn(kTls12), name_of);

// The 50 bytes that each side of RFC 8448's traces says.
std::string trace_data() {
  std::string data;
  for (char i = 0; i < 50; ++i) data += i;
  return data;
}

TEST(TlsLayer, OpensTheSimpleTraceOfRfc8448) {
  namespace trace = testing::rfc8448;
  Script script;
  script.client(testing::hex(trace::kClientHello)).server(testing::hex(trace::kServerHello));
  script.server(testing::hex(trace::kServerFlight)).client(testing::hex(trace::kClientFinished));
  script.server(testing::hex(trace::kServerTicket));
  script.client(testing::hex(trace::kClientData)).server(testing::hex(trace::kServerData));
  script.client(testing::hex(trace::kClientAlert)).server(testing::hex(trace::kServerAlert)).fin();
  const auto keys = testing::key_store(trace::key_log());
  const Heard heard = run(script, setup_with(keys.get()));
  EXPECT_THAT(heard.events, Contains("client tls client_hello server"));
  EXPECT_THAT(heard.events, Contains("server tls certificate CN=rsa"));
  EXPECT_THAT(heard.events, Contains("client tls finished"));
  EXPECT_THAT(heard.events, Contains(HasSubstr("server tls new_session_ticket")));
  EXPECT_THAT(heard.events, Contains("client tls alert warning close_notify"));
  EXPECT_THAT(heard.events, Contains("server tls alert warning close_notify"));
  EXPECT_THAT(heard.findings, Not(Contains(HasSubstr("tls."))));
  ASSERT_EQ(heard.units.size(), 2u);
  for (const Said& unit : heard.units) EXPECT_EQ(unit.bytes, trace_data());
}

TEST(TlsLayer, OpensTheResumedTraceOfRfc8448) {
  namespace trace = testing::rfc8448::resumed;
  Script script;
  script.client(testing::hex(trace::kClientHello)).client(testing::hex(trace::kEarlyData));
  script.server(testing::hex(trace::kServerHello)).server(testing::hex(trace::kServerFlight));
  script.client(testing::hex(trace::kEndOfEarlyData)).client(testing::hex(trace::kClientFinished));
  script.client(testing::hex(trace::kClientData)).server(testing::hex(trace::kServerData));
  script.client(testing::hex(trace::kClientAlert)).server(testing::hex(trace::kServerAlert)).fin();
  const auto keys = testing::key_store(trace::key_log());
  const Heard heard = run(script, setup_with(keys.get()));
  EXPECT_THAT(heard.events, Contains("client tls client_hello server, early data"));
  EXPECT_THAT(heard.events, Contains("client tls end_of_early_data"));
  EXPECT_THAT(heard.findings, Not(Contains(HasSubstr("tls."))));
  std::string of_client;
  std::string of_server;
  for (const Said& unit : heard.units) (unit.direction == kClient ? of_client : of_server) += unit.bytes;
  EXPECT_EQ(of_client, "ABCDEF" + trace_data());
  EXPECT_EQ(of_server, trace_data());
}

TEST(TlsLayer, OpensTheRetryOfRfc8448) {
  namespace trace = testing::rfc8448::retry;
  Script script;
  script.client(testing::hex(trace::kFirstClientHello)).server(testing::hex(trace::kHelloRetryRequest));
  script.client(testing::hex(trace::kSecondClientHello)).server(testing::hex(trace::kServerHello));
  script.server(testing::hex(trace::kServerFlight)).client(testing::hex(trace::kClientFinished));
  script.client(testing::hex(trace::kClientAlert)).server(testing::hex(trace::kServerAlert)).fin();
  const auto keys = testing::key_store(trace::key_log());
  const Heard heard = run(script, setup_with(keys.get()));
  EXPECT_THAT(heard.events, Contains("server tls hello_retry_request"));
  EXPECT_THAT(heard.events, Contains("server tls certificate CN=rsa"));
  EXPECT_THAT(heard.events, Contains("client tls finished"));
  EXPECT_THAT(heard.events, Contains("client tls alert warning close_notify"));
  EXPECT_THAT(heard.events, Contains("server tls alert warning close_notify"));
  EXPECT_THAT(heard.findings, IsEmpty());
}

TEST(TlsLayer, TellsWhatWasAgreedOn) {
  TlsPeers peers({.suites = "TLS_AES_128_GCM_SHA256", .protocol = "chat/1"});
  peers.shake_hands();
  talk(peers);
  const Heard heard = hear(peers);
  EXPECT_THAT(heard.events, Contains("client tls client_hello chat.example, ALPN chat/1"));
  EXPECT_THAT(heard.events, Contains("server tls server_hello TLS 1.3, TLS_AES_128_GCM_SHA256"));
  EXPECT_THAT(heard.events, Contains("server tls encrypted_extensions chat/1"));
  EXPECT_THAT(heard.events, Contains(HasSubstr("server tls certificate CN=chat.example,O=B")));
  EXPECT_THAT(heard.events, Contains("client tls alert warning close_notify"));
}

TEST(TlsLayer, NamesTheSourceOfTheKey) {
  TlsPeers peers;
  peers.shake_hands();
  talk(peers);
  const auto keys = peers.keys(KeySource::SecretsBlock);
  for (const Said& unit : run(peers.script(), setup_with(keys.get())).units) EXPECT_EQ(unit.decrypted, "tls-dsb");
}

TEST(TlsLayer, FollowsAHelloRetryRequest) {
  TlsPeers peers({.server_groups = "P-521"});
  peers.shake_hands();
  talk(peers);
  EXPECT_THAT(hear(peers).events, Contains("server tls hello_retry_request"));
  expect_open(peers);
}

TEST(TlsLayer, FollowsKeyUpdatesOfBothSides) {
  TlsPeers peers;
  peers.shake_hands();
  for (int i = 0; i < 4; ++i) {
    peers.update_keys(i % 2 == 0 ? kClient : kServer);
    peers.say(kClient, message(10 * i));
    peers.say(kServer, message(10 * i + 1));
  }
  const Heard heard = hear(peers);
  EXPECT_THAT(heard.events, Contains("client tls key_update").Times(4));
  EXPECT_THAT(heard.events, Contains("server tls key_update").Times(4));
  expect_open(peers);
}

TEST(TlsLayer, OpensResumedSessions) {
  for (const TlsSetup& setup :
       {TlsSetup{}, TlsSetup{.is_tls13 = false}, TlsSetup{.is_tls13 = false, .has_tickets = false}}) {
    TlsPeers first(setup);
    first.shake_hands();
    talk(first);
    TlsPeers second(setup, &first);
    second.shake_hands();
    talk(second);
    ASSERT_TRUE(second.is_resumed());
    expect_open(first);
    expect_open(second);
  }
}

TEST(TlsLayer, OpensEarlyData) {
  TlsPeers first;
  first.shake_hands();
  talk(first);
  TlsPeers second({}, &first);
  second.say_early(message(100));
  second.say_early(message(101));
  second.shake_hands();
  talk(second);
  expect_open(second);
  testing::same_bytewise(second.script().fin(), setup_with(second.keys().get()));
}

TEST(TlsLayer, DoesNotShowEarlyDataThatTheServerDidNotTake) {
  TlsPeers first;
  first.shake_hands();
  talk(first);
  TlsPeers second({.takes_early_data = false}, &first);
  second.say_early(message(100));
  second.shake_hands();
  talk(second);
  const Heard heard = hear(second);
  EXPECT_THAT(heard.messages(), Not(Contains(message(100))));
  EXPECT_THAT(heard.messages(), ElementsAre(message(0), message(1), message(2), message(3)));
  EXPECT_TRUE(heard.has_finding("tls.early_data_rejected"));
}

TEST(TlsLayer, OpensARenegotiatedSession) {
  TlsPeers peers({.is_tls13 = false});
  peers.shake_hands();
  peers.say(kClient, message(0));
  peers.renegotiate();
  talk(peers);
  const Heard heard = hear(peers);
  EXPECT_TRUE(heard.has_finding("tls.renegotiation"));
  expect_open(peers);
}

TEST(TlsLayer, ReportsARenegotiationThatItCannotOpen) {
  TlsPeers peers({.is_tls13 = false});
  peers.shake_hands();
  peers.say(kClient, message(0));
  peers.renegotiate();
  talk(peers);
  EXPECT_TRUE(run(peers.script(), setup_with(nullptr)).has_finding("tls.renegotiation"));
  const std::string first_line = peers.key_log().substr(0, peers.key_log().find('\n') + 1);
  const auto keys = testing::key_store(first_line);
  const Heard heard = run(peers.script(), setup_with(keys.get()));
  EXPECT_THAT(heard.messages(), ElementsAre(message(0)));
  EXPECT_TRUE(heard.has_finding("tls.renegotiation"));
  EXPECT_TRUE(heard.has_finding("tls.no_key"));
}

TEST(TlsLayer, PutsTogetherWhatLiesInSeveralRecords) {
  TlsPeers peers;
  peers.shake_hands();
  peers.say(kServer, message(0, 50'000));
  expect_open(peers);
  const Heard heard = hear(peers);
  ASSERT_EQ(heard.units.size(), 1u);
  EXPECT_EQ(heard.units[0].size, message(0, 50'000).size());
}

TEST(TlsLayer, SaysTheSameHoweverTheBytesAreCut) {
  for (const bool is_tls13 : {true, false}) {
    TlsPeers peers({.is_tls13 = is_tls13, .suites = is_tls13 ? "TLS_AES_128_GCM_SHA256" : "ECDHE-ECDSA-AES128-SHA"});
    peers.shake_hands();
    talk(peers);
    const auto keys = peers.keys();
    testing::cut_anywhere(peers.script().fin(), setup_with(keys.get()));
    testing::cut_anywhere(peers.script(), setup_with(nullptr));
  }
}

TEST(TlsLayer, ListsThePacketsOfARecord) {
  TlsPeers peers;
  peers.shake_hands();
  Script script = peers.script();
  const std::size_t before = script.steps().size();
  peers.say(kClient, message(1));
  const std::string record = peers.parts().back().wire;
  script.client(record.substr(0, 20)).client(record.substr(20, 20)).client(record.substr(40));
  const auto keys = peers.keys();
  const Heard heard = run(script, setup_with(keys.get()));
  ASSERT_EQ(heard.units.size(), 1u);
  EXPECT_THAT(heard.units[0].packets, ElementsAre(before + 1, before + 2, before + 3));
  EXPECT_EQ(heard.units[0].first.ns, static_cast<std::int64_t>(before + 1) * kSecond);
  EXPECT_EQ(heard.units[0].last.ns, static_cast<std::int64_t>(before + 3) * kSecond);
}

// What stays closed.

TEST(TlsLayer, SaysWhichLineOfTheKeyLogIsMissing) {
  TlsPeers peers({.is_tls13 = false, .suites = "ECDHE-RSA-AES128-GCM-SHA256", .protocol = "chat/1"});
  peers.shake_hands();
  talk(peers);
  const Heard heard = run(peers.script(), setup_with(nullptr));
  EXPECT_THAT(heard.messages(), IsEmpty());
  const std::string line = peers.key_log().substr(0, std::string("CLIENT_RANDOM ").size() + 64);
  EXPECT_THAT(heard.log, Contains(::testing::AllOf(HasSubstr("tls.no_key"), HasSubstr(line), HasSubstr("chat.example"),
                                                   HasSubstr("TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"),
                                                   HasSubstr("chat/1"), HasSubstr("CN=chat.example"))));
  EXPECT_EQ(std::ranges::count_if(heard.findings, [](const auto& one) { return one.ends_with("tls.no_key"); }), 1);
  for (const Said& unit : heard.units) EXPECT_TRUE(unit.is_encrypted);
  EXPECT_EQ(heard.units.size(), 4u);  // a run for each turn
}

TEST(TlsLayer, OpensWhatTheKeyLogHasKeysFor) {
  TlsPeers peers;
  peers.shake_hands();
  talk(peers);
  std::string key_log;
  std::string_view rest = peers.key_log();
  while (!rest.empty()) {
    const std::string_view line = rest.substr(0, rest.find('\n') + 1);
    rest.remove_prefix(line.size());
    if (line.starts_with("CLIENT_TRAFFIC_SECRET_0")) key_log += line;
  }
  const auto keys = testing::key_store(key_log);
  const Heard heard = run(peers.script(), setup_with(keys.get()));
  EXPECT_THAT(heard.messages(), ElementsAre(message(0), message(2)));
  EXPECT_THAT(heard.log, Contains(HasSubstr("lacks CLIENT_HANDSHAKE_TRAFFIC_SECRET")));
  EXPECT_THAT(heard.log, Contains(HasSubstr("lacks SERVER_HANDSHAKE_TRAFFIC_SECRET")));
}

TEST(TlsLayer, SaysThatAKeyIsWrong) {
  for (const bool is_tls13 : {true, false}) {
    TlsPeers peers({.is_tls13 = is_tls13});
    peers.shake_hands();
    talk(peers);
    std::string key_log = peers.key_log();
    for (std::size_t end = key_log.find('\n'); end != std::string::npos; end = key_log.find('\n', end + 1)) {
      key_log[end - 1] = key_log[end - 1] == '0' ? '1' : '0';
    }
    const auto keys = testing::key_store(key_log);
    const Heard heard = run(peers.script(), setup_with(keys.get()));
    EXPECT_THAT(heard.messages(), IsEmpty());
    EXPECT_TRUE(heard.has_finding("tls.wrong_key"));
    EXPECT_FALSE(heard.has_finding("tls.bad_record"));
  }
}

TEST(TlsLayer, ShowsAnUnknownSuiteWithoutOpeningIt) {
  TlsPeers peers({.is_tls13 = false, .suites = "CAMELLIA256-SHA"});
  peers.shake_hands();
  talk(peers);
  const Heard heard = hear(peers);
  EXPECT_THAT(heard.messages(), IsEmpty());
  EXPECT_TRUE(heard.has_finding("tls.unsupported"));
  EXPECT_THAT(heard.events, Contains("server tls server_hello TLS 1.2, cipher suite 0x0084"));
}

TEST(TlsLayer, SaysThatAnOldVersionIsNotOpened) {
  TlsPeers peers({.is_tls13 = false, .suites = "ECDHE-RSA-AES128-SHA"});
  peers.shake_hands();
  std::string hello = peers.parts()[1].wire;
  ASSERT_EQ(hello.substr(5, 1), "\x02");
  hello[10] = 2;  // the version that the server chose: TLS 1.1
  Script script;
  script.client(peers.parts()[0].wire).server(hello).fin();
  const auto keys = peers.keys();
  EXPECT_THAT(run(script, setup_with(keys.get())).log,
              Contains(::testing::AllOf(HasSubstr("tls.unsupported"), HasSubstr("TLS 1.1, TLS_ECDHE_RSA"),
                                        HasSubstr("only TLS 1.2 and 1.3 are opened"))));
}

TEST(TlsLayer, ShowsASessionPickedUpInTheMiddle) {
  TlsPeers peers;
  peers.shake_hands();
  const std::size_t begin = peers.parts().size();
  talk(peers);
  Script script;
  for (std::size_t i = begin; i < peers.parts().size(); ++i)
    script.send(peers.parts()[i].direction, peers.parts()[i].wire);
  const auto keys = peers.keys();
  LayerSetup setup = setup_with(keys.get());
  setup.is_midstream = true;
  const Heard heard = run(script, setup);
  EXPECT_THAT(heard.messages(), IsEmpty());
  EXPECT_THAT(heard.log, Contains(HasSubstr("hello was not captured")));
  for (const Said& unit : heard.units) EXPECT_TRUE(unit.is_encrypted);
}

// What is wrong.

TEST(TlsLayer, GoesOnBehindABadRecord) {
  for (const bool is_tls13 : {true, false}) {
    TlsPeers peers({.is_tls13 = is_tls13});
    peers.shake_hands();
    for (int i = 0; i < 6; ++i) peers.say(kClient, message(i));
    Script script;
    for (const Part& part : peers.parts()) {
      std::string wire = part.wire;
      if (part.text == message(1) || part.text == message(4)) wire.back() = static_cast<char>(wire.back() ^ 1);
      script.send(part.direction, wire);
    }
    script.fin();
    const auto keys = peers.keys();
    const Heard heard = run(script, setup_with(keys.get()));
    EXPECT_THAT(heard.messages(), ElementsAre(message(0), message(2), message(3), message(5)));
    EXPECT_EQ(std::ranges::count_if(heard.units, [](const Said& unit) { return unit.has("tls.bad_record"); }), 2);
    testing::same_bytewise(script, setup_with(keys.get()));
  }
}

TEST(TlsLayer, FindsTheNextRecordBehindGarbage) {
  TlsPeers peers;
  peers.shake_hands();
  talk(peers);
  const auto heard_with = [&peers](const std::string& garbage) {
    Script script;
    for (const Part& part : peers.parts()) {
      if (part.text == message(2)) script.client(garbage);
      script.send(part.direction, part.wire);
    }
    script.fin();
    const auto keys = peers.keys();
    testing::same_bytewise(script, setup_with(keys.get()));
    return run(script, setup_with(keys.get())).messages();
  };
  for (const std::string& garbage :
       {std::string("GARBAGE"), std::string(30'000, '\x17'), testing::hex("17 03 03 00 20") + std::string(32, 'x')}) {
    EXPECT_THAT(heard_with(garbage), ElementsAre(message(0), message(1), message(2), message(3)));
  }
  // What looks like a record takes with it what it claims to span.
  EXPECT_THAT(heard_with(testing::hex("17 03 03 00")), ElementsAre(message(0), message(1), message(3)));
}

TEST(TlsLayer, ReportsRecordsOutOfPlace) {
  TlsPeers peers;
  peers.shake_hands();
  talk(peers);
  Script script;
  for (const Part& part : peers.parts()) {
    script.send(part.direction, part.wire);
    if (part.text == message(0)) script.send(kClient, peers.parts().front().wire);  // a hello in clear
  }
  const auto keys = peers.keys();
  const Heard heard = run(script, setup_with(keys.get()));
  EXPECT_TRUE(heard.has_finding("tls.unexpected"));
  EXPECT_THAT(heard.messages(), ElementsAre(message(0), message(1), message(2), message(3)));
}

TEST(TlsLayer, ShowsAHandshakeThatIsCutOff) {
  TlsPeers peers;
  peers.shake_hands();
  for (const std::size_t size : {std::size_t{7}, std::size_t{100}}) {
    Script script;
    script.client(peers.parts()[0].wire.substr(0, size)).fin();
    const Heard heard = run(script, setup_with(nullptr));
    ASSERT_EQ(heard.units.size(), 1u);
    EXPECT_TRUE(heard.units[0].has("app.partial"));
  }
}

TEST(TlsLayer, TellsAFatalAlert) {
  Script script;
  TlsPeers peers;
  peers.shake_hands();
  script.client(peers.parts()[0].wire).server(testing::hex("15 03 03 00 02 02 28")).fin();
  const Heard heard = run(script, setup_with(nullptr));
  EXPECT_THAT(heard.log, Contains(HasSubstr("the server ends the session: fatal handshake_failure")));
}

// What is lost.

std::vector<Part> lossy_talk(TlsPeers& peers) {
  peers.shake_hands();
  for (int i = 0; i < 4; ++i) {
    peers.say(kClient, message(i));
    peers.say(kServer, message(10 + i));
  }
  return peers.parts();
}

TEST(TlsLayer, LosesOnlyWhatIsLost) {
  for (const TlsSetup& setup : {TlsSetup{.suites = "TLS_AES_128_GCM_SHA256"},
                                TlsSetup{.is_tls13 = false, .suites = "ECDHE-ECDSA-AES128-GCM-SHA256"},
                                TlsSetup{.is_tls13 = false, .suites = "ECDHE-ECDSA-AES128-SHA"}}) {
    TlsPeers peers(setup);
    const std::vector<Part> parts = lossy_talk(peers);
    const auto keys = peers.keys();
    Loss loss;
    loss.lengths = {1, 30, 130};
    loss.kept_parts = parts.size() - 8;
    testing::lose_anywhere(parts, setup_with(keys.get()), loss);
  }
}

TEST(TlsLayer, FindsTheMessagesBehindALossInTheHandshake) {
  // The hellos are needed; all behind them may be lost.
  for (const bool is_tls13 : {true, false}) {
    TlsPeers peers({.is_tls13 = is_tls13});
    const std::vector<Part> parts = lossy_talk(peers);
    const auto keys = peers.keys();
    const std::size_t hello = 5 + 5 + static_cast<unsigned char>(parts[1].wire[4]);
    for (std::size_t begin = hello; begin + 40 < parts[1].wire.size(); begin += 53) {
      Script script;
      script.client(parts[0].wire).server(parts[1].wire.substr(0, begin)).gap(kServer, 40);
      script.server(parts[1].wire.substr(begin + 40));
      for (std::size_t i = 2; i < parts.size(); ++i) script.send(parts[i].direction, parts[i].wire);
      const Heard heard = run(script, setup_with(keys.get()));
      EXPECT_EQ(heard.messages().size(), 8u) << "lost at " << begin << ::testing::PrintToString(heard.log);
    }
  }
}

// The server's first flight is lost, or as much of it.
Script without_server_hello(const std::vector<Part>& parts, std::size_t lost) {
  Script script;
  script.client(parts[0].wire).gap(kServer, lost).server(parts[1].wire.substr(lost));
  for (std::size_t i = 2; i < parts.size(); ++i) script.send(parts[i].direction, parts[i].wire);
  return script.fin();
}

TEST(TlsLayer, FindsTheSuiteOfTls13WithoutTheServersHello) {
  for (const SuiteCase& suite : kTls13) {
    TlsPeers peers({.suites = suite.suites});
    const std::vector<Part> parts = lossy_talk(peers);
    const auto keys = peers.keys();
    for (const std::size_t lost : {std::size_t{10}, std::size_t{100}, parts[1].wire.size()}) {
      const Script script = without_server_hello(parts, lost);
      const Heard heard = run(script, setup_with(keys.get()));
      EXPECT_THAT(heard.messages(), ::testing::ElementsAreArray(said(peers))) << ::testing::PrintToString(heard.log);
      EXPECT_THAT(heard.log, Contains(::testing::AllOf(HasSubstr("tls.suite_found"), HasSubstr(suite.suites))));
      testing::same_bytewise(script, setup_with(keys.get()));
    }
  }
}

TEST(TlsLayer, FindsTheSuiteWhenTheConnectionBeganBeforeTheCaptureOfTheServer) {
  TlsPeers peers;
  const std::vector<Part> parts = lossy_talk(peers);
  const std::size_t hello =
      5 + 256 * static_cast<unsigned char>(parts[1].wire[3]) + static_cast<unsigned char>(parts[1].wire[4]);
  Script script;  // without a word about a gap
  script.client(parts[0].wire).server(parts[1].wire.substr(hello));
  for (std::size_t i = 2; i < parts.size(); ++i) script.send(parts[i].direction, parts[i].wire);
  const auto keys = peers.keys();
  EXPECT_THAT(run(script.fin(), setup_with(keys.get())).messages(), ::testing::ElementsAreArray(said(peers)));
}

TEST(TlsLayer, SaysWhatIsMissingWithoutTheServersHello) {
  for (const bool is_tls13 : {true, false}) {
    TlsPeers peers({.is_tls13 = is_tls13});
    const std::vector<Part> parts = lossy_talk(peers);
    const auto keys = peers.keys();
    const auto heard_with = [&](const KeyStore* with) {
      return run(without_server_hello(parts, parts[1].wire.size()), setup_with(with));
    };
    const Heard heard = heard_with(is_tls13 ? nullptr : keys.get());
    EXPECT_THAT(heard.messages(), IsEmpty());
    EXPECT_GE(heard.units.size(), 8u) << "what was said is shown as encrypted";
    EXPECT_THAT(heard.log, Contains(::testing::AllOf(HasSubstr("tls.no_key"), HasSubstr("hello was not captured"),
                                                     HasSubstr(is_tls13 ? "TLS 1.3 is opened without it"
                                                                        : "without which TLS 1.2 is not opened"))));
  }
}

TEST(TlsLayer, FindsKeysThatWereUpdatedInALoss) {
  TlsPeers peers;
  peers.shake_hands();
  peers.say(kClient, message(0));
  peers.update_keys(kClient);
  peers.say(kClient, message(1));
  peers.say(kClient, message(2));
  Script script;
  for (const Part& part : peers.parts()) {
    const bool is_update = &part == &peers.parts()[peers.parts().size() - 3];
    is_update ? script.gap(kClient, part.wire.size()) : script.send(part.direction, part.wire);
  }
  const auto keys = peers.keys();
  const Heard heard = run(script, setup_with(keys.get()));
  EXPECT_THAT(heard.messages(kClient), ElementsAre(message(0), message(1), message(2)));
  EXPECT_TRUE(heard.has_finding("tls.loss"));
  EXPECT_TRUE(heard.has_finding("tls.found_again"));
}

TEST(TlsLayer, BoundsTheWorkOfASearch) {
  TlsPeers peers;
  peers.shake_hands();
  const std::size_t before = peers.parts().size();
  constexpr int kLost = 200;
  for (int i = 0; i <= kLost; ++i) peers.say(kClient, message(i));
  Script script;
  std::size_t missing = 0;
  for (std::size_t i = 0; i < peers.parts().size(); ++i) {
    const bool is_lost = i >= before && i < before + kLost;
    if (is_lost) missing += peers.parts()[i].wire.size();
    if (i == before + kLost) script.gap(kClient, missing);
    if (!is_lost) script.send(peers.parts()[i].direction, peers.parts()[i].wire);
  }
  script.fin();
  const auto keys = peers.keys();
  LayerSetup setup = setup_with(keys.get());
  EXPECT_THAT(run(script, setup).messages(), ElementsAre(message(kLost)));
  setup.limits.tls_search_bytes = 10'000;
  EXPECT_THAT(run(script, setup).messages(), IsEmpty());
}

TEST(TlsLayer, GivesUpADirectionInWhichNothingOpensAnyMore) {
  TlsPeers peers;
  peers.shake_hands();
  peers.say(kClient, message(0));
  peers.say(kServer, message(1));
  Script script = peers.script();
  const std::string bad = testing::hex("17 03 03 00 20") + std::string(32, 'b');
  for (int i = 0; i < 100; ++i) script.client(bad);
  peers.say(kServer, message(2));
  script.server(peers.parts().back().wire).fin();
  const auto keys = peers.keys();
  const Heard heard = run(script, setup_with(keys.get()));
  EXPECT_THAT(heard.messages(), ElementsAre(message(0), message(1), message(2)));
  EXPECT_EQ(std::ranges::count_if(heard.units, [](const Said& unit) { return unit.has("tls.bad_record"); }), 64);
  EXPECT_TRUE(heard.has_finding("tls.lost"));
}

}  // namespace
}  // namespace overhear
