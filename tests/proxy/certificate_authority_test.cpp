#include "proxy/certificate_authority.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <functional>
#include <iterator>
#include <string>
#include <thread>
#include <vector>

#include "proxy/authority_text.hpp"

namespace overhear::testing {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::MatchesRegex;
using ::testing::Not;
using ::testing::SizeIs;
using Path = std::filesystem::path;

std::string content_of(const Path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void write(const Path& path, std::string_view content, unsigned mode = 0600) {
  std::ofstream(path, std::ios::binary) << content;
  ASSERT_EQ(::chmod(path.c_str(), mode), 0);
}

unsigned mode_of(const Path& path) {
  struct stat status{};
  EXPECT_EQ(::stat(path.c_str(), &status), 0) << path;
  return status.st_mode & 07777;
}

std::vector<std::string> names_in(const Path& directory) {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(directory)) names.push_back(entry.path().filename());
  std::ranges::sort(names);
  return names;
}

class CertificateAuthorityTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string made = (std::filesystem::temp_directory_path() / "overhear-ca-XXXXXX").native();
    ASSERT_NE(::mkdtemp(made.data()), nullptr);
    folder_ = made;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  Path directory() const { return folder_ / "ca"; }
  Path file(const char* name) const { return directory() / name; }
  CertificateAuthority open() const {
    auto opened = CertificateAuthority::open(directory());
    if (!opened) throw std::runtime_error(opened.error().message);
    return *std::move(opened);
  }
  std::string error() const {
    const auto opened = CertificateAuthority::open(directory());
    if (opened) return "no error";
    EXPECT_EQ(opened.error().kind, ErrorKind::Environment);
    EXPECT_THAT(opened.error().message, Not(HasSubstr("\n")));
    return opened.error().message;
  }
  // Lets the stored authority have another certificate, made from the one it has.
  void change(const std::function<void(X509*)>& how) const {
    const Identity identity = *parse_authority(content_of(file("overhear-ca.pem")));
    how(identity.certificate.get());
    ASSERT_GT(X509_sign(identity.certificate.get(), identity.key.get(), EVP_sha256()), 0);
    write(file("overhear-ca.pem"), to_pem(identity));
  }

  Path folder_;
};

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

TEST_F(CertificateAuthorityTest, IsMadeOnFirstUseForThisUserAlone) {
  const CertificateAuthority made = open();
  EXPECT_TRUE(made.was_made());
  EXPECT_EQ(mode_of(directory()), 0700U);
  EXPECT_THAT(names_in(directory()), ElementsAre("overhear-ca-cert.cer", "overhear-ca-cert.p12", "overhear-ca-cert.pem",
                                                 "overhear-ca.p12", "overhear-ca.pem"));
  EXPECT_EQ(mode_of(file("overhear-ca.pem")), 0600U);
  EXPECT_EQ(mode_of(file("overhear-ca.p12")), 0600U);
  EXPECT_EQ(mode_of(file("overhear-ca-cert.pem")), 0644U);
  EXPECT_EQ(content_of(file("overhear-ca-cert.pem")), made.pem());
  EXPECT_EQ(content_of(file("overhear-ca-cert.cer")), made.pem());
  EXPECT_THAT(content_of(file("overhear-ca.pem")), EndsWith(made.pem()));
  EXPECT_THAT(made.pem(), Not(HasSubstr("PRIVATE")));
}

TEST_F(CertificateAuthorityTest, IsReadBack) {
  const AuthorityFacts made = open().facts();
  const std::string stored = content_of(file("overhear-ca.p12"));
  const CertificateAuthority again = open();
  EXPECT_FALSE(again.was_made());
  EXPECT_EQ(again.facts().sha256, made.sha256);
  EXPECT_EQ(content_of(file("overhear-ca.p12")), stored);
  EXPECT_EQ(made.subject, "CN=overhear,O=overhear");
  EXPECT_EQ(made.key, "RSA, 2048 bits");
  EXPECT_THAT(made.first_day, MatchesRegex("20[0-9][0-9]-[0-9][0-9]-[0-9][0-9]"));
  EXPECT_EQ(std::stoi(made.last_day) - std::stoi(made.first_day), 10);
  EXPECT_THAT(made.sha256, MatchesRegex("([0-9A-F][0-9A-F]:)+[0-9A-F][0-9A-F]"));
  EXPECT_THAT(made.sha256, SizeIs(95));
}

