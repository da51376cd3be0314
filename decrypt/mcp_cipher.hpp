// How MCP encrypts, as data. The specification names the cipher and the group and is silent on the rest, so programs
// differ in how the key comes from the shared secret, in what ends a message and in where the keystream starts. Who
// dissects tries these in order on a direction's first encrypted message and keeps the one that makes sense.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "decrypt/aes.hpp"
#include "decrypt/mcp_secret.hpp"

namespace overhear {

enum class KeyDerivation : std::uint8_t {
  First32,      // of the secret's bytes: AES-256
  First24,      // AES-192: 32 characters of base64, decoded
  First16,      // AES-128
  HexAscii,     // the first 32 hex digits as text, lower case: AES-256
  Base64Ascii,  // the first 32 base64 characters as text: AES-256
  Sha256,       // of the whole secret: AES-256
};

enum class SecretForm : std::uint8_t {
  Padded,   // 192 bytes, as Node and Java 17 give it
  Trimmed,  // without leading zeros (of HexAscii: zero digits), as big-number libraries print it
};

enum class Framing : std::uint8_t {
  Raw,         // ciphertext alone: a message ends where the decrypted JSON value ends
  Base64Line,  // one line of base64 a message
};

enum class KeystreamUse : std::uint8_t {
  PerMessage,  // starts again at every message: the specification's zero IV "for all messages"
  Continuous,  // one cipher object per direction; only a direction's second message tells it from PerMessage
};

struct McpVariant {
  std::string_view name;  // the "variant" of the export
  KeyDerivation derivation = KeyDerivation::First32;
  SecretForm form = SecretForm::Padded;
  Framing framing = Framing::Raw;
  KeystreamUse keystream = KeystreamUse::PerMessage;
};

// In the order in which they are likely. Trimmed ones apply to one session in 256 only, of hex digits in 16.
inline constexpr std::array<McpVariant, 48> kMcpVariants{{
    // clang-format off
    {"raw", KeyDerivation::First32, SecretForm::Padded, Framing::Raw, KeystreamUse::PerMessage},
    {"base64-line", KeyDerivation::First32, SecretForm::Padded, Framing::Base64Line, KeystreamUse::PerMessage},
    {"raw-aes192", KeyDerivation::First24, SecretForm::Padded, Framing::Raw, KeystreamUse::PerMessage},
    {"base64-line-aes192", KeyDerivation::First24, SecretForm::Padded, Framing::Base64Line, KeystreamUse::PerMessage},
    {"raw-aes128", KeyDerivation::First16, SecretForm::Padded, Framing::Raw, KeystreamUse::PerMessage},
    {"base64-line-aes128", KeyDerivation::First16, SecretForm::Padded, Framing::Base64Line, KeystreamUse::PerMessage},
    {"raw-hex-ascii", KeyDerivation::HexAscii, SecretForm::Padded, Framing::Raw, KeystreamUse::PerMessage},
    {"base64-line-hex-ascii", KeyDerivation::HexAscii, SecretForm::Padded, Framing::Base64Line, KeystreamUse::PerMessage},
    {"raw-base64-ascii", KeyDerivation::Base64Ascii, SecretForm::Padded, Framing::Raw, KeystreamUse::PerMessage},
    {"base64-line-base64-ascii", KeyDerivation::Base64Ascii, SecretForm::Padded, Framing::Base64Line, KeystreamUse::PerMessage},
    {"raw-sha256", KeyDerivation::Sha256, SecretForm::Padded, Framing::Raw, KeystreamUse::PerMessage},
    {"base64-line-sha256", KeyDerivation::Sha256, SecretForm::Padded, Framing::Base64Line, KeystreamUse::PerMessage},
    {"raw-continuous", KeyDerivation::First32, SecretForm::Padded, Framing::Raw, KeystreamUse::Continuous},
    {"base64-line-continuous", KeyDerivation::First32, SecretForm::Padded, Framing::Base64Line, KeystreamUse::Continuous},
    {"raw-aes192-continuous", KeyDerivation::First24, SecretForm::Padded, Framing::Raw, KeystreamUse::Continuous},
    {"base64-line-aes192-continuous", KeyDerivation::First24, SecretForm::Padded, Framing::Base64Line, KeystreamUse::Continuous},
    {"raw-aes128-continuous", KeyDerivation::First16, SecretForm::Padded, Framing::Raw, KeystreamUse::Continuous},
    {"base64-line-aes128-continuous", KeyDerivation::First16, SecretForm::Padded, Framing::Base64Line, KeystreamUse::Continuous},
    {"raw-hex-ascii-continuous", KeyDerivation::HexAscii, SecretForm::Padded, Framing::Raw, KeystreamUse::Continuous},
    {"base64-line-hex-ascii-continuous", KeyDerivation::HexAscii, SecretForm::Padded, Framing::Base64Line, KeystreamUse::Continuous},
    {"raw-base64-ascii-continuous", KeyDerivation::Base64Ascii, SecretForm::Padded, Framing::Raw, KeystreamUse::Continuous},
    {"base64-line-base64-ascii-continuous", KeyDerivation::Base64Ascii, SecretForm::Padded, Framing::Base64Line, KeystreamUse::Continuous},
    {"raw-sha256-continuous", KeyDerivation::Sha256, SecretForm::Padded, Framing::Raw, KeystreamUse::Continuous},
    {"base64-line-sha256-continuous", KeyDerivation::Sha256, SecretForm::Padded, Framing::Base64Line, KeystreamUse::Continuous},
    {"raw-trimmed", KeyDerivation::First32, SecretForm::Trimmed, Framing::Raw, KeystreamUse::PerMessage},
    {"base64-line-trimmed", KeyDerivation::First32, SecretForm::Trimmed, Framing::Base64Line, KeystreamUse::PerMessage},
    {"raw-aes192-trimmed", KeyDerivation::First24, SecretForm::Trimmed, Framing::Raw, KeystreamUse::PerMessage},
    {"base64-line-aes192-trimmed", KeyDerivation::First24, SecretForm::Trimmed, Framing::Base64Line, KeystreamUse::PerMessage},
    {"raw-aes128-trimmed", KeyDerivation::First16, SecretForm::Trimmed, Framing::Raw, KeystreamUse::PerMessage},
    {"base64-line-aes128-trimmed", KeyDerivation::First16, SecretForm::Trimmed, Framing::Base64Line, KeystreamUse::PerMessage},
    {"raw-hex-ascii-trimmed", KeyDerivation::HexAscii, SecretForm::Trimmed, Framing::Raw, KeystreamUse::PerMessage},
    {"base64-line-hex-ascii-trimmed", KeyDerivation::HexAscii, SecretForm::Trimmed, Framing::Base64Line, KeystreamUse::PerMessage},
    {"raw-base64-ascii-trimmed", KeyDerivation::Base64Ascii, SecretForm::Trimmed, Framing::Raw, KeystreamUse::PerMessage},
    {"base64-line-base64-ascii-trimmed", KeyDerivation::Base64Ascii, SecretForm::Trimmed, Framing::Base64Line, KeystreamUse::PerMessage},
    {"raw-sha256-trimmed", KeyDerivation::Sha256, SecretForm::Trimmed, Framing::Raw, KeystreamUse::PerMessage},
    {"base64-line-sha256-trimmed", KeyDerivation::Sha256, SecretForm::Trimmed, Framing::Base64Line, KeystreamUse::PerMessage},
    {"raw-trimmed-continuous", KeyDerivation::First32, SecretForm::Trimmed, Framing::Raw, KeystreamUse::Continuous},
    {"base64-line-trimmed-continuous", KeyDerivation::First32, SecretForm::Trimmed, Framing::Base64Line, KeystreamUse::Continuous},
    {"raw-aes192-trimmed-continuous", KeyDerivation::First24, SecretForm::Trimmed, Framing::Raw, KeystreamUse::Continuous},
    {"base64-line-aes192-trimmed-continuous", KeyDerivation::First24, SecretForm::Trimmed, Framing::Base64Line, KeystreamUse::Continuous},
    {"raw-aes128-trimmed-continuous", KeyDerivation::First16, SecretForm::Trimmed, Framing::Raw, KeystreamUse::Continuous},
    {"base64-line-aes128-trimmed-continuous", KeyDerivation::First16, SecretForm::Trimmed, Framing::Base64Line, KeystreamUse::Continuous},
    {"raw-hex-ascii-trimmed-continuous", KeyDerivation::HexAscii, SecretForm::Trimmed, Framing::Raw, KeystreamUse::Continuous},
    {"base64-line-hex-ascii-trimmed-continuous", KeyDerivation::HexAscii, SecretForm::Trimmed, Framing::Base64Line, KeystreamUse::Continuous},
    {"raw-base64-ascii-trimmed-continuous", KeyDerivation::Base64Ascii, SecretForm::Trimmed, Framing::Raw, KeystreamUse::Continuous},
    {"base64-line-base64-ascii-trimmed-continuous", KeyDerivation::Base64Ascii, SecretForm::Trimmed, Framing::Base64Line, KeystreamUse::Continuous},
    {"raw-sha256-trimmed-continuous", KeyDerivation::Sha256, SecretForm::Trimmed, Framing::Raw, KeystreamUse::Continuous},
    {"base64-line-sha256-trimmed-continuous", KeyDerivation::Sha256, SecretForm::Trimmed, Framing::Base64Line, KeystreamUse::Continuous},
    // clang-format on
}};

// nullptr where no variant has this name.
const McpVariant* find_mcp_variant(std::string_view name);

struct McpDerivedKey {
  KeyDerivation derivation = KeyDerivation::First32;
  SecretForm form = SecretForm::Padded;
  AesKey key;
};

// The key that this derivation makes of the secret; nullopt where it does not apply: trimming a secret without zeros in
// front would only say the same again, and a ready key (MCP_KEY) is used as it is, under the derivation of its length.
std::optional<AesKey> derive_mcp_key(const McpSecret& secret, KeyDerivation derivation, SecretForm form);
// All that apply, in the order of the variants, so that each key makes one keystream for all its variants.
std::vector<McpDerivedKey> derive_mcp_keys(const McpSecret& secret);

}  // namespace overhear
