#include "proxy/certificate_authority.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include <string>

#include "proxy/authority_text.hpp"
#include "tests/proxy/authority_folder.hpp"

namespace overhear::testing {
namespace {

using ::testing::SizeIs;
using CertificateAuthorityTest = AuthorityFolder;

// What a client that trusts the authority makes of the leaf, where it wanted to reach `host`: "ok" or why not.
// Strict (RFC 5280 to the letter) is what Python is from 3.13 on.
std::string verdict(const Leaf& leaf, const char* host, bool is_strict = true) {
  const OpensslHandle<X509_STORE, X509_STORE_free> store(X509_STORE_new());
  X509_STORE_add_cert(store.get(), leaf.issuer.get());
  const OpensslHandle<X509_STORE_CTX, X509_STORE_CTX_free> context(X509_STORE_CTX_new());
  X509_STORE_CTX_init(context.get(), store.get(), leaf.certificate.get(), nullptr);
  X509_VERIFY_PARAM* const wanted = X509_STORE_CTX_get0_param(context.get());
  X509_VERIFY_PARAM_set_purpose(wanted, X509_PURPOSE_SSL_SERVER);
  if (is_strict) X509_VERIFY_PARAM_set_flags(wanted, X509_V_FLAG_X509_STRICT);
  X509_VERIFY_PARAM_set_auth_level(wanted, 2);
  if (X509_VERIFY_PARAM_set1_ip_asc(wanted, host) != 1) X509_VERIFY_PARAM_set1_host(wanted, host, 0);
  X509_verify_cert(context.get());
  return X509_verify_cert_error_string(X509_STORE_CTX_get_error(context.get()));
}

std::string subject_of(const Leaf& leaf) {
  char text[256];
  return X509_NAME_oneline(X509_get_subject_name(leaf.certificate.get()), text, sizeof(text));
}

std::string serial_of(const Leaf& leaf) {
  const ASN1_INTEGER* const serial = X509_get0_serialNumber(leaf.certificate.get());
  return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(serial)),
          static_cast<std::size_t>(ASN1_STRING_length(serial))};
}

TEST_F(CertificateAuthorityTest, SignsForHostNamesAndAddresses) {
  CertificateAuthority authority = open();
  for (const char* const host : {"localhost", "chat.example.org", "chat_server", "xn--bcher-kva.example", "127.0.0.1",
                                 "10.0.0.255", "::1", "2001:db8::7"}) {
    SCOPED_TRACE(host);
    const auto leaf = authority.leaf_for(host);
    ASSERT_TRUE(leaf);
    EXPECT_EQ(verdict(*leaf, host), "ok");
    EXPECT_EQ(X509_check_private_key(leaf->certificate.get(), leaf->key.get()), 1);
    EXPECT_NE(verdict(*leaf, "example.org"), "ok");
    EXPECT_NE(verdict(*leaf, "a.chat.example.org"), "ok");
    EXPECT_NE(verdict(*leaf, "127.0.0.2"), "ok");
  }
}

TEST_F(CertificateAuthorityTest, SignsForAHostNameHoweverItIsWritten) {
  CertificateAuthority authority = open();
  const auto leaf = authority.leaf_for("Chat.EXAMPLE.org.");
  EXPECT_EQ(verdict(*leaf, "chat.example.org"), "ok");
  EXPECT_EQ(serial_of(*authority.leaf_for("chat.example.org")), serial_of(*leaf));
  std::string longest;  // 253 characters, of which a common name would take 64
  for (int i = 0; i < 3; ++i) longest += std::string(63, 'a') + ".";
  longest += std::string(61, 'b');
  const auto of_longest = authority.leaf_for(longest);
  EXPECT_EQ(verdict(*of_longest, longest.c_str()), "ok");
  EXPECT_EQ(subject_of(*of_longest), "/O=overhear");
}

TEST_F(CertificateAuthorityTest, SignsForNobodyWhereTheNameIsNone) {
  CertificateAuthority authority = open();
  const std::string too_long_label(64, 'a');
  const std::string too_long =
      std::string(63, 'a') + "." + std::string(63, 'a') + "." + std::string(63, 'a') + "." + std::string(62, 'b');
  const std::string_view hosts[] = {"",
                                    ".",
                                    "..",
                                    "a..b",
                                    "*",
                                    "*.example.org",
                                    "a b",
                                    "a,DNS:b",
                                    "a\nb",
                                    "bücher.example",
                                    "-a.example",
                                    "a-.example",
                                    "1.2.3",
                                    "256.1.1.1",
                                    "1.2.3.4.5",
                                    "fe80::1%lo",
                                    "[::1]",
                                    "a/b",
                                    "a:1",
                                    too_long_label,
                                    too_long,
                                    std::string_view("a\0b", 3),
                                    std::string_view("127.0.0.1\0", 10),
                                    "\xff\xfe"};
  for (const std::string_view host : hosts) {
    SCOPED_TRACE(host);
    const auto leaf = authority.leaf_for(host);
    ASSERT_TRUE(leaf);
    EXPECT_EQ(subject_of(*leaf), "/O=overhear/CN=overhear");
    EXPECT_EQ(X509_get_ext_by_NID(leaf->certificate.get(), NID_subject_alt_name, -1), -1);
    EXPECT_NE(verdict(*leaf, "127.0.0.1"), "ok");
    EXPECT_NE(verdict(*leaf, "a"), "ok");
  }
  EXPECT_TRUE(authority.leaf_for(std::string(1'000'000, 'a')));
}

