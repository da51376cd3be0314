// Makes certificates: our authority's own, and those that it signs for servers. Nothing is stored or looked up here.
// Keys are RSA with 2048 bits. Every client takes RSA: OpenSSL, Java, Android, browsers, and also the one that offers
// nothing but the RSA suites which its own server needs; with an EC certificate that one would fail only behind the
// proxy.
#pragma once

#include <expected>

#include "base/error.hpp"
#include "proxy/certificate_name.hpp"
#include "proxy/openssl_handle.hpp"

namespace overhear {

// Some 100 ms of one core.
std::expected<PrivateKeyHandle, Error> make_private_key();
// "overhear", good for ten years.
std::expected<Identity, Error> make_authority();
// For exactly this name (Nobody: the common name "overhear", and no subjectAltName), from two days ago (clocks differ)
// for a year: less than the 398 days that browsers allow. `issuer` is RSA or EC.
std::expected<CertificateHandle, Error> make_leaf(const CertificateName& name, const PrivateKeyHandle& key,
                                                  const Identity& issuer);

}  // namespace overhear
