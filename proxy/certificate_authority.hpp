// The proxy's own certificate authority, which clients are told to trust: read from its directory, or made there on
// first use. Knows nothing of connections; the key never leaves the directory.
//
//   overhear-ca.pem       key and certificate; one of the user's own may stand there, RSA or EC
//   overhear-ca.p12       the same as PKCS #12, with an empty password
//   overhear-ca-cert.pem  the certificate alone, with -cert.cer (the same, for Android) and -cert.p12
//
// The others follow the first: what is missing or of another authority is written anew.
#pragma once

#include <deque>
#include <expected>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "proxy/certificate_name.hpp"
#include "proxy/openssl_handle.hpp"

namespace overhear {

// Whom a server presents itself as. Each member is one more owner of it (X509_up_ref): valid as long as it is kept,
// whatever becomes of the authority. SSL_use_certificate and the like take ownership of their own.
struct Leaf {
  CertificateHandle certificate;
  PrivateKeyHandle key;      // the same for all leaves of an authority
  CertificateHandle issuer;  // to be sent behind it, as mitmproxy does
};

// For people.
struct AuthorityFacts {
  std::string subject;  // as RFC 4514 writes it
  std::string key;      // "RSA, 2048 bits"
  std::string first_day, last_day;
  std::string sha256;  // of the DER, as "AB:CD:…"
};

class CertificateAuthority {
 public:
  static constexpr std::size_t kMostLeaves = 1000;

  // $HOME/.overhear
  static std::expected<std::filesystem::path, Error> default_directory();
  // Makes the directory and the authority if there are none; several processes may do so at once. Takes some 100 ms,
  // since the key of the leaves is new each time. An error names the file and the mend, also where others may read it.
  static std::expected<CertificateAuthority, Error> open(const std::filesystem::path& directory,
                                                         std::size_t most_leaves = kMostLeaves);

  // A certificate for exactly this host name or IP address, or, if `host` is neither, for nobody: then only a client
  // that verifies nothing goes on. Made when first asked for (some milliseconds, no waiting), then kept; the oldest
  // goes where there would be too many. One thread at a time. `host` is hostile and may be of any length.
  std::expected<Leaf, Error> leaf_for(std::string_view host);

  bool was_made() const { return was_made_; }  // by this open
  const std::filesystem::path& directory() const { return directory_; }
  std::filesystem::path certificate_file() const { return directory_ / "overhear-ca-cert.pem"; }
  AuthorityFacts facts() const;
  // The certificate, without the key.
  std::string pem() const;
  std::string der() const;
  std::string pkcs12() const;

 private:
  using Leaves = std::map<CertificateName, CertificateHandle>;

  CertificateAuthority(std::filesystem::path directory, std::size_t most_leaves);

  std::expected<void, Error> load();
  std::expected<void, Error> make();
  std::expected<void, Error> take(const std::filesystem::path& file, std::string_view pem);
  std::expected<void, Error> write_copies() const;

  std::filesystem::path directory_;
  std::size_t most_leaves_;
  bool was_made_ = false;
  Identity identity_;
  PrivateKeyHandle leaf_key_;
  Leaves leaves_;
  std::deque<Leaves::iterator> oldest_first_;
};

}  // namespace overhear
