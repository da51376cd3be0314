#include "proxy/mcp_rekey.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "decrypt/hex.hpp"
#include "decrypt/public_key_text.hpp"
#include "dissectors/json/json_boundary.hpp"
#include "session/proxy_rules.hpp"
#include "tests/support/mcp_wire.hpp"

namespace overhear::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr std::string_view kLogin = R"({"type":"Authentication.Login.1","data":{"username":"ada","password":"x"}})";
constexpr std::string_view kJoin = R"({"type":"Room.Join.2","data":{"room":1}})";
constexpr std::string_view kSay = R"({"type":"Message.CreateTextMessage.3","data":{"text":"où? ☕"},"room":1})";
constexpr std::string_view kAccepted =
    R"({"type":"Authentication.Accepted.1","data":{"rooms":[],"heartbeatRate":30000}})";
constexpr std::string_view kRefused = R"({"type":"Error.PacketDataIncorrect","data":null})";

// One of the two who talk, and what it makes of the handshake that it gets.
struct Peer {
  McpKeyPair pair = *make_mcp_key_pair(false, {});

  McpSecret secret_with(std::string_view handshake) const {
    const std::string key = nlohmann::json::parse(handshake)["data"]["publicKey"];
    McpSecret secret{McpKeyOrigin::SharedSecret, {}, modp5::kBytes};
    EXPECT_TRUE(modp5::shared_secret(*parse_public_key(key), pair.private_key, secret.bytes));
    return secret;
  }
  std::string handshake() const { return mcp_handshake(to_hex(pair.public_key)); }
};

// A key pair whose secret with the peer is wanted; each further one is a multiplication away.
McpKeyPair pair_where(Bytes peer, const std::function<bool(const McpSecret&)>& is_wanted) {
  Number key = make_mcp_key_pair(false, {})->private_key;
  Number product = *power_mod(peer, key, modp5::prime());
  for (;;) {
    McpSecret secret{McpKeyOrigin::SharedSecret, {}, modp5::kBytes};
    std::ranges::copy(product, secret.bytes.end() - static_cast<std::ptrdiff_t>(product.size()));
    if (is_wanted(secret)) return {key, modp5::public_key(key)};
    for (std::size_t at = key.size(); at > 0 && ++key[at - 1] == 0;) --at;
    product = *product_mod(product, peer, modp5::prime());
  }
}

class Talk : private RewriterHost, private DecisionTaker {
 public:
  explicit Talk(bool fails_closed = false) : options_{fails_closed} {}

  // What the other side gets of this, coming in parts of `step` bytes.
  std::string say(Side from, std::string_view text, std::size_t step = std::string::npos) {
    for (std::size_t at = 0; at < text.size(); at += std::min(step, text.size() - at)) {
      rekey_.on_bytes(from, as_bytes(text.substr(at, step)));
    }
    return taken(from);
  }
  std::string end(Side from) {
    rekey_.on_end(from);
    return taken(from);
  }
  // Both handshakes, and the two secrets that they make.
  void greet() {
    server_secret = server.secret_with(say(Side::First, client.handshake()));
    client_secret = client.secret_with(say(Side::Second, server.handshake()));
  }
  // The same with a server that chooses its key when it has seen the proxy's.
  void greet(const std::function<bool(const McpSecret&)>& is_wanted) {
    const std::string got = say(Side::First, client.handshake());
    const std::string key = nlohmann::json::parse(got)["data"]["publicKey"];
    server.pair = pair_where(*parse_public_key(key), is_wanted);
    server_secret = server.secret_with(got);
    client_secret = client.secret_with(say(Side::Second, server.handshake()));
  }

  std::string pause(Side from) {
    rekey_.on_pause(from);
    return taken(from);
  }

  const McpRekey& rekey() const { return rekey_; }

  Peer client;
  Peer server;
  McpSecret client_secret;  // of the client with the proxy
  McpSecret server_secret;  // of the server with the proxy
  std::vector<std::string_view> told;
  std::string shown[2];              // by Side
  std::vector<std::string> secrets;  // by the client's public key
  std::string keys;                  // of both legs, as a key log

 private:
  std::string taken(Side from) { return std::exchange(out(other(from)), {}); }

  std::string& out(Side to) override { return out_[static_cast<std::size_t>(to)]; }
  void show(Side from, Bytes bytes) override { shown[static_cast<std::size_t>(from)] += as_text(bytes); }
  void on_opened() override {}
  void tell(const Rule& rule, std::string_view) override { told.push_back(rule.code); }
  void on_keys(std::string_view key_log) override { keys += key_log; }
  void on_mcp_secret(Bytes client_public, Bytes secret) override {
    secrets.push_back(to_hex(client_public) + " " + to_hex(secret));
  }
  Conversation conversation() override { return {1, connection_, *this}; }
  Timestamp now() override { return {}; }
  std::chrono::steady_clock::time_point clock() override { return {}; }
  void hang_up(bool) override {}
  std::string take(const Decision& decision) override { return rekey_.decide(decision); }

