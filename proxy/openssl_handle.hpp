// Owners of OpenSSL's things, and what its error queue has to say.
#pragma once

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include <memory>
#include <string>

namespace overhear {

template <auto kFree>
struct OpensslDeleter {
  template <typename T>
  void operator()(T* thing) const {
    kFree(thing);
  }
};
template <typename T, auto kFree>
using OpensslHandle = std::unique_ptr<T, OpensslDeleter<kFree>>;

using BioHandle = OpensslHandle<BIO, BIO_free_all>;
using CertificateHandle = OpensslHandle<X509, X509_free>;
using PrivateKeyHandle = OpensslHandle<EVP_PKEY, EVP_PKEY_free>;

// A certificate and the private key that belongs to it.
struct Identity {
  CertificateHandle certificate;
  PrivateKeyHandle key;
};

// One more owner of the same thing, which lives until the last one is gone.
CertificateHandle share(const CertificateHandle& certificate);
PrivateKeyHandle share(const PrivateKeyHandle& key);

// Why the last call failed, in OpenSSL's words; empties the queue of this thread.
std::string openssl_problem();

}  // namespace overhear
