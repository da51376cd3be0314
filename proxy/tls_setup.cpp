#include "proxy/tls_setup.hpp"

#include <fmt/format.h>
#include <openssl/err.h>

#include <algorithm>
#include <cctype>
#include <utility>

#include "proxy/tls_intercept.hpp"

namespace overhear {

bool is_host_like(std::string_view host, std::string_view pattern) {
  const auto is_same = [](char a, char b) {
    return std::tolower(static_cast<unsigned char>(a)) == std::tolower(static_cast<unsigned char>(b));
  };
  std::size_t at = 0;
  std::size_t star = std::string_view::npos;
  std::size_t resume = 0;
  std::size_t in_pattern = 0;
  while (at < host.size()) {
    if (in_pattern < pattern.size() && pattern[in_pattern] == '*') {
      star = in_pattern++;
      resume = at;
    } else if (in_pattern < pattern.size() && is_same(host[at], pattern[in_pattern])) {
      ++at;
      ++in_pattern;
    } else if (star != std::string_view::npos) {
      in_pattern = star + 1;
      at = ++resume;
    } else {
      return false;
    }
  }
  return pattern.substr(in_pattern).find_first_not_of('*') == std::string_view::npos;
}

TlsSetup::TlsSetup(TlsOptions options, CertificateAuthority authority)
    : options_(std::move(options)),
      authority_(std::move(authority)),
      to_client_(SSL_CTX_new(TLS_server_method())),
      to_server_(SSL_CTX_new(TLS_client_method())) {}

std::expected<std::unique_ptr<TlsSetup>, Error> TlsSetup::make(const TlsOptions& options) {
  auto directory = options.ca_directory.empty() ? CertificateAuthority::default_directory()
                                                : std::expected<std::filesystem::path, Error>(options.ca_directory);
  if (!directory) return std::unexpected(directory.error());
  auto authority = CertificateAuthority::open(*directory);
  if (!authority) return std::unexpected(authority.error());
  std::unique_ptr<TlsSetup> setup(new TlsSetup(options, *std::move(authority)));
  if (auto done = setup->set_up(); !done) return std::unexpected(done.error());
  return setup;
}

std::expected<void, Error> TlsSetup::set_up() {
  for (SSL_CTX* const context : {to_client_.get(), to_server_.get()}) {
    SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
    SSL_CTX_set_options(context, SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_security_level(context, 1);  // old servers on a developer's desk are what this is for
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
    if (options_.tells_keys) TlsIntercept::tell_keys(context);
  }
  TlsIntercept::set_callbacks(to_client_.get());
  SSL_CTX_set_verify(to_server_.get(), options_.is_insecure ? SSL_VERIFY_NONE : SSL_VERIFY_PEER, nullptr);
  SSL_CTX_set_default_verify_paths(to_server_.get());
  if (!options_.upstream_ca.empty() &&
      SSL_CTX_load_verify_locations(to_server_.get(), options_.upstream_ca.c_str(), nullptr) != 1) {
    ERR_clear_error();
    return std::unexpected(
        Error{ErrorKind::Input,
              fmt::format("--upstream-ca {}: there are no certificates in PEM in it", options_.upstream_ca)});
  }
  ERR_clear_error();
  return {};
}

bool TlsSetup::is_left_alone(std::string_view host) const {
  return std::ranges::any_of(options_.passthrough,
                             [host](const std::string& pattern) { return is_host_like(host, pattern); });
}

}  // namespace overhear
