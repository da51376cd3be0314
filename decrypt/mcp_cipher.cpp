#include "decrypt/mcp_cipher.hpp"

#include <algorithm>
#include <string>

#include "decrypt/base64.hpp"
#include "decrypt/hex.hpp"
#include "decrypt/number.hpp"

namespace overhear {
namespace {

constexpr std::size_t kAsciiCharacters = 32;

std::optional<AesKey> first_bytes(Bytes bytes, std::size_t size) {
  if (bytes.size() < size) return std::nullopt;
  AesKey key;
  key.size = size;
  std::ranges::copy(bytes.first(size), key.bytes.begin());
  return key;
}

std::size_t key_bytes(KeyDerivation derivation) {
  switch (derivation) {
    case KeyDerivation::First24: return 24;
    case KeyDerivation::First16: return 16;
    case KeyDerivation::First32:
    case KeyDerivation::HexAscii:
    case KeyDerivation::Base64Ascii:
    case KeyDerivation::Sha256: return 32;
  }
  return 0;
}

// A ready key goes by the plain derivation that makes a key of its length.
std::optional<AesKey> ready_key(const McpSecret& secret, KeyDerivation derivation, SecretForm form) {
  const bool is_plain = derivation == KeyDerivation::First32 || derivation == KeyDerivation::First24 ||
                        derivation == KeyDerivation::First16;
  if (!is_plain || form != SecretForm::Padded || key_bytes(derivation) != secret.size) return std::nullopt;
  return first_bytes(secret.view(), secret.size);
}

}  // namespace

const McpVariant* find_mcp_variant(std::string_view name) {
  const auto variant = std::ranges::find(kMcpVariants, name, &McpVariant::name);
  return variant == kMcpVariants.end() ? nullptr : &*variant;
}

std::optional<AesKey> derive_mcp_key(const McpSecret& secret, KeyDerivation derivation, SecretForm form) {
  if (secret.is_ready_key()) return ready_key(secret, derivation, form);
  const bool is_trimmed = form == SecretForm::Trimmed;
  const Bytes bytes = is_trimmed ? without_leading_zeros(secret.view()) : secret.view();
  switch (derivation) {
    case KeyDerivation::First32:
    case KeyDerivation::First24:
    case KeyDerivation::First16:
      if (is_trimmed && bytes.size() == secret.size) return std::nullopt;
      return first_bytes(bytes, key_bytes(derivation));
    case KeyDerivation::HexAscii: {
      const std::string text = is_trimmed ? number_to_hex(bytes) : to_hex(bytes);
      if (is_trimmed && text.size() == 2 * secret.size) return std::nullopt;
      return first_bytes(as_bytes(text), kAsciiCharacters);
    }
    case KeyDerivation::Base64Ascii: {
      if (is_trimmed && bytes.size() == secret.size) return std::nullopt;
      std::string text;
      append_base64(text, bytes);
      return first_bytes(as_bytes(text), kAsciiCharacters);
    }
    case KeyDerivation::Sha256:
      if (is_trimmed && bytes.size() == secret.size) return std::nullopt;
      return first_bytes(sha256(bytes), key_bytes(derivation));
  }
  return std::nullopt;
}

std::vector<McpDerivedKey> derive_mcp_keys(const McpSecret& secret) {
  std::vector<McpDerivedKey> keys;
  for (const McpVariant& variant : kMcpVariants) {
    const bool is_listed = std::ranges::any_of(keys, [&](const McpDerivedKey& key) {
      return key.derivation == variant.derivation && key.form == variant.form;
    });
    if (is_listed) continue;
    if (const auto key = derive_mcp_key(secret, variant.derivation, variant.form)) {
      keys.push_back({variant.derivation, variant.form, *key});
    }
  }
  return keys;
}

}  // namespace overhear
