// What all TLS interceptions of one proxy share: both sides' settings, the CA, and which servers are left alone.
#pragma once

#include <expected>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "proxy/certificate_authority.hpp"
#include "proxy/tls_channel.hpp"

namespace overhear {

struct TlsOptions {
  std::filesystem::path ca_directory = {};    // empty: the usual one
  std::string upstream_ca = {};               // a PEM file beside the system's store; empty: none
  bool is_insecure = false;                   // whoever the server says it is
  std::vector<std::string> passthrough = {};  // names of servers whose TLS is not opened; * stands for anything
  bool tells_keys = false;                    // of both sides' connections, to who hosts them
};

class TlsSetup {
 public:
  static std::expected<std::unique_ptr<TlsSetup>, Error> make(const TlsOptions& options);

  SSL_CTX* to_client() const { return to_client_.get(); }
  SSL_CTX* to_server() const { return to_server_.get(); }
  CertificateAuthority& authority() { return authority_; }
  bool is_left_alone(std::string_view host) const;
  bool is_insecure() const { return options_.is_insecure; }

 private:
  TlsSetup(TlsOptions options, CertificateAuthority authority);

  std::expected<void, Error> set_up();

  TlsOptions options_;
  CertificateAuthority authority_;
  SslContextPtr to_client_;
  SslContextPtr to_server_;
};

// Whether `host` is what `pattern` says, in any case; * stands for any characters.
bool is_host_like(std::string_view host, std::string_view pattern);

}  // namespace overhear