  std::string out_[2];
  Limits limits_;
  Workspace workspace_;
  Connection connection_;
  McpRekeyOptions options_;
  McpRekey rekey_{limits_, workspace_, options_, nullptr, static_cast<RewriterHost&>(*this)};
};

TEST(McpRekey, EachSideAgreesOnASecretWithTheProxyThatTheClientsSideIsShownWith) {
  Talk talk;
  talk.greet();
  EXPECT_NE(to_hex(talk.client_secret.view()), to_hex(talk.server_secret.view()));
  EXPECT_THAT(talk.secrets, ElementsAre(to_hex(talk.client.pair.public_key) + " " + to_hex(talk.client_secret.view())));
  EXPECT_THAT(talk.told, IsEmpty());
  EXPECT_TRUE(talk.keys.starts_with("MCP_DH_SHARED_SECRET "));
  EXPECT_TRUE(talk.keys.contains(talk.secrets[0] + "\n"));
  EXPECT_TRUE(talk.keys.contains(" " + to_hex(talk.server_secret.view()) + "\n"));
  EXPECT_EQ(std::ranges::count(talk.keys, '\n'), 2);
}

TEST(McpRekey, NeitherHandshakeTellsAnythingButAnotherKey) {
  Talk talk;
  const std::string before = R"({ "data" : {"version":"2.1.0", "publicKey":")";
  const std::string behind = R"("}, "extra":[1, 2.50] , "type":"Handshake.Handshake.x7"})";
  const std::string got = talk.say(Side::First, before + to_hex(talk.client.pair.public_key) + behind);
  EXPECT_TRUE(got.starts_with(before));
  EXPECT_TRUE(got.ends_with(behind));
  EXPECT_FALSE(got.contains(to_hex(talk.client.pair.public_key)));
}

// What the other side gets is what the sender itself would have written with the other secret.
TEST(McpRekey, SealsEveryVariantAnewHoweverItsBytesCome) {
  for (const McpVariant& variant : kMcpVariants) {
    if (variant.form == SecretForm::Trimmed) continue;  // the proxy's secrets have nothing to trim
    for (const std::size_t step : {std::size_t{1}, std::size_t{7}, std::string::npos}) {
      SCOPED_TRACE(std::string(variant.name) + " in parts of " + std::to_string(step));
      Talk talk;
      talk.greet();
      const std::string asked = McpSender(variant, talk.client_secret).seal_all({kLogin, kJoin, kSay});
      const std::string answered = McpSender(variant, talk.server_secret).seal_all({kAccepted, kSay});
      EXPECT_EQ(talk.say(Side::First, asked, step),
                McpSender(variant, talk.server_secret).seal_all({kLogin, kJoin, kSay}));
      EXPECT_EQ(talk.say(Side::Second, answered, step),
                McpSender(variant, talk.client_secret).seal_all({kAccepted, kSay}));
      EXPECT_THAT(talk.told, IsEmpty());
      EXPECT_EQ(talk.rekey().held(), 0u);
    }
  }
}

// The key towards the server is made before the server's is known, so that chance may put zeros in front of the secret.
TEST(McpRekey, PeersThatLeaveZerosAwayUnderstandEachOther) {
  for (const std::size_t digits : {1, 2, 3}) {
    for (const McpVariant& variant : kMcpVariants) {
      if (digits == 1 && variant.derivation != KeyDerivation::HexAscii && variant.form == SecretForm::Trimmed) continue;
      SCOPED_TRACE(std::string(variant.name) + " with " + std::to_string(digits));
      Talk talk;
      talk.greet([&](const McpSecret& secret) { return zero_digits_of(secret.view()) == digits; });
      EXPECT_EQ(talk.say(Side::First, McpSender(variant, talk.client_secret).seal_all({kLogin, kJoin})),
                McpSender(variant, talk.server_secret).seal_all({kLogin, kJoin}));
      EXPECT_EQ(talk.say(Side::Second, McpSender(variant, talk.server_secret).seal_all({kAccepted, kSay})),
                McpSender(variant, talk.client_secret).seal_all({kAccepted, kSay}));
      EXPECT_THAT(talk.told, IsEmpty());
    }
  }
}

std::string keystream_of(const McpVariant& variant, const McpSecret& secret, std::size_t size) {
  return McpSender(variant, secret).seal(std::string(size, '\0'));
}

