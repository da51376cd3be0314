#include "proxy/certificates.hpp"

#include <openssl/bn.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

#include <utility>

namespace overhear {
namespace {

using ExtensionHandle = OpensslHandle<X509_EXTENSION, X509_EXTENSION_free>;
using GeneralNamesHandle = OpensslHandle<GENERAL_NAMES, GENERAL_NAMES_free>;
using GeneralNameHandle = OpensslHandle<GENERAL_NAME, GENERAL_NAME_free>;
using NumberHandle = OpensslHandle<BIGNUM, BN_free>;

constexpr unsigned kKeyBits = 2048;
constexpr int kSerialBits = 159;  // 20 bytes whose sign bit is clear (RFC 5280, 4.1.2.2)
constexpr int kDaysBefore = 2;    // a clock may be behind ours
constexpr int kLeafDays = 365;
constexpr int kAuthorityDays = 3652;
constexpr std::size_t kLongestCommonName = 64;  // RFC 5280, ub-common-name
constexpr const char* kName = "overhear";

std::unexpected<Error> failed(std::string_view what) {
  return std::unexpected(
      Error{ErrorKind::Environment, std::string(what) + " cannot be made: OpenSSL says: " + openssl_problem()});
}

bool add_to_name(X509_NAME* name, int field, std::string_view text) {
  return X509_NAME_add_entry_by_NID(name, field, MBSTRING_UTF8, reinterpret_cast<const unsigned char*>(text.data()),
                                    static_cast<int>(text.size()), -1, 0) == 1;
}

// Everything but extensions, issuer and signature.
CertificateHandle begin_certificate(std::string_view common_name, EVP_PKEY* key, int days) {
  CertificateHandle made(X509_new());
  const NumberHandle serial(BN_new());
  const bool is_good =
      made && serial && X509_set_version(made.get(), X509_VERSION_3) == 1 &&
      BN_rand(serial.get(), kSerialBits, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY) == 1 &&
      BN_to_ASN1_INTEGER(serial.get(), X509_get_serialNumber(made.get())) != nullptr &&
      X509_time_adj_ex(X509_getm_notBefore(made.get()), -kDaysBefore, 0, nullptr) != nullptr &&
      X509_time_adj_ex(X509_getm_notAfter(made.get()), days, 0, nullptr) != nullptr &&
      add_to_name(X509_get_subject_name(made.get()), NID_organizationName, kName) &&
      (common_name.empty() || add_to_name(X509_get_subject_name(made.get()), NID_commonName, common_name)) &&
      X509_set_pubkey(made.get(), key) == 1;
  return is_good ? std::move(made) : nullptr;
}

// `value` is in the notation of OpenSSL's configuration files: never what came from the wire.
bool add_extension(X509* to, X509* issuer, int kind, const char* value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, to, nullptr, nullptr, 0);
  const ExtensionHandle extension(X509V3_EXT_conf_nid(nullptr, &context, kind, value));
  return extension && X509_add_ext(to, extension.get(), -1) == 1;
}

GeneralNameHandle general_name(const CertificateName& name) {
  const bool is_address = name.kind == CertificateName::Kind::Address;
  GeneralNameHandle made(GENERAL_NAME_new());
  // Both are an ASN1_STRING.
  OpensslHandle<ASN1_STRING, ASN1_STRING_free> value(
      ASN1_STRING_type_new(is_address ? V_ASN1_OCTET_STRING : V_ASN1_IA5STRING));
  if (!made || !value || ASN1_STRING_set(value.get(), name.value.data(), static_cast<int>(name.value.size())) != 1) {
    return nullptr;
  }
  GENERAL_NAME_set0_value(made.get(), is_address ? GEN_IPADD : GEN_DNS, value.release());
  return made;
}

bool add_alternative_name(X509* to, const CertificateName& name) {
  if (name.kind == CertificateName::Kind::Nobody) return true;
  const GeneralNamesHandle names(GENERAL_NAMES_new());
  GeneralNameHandle one = general_name(name);
  if (!names || !one || sk_GENERAL_NAME_push(names.get(), one.get()) == 0) return false;
  (void)one.release();
  return X509_add1_ext_i2d(to, NID_subject_alt_name, names.get(), 0, X509V3_ADD_DEFAULT) == 1;
}

std::string_view common_name_of(const CertificateName& name) {
  if (name.kind == CertificateName::Kind::Nobody) return kName;
  const bool fits = name.kind == CertificateName::Kind::Host && name.value.size() <= kLongestCommonName;
  return fits ? std::string_view(name.value) : std::string_view();
}

}  // namespace

std::expected<PrivateKeyHandle, Error> make_private_key() {
  PrivateKeyHandle key(EVP_RSA_gen(kKeyBits));
  if (!key) return failed("a key");
  return key;
}

std::expected<Identity, Error> make_authority() {
  auto key = make_private_key();
  if (!key) return std::unexpected(key.error());
  CertificateHandle made = begin_certificate(kName, key->get(), kAuthorityDays);
  X509* const raw = made.get();
  const bool is_good = made && X509_set_issuer_name(raw, X509_get_subject_name(raw)) == 1 &&
                       add_extension(raw, raw, NID_basic_constraints, "critical,CA:TRUE") &&
                       add_extension(raw, raw, NID_key_usage, "critical,keyCertSign,cRLSign") &&
                       add_extension(raw, raw, NID_subject_key_identifier, "hash") &&
                       X509_sign(raw, key->get(), EVP_sha256()) > 0;
  if (!is_good) return failed("a certificate authority");
  return Identity{std::move(made), *std::move(key)};
}

std::expected<CertificateHandle, Error> make_leaf(const CertificateName& name, const PrivateKeyHandle& key,
                                                  const Identity& issuer) {
  X509* const above = issuer.certificate.get();
  CertificateHandle made = begin_certificate(common_name_of(name), key.get(), kLeafDays);
  X509* const raw = made.get();
  const bool is_good = made && X509_set_issuer_name(raw, X509_get_subject_name(above)) == 1 &&
                       add_extension(raw, above, NID_basic_constraints, "critical,CA:FALSE") &&
                       add_extension(raw, above, NID_key_usage, "critical,digitalSignature,keyEncipherment") &&
                       add_extension(raw, above, NID_ext_key_usage, "serverAuth") &&
                       add_extension(raw, above, NID_subject_key_identifier, "hash") &&
                       // An authority of the user's own may have no key identifier.
                       add_extension(raw, above, NID_authority_key_identifier, "keyid,issuer") &&
                       add_alternative_name(raw, name) && X509_sign(raw, issuer.key.get(), EVP_sha256()) > 0;
  if (!is_good) return failed("a certificate");
  return made;
}

}  // namespace overhear