TEST_F(CertificateAuthorityTest, HasThePkcs12FilesWithAnEmptyPassword) {
  const CertificateAuthority made = open();
  for (const char* name : {"overhear-ca.p12", "overhear-ca-cert.p12"}) {
    const std::string stored = content_of(file(name));
    const auto* bytes = reinterpret_cast<const unsigned char*>(stored.data());
    const OpensslHandle<PKCS12, PKCS12_free> parsed(d2i_PKCS12(nullptr, &bytes, static_cast<long>(stored.size())));
    EVP_PKEY* key = nullptr;
    X509* certificate = nullptr;
    STACK_OF(X509)* others = nullptr;
    ASSERT_EQ(PKCS12_parse(parsed.get(), "", &key, &certificate, &others), 1);
    const PrivateKeyHandle owned_key(key);
    const CertificateHandle owned_certificate(certificate == nullptr ? sk_X509_pop(others) : certificate);
    sk_X509_pop_free(others, X509_free);
    EXPECT_EQ(key != nullptr, std::string_view(name) == "overhear-ca.p12");
    EXPECT_EQ(to_der(owned_certificate), made.der());
  }
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
  EXPECT_EQ(X509_check_ca(certificate), 0);
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

TEST_F(CertificateAuthorityTest, OfSeveralMadeAtOnceOneIsUsedByAll) {
  for (int round = 0; round < 3; ++round) {
    std::filesystem::remove_all(directory());
    std::vector<std::string> fingerprints(4);
    std::atomic<int> made = 0;
    {
      std::vector<std::jthread> threads;
      for (std::string& fingerprint : fingerprints) {
        threads.emplace_back([&] {
          const CertificateAuthority authority = open();
          made += authority.was_made() ? 1 : 0;
          fingerprint = authority.facts().sha256;
        });
      }
    }
    EXPECT_EQ(made, 1);
    EXPECT_THAT(fingerprints, ::testing::Each(open().facts().sha256));
    EXPECT_THAT(names_in(directory()), SizeIs(5));
  }
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

TEST_F(CertificateAuthorityTest, WritesCopiesThatAreMissing) {
  (void)open();
  for (const std::string& name : names_in(directory())) {
    if (name == "overhear-ca.pem") continue;
    std::filesystem::remove(directory() / name);
    EXPECT_FALSE(open().was_made());
    EXPECT_TRUE(std::filesystem::exists(directory() / name)) << name;
  }
}

TEST_F(CertificateAuthorityTest, RefusesWhatOthersMayUse) {
  ASSERT_EQ(::mkdir(directory().c_str(), 0755), 0);
  ASSERT_EQ(::chmod(directory().c_str(), 0755), 0);
  EXPECT_THAT(error(), AllOf(HasSubstr("mode 755"), EndsWith("chmod 700 " + directory().native())));
  EXPECT_THAT(names_in(directory()), IsEmpty());
  ASSERT_EQ(::chmod(directory().c_str(), 0700), 0);
  (void)open();
  ASSERT_EQ(::chmod(file("overhear-ca.pem").c_str(), 0640), 0);
  EXPECT_THAT(error(), AllOf(HasSubstr("overhear-ca.pem"), HasSubstr("mode 640"), HasSubstr("chmod 600")));
  if (::geteuid() != 0) return;
  ASSERT_EQ(::chmod(file("overhear-ca.pem").c_str(), 0600), 0);
  ASSERT_EQ(::chown(file("overhear-ca.pem").c_str(), 12345, 12345), 0);
  EXPECT_THAT(error(), AllOf(HasSubstr("overhear-ca.pem"), HasSubstr("another user")));
  ASSERT_EQ(::chown(directory().c_str(), 12345, 12345), 0);
  EXPECT_THAT(error(), AllOf(Not(HasSubstr(".pem")), HasSubstr("another user"), HasSubstr("--ca-dir")));
}

TEST_F(CertificateAuthorityTest, RefusesWhatIsNoDirectoryOrNoFile) {
  write(directory(), "");
  EXPECT_THAT(error(), HasSubstr("is no directory"));
  std::filesystem::remove(directory());
  EXPECT_THAT(CertificateAuthority::open(folder_ / "a/b").error().message, HasSubstr("No such file"));
  ASSERT_EQ(::mkdir(directory().c_str(), 0700), 0);
  ASSERT_EQ(::mkfifo(file("overhear-ca.pem").c_str(), 0600), 0);
  EXPECT_THAT(error(), HasSubstr("is no file"));
}

TEST_F(CertificateAuthorityTest, RefusesDamagedFiles) {
  (void)open();
  const std::string good = content_of(file("overhear-ca.pem"));
  const std::size_t certificate = good.find("-----BEGIN CERT");
  const std::string other_key = [] {
    const Identity other{nullptr, PrivateKeyHandle(EVP_RSA_gen(2048))};
    const BioHandle out(BIO_new(BIO_s_mem()));
    PEM_write_bio_PrivateKey(out.get(), other.key.get(), nullptr, nullptr, 0, nullptr, nullptr);
    char* data = nullptr;
    const long size = BIO_get_mem_data(out.get(), &data);
    return std::string(data, static_cast<std::size_t>(size));
  }();
  const struct {
    const char* name;
    std::string content;
    const char* says;
  } cases[] = {{"empty", "", "no private key"},
               {"text", "hello\n", "no private key"},
               {"cut in the key", good.substr(0, certificate / 2), "no private key"},
               {"no certificate", good.substr(0, certificate), "no certificate"},
               {"cut in the certificate", good.substr(0, good.size() - 100), "no certificate"},
               {"no key", good.substr(certificate), "no private key"},
               {"another's key", other_key + good.substr(certificate), "belongs to another"},
               {"endless", std::string(2u << 20, 'a'), "too large"}};
  for (const auto& [name, content, says] : cases) {
    SCOPED_TRACE(name);
    write(file("overhear-ca.pem"), content);
    EXPECT_THAT(error(), AllOf(HasSubstr("overhear-ca.pem: "), HasSubstr(says), HasSubstr("remove it")));
    EXPECT_EQ(content_of(file("overhear-ca.pem")), content);
  }
}

TEST_F(CertificateAuthorityTest, RefusesAKeyThatNeedsAPasswordWithoutAskingForIt) {
  (void)open();
  const Identity identity = *parse_authority(content_of(file("overhear-ca.pem")));
  const BioHandle out(BIO_new(BIO_s_mem()));
  PEM_write_bio_PrivateKey(out.get(), identity.key.get(), EVP_aes_128_cbc(),
                           reinterpret_cast<const unsigned char*>("secret"), 6, nullptr, nullptr);
  char* data = nullptr;
  const long size = BIO_get_mem_data(out.get(), &data);
  write(file("overhear-ca.pem"), std::string(data, static_cast<std::size_t>(size)) + to_pem(identity.certificate));
  EXPECT_THAT(error(), HasSubstr("without a password"));
}

TEST_F(CertificateAuthorityTest, RefusesWhatClientsWould) {
  const auto extension = [](X509* to, int kind, const char* value) {
    X509_EXTENSION_free(X509_delete_ext(to, X509_get_ext_by_NID(to, kind, -1)));
    const OpensslHandle<X509_EXTENSION, X509_EXTENSION_free> made(X509V3_EXT_conf_nid(nullptr, nullptr, kind, value));
    X509_add_ext(to, made.get(), -1);
  };
  const struct {
    const char* says;
    std::function<void(X509*)> change;
  } cases[] = {
      {"expired on 20", [](X509* it) { X509_gmtime_adj(X509_getm_notAfter(it), -86400); }},
      {"begins only on 20", [](X509* it) { X509_gmtime_adj(X509_getm_notBefore(it), 86400); }},
      {"may not sign", [&](X509* it) { extension(it, NID_basic_constraints, "critical,CA:FALSE"); }},
      {"may not sign", [&](X509* it) { extension(it, NID_key_usage, "critical,digitalSignature"); }},
  };
  for (const auto& [says, how] : cases) {
    std::filesystem::remove_all(directory());
    (void)open();
    change(how);
    EXPECT_THAT(error(), AllOf(HasSubstr(says), HasSubstr("remove it")));
  }
  const Identity weak{nullptr, PrivateKeyHandle(EVP_RSA_gen(1024))};
  const Identity made = *[&] {
    std::filesystem::remove_all(directory());
    (void)open();
    return parse_authority(content_of(file("overhear-ca.pem")));
  }();
  X509_set_pubkey(made.certificate.get(), weak.key.get());
  ASSERT_GT(X509_sign(made.certificate.get(), weak.key.get(), EVP_sha256()), 0);
  write(file("overhear-ca.pem"), to_pem(Identity{share(made.certificate), share(weak.key)}));
  EXPECT_THAT(error(), HasSubstr("too short"));
}

TEST_F(CertificateAuthorityTest, StandsInTheHomeDirectory) {
  const char* const home = std::getenv("HOME");
  const std::string before = home == nullptr ? "" : home;
  ASSERT_EQ(::setenv("HOME", "/somewhere", 1), 0);
  EXPECT_EQ(*CertificateAuthority::default_directory(), "/somewhere/.overhear");
  ASSERT_EQ(::unsetenv("HOME"), 0);
  EXPECT_THAT(CertificateAuthority::default_directory().error().message, HasSubstr("--ca-dir"));
  if (home != nullptr) ::setenv("HOME", before.c_str(), 1);
}

}  // namespace
}  // namespace overhear::testing