// What becomes of the first two bytes of a package, `{"`.
bool begins_like_an_object(std::string_view keystream) {
  return keystream[0] == 0 && (keystream[1] == 0 || (keystream[1] ^ '"') == '}');
}

TEST(McpRekey, CiphertextMayBeginLikeAnObject) {
  const McpVariant& variant = *find_mcp_variant("raw");
  for (const std::size_t step : {std::size_t{1}, std::string::npos}) {
    Talk talk;
    talk.greet([&](const McpSecret& secret) { return begins_like_an_object(keystream_of(variant, secret, 2)); });
    const std::string answered = McpSender(variant, talk.server_secret).seal_all({kAccepted, kSay});
    EXPECT_EQ(talk.say(Side::Second, answered, step),
              McpSender(variant, talk.client_secret).seal_all({kAccepted, kSay}));
    EXPECT_EQ(talk.say(Side::Second, kRefused, step), kRefused) << "in clear";
    EXPECT_THAT(talk.told, IsEmpty());
    EXPECT_EQ(talk.rekey().held(), 0u);
  }
}

TEST(McpRekey, CiphertextOfOneKeystreamMayBeginLikeAnObjectInTheMiddle) {
  const McpVariant& variant = *find_mcp_variant("raw-continuous");
  const std::string head = R"({"type":"Message.CreateTextMessage.3","data":{"text":")";
  const std::string tail = R"("}})";
  Talk talk;
  talk.greet();
  const std::string keystream = keystream_of(variant, talk.client_secret, 1'000'000);
  std::size_t at = head.size() + tail.size();
  while (!begins_like_an_object(std::string_view(keystream).substr(at, 2))) ++at;
  const std::string first = head + std::string(at - head.size() - tail.size(), 'x') + tail;
  const std::string said = McpSender(variant, talk.client_secret).seal_all({first, kJoin, kSay});
  EXPECT_EQ(talk.say(Side::First, said, 1000), McpSender(variant, talk.server_secret).seal_all({first, kJoin, kSay}));
  EXPECT_THAT(talk.told, IsEmpty());
}

// One key in 64 makes ciphertext that begins with what could be white space behind the handshake.
TEST(McpRekey, CiphertextMayBeginLikeWhiteSpace) {
  const McpVariant& variant = *find_mcp_variant("raw");
  int tried = 0;
  for (int attempt = 0; attempt < 5000 && tried < 4; ++attempt) {
    Talk talk;
    talk.server_secret = talk.server.secret_with(talk.say(Side::First, talk.client.handshake() + "\n\n"));
    talk.client_secret = talk.client.secret_with(talk.say(Side::Second, talk.server.handshake() + "\n\n"));
    const std::string login = McpSender(variant, talk.client_secret).seal(kLogin);
    if (!is_json_separator(login.front())) continue;
    ++tried;
    EXPECT_EQ(talk.say(Side::First, login), McpSender(variant, talk.server_secret).seal(kLogin));
    EXPECT_THAT(talk.told, IsEmpty());
  }
  EXPECT_GT(tried, 0);
}

TEST(McpRekey, EachSideMayHaveItsOwnVariant) {
  Talk talk;
  talk.greet();
  McpSender client(*find_mcp_variant("base64-line-aes192"), talk.client_secret);
  McpSender to_server(*find_mcp_variant("base64-line-aes192"), talk.server_secret);
  McpSender server(*find_mcp_variant("raw-continuous"), talk.server_secret);
  McpSender to_client(*find_mcp_variant("raw-continuous"), talk.client_secret);
  for (const std::string_view text : {kLogin, kJoin, kSay}) {
    EXPECT_EQ(talk.say(Side::First, client.seal(text)), to_server.seal(text));
    EXPECT_EQ(talk.say(Side::Second, server.seal(text)), to_client.seal(text));
  }
}

TEST(McpRekey, WritesItsKeyLikeThePeer) {
  const McpKeyPair with_top_bit = *make_mcp_key_pair(true, {});
  const McpKeyPair without = *make_mcp_key_pair(false, {});
  std::string upper = to_hex(with_top_bit.public_key);
  for (char& c : upper) c = static_cast<char>(std::toupper(c));
  for (const std::string& text : {to_hex(without.public_key), "00" + upper, number_to_decimal(without.public_key)}) {
    SCOPED_TRACE(text);
    Talk talk;
    const std::string got = talk.say(Side::First, mcp_handshake(text));
    const std::string key = nlohmann::json::parse(got)["data"]["publicKey"];
    EXPECT_NE(key, text);
    ASSERT_TRUE(parse_public_key(key));
    EXPECT_EQ(key, write_public_key_like(text, *parse_public_key(key)));
    EXPECT_EQ(key.starts_with("00"), text.starts_with("00"));
  }
}

