#include "decrypt/certificate.hpp"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/x509.h>

#include <memory>

namespace overhear {

std::string certificate_subject(Bytes der) {
  const unsigned char* from = der.data();
  const std::unique_ptr<X509, decltype(&X509_free)> certificate(d2i_X509(nullptr, &from, static_cast<long>(der.size())),
                                                                &X509_free);
  const std::unique_ptr<BIO, decltype(&BIO_free)> text(BIO_new(BIO_s_mem()), &BIO_free);
  std::string subject;
  if (certificate && text) {
    constexpr unsigned long kForm = XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB;
    X509_NAME_print_ex(text.get(), X509_get_subject_name(certificate.get()), 0, kForm);
    char* data = nullptr;
    const long size = BIO_get_mem_data(text.get(), &data);
    if (size > 0) subject.assign(data, static_cast<std::size_t>(size));
  }
  ERR_clear_error();
  return subject;
}

}  // namespace overhear
