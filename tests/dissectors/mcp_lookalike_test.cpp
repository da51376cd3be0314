// Raw ciphertext of MCP that looks like JSON in clear, as one in some 2^15 does, and JSON in clear among ciphertext.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "decrypt/hex.hpp"
#include "dissectors/mcp/mcp_layer.hpp"
#include "tests/decrypt/test_keys.hpp"
#include "tests/support/layer_script.hpp"
#include "tests/support/mcp_wire.hpp"

namespace overhear::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const std::string kLogin = R"({"type":"Authentication.Login.1","data":{"login":"alice","password":"}{"}})";
const std::string kJoin = R"({"type":"Room.Join.2","data":{"room":7}})";
const std::string kText = R"({"type":"Message.TextMessage.3","data":{"text":"Привет \"you\"","room":7}})";
const std::string kError = R"({"type":"Error.PacketDataIncorrect","data":null})";

// The client's messages behind its handshake.
struct Said {
  std::vector<std::string> messages;
  Heard heard;
};

std::unique_ptr<KeyStore> keys_of(const McpSecret& secret) {
  return mcp_keys_of(fmt::format("MCP_DH_SHARED_SECRET {} {}\n", test::kServerPublic, to_hex(secret.view())));
}

LayerSetup opened(KeyStore* keys) {
  LayerSetup setup;
  setup.make = layer<mcp::McpLayer>();
  setup.keys = keys;
  return setup;
}

Said said_by_client(const McpSecret& secret, const std::vector<std::string>& wire) {
  const auto keys = keys_of(secret);
  const LayerSetup setup = opened(keys.get());
  Script script;
  script.client(mcp_client_handshake() + "\n").server(mcp_server_handshake());
  for (const std::string& part : wire) script.client(part);
  script.fin();
  cut_anywhere(script, setup);
  Said said{.messages = {}, .heard = run(script, setup)};
  said.messages = said.heard.messages(Direction::Client);
  said.messages.erase(said.messages.begin());
  return said;
}

// A secret whose keystream in this variant is wanted, as its first `size` bytes show.
McpSecret secret_where(const McpVariant& variant, std::size_t size,
                       const std::function<bool(std::string_view)>& is_wanted) {
  McpSecret secret = mcp_secret();
  for (unsigned i = 0;; ++i) {
    for (std::size_t byte = 0; byte < sizeof i; ++byte)
      secret.bytes[byte + 1] = static_cast<std::uint8_t>(i >> 8 * byte);
    if (is_wanted(McpSender(variant, secret).seal(std::string(size, '\0')))) return secret;
  }
}

char sealed(std::string_view keystream, std::size_t at, char plain) {
  return static_cast<char>(keystream[at] ^ plain);
}

std::string text_of_size(std::size_t size) {
  const std::string head = R"({"type":"Message.TextMessage.3","data":{"text":")";
  const std::string tail = R"("}})";
  return head + std::string(size - head.size() - tail.size(), 'x') + tail;
}

TEST(McpLookalikes, CiphertextMayBeginLikeAnObject) {
  const McpVariant& variant = *find_mcp_variant("raw");
  for (const std::string_view front : {"{}", "{\""}) {
    SCOPED_TRACE(std::string(front));
    const McpSecret secret = secret_where(variant, 2, [&](std::string_view keystream) {
      return sealed(keystream, 0, '{') == front[0] && sealed(keystream, 1, '"') == front[1];
    });
    McpSender client(variant, secret);
    const Said said =
        said_by_client(secret, {client.seal(kLogin), kError + "\n\n", client.seal(kJoin), client.seal(kText)});
    EXPECT_THAT(said.messages, ElementsAre(kLogin, kError, kJoin, kText));
    EXPECT_THAT(said.heard.findings, IsEmpty());
  }
}

