#include "tests/support/mcp_wire.hpp"

#include <fmt/format.h>

#include <stdexcept>

#include "decrypt/base64.hpp"
#include "tests/decrypt/test_keys.hpp"

namespace overhear::testing {
McpSender::McpSender(const McpVariant& variant, const McpSecret& secret) : variant_(variant) {
  keystream_ = std::make_unique<Keystream>(derive_mcp_key(secret, variant.derivation, variant.form).value());
}

McpSender::McpSender(std::string_view variant) : McpSender(*find_mcp_variant(variant), mcp_secret()) {}

std::string McpSender::seal(std::string_view json) {
  std::string plain(json);
  if (variant_.framing == Framing::Base64Line) plain += '\n';
  std::vector<std::uint8_t> cipher(plain.size());
  keystream_->xor_at(variant_.keystream == KeystreamUse::Continuous ? offset_ : 0, as_bytes(plain), cipher.data());
  offset_ += cipher.size();
  if (variant_.framing == Framing::Raw) return std::string(as_text(cipher));
  std::string line;
  append_base64(line, cipher);
  return line + "\n";
}

std::string McpSender::seal_all(std::initializer_list<std::string_view> jsons) {
  std::string wire;
  for (const std::string_view json : jsons) wire += seal(json);
  return wire;
}

McpSecret mcp_secret() {
  return test::shared_secret(test::kSecret);
}

McpSecret mcp_short_secret() {
  return test::shared_secret(test::kShortSecret);
}

std::string mcp_handshake(std::string_view public_key) {
  return fmt::format(R"({{"type":"Handshake.Handshake","data":{{"version":"2.1.0","publicKey":"{}"}}}})", public_key);
}

std::string mcp_client_handshake() {
  return mcp_handshake(test::kClientPublic);
}

std::string mcp_server_handshake() {
  return mcp_handshake(test::kServerPublic);
}

std::string mcp_third_handshake() {
  return mcp_handshake(test::kThirdPublic);
}

std::unique_ptr<KeyStore> mcp_keys_of(const std::string& key_log) {
  auto store = std::make_unique<KeyStore>();
  KeyLogProblems problems;
  store->load(as_bytes(key_log), KeySource::File, "test", problems);
  if (problems.total != 0) throw std::logic_error(problems.items[0].text);
  return store;
}

std::unique_ptr<KeyStore> mcp_keys() {
  return mcp_keys_of(fmt::format("MCP_DH_SHARED_SECRET {} {}\nMCP_DH_SHARED_SECRET {} {}\n", test::kServerPublic,
                                 test::kSecret, test::kThirdPublic, test::kShortSecret));
}

std::unique_ptr<KeyStore> wrong_mcp_keys() {
  return mcp_keys_of(fmt::format("MCP_DH_SHARED_SECRET {} {}\n", test::kServerPublic, test::kShortSecret));
}

}  // namespace overhear::testing
