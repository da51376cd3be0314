#include "proxy/openssl_handle.hpp"

#include <openssl/err.h>

namespace overhear {

CertificateHandle share(const CertificateHandle& certificate) {
  if (certificate) X509_up_ref(certificate.get());
  return CertificateHandle(certificate.get());
}

PrivateKeyHandle share(const PrivateKeyHandle& key) {
  if (key) EVP_PKEY_up_ref(key.get());
  return PrivateKeyHandle(key.get());
}

std::string openssl_problem() {
  const char* const reason = ERR_reason_error_string(ERR_peek_last_error());
  ERR_clear_error();
  return reason == nullptr ? "no reason given" : reason;
}

}  // namespace overhear