// The server answers in clear before anything was encrypted.
TEST(McpLookalikes, TheFirstCiphertextMayBeginLikeAnObjectBehindPackagesInClear) {
  const McpVariant& variant = *find_mcp_variant("raw-hex-ascii");
  const McpSecret secret = secret_where(
      variant, 2, [](std::string_view keystream) { return keystream[0] == 0 && sealed(keystream, 1, '"') == '}'; });
  McpSender client(variant, secret);
  const Said said = said_by_client(secret, {kError + "\n\n", kError + "\n", client.seal(kJoin), client.seal(kText)});
  EXPECT_THAT(said.messages, ElementsAre(kError, kError, kJoin, kText));
  EXPECT_THAT(said.heard.findings, IsEmpty());
}

TEST(McpLookalikes, TheSecondMessageOfOneKeystreamMayBeginLikeAnObject) {
  const McpVariant& variant = *find_mcp_variant("raw-continuous");
  std::size_t size = 0;
  const McpSecret secret = secret_where(variant, 600, [&](std::string_view keystream) {
    for (size = 60; size + 2 <= keystream.size(); ++size) {
      if (keystream[size] == 0 && sealed(keystream, size + 1, '"') == '}') return true;
    }
    return false;
  });
  McpSender client(variant, secret);
  const std::string first = text_of_size(size);
  const Said said = said_by_client(secret, {client.seal_all({first, kJoin}), client.seal(kText)});
  EXPECT_THAT(said.messages, ElementsAre(first, kJoin, kText));
  EXPECT_THAT(said.heard.findings, IsEmpty());
}

// The brace is a line end that was encrypted behind the message, and the quote the beginning of the next one.
TEST(McpLookalikes, AnEncryptedLineEndAndWhatFollowsMayBeginLikeAnObject) {
  const McpVariant& variant = *find_mcp_variant("raw");
  std::size_t size = 0;
  const McpSecret secret = secret_where(variant, 600, [&](std::string_view keystream) {
    if (sealed(keystream, 0, '{') != '"') return false;
    for (size = 60; size < keystream.size(); ++size) {
      if (sealed(keystream, size, '\n') == '{') return true;
    }
    return false;
  });
  const std::string first = text_of_size(size);
  McpSender client(variant, secret);
  const Said said = said_by_client(secret, {client.seal(first + "\n"), client.seal(kJoin + "\n"), client.seal(kText)});
  EXPECT_THAT(said.messages, ElementsAre(first, kJoin, kText));
  EXPECT_THAT(said.heard.findings, IsEmpty());
}

// None of the keys opens what comes first.
TEST(McpLookalikes, CiphertextThatBeginsLikeAnObjectIsFoundBehindBytesOfNothing) {
  const McpVariant& variant = *find_mcp_variant("raw");
  const McpSecret secret =
      secret_where(variant, 2, [](std::string_view keystream) { return keystream[0] == 0 && keystream[1] == 0; });
  McpSender client(variant, secret);
  const auto keys = keys_of(secret);
  Script script;
  script.client(mcp_client_handshake()).server(mcp_server_handshake());
  script.client(std::string(40, '\x01')).server(kError).client(client.seal(kJoin)).client(client.seal(kText)).fin();
  EXPECT_THAT(run(script, opened(keys.get())).messages(Direction::Client),
              ElementsAre(mcp_client_handshake(), kJoin, kText));
}

TEST(McpLookalikes, AnObjectInClearThatIsNoPackageStaysOne) {
  for (const char* const name : {"raw", "raw-continuous", "base64-line"}) {
    McpSender client(name);
    const Said said = said_by_client(mcp_secret(), {"{}", "{}\n{\"a\":1}\n", client.seal(kLogin), "{}",
                                                    client.seal(kJoin), "{ \"b\":[]}\n", client.seal(kText)});
    EXPECT_THAT(said.messages, ElementsAre("{}", "{}", "{\"a\":1}", kLogin, "{}", kJoin, "{ \"b\":[]}", kText)) << name;
  }
}

}  // namespace
}  // namespace overhear::testing