// A peer that reads lines waits for the empty one too.
TEST(McpRekey, LineEndsBehindPackagesInClearPassAtOnce) {
  Talk talk;
  const std::string text = talk.client.handshake() + "\n\n";
  const std::string got = talk.say(Side::First, text, 1);
  EXPECT_TRUE(got.ends_with("}\n\n")) << got;
  const std::string answer = talk.say(Side::Second, talk.server.handshake() + "\r\n");
  EXPECT_TRUE(answer.ends_with("}\r\n")) << answer;
  const McpSecret secret = talk.client.secret_with(answer);
  const McpVariant& variant = *find_mcp_variant("raw");
  EXPECT_EQ(talk.say(Side::First, McpSender(variant, secret).seal(kLogin)),
            McpSender(variant, talk.server.secret_with(got)).seal(kLogin));
}

// Alone it may also be the first byte of something encrypted.
TEST(McpRekey, ALineEndThatComesAloneWaitsForAPause) {
  Talk talk;
  talk.greet();
  EXPECT_EQ(talk.say(Side::Second, kRefused), kRefused);
  EXPECT_EQ(talk.say(Side::Second, "\n"), "");
  EXPECT_EQ(talk.pause(Side::Second), "\n");
  const McpVariant& variant = *find_mcp_variant("raw");
  EXPECT_EQ(talk.say(Side::Second, "\n" + McpSender(variant, talk.server_secret).seal(kAccepted)),
            "\n" + McpSender(variant, talk.client_secret).seal(kAccepted));
}

TEST(McpRekey, PackagesInClearBehindTheHandshakesPass) {
  Talk talk;
  talk.greet();
  const McpVariant& variant = *find_mcp_variant("base64-line");
  const std::string refused = std::string(kRefused) + "\n\n";
  EXPECT_EQ(talk.say(Side::Second, refused), refused);
  EXPECT_EQ(talk.say(Side::Second, McpSender(variant, talk.server_secret).seal(kAccepted) + refused),
            McpSender(variant, talk.client_secret).seal(kAccepted) + refused);
}

TEST(McpRekey, WhatNothingOpensPassesAsItCameAndIsToldOnce) {
  Talk talk;
  talk.greet();
  const std::string garbage = "\x01\x02 no package of any kind \xff\xfe";
  EXPECT_EQ(talk.say(Side::First, garbage), garbage);
  EXPECT_EQ(talk.say(Side::First, garbage), garbage);
  EXPECT_THAT(talk.told, ElementsAre("proxy.not_rekeyed"));
  EXPECT_FALSE(talk.rekey().has_failed());
}

TEST(McpRekey, WithoutHandshakesNothingIsChanged) {
  Talk talk;
  EXPECT_EQ(talk.say(Side::First, "GET / HTTP/1.1\r\n\r\n"), "GET / HTTP/1.1\r\n\r\n");
  EXPECT_EQ(talk.say(Side::Second, kRefused), kRefused);
  const std::string keyless = mcp_handshake("not a key at all!");
  EXPECT_EQ(talk.say(Side::First, keyless), keyless);
}

TEST(McpRekey, FailingClosedPassesNothingThatItCannotOpen) {
  Talk talk(true);
  talk.greet();
  EXPECT_EQ(talk.say(Side::First, "\x01\x02 no package"), "");
  EXPECT_TRUE(talk.rekey().has_failed());
  EXPECT_THAT(talk.told, ElementsAre("proxy.not_rekeyed"));
}

TEST(McpRekey, APackageThatIsCutOffAtTheEndIsNotHeldBack) {
  Talk talk;
  EXPECT_EQ(talk.say(Side::First, R"({"type":"Handshake.Hand)"), "");
  EXPECT_GT(talk.rekey().held(), 0u);
  EXPECT_EQ(talk.end(Side::First), R"({"type":"Handshake.Hand)");
  EXPECT_EQ(talk.rekey().held(), 0u);
}

TEST(McpRekey, ASecondExchangeMakesNewSecrets) {
  Talk talk;
  talk.greet();
  const McpVariant& variant = *find_mcp_variant("base64-line");
  EXPECT_EQ(talk.say(Side::First, McpSender(variant, talk.client_secret).seal(kLogin)),
            McpSender(variant, talk.server_secret).seal(kLogin));
  talk.client.pair = *make_mcp_key_pair(false, {});
  talk.greet();
  EXPECT_EQ(talk.say(Side::First, McpSender(variant, talk.client_secret).seal(kJoin)),
            McpSender(variant, talk.server_secret).seal(kJoin));
  EXPECT_TRUE(talk.secrets.back().ends_with(to_hex(talk.client_secret.view())));
}

}  // namespace
}  // namespace overhear::testing
