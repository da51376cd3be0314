// What TLS asks while the client greets: whom it wants, which protocols it offers, and which of them the server has
// chosen.
#include <openssl/ssl.h>

#include <algorithm>
#include <string>

#include "dissectors/tls/tls_handshake.hpp"
#include "proxy/tls_intercept.hpp"

namespace overhear {

void TlsIntercept::set_callbacks(SSL_CTX* context) {
  SSL_CTX_set_client_hello_cb(context, on_client_hello, nullptr);
  SSL_CTX_set_alpn_select_cb(context, on_alpn, nullptr);
}

void TlsIntercept::tell_keys(SSL_CTX* context) {
  SSL_CTX_set_keylog_callback(context, [](const SSL* ssl, const char* line) {
    static_cast<TlsIntercept*>(SSL_get_app_data(ssl))->host_.on_keys(std::string(line) + '\n');
  });
}

int TlsIntercept::on_client_hello(SSL* ssl, int* alert, void*) {
  return static_cast<TlsIntercept*>(SSL_get_app_data(ssl))->look_at_hello(ssl, alert);
}

int TlsIntercept::look_at_hello(SSL* ssl, int* alert) {
  if (is_refused_) {
    *alert = SSL_AD_HANDSHAKE_FAILURE;
    return SSL_CLIENT_HELLO_ERROR;
  }
  if (may_accept_) return SSL_CLIENT_HELLO_SUCCESS;
  const unsigned char* data = nullptr;
  std::size_t size = 0;
  if (SSL_client_hello_get0_ext(ssl, TLSEXT_TYPE_server_name, &data, &size) == 1) {
    asked_for_ = parse_server_name({data, size});
  }
  constexpr std::size_t kListLength = 2;  // RFC 7301, 3.1: the list follows its length
  if (SSL_client_hello_get0_ext(ssl, TLSEXT_TYPE_application_layer_protocol_negotiation, &data, &size) == 1 &&
      size > kListLength) {
    alpn_.assign(data + kListLength, data + size);
  }
  has_hello_ = true;
  return SSL_CLIENT_HELLO_RETRY;
}

// The client gets what the server has chosen.
int TlsIntercept::on_alpn(SSL* ssl, const unsigned char** chosen, unsigned char* length, const unsigned char* offered,
                          unsigned int offered_length, void*) {
  const auto& self = *static_cast<TlsIntercept*>(SSL_get_app_data(ssl));
  const unsigned char* agreed = nullptr;
  unsigned int agreed_length = 0;
  SSL_get0_alpn_selected(self.server_->ssl(), &agreed, &agreed_length);
  if (agreed_length == 0) return SSL_TLSEXT_ERR_NOACK;
  const Bytes list(offered, offered_length);
  // A server may choose what nobody offered.
  for (std::size_t at = 0; at < list.size() && list[at] < list.size() - at; at += 1 + std::size_t{list[at]}) {
    if (!std::ranges::equal(list.subspan(at + 1, list[at]), Bytes(agreed, agreed_length))) continue;
    *chosen = list.data() + at + 1;
    *length = list[at];
    return SSL_TLSEXT_ERR_OK;
  }
  return SSL_TLSEXT_ERR_NOACK;
}

}  // namespace overhear
