#include "bench/generator/mcp_keys.hpp"

#include <openssl/bn.h>

#include <new>
#include <span>

#include "bench/generator/append.hpp"

namespace overhear::bench {
namespace {

struct FreeNumber {
  void operator()(BIGNUM* number) const { BN_free(number); }
  void operator()(BN_CTX* context) const { BN_CTX_free(context); }
  void operator()(BN_MONT_CTX* context) const { BN_MONT_CTX_free(context); }
};
using Number = std::unique_ptr<BIGNUM, FreeNumber>;

// Powers modulo the group's prime. Throws bad_alloc, OpenSSL's only way to fail here.
class Group {
 public:
  Group() {
    if (!prime_ || !context_ || !montgomery_ || !BN_MONT_CTX_set(montgomery_.get(), prime_.get(), context_.get())) {
      throw std::bad_alloc();
    }
  }

  GroupElement power(const BIGNUM* base, const BIGNUM* exponent) const {
    const Number result(BN_new());
    GroupElement element{};
    if (!result || !BN_mod_exp_mont(result.get(), base, exponent, prime_.get(), context_.get(), montgomery_.get()) ||
        BN_bn2binpad(result.get(), element.data(), static_cast<int>(element.size())) < 0) {
      throw std::bad_alloc();
    }
    return element;
  }

 private:
  Number prime_{BN_get_rfc3526_prime_1536(nullptr)};
  std::unique_ptr<BN_CTX, FreeNumber> context_{BN_CTX_new()};
  std::unique_ptr<BN_MONT_CTX, FreeNumber> montgomery_{BN_MONT_CTX_new()};
};

Number to_number(Bytes bytes) {
  return Number(BN_bin2bn(bytes.data(), static_cast<int>(bytes.size()), nullptr));
}

}  // namespace

McpKeys::McpKeys(Random random) : cipher_(EVP_CIPHER_CTX_new()) {
  const Group group;
  std::array<std::uint8_t, 32> server_private{};
  for (std::uint8_t& byte : client_private_) byte = static_cast<std::uint8_t>(random.next() >> 56);
  for (std::uint8_t& byte : server_private) byte = static_cast<std::uint8_t>(random.next() >> 56);
  const std::uint8_t generator = 2;
  const Number base = to_number(std::span(&generator, 1));
  const Number client = to_number(client_private_);
  public_[0] = group.power(base.get(), client.get());
  public_[1] = group.power(base.get(), to_number(server_private).get());
  secret_ = group.power(to_number(public_[1]).get(), client.get());
  if (!cipher_ || !EVP_EncryptInit_ex(cipher_.get(), EVP_aes_256_ctr(), nullptr, secret_.data(), nullptr)) {
    throw std::bad_alloc();
  }
}

void McpKeys::encrypt(std::string_view plaintext, std::string& out) {
  static constexpr std::array<std::uint8_t, 16> kZeroIv{};
  const std::size_t begin = out.size();
  out.resize(begin + plaintext.size());
  int written = 0;
  EVP_EncryptInit_ex(cipher_.get(), nullptr, nullptr, nullptr, kZeroIv.data());
  EVP_EncryptUpdate(cipher_.get(), reinterpret_cast<std::uint8_t*>(out.data()) + begin, &written,
                    as_bytes(plaintext).data(), static_cast<int>(plaintext.size()));
}

void McpKeys::log(std::FILE* key_log, KeyForm form) const {
  std::string line;
  switch (form) {
    case KeyForm::Key: line = "MCP_KEY "; break;
    case KeyForm::Secret: line = "MCP_DH_SHARED_SECRET "; break;
    case KeyForm::Private: line = "MCP_DH_PRIVATE_KEY "; break;
  }
  append_hex(line, public_[0]);
  line += ' ';
  switch (form) {
    case KeyForm::Key: append_hex(line, Bytes(secret_).first(32)); break;
    case KeyForm::Secret: append_hex(line, secret_); break;
    case KeyForm::Private: append_hex(line, client_private_); break;
  }
  line += '\n';
  std::fwrite(line.data(), 1, line.size(), key_log);
}

}  // namespace overhear::bench
