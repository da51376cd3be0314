// The encrypting side of MCP, in every variant that the decrypting side knows.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>

#include "decrypt/key_store.hpp"
#include "decrypt/keystream.hpp"
#include "decrypt/mcp_cipher.hpp"

namespace overhear::testing {

// One direction's encryption.
class McpSender {
 public:
  // REQUIRES: the variant applies to the secret.
  McpSender(const McpVariant& variant, const McpSecret& secret);
  explicit McpSender(std::string_view variant);  // with the secret of the two test keys

  // A message as it goes on the wire. Lines carry an encrypted line end and a line end behind it, as javacat writes.
  std::string seal(std::string_view json);
  // Several, in their order.
  std::string seal_all(std::initializer_list<std::string_view> jsons);

 private:
  const McpVariant& variant_;
  std::unique_ptr<Keystream> keystream_;
  std::uint64_t offset_ = 0;
};

// The secrets of the test keys: the client's and the server's, and the client's with the third, whose secret begins
// with zeros.
McpSecret mcp_secret();
McpSecret mcp_short_secret();
std::string mcp_handshake(std::string_view public_key);
std::string mcp_client_handshake();
std::string mcp_server_handshake();
std::string mcp_third_handshake();

// Holds the lines of a key log. REQUIRES: all are keys.
std::unique_ptr<KeyStore> mcp_keys_of(const std::string& key_log);
// Holds both shared secrets, by the client's and by the third public key.
std::unique_ptr<KeyStore> mcp_keys();
// Holds a secret that is not this session's, under the client's public key.
std::unique_ptr<KeyStore> wrong_mcp_keys();

}  // namespace overhear::testing
