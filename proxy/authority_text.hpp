// A certificate authority as files have it: PEM, DER and PKCS #12.
#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "proxy/openssl_handle.hpp"

namespace overhear {

// What such a text has: a certificate that may sign others now, and its key, RSA or EC, in any order. The first
// certificate counts. The error says what is wrong, without the file's name. Never asks for a password.
std::expected<Identity, std::string> parse_authority(std::string_view pem);

// Empty if there is no memory.
std::string to_pem(const Identity& identity);  // the key, then the certificate
std::string to_pem(const CertificateHandle& certificate);
std::string to_der(const CertificateHandle& certificate);
// With an empty password. Without `key` there is only the certificate.
std::string to_pkcs12(const CertificateHandle& certificate, const PrivateKeyHandle& key);

// "2026-11-30", in UTC.
std::string day_of(const ASN1_TIME* time);

}  // namespace overhear
