// The files of a certificate authority: made, read back, shared, refused.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/x509v3.h>
#include <unistd.h>

#include <atomic>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "proxy/authority_text.hpp"
#include "tests/proxy/authority_folder.hpp"

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
using AuthorityFilesTest = AuthorityFolder;

unsigned mode_of(const std::filesystem::path& path) {
  struct stat status{};
  EXPECT_EQ(::stat(path.c_str(), &status), 0) << path;
  return status.st_mode & 07777;
}

std::vector<std::string> names_in(const std::filesystem::path& directory) {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(directory)) names.push_back(entry.path().filename());
  std::ranges::sort(names);
  return names;
}

// Lets the stored authority have another certificate, made from the one it has.
void change(const std::filesystem::path& stored, const std::function<void(X509*)>& how) {
  const Identity identity = *parse_authority(content_of(stored));
  how(identity.certificate.get());
  ASSERT_GT(X509_sign(identity.certificate.get(), identity.key.get(), EVP_sha256()), 0);
  write(stored, to_pem(identity));
}

TEST_F(AuthorityFilesTest, IsMadeOnFirstUseForThisUserAlone) {
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

TEST_F(AuthorityFilesTest, IsReadBack) {
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

TEST_F(AuthorityFilesTest, HasThePkcs12FilesWithAnEmptyPassword) {
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

TEST_F(AuthorityFilesTest, OfSeveralMadeAtOnceOneIsUsedByAll) {
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

TEST_F(AuthorityFilesTest, WritesCopiesThatAreMissing) {
  (void)open();
  for (const std::string& name : names_in(directory())) {
    if (name == "overhear-ca.pem") continue;
    std::filesystem::remove(directory() / name);
    EXPECT_FALSE(open().was_made());
    EXPECT_TRUE(std::filesystem::exists(directory() / name)) << name;
  }
}

TEST_F(AuthorityFilesTest, RefusesWhatOthersMayUse) {
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

TEST_F(AuthorityFilesTest, RefusesWhatIsNoDirectoryOrNoFile) {
  write(directory(), "");
  EXPECT_THAT(error(), HasSubstr("is no directory"));
  std::filesystem::remove(directory());
  EXPECT_THAT(CertificateAuthority::open(folder_ / "a/b").error().message, HasSubstr("No such file"));
  ASSERT_EQ(::mkdir(directory().c_str(), 0700), 0);
  ASSERT_EQ(::mkfifo(file("overhear-ca.pem").c_str(), 0600), 0);
  EXPECT_THAT(error(), HasSubstr("is no file"));
}

TEST_F(AuthorityFilesTest, RefusesDamagedFiles) {
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

TEST_F(AuthorityFilesTest, RefusesAKeyThatNeedsAPasswordWithoutAskingForIt) {
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

TEST_F(AuthorityFilesTest, RefusesWhatClientsWould) {
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
    change(file("overhear-ca.pem"), how);
    EXPECT_THAT(error(), AllOf(HasSubstr(says), HasSubstr("remove it")));
  }
}

TEST_F(AuthorityFilesTest, RefusesKeysThatClientsDoNotTake) {
  (void)open();
  const Identity stored = *parse_authority(content_of(file("overhear-ca.pem")));
  const struct {
    const char* says;
    PrivateKeyHandle key;
    const EVP_MD* digest;
  } cases[] = {{"too short", PrivateKeyHandle(EVP_RSA_gen(1024)), EVP_sha256()},
               {"neither RSA nor EC", PrivateKeyHandle(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519")), nullptr}};
  for (const auto& [says, key, digest] : cases) {
    X509_set_pubkey(stored.certificate.get(), key.get());
    ASSERT_GT(X509_sign(stored.certificate.get(), key.get(), digest), 0);
    write(file("overhear-ca.pem"), to_pem(Identity{share(stored.certificate), share(key)}));
    EXPECT_THAT(error(), HasSubstr(says));
  }
}

TEST_F(AuthorityFilesTest, StandsInTheHomeDirectory) {
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