TEST_F(CertificateAuthorityTest, MakesLeavesThatBrowsersTake) {
  CertificateAuthority authority = open();
  const auto leaf = authority.leaf_for("chat.example.org");
  X509* const certificate = leaf->certificate.get();
  const ASN1_TIME* const first = X509_get0_notBefore(certificate);
  int days = 0;
  int seconds = 0;
  ASSERT_EQ(ASN1_TIME_diff(&days, &seconds, first, X509_get0_notAfter(certificate)), 1);
  EXPECT_LT(days, 397);
  ASSERT_EQ(ASN1_TIME_diff(&days, &seconds, first, nullptr), 1);
  EXPECT_EQ(days, 2);
  EXPECT_EQ(X509_get_extended_key_usage(certificate), static_cast<std::uint32_t>(XKU_SSL_SERVER));
  EXPECT_EQ(X509_get_extension_flags(certificate) & (EXFLAG_BCONS | EXFLAG_CA),
            static_cast<std::uint32_t>(EXFLAG_BCONS));
  EXPECT_EQ(X509_get_version(certificate), X509_VERSION_3);
  EXPECT_EQ(
      ASN1_OCTET_STRING_cmp(X509_get0_authority_key_id(certificate), X509_get0_subject_key_id(leaf->issuer.get())), 0);
  EXPECT_THAT(serial_of(*leaf), SizeIs(20));
  EXPECT_LT(static_cast<unsigned char>(serial_of(*leaf)[0]), 0x80);
  EXPECT_NE(serial_of(*leaf), serial_of(*authority.leaf_for("other.example.org")));
}

TEST_F(CertificateAuthorityTest, KeepsSoManyLeavesAndLeavesValidWhatItHandedOut) {
  auto authority = CertificateAuthority::open(directory(), 3);
  ASSERT_TRUE(authority);
  const auto serial = [&](const char* host) { return serial_of(*authority->leaf_for(host)); };
  const auto first = authority->leaf_for("a");
  const std::string b = serial("b");
  const std::string c = serial("c");
  EXPECT_EQ(serial("a"), serial_of(*first));
  const std::string d = serial("d");
  EXPECT_EQ(serial("b"), b);
  EXPECT_EQ(serial("c"), c);
  EXPECT_EQ(serial("d"), d);
  EXPECT_NE(serial("a"), serial_of(*first));
  EXPECT_NE(serial("b"), b);
  authority = std::unexpected(Error{});
  EXPECT_EQ(verdict(*first, "a"), "ok");
  EXPECT_EQ(X509_check_private_key(first->certificate.get(), first->key.get()), 1);
}

TEST_F(CertificateAuthorityTest, UsesOneOfTheUsersOwn) {
  (void)open();
  const Identity made = *parse_authority(content_of(file("overhear-ca.pem")));
  const PrivateKeyHandle key(EVP_EC_gen("P-256"));
  // Without a key identifier, and with the certificate first.
  X509* const certificate = made.certificate.get();
  X509_EXTENSION_free(X509_delete_ext(certificate, X509_get_ext_by_NID(certificate, NID_subject_key_identifier, -1)));
  X509_set_pubkey(made.certificate.get(), key.get());
  ASSERT_GT(X509_sign(made.certificate.get(), key.get(), EVP_sha256()), 0);
  const Identity own{share(made.certificate), share(key)};
  const std::string both = to_pem(own);
  write(file("overhear-ca.pem"), to_pem(own.certificate) + both.substr(0, both.find("-----BEGIN CERT")));
  CertificateAuthority authority = open();
  EXPECT_FALSE(authority.was_made());
  EXPECT_EQ(authority.facts().key, "EC, 256 bits");
  EXPECT_EQ(verdict(*authority.leaf_for("localhost"), "localhost", false), "ok");
  EXPECT_EQ(content_of(file("overhear-ca-cert.pem")), to_pem(own.certificate));
  EXPECT_EQ(content_of(file("overhear-ca-cert.cer")), to_pem(own.certificate));
}

}  // namespace
}  // namespace overhear::testing
