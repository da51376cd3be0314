#include "proxy/certificate_authority.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <openssl/x509.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <utility>

#include "decrypt/certificate.hpp"
#include "proxy/authority_text.hpp"
#include "proxy/certificates.hpp"
#include "proxy/private_files.hpp"

namespace overhear {
namespace {

constexpr mode_t kSecret = S_IRUSR | S_IWUSR;
constexpr mode_t kPublic = kSecret | S_IRGRP | S_IROTH;
constexpr const char* kAuthorityFile = "overhear-ca.pem";

// Whether the file says just this.
bool is_file_of(const std::filesystem::path& path, std::string_view content) {
  std::ifstream file(path, std::ios::binary);
  std::string found(content.size() + 1, '\0');
  file.read(found.data(), static_cast<std::streamsize>(found.size()));
  found.resize(static_cast<std::size_t>(file.gcount()));
  return found == content;
}

}  // namespace

std::expected<std::filesystem::path, Error> CertificateAuthority::default_directory() {
  const char* const home = std::getenv("HOME");
  if (home != nullptr && *home != '\0') return std::filesystem::path(home) / ".overhear";
  return std::unexpected(
      Error{ErrorKind::Environment, "HOME is not set; say where the certificate authority is: --ca-dir DIR"});
}

CertificateAuthority::CertificateAuthority(std::filesystem::path directory, std::size_t most_leaves)
    : directory_(std::move(directory)), most_leaves_(std::max<std::size_t>(most_leaves, 1)) {}

std::expected<CertificateAuthority, Error> CertificateAuthority::open(const std::filesystem::path& directory,
                                                                      std::size_t most_leaves) {
  CertificateAuthority authority(directory, most_leaves);
  if (auto is_ours = open_private_directory(directory); !is_ours) return std::unexpected(is_ours.error());
  if (auto loaded = authority.load(); !loaded) return std::unexpected(loaded.error());
  if (auto written = authority.write_copies(); !written) return std::unexpected(written.error());
  auto key = make_private_key();
  if (!key) return std::unexpected(key.error());
  authority.leaf_key_ = *std::move(key);
  return authority;
}

std::expected<void, Error> CertificateAuthority::load() {
  const std::filesystem::path file = directory_ / kAuthorityFile;
  auto stored = read_private_file(file);
  if (stored && !stored->has_value()) {
    if (auto made = make(); !made || was_made_) return made;
    stored = read_private_file(file);  // another process was faster
  }
  if (!stored) return std::unexpected(stored.error());
  return take(file, stored->value_or(""));
}

std::expected<void, Error> CertificateAuthority::make() {
  auto made = make_authority();
  if (!made) return std::unexpected(made.error());
  const auto is_first = write_whole_file(directory_ / kAuthorityFile, to_pem(*made), kSecret, ExistingFile::Stays);
  if (!is_first) return std::unexpected(is_first.error());
  was_made_ = *is_first;
  if (was_made_) identity_ = *std::move(made);
  return {};
}

std::expected<void, Error> CertificateAuthority::take(const std::filesystem::path& file, std::string_view pem) {
  auto stored = parse_authority(pem);
  if (!stored) {
    return std::unexpected(
        Error{ErrorKind::Environment, fmt::format("{}: {}; mend it, or remove it: then a new authority is made, which "
                                                  "clients must be told to trust",
                                                  file.native(), stored.error())});
  }
  identity_ = *std::move(stored);
  return {};
}

std::expected<void, Error> CertificateAuthority::write_copies() const {
  struct Copy {
    std::filesystem::path file;
    std::string content;
    mode_t mode;
  };
  const Copy copies[] = {
      {directory_ / "overhear-ca.p12", to_pkcs12(identity_.certificate, identity_.key), kSecret},
      {directory_ / "overhear-ca-cert.p12", pkcs12(), kPublic},
      {directory_ / "overhear-ca-cert.cer", pem(), kPublic},
      {certificate_file(), pem(), kPublic},  // the last one: it tells of which authority all of them are
  };
  const bool are_ours = is_file_of(certificate_file(), pem());
  for (const Copy& copy : copies) {
    std::error_code none;
    if (are_ours && std::filesystem::exists(copy.file, none)) continue;
    const auto written = write_whole_file(copy.file, copy.content, copy.mode, ExistingFile::IsReplaced);
    if (!written) return std::unexpected(written.error());
  }
  return {};
}

std::expected<Leaf, Error> CertificateAuthority::leaf_for(std::string_view host) {
  CertificateName name = parse_certificate_name(host);
  auto known = leaves_.find(name);
  if (known == leaves_.end()) {
    auto made = make_leaf(name, leaf_key_, identity_);
    if (!made) return std::unexpected(made.error());
    if (leaves_.size() >= most_leaves_) {
      leaves_.erase(oldest_first_.front());
      oldest_first_.pop_front();
    }
    known = leaves_.emplace(std::move(name), *std::move(made)).first;
    oldest_first_.push_back(known);
  }
  return Leaf{share(known->second), share(leaf_key_), share(identity_.certificate)};
}

AuthorityFacts CertificateAuthority::facts() const {
  const std::string binary = der();
  AuthorityFacts facts;
  facts.subject = certificate_subject(as_bytes(binary));
  facts.key =
      fmt::format("{}, {} bits", EVP_PKEY_get0_type_name(identity_.key.get()), EVP_PKEY_get_bits(identity_.key.get()));
  facts.first_day = day_of(X509_get0_notBefore(identity_.certificate.get()));
  facts.last_day = day_of(X509_get0_notAfter(identity_.certificate.get()));
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  if (X509_digest(identity_.certificate.get(), EVP_sha256(), digest, &size) == 1) {
    facts.sha256 = fmt::format("{:02X}", fmt::join(digest, digest + size, ":"));
  }
  return facts;
}

std::string CertificateAuthority::pem() const {
  return to_pem(identity_.certificate);
}

std::string CertificateAuthority::der() const {
  return to_der(identity_.certificate);
}

std::string CertificateAuthority::pkcs12() const {
  return to_pkcs12(identity_.certificate, nullptr);
}

}  // namespace overhear
