#include "proxy/tls_channel.hpp"

#include <openssl/err.h>

#include <array>
#include <limits>

namespace overhear {
namespace {

// OpenSSL counts in int.
int size_of(Bytes bytes) {
  constexpr std::size_t kMost = std::numeric_limits<int>::max();
  return static_cast<int>(std::min(bytes.size(), kMost));
}

}  // namespace

TlsChannel::TlsChannel(SSL_CTX* context, Role role)
    : ssl_(SSL_new(context)), in_(BIO_new(BIO_s_mem())), out_(BIO_new(BIO_s_mem())) {
  BIO_set_mem_eof_return(in_, -1);
  BIO_set_mem_eof_return(out_, -1);
  SSL_set_bio(ssl_.get(), in_, out_);
  if (role == Role::Client) {
    SSL_set_connect_state(ssl_.get());
  } else {
    SSL_set_accept_state(ssl_.get());
  }
}

void TlsChannel::receive(Bytes records) {
  if (!records.empty()) (void)BIO_write(in_, records.data(), size_of(records));
}

TlsChannel::Status TlsChannel::handshake() {
  ERR_clear_error();
  const int done = SSL_do_handshake(ssl_.get());
  if (done == 1) return Status::Done;
  switch (SSL_get_error(ssl_.get(), done)) {
    case SSL_ERROR_WANT_READ: return Status::NeedMore;
    case SSL_ERROR_WANT_CLIENT_HELLO_CB: return Status::Paused;
    default: return fail();
  }
}

TlsChannel::Status TlsChannel::read(std::string& plain) {
  std::array<char, 16'384> buffer;  // RFC 8446, 5.1: one record carries no more
  while (true) {
    ERR_clear_error();
    const int size = SSL_read(ssl_.get(), buffer.data(), static_cast<int>(buffer.size()));
    if (size > 0) {
      plain.append(buffer.data(), static_cast<std::size_t>(size));
      continue;
    }
    switch (SSL_get_error(ssl_.get(), size)) {
      case SSL_ERROR_WANT_READ: return Status::NeedMore;
      case SSL_ERROR_ZERO_RETURN: return Status::Done;
      default: return fail();
    }
  }
}

void TlsChannel::write(Bytes plain) {
  // Memory takes it all.
  if (!plain.empty()) (void)SSL_write(ssl_.get(), plain.data(), size_of(plain));
}

void TlsChannel::finish() {
  (void)SSL_shutdown(ssl_.get());
}

void TlsChannel::take(std::string& out) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(out_, &data);
  if (size > 0) out.append(data, static_cast<std::size_t>(size));
  (void)BIO_reset(out_);
}

std::size_t TlsChannel::held() const {
  return BIO_pending(in_) > 0 ? static_cast<std::size_t>(BIO_pending(in_)) : 0;
}

TlsChannel::Status TlsChannel::fail() {
  const unsigned long error = ERR_peek_last_error();
  reason_ = ERR_GET_REASON(error);
  const char* const text = ERR_reason_error_string(error);
  problem_ = text == nullptr ? "the connection ended" : text;
  ERR_clear_error();
  return Status::Failed;
}

}  // namespace overhear
