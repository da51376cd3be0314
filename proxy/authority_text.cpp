#include "proxy/authority_text.hpp"

#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/x509v3.h>

#include <ctime>
#include <utility>

namespace overhear {
namespace {

constexpr int kLeastSecurityBits = 112;  // RSA 2048; OpenSSL, Java and browsers refuse less
constexpr int kUnencrypted = -1;         // PKCS12_create's word for it

std::string text_of(BIO* memory) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(memory, &data);
  return size > 0 ? std::string(data, static_cast<std::size_t>(size)) : std::string();
}

BioHandle reader_of(std::string_view text) {
  return BioHandle(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

// OpenSSL's own callback would ask on the terminal.
int refuse_password(char*, int, int, void* was_asked) {
  *static_cast<bool*>(was_asked) = true;
  return -1;
}

// What keeps this from signing certificates that clients take, or nothing.
std::string problem_of(const Identity& identity) {
  X509* const certificate = identity.certificate.get();
  EVP_PKEY* const key = identity.key.get();
  if (X509_check_private_key(certificate, key) != 1) return "its key belongs to another certificate";
  if (EVP_PKEY_is_a(key, "RSA") != 1 && EVP_PKEY_is_a(key, "EC") != 1) return "its key is neither RSA nor EC";
  if (EVP_PKEY_get_security_bits(key) < kLeastSecurityBits) return "its key is too short: clients refuse it";
  if (X509_check_ca(certificate) != 1) return "its certificate may not sign others (CA:TRUE, keyCertSign)";
  const ASN1_TIME* const first = X509_get0_notBefore(certificate);
  const ASN1_TIME* const last = X509_get0_notAfter(certificate);
  if (X509_cmp_current_time(first) > 0)
    return "its certificate begins only on " + day_of(first) + " (is the clock right?)";
  if (X509_cmp_current_time(last) < 0) return "its certificate expired on " + day_of(last);
  return {};
}

}  // namespace

std::string day_of(const ASN1_TIME* time) {
  tm parts{};
  char text[16] = "?";
  if (ASN1_TIME_to_tm(time, &parts) == 1) (void)std::strftime(text, sizeof(text), "%Y-%m-%d", &parts);
  return text;
}

std::expected<Identity, std::string> parse_authority(std::string_view pem) {
  bool was_asked = false;
  Identity identity;
  identity.key.reset(PEM_read_bio_PrivateKey(reader_of(pem).get(), nullptr, refuse_password, &was_asked));
  if (was_asked) return std::unexpected("its key is encrypted, and must be stored without a password");
  if (!identity.key) return std::unexpected("it has no private key in PEM (" + openssl_problem() + ")");
  identity.certificate.reset(PEM_read_bio_X509(reader_of(pem).get(), nullptr, refuse_password, &was_asked));
  if (!identity.certificate) return std::unexpected("it has no certificate in PEM (" + openssl_problem() + ")");
  std::string problem = problem_of(identity);
  (void)openssl_problem();
  if (!problem.empty()) return std::unexpected(std::move(problem));
  return identity;
}

std::string to_pem(const Identity& identity) {
  const BioHandle out(BIO_new(BIO_s_mem()));
  const bool is_good =
      out && PEM_write_bio_PrivateKey(out.get(), identity.key.get(), nullptr, nullptr, 0, nullptr, nullptr) == 1;
  return is_good ? text_of(out.get()) + to_pem(identity.certificate) : std::string();
}

std::string to_pem(const CertificateHandle& certificate) {
  const BioHandle out(BIO_new(BIO_s_mem()));
  return out && PEM_write_bio_X509(out.get(), certificate.get()) == 1 ? text_of(out.get()) : std::string();
}

std::string to_der(const CertificateHandle& certificate) {
  const BioHandle out(BIO_new(BIO_s_mem()));
  return out && i2d_X509_bio(out.get(), certificate.get()) == 1 ? text_of(out.get()) : std::string();
}

std::string to_pkcs12(const CertificateHandle& certificate, const PrivateKeyHandle& key) {
  const BioHandle out(BIO_new(BIO_s_mem()));
  const OpensslHandle<PKCS12, PKCS12_free> made(
      PKCS12_create("", "overhear", key.get(), certificate.get(), nullptr, kUnencrypted, kUnencrypted, 0, 0, 0));
  return out && made && i2d_PKCS12_bio(out.get(), made.get()) == 1 ? text_of(out.get()) : std::string();
}

}  // namespace overhear
