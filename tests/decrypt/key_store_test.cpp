#include "decrypt/key_store.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <thread>

#include "decrypt/hex.hpp"
#include "tests/decrypt/test_keys.hpp"

namespace overhear {
namespace {

using test::unhex;

struct Lines {
  std::string text;
  Lines& add(std::string_view label, std::string_view id, std::string_view secret) {
    text.append(label).append(" ").append(id).append(" ").append(secret).append("\n");
    return *this;
  }
};

void load(KeyStore& store, const std::string& text, KeySource source = KeySource::File) {
  KeyLogProblems problems;
  store.load(as_bytes(text), source, "test", problems);
  EXPECT_EQ(problems.total, 0u);
}

// What may open the session of the two test keys, in order: the source and the secret or key.
std::vector<std::string> all_found(const KeyStore& store, std::string_view client = test::kClientPublic,
                                   std::string_view server = test::kServerPublic) {
  std::vector<std::string> out;
  for (const McpWay way : kMcpWays) {
    const auto secret = store.find_mcp(way, unhex(client), unhex(server));
    if (secret) out.push_back(std::string(to_string(secret->origin)) + " " + to_hex(secret->view()));
  }
  return out;
}

// The first of them.
std::string found(const KeyStore& store, std::string_view client = test::kClientPublic,
                  std::string_view server = test::kServerPublic) {
  const auto all = all_found(store, client, server);
  return all.empty() ? "none" : all.front();
}

const std::string kByPrivateKey = "mcp-dh-private-key " + std::string(test::kSecret);
const std::string kReady(64, 'c');

TEST(KeyStore, EitherSidesPrivateKeyOpensTheSession) {
  for (const auto& [own, key] :
       {std::pair(test::kClientPublic, test::kClientPrivate), std::pair(test::kServerPublic, test::kServerPrivate)}) {
    for (const std::string_view id : {own, std::string_view("-"), test::kThirdPublic}) {
      KeyStore store;
      load(store, Lines().add("MCP_DH_PRIVATE_KEY", id, key).text);
      EXPECT_EQ(found(store), kByPrivateKey);
      EXPECT_EQ(found(store), kByPrivateKey) << "the second time";
      EXPECT_EQ(found(store, test::kThirdPublic, test::kThirdPublic), "none");
      EXPECT_EQ(store.mcp_keys(), 1u);
    }
  }
}

TEST(KeyStore, ASecretOrAReadyKeyOpensTheSessionThatItNames) {
  KeyStore store;
  load(store, Lines().add("MCP_DH_SHARED_SECRET", test::kClientPublic, test::kSecret).text);
  EXPECT_EQ(found(store), "mcp-shared-secret " + std::string(test::kSecret));
  EXPECT_EQ(found(store, test::kClientPublic, ""), "mcp-shared-secret " + std::string(test::kSecret));
  EXPECT_EQ(found(store, test::kThirdPublic), "none");

  for (const std::size_t size : {64, 48, 32}) {
    KeyStore ready;
    load(ready, Lines().add("MCP_KEY", test::kClientPublic, kReady.substr(0, size)).text);
    EXPECT_EQ(found(ready), "mcp-key " + kReady.substr(0, size));
  }
}

TEST(KeyStore, LeadingZerosOfPublicKeysDoNotCount) {
  KeyStore store;
  load(store, Lines().add("MCP_KEY", "00" + std::string(test::kClientPublic), kReady).text);
  EXPECT_EQ(found(store), "mcp-key " + kReady);
  EXPECT_EQ(found(store, "0000" + std::string(test::kClientPublic)), "mcp-key " + kReady);
}

TEST(KeyStore, AShortSecretIsPaddedToTheGroup) {
  KeyStore store;
  load(store, Lines().add("MCP_DH_SHARED_SECRET", test::kClientPublic, test::kShortSecret.substr(3)).text);
  EXPECT_EQ(found(store), "mcp-shared-secret " + std::string(test::kShortSecret));
}

TEST(KeyStore, ALineUnderTheServersKeyIsTheLastResort) {
  KeyStore store;
  load(store, Lines().add("MCP_KEY", test::kServerPublic, kReady).text);
  EXPECT_EQ(found(store), "mcp-key " + kReady);
  load(store, Lines().add("MCP_DH_PRIVATE_KEY", "-", test::kClientPrivate).text);
  EXPECT_EQ(found(store), kByPrivateKey);
}

TEST(KeyStore, AWrongLineDoesNotHideTheOthers) {
  KeyStore store;
  const std::string other(384, 'e');
  load(store, Lines()
                  .add("MCP_KEY", test::kServerPublic, kReady)
                  .add("MCP_DH_SHARED_SECRET", test::kServerPublic, other)
                  .add("MCP_DH_PRIVATE_KEY", "-", test::kServerPrivate)
                  .add("MCP_KEY", test::kClientPublic, kReady)
                  .add("MCP_DH_SHARED_SECRET", test::kClientPublic, other)
                  .text);
  EXPECT_THAT(all_found(store), testing::ElementsAre("mcp-shared-secret " + other, "mcp-key " + kReady, kByPrivateKey,
                                                     "mcp-shared-secret " + other, "mcp-key " + kReady));
}

TEST(KeyStore, TheAnswerDoesNotDependOnWhatWasAskedBefore) {
  const std::string text =
      Lines().add("MCP_KEY", test::kClientPublic, kReady).add("MCP_DH_PRIVATE_KEY", "-", test::kClientPrivate).text;
  KeyStore fresh, asked;
  load(fresh, text);
  load(asked, text);
  EXPECT_EQ(found(asked, test::kThirdPublic, test::kClientPublic).substr(0, 18), "mcp-dh-private-key");
  EXPECT_EQ(found(fresh), found(asked));
}

TEST(KeyStore, AnUnknownSideIsNoKey) {
  KeyStore store;
  load(store, Lines().add("MCP_DH_PRIVATE_KEY", "-", test::kClientPrivate).text);
  EXPECT_EQ(found(store, test::kClientPublic, ""), "none");
  EXPECT_EQ(found(store, "", test::kServerPublic), "none");
  EXPECT_EQ(found(store, "", ""), "none");
}

TEST(KeyStore, DerivesAtMostSoManyPublicKeysEachOnce) {
  Limits limits;
  limits.derived_keys = 8;
  std::string text;
  for (int i = 0; i < 8; ++i) text += "MCP_DH_PRIVATE_KEY - 1" + std::to_string(i) + "\n";
  KeyStore within(limits), beyond(limits);
  load(within, Lines().add("MCP_DH_PRIVATE_KEY", "-", test::kClientPrivate).text + text);
  load(beyond, text + Lines().add("MCP_DH_PRIVATE_KEY", "-", test::kClientPrivate).text);
  EXPECT_EQ(found(within), kByPrivateKey);
  EXPECT_EQ(found(beyond), "none");
  // A public key beside it needs no deriving.
  load(beyond, Lines().add("MCP_DH_PRIVATE_KEY", test::kClientPublic, test::kClientPrivate).text);
  EXPECT_EQ(beyond.mcp_keys(), 9u) << "the same key again is no other key";
  EXPECT_EQ(found(beyond), kByPrivateKey);
}

TEST(KeyStore, ALookupThatFailedIsCheapTheSecondTime) {
  std::string text;
  for (unsigned i = 0; i < 300; ++i) {
    text += "MCP_DH_PRIVATE_KEY - " + std::to_string(1000 + i) + std::string(379, 'f') + "\n";
  }
  KeyStore store;
  load(store, text);
  const auto timed = [&] {
    const auto start = std::chrono::steady_clock::now();
    EXPECT_EQ(found(store), "none");
    return std::chrono::steady_clock::now() - start;
  };
  const auto first = timed();
  EXPECT_LT(timed() * 10, first);
}

TEST(KeyStore, ManyThreadsMayAskAtOnce) {
  std::string text;
  for (int i = 0; i < 50; ++i) text += "MCP_DH_PRIVATE_KEY - 1" + std::to_string(i) + "\n";
  KeyStore store;
  load(store, text + Lines().add("MCP_DH_PRIVATE_KEY", "-", test::kServerPrivate).text);
  std::vector<std::string> answers(4);
  {
    std::vector<std::jthread> threads;
    for (std::string& answer : answers) threads.emplace_back([&] { answer = found(store); });
  }
  EXPECT_THAT(answers, testing::Each(kByPrivateKey));
}

TEST(KeyStore, TheRevisionGrowsOnlyWithWhatIsNew) {
  KeyStore store;
  const std::string text = Lines()
                               .add("MCP_DH_PRIVATE_KEY", "-", "12")
                               .add("MCP_DH_SHARED_SECRET", "ab", "12")
                               .add("MCP_KEY", "ab", kReady)
                               .add("CCHAT_DH_PRIVATE_KEY", "-", "12")
                               .add("EXPORTER_SECRET", kReady, kReady)
                               .text;
  load(store, text);
  const auto before = store.revision();
  EXPECT_EQ(before, 5u);
  load(store, text);
  EXPECT_EQ(store.revision(), before);
  EXPECT_EQ(store.mcp_keys(), 3u);
  EXPECT_EQ(store.cchat_keys().size(), 1u);
  load(store, Lines().add("MCP_KEY", "ab", std::string(32, 'd')).text);
  EXPECT_GT(store.revision(), before);
}

TEST(KeyStore, KeepsTheSecretsOfAHundredThousandTlsSessions) {
  constexpr std::uint32_t kSessions = 100'000;
  constexpr TlsLabel kLabels[] = {TlsLabel::ClientHandshakeTrafficSecret, TlsLabel::ServerHandshakeTrafficSecret,
                                  TlsLabel::ClientTrafficSecret0, TlsLabel::ServerTrafficSecret0};
  const auto random_of = [](std::uint32_t session) {
    ClientRandom client_random{};
    for (std::size_t i = 0; i < 4; ++i) client_random[i] = static_cast<std::uint8_t>(session * 2654435761u >> (8 * i));
    return client_random;
  };
  const auto secret_of = [](std::uint32_t session, TlsLabel label) {
    std::vector<std::uint8_t> secret(48, static_cast<std::uint8_t>(label));
    for (std::size_t i = 0; i < 4; ++i) secret[i] = static_cast<std::uint8_t>(session >> (8 * i));
    return secret;
  };
  std::string text;
  for (std::uint32_t session = 0; session < kSessions; ++session) {
    for (const TlsLabel label : kLabels)
      append_key_log_line(text, label, random_of(session), secret_of(session, label));
  }
  KeyStore store;
  load(store, text, KeySource::SecretsBlock);
  EXPECT_EQ(store.tls().sessions(), kSessions);
  for (std::uint32_t session = 0; session < kSessions; ++session) {
    const TlsLabel label = kLabels[session % 4];
    const auto secret = store.tls().find(random_of(session), label);
    ASSERT_TRUE(secret);
    ASSERT_TRUE(std::ranges::equal(secret->bytes, secret_of(session, label)));
    ASSERT_EQ(secret->source, KeySource::SecretsBlock);
  }
  EXPECT_FALSE(store.tls().find(random_of(0), TlsLabel::ClientRandom));
  EXPECT_FALSE(store.tls().find(ClientRandom{1, 2, 3}, kLabels[0]));
}

TEST(KeyStore, ALaterTlsSecretReplacesTheEarlier) {
  TlsSecrets secrets;
  const ClientRandom client_random{7};
  std::vector<std::uint8_t> secret;
  for (const std::size_t size : {32, 48, 32, 64, 48}) {
    secret.assign(size, static_cast<std::uint8_t>(size));
    ASSERT_TRUE(secrets.add(TlsLabel::ExporterSecret, client_random, secret, KeySource::File));
    ASSERT_TRUE(
        secrets.add(TlsLabel::ClientTrafficSecret0, client_random, std::vector<std::uint8_t>(32, 1), KeySource::File));
    EXPECT_TRUE(std::ranges::equal(secrets.find(client_random, TlsLabel::ExporterSecret)->bytes, secret));
  }
  EXPECT_EQ(secrets.size(), 2u);
  EXPECT_EQ(secrets.sessions(), 1u);
}

class KeyFile : public testing::Test {
 protected:
  KeyFile() : path_(testing::TempDir() + "overhear_keys_" + std::to_string(::getpid())) {}
  ~KeyFile() override { std::remove(path_.c_str()); }
  std::string path_;
};

TEST_F(KeyFile, IsReadWholeAndItsBadLinesNamed) {
  std::string text = Lines().add("MCP_DH_PRIVATE_KEY", "-", test::kClientPrivate).text;
  for (int i = 0; i < 4000; ++i) text += "# a comment that makes the file longer than one read\n";
  text += "garbage\n" + Lines().add("CCHAT_DH_PRIVATE_KEY", "-", "12").text;
  std::ofstream(path_) << text;
  KeyStore store;
  KeyLogProblems problems;
  ASSERT_TRUE(store.load_file(path_, problems));
  EXPECT_EQ(found(store), kByPrivateKey);
  EXPECT_EQ(store.cchat_keys().size(), 1u);
  ASSERT_EQ(problems.items.size(), 1u);
  EXPECT_EQ(problems.items[0].name, path_);
  EXPECT_EQ(problems.items[0].line, 4002u);
}

TEST_F(KeyFile, MayBeAPipe) {
  ASSERT_EQ(::mkfifo(path_.c_str(), 0600), 0);
  const std::jthread writer(
      [&] { std::ofstream(path_) << Lines().add("MCP_DH_PRIVATE_KEY", "-", test::kClientPrivate).text; });
  KeyStore store;
  KeyLogProblems problems;
  ASSERT_TRUE(store.load_file(path_, problems));
  EXPECT_EQ(found(store), kByPrivateKey);
}

TEST_F(KeyFile, ThatCannotBeReadIsNamed) {
  KeyStore store;
  KeyLogProblems problems;
  for (const std::string& path : {path_, testing::TempDir()}) {
    const auto loaded = store.load_file(path, problems);
    ASSERT_FALSE(loaded);
    EXPECT_EQ(loaded.error().kind, ErrorKind::Input);
    EXPECT_THAT(loaded.error().message, testing::HasSubstr(path));
  }
}

// What goes into a capture that is handed on opens its sessions and no others.
TEST(KeyStore, WritesWhatWasFoundAsAKeyLogWithoutPrivateKeys) {
  KeyStore store;
  const std::string random(64, 'a');
  const std::string other(64, 'b');
  load(store, Lines()
                  .add("MCP_DH_PRIVATE_KEY", "-", test::kClientPrivate)
                  .add("CLIENT_RANDOM", random, std::string(96, '1'))
                  .add("CLIENT_RANDOM", other, std::string(96, '2'))
                  .text);
  EXPECT_EQ(store.used_key_log(), "");
  EXPECT_EQ(found(store), kByPrivateKey);
  ClientRandom client_random{};
  client_random.fill(0xAA);
  EXPECT_TRUE(store.find_tls(client_random, TlsLabel::ClientRandom).has_value());
  EXPECT_FALSE(store.find_tls(client_random, TlsLabel::ExporterSecret).has_value());
  store.note_use({{0x12, 0x34}, true});
  const std::string used = store.used_key_log();
  EXPECT_EQ(used, Lines()
                      .add("CCHAT_DH_PRIVATE_KEY", "-", "-1234")
                      .add("MCP_DH_SHARED_SECRET", test::kClientPublic, test::kSecret)
                      .add("CLIENT_RANDOM", random, std::string(96, '1'))
                      .text);
  KeyStore again;
  load(again, used);
  EXPECT_EQ(found(again), "mcp-shared-secret " + std::string(test::kSecret));
  EXPECT_EQ(again.cchat_keys().size(), 1u);
  EXPECT_TRUE(again.cchat_keys()[0].is_negative);
}

}  // namespace
}  // namespace overhear
