#include "decrypt/mcp_cipher.hpp"

#include <gtest/gtest.h>

#include <set>

#include "decrypt/hex.hpp"
#include "tests/decrypt/test_keys.hpp"

namespace overhear {
namespace {

// The expected keys were cut from the secrets by hand or computed with Python's hashlib and base64.

std::string derived(const McpSecret& secret, KeyDerivation derivation, SecretForm form) {
  const auto key = derive_mcp_key(secret, derivation, form);
  return key ? to_hex(key->view()) : "none";
}

std::string ascii(std::string_view text) {
  return to_hex(as_bytes(text));
}

TEST(McpKey, ComesFromTheSecretInEachKnownWay) {
  const McpSecret secret = test::shared_secret(test::kSecret);
  const auto key = [&](KeyDerivation derivation) { return derived(secret, derivation, SecretForm::Padded); };
  EXPECT_EQ(key(KeyDerivation::First32), "784e2bbdb2dc6f0c7766b00b3e64844ad0168cba043211ab6608889a7f0f7718");
  EXPECT_EQ(key(KeyDerivation::First24), "784e2bbdb2dc6f0c7766b00b3e64844ad0168cba043211ab");
  EXPECT_EQ(key(KeyDerivation::First16), "784e2bbdb2dc6f0c7766b00b3e64844a");
  EXPECT_EQ(key(KeyDerivation::HexAscii), ascii("784e2bbdb2dc6f0c7766b00b3e64844a"));
  EXPECT_EQ(key(KeyDerivation::Base64Ascii), ascii("eE4rvbLcbwx3ZrALPmSEStAWjLoEMhGr"));
  EXPECT_EQ(key(KeyDerivation::Sha256), "d64b92fc3bdc239e215f686c900e2a2e766d92a23a10ae18983e4adb7fdad244");
}

TEST(McpKey, TrimmingAppliesOnlyToASecretWithZerosInFront) {
  for (const McpDerivedKey& key : derive_mcp_keys(test::shared_secret(test::kSecret))) {
    EXPECT_EQ(key.form, SecretForm::Padded);
  }
  const McpSecret secret = test::shared_secret(test::kShortSecret);
  const auto key = [&](KeyDerivation derivation) { return derived(secret, derivation, SecretForm::Trimmed); };
  EXPECT_EQ(key(KeyDerivation::First32), "09d20f091470e00f94460556360bbfc2fd76ed62918024eecd7f4a4ab63b099e");
  EXPECT_EQ(key(KeyDerivation::First24), "09d20f091470e00f94460556360bbfc2fd76ed62918024ee");
  EXPECT_EQ(key(KeyDerivation::First16), "09d20f091470e00f94460556360bbfc2");
  EXPECT_EQ(key(KeyDerivation::HexAscii), ascii("9d20f091470e00f94460556360bbfc2f"));
  EXPECT_EQ(key(KeyDerivation::Base64Ascii), ascii("CdIPCRRw4A+URgVWNgu/wv127WKRgCTu"));
  EXPECT_EQ(key(KeyDerivation::Sha256), "3d372811b33df2090e0064f99363dae828b1c02cf118bf337278f86022bd8f75");
  EXPECT_EQ(derive_mcp_keys(secret).size(), 12u);
}

TEST(McpKey, OneZeroDigitIsTrimmedFromHexTextOnly) {
  McpSecret secret = test::shared_secret(test::kSecret);
  secret.bytes[0] = 0x08;
  EXPECT_EQ(derived(secret, KeyDerivation::HexAscii, SecretForm::Trimmed), ascii("84e2bbdb2dc6f0c7766b00b3e64844ad"));
  EXPECT_EQ(derived(secret, KeyDerivation::First32, SecretForm::Trimmed), "none");
  EXPECT_EQ(derived(secret, KeyDerivation::Base64Ascii, SecretForm::Trimmed), "none");
  EXPECT_EQ(derived(secret, KeyDerivation::Sha256, SecretForm::Trimmed), "none");
}

TEST(McpKey, ASecretOfZerosMakesNoKeyOutOfNothing) {
  McpSecret secret;
  secret.size = modp5::kBytes;
  EXPECT_EQ(derived(secret, KeyDerivation::First32, SecretForm::Padded), std::string(64, '0'));
  EXPECT_EQ(derived(secret, KeyDerivation::First32, SecretForm::Trimmed), "none");
  EXPECT_EQ(derived(secret, KeyDerivation::HexAscii, SecretForm::Trimmed), "none");
}

TEST(McpKey, AReadyKeyIsUsedAsItIsByItsLength) {
  const std::pair<std::size_t, KeyDerivation> lengths[] = {
      {32, KeyDerivation::First32}, {24, KeyDerivation::First24}, {16, KeyDerivation::First16}};
  for (const auto& [size, derivation] : lengths) {
    McpSecret secret = test::shared_secret(test::kShortSecret);
    secret.origin = McpKeyOrigin::Key;
    secret.size = size;
    const auto keys = derive_mcp_keys(secret);
    ASSERT_EQ(keys.size(), 1u);
    EXPECT_EQ(keys[0].derivation, derivation);
    EXPECT_EQ(keys[0].form, SecretForm::Padded);
    EXPECT_EQ(to_hex(keys[0].key.view()), test::kShortSecret.substr(0, 2 * size));
  }
}

TEST(McpVariants, HaveEachCombinationOnceUnderItsOwnName) {
  std::set<std::string_view> names;
  std::set<std::tuple<KeyDerivation, SecretForm, Framing, KeystreamUse>> kinds;
  for (const McpVariant& variant : kMcpVariants) {
    names.insert(variant.name);
    kinds.emplace(variant.derivation, variant.form, variant.framing, variant.keystream);
    EXPECT_EQ(find_mcp_variant(variant.name), &variant);
    EXPECT_EQ(variant.name.starts_with("raw"), variant.framing == Framing::Raw) << variant.name;
    EXPECT_EQ(variant.name.ends_with("-continuous"), variant.keystream == KeystreamUse::Continuous) << variant.name;
    EXPECT_EQ(variant.name.find("-trimmed") != std::string_view::npos, variant.form == SecretForm::Trimmed);
  }
  EXPECT_EQ(names.size(), kMcpVariants.size());
  EXPECT_EQ(kinds.size(), kMcpVariants.size());
  EXPECT_EQ(kMcpVariants[0].name, "raw");
  EXPECT_EQ(kMcpVariants[1].name, "base64-line");
  EXPECT_EQ(find_mcp_variant("rot13"), nullptr);
}

}  // namespace
}  // namespace overhear
