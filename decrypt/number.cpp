#include "decrypt/number.hpp"

#include <openssl/bn.h>
#include <openssl/crypto.h>

#include <algorithm>
#include <bit>
#include <cassert>
#include <cstring>
#include <memory>

#include "decrypt/hex.hpp"

namespace overhear {
namespace {

struct BignumDeleter {
  void operator()(BIGNUM* number) const { BN_clear_free(number); }
};
using Bignum = std::unique_ptr<BIGNUM, BignumDeleter>;

struct BignumContextDeleter {
  void operator()(BN_CTX* context) const { BN_CTX_free(context); }
};
using BignumContext = std::unique_ptr<BN_CTX, BignumContextDeleter>;

struct OpensslMemoryDeleter {
  void operator()(char* text) const { OPENSSL_free(text); }
};

Bignum to_bignum(Bytes bytes) {
  return Bignum(BN_bin2bn(bytes.data(), static_cast<int>(bytes.size()), nullptr));
}

Number from_bignum(const BIGNUM* number) {
  Number bytes(static_cast<std::size_t>(BN_num_bytes(number)));
  BN_bn2bin(number, bytes.data());
  return bytes;
}

bool is_usable(Bytes number) {
  return without_leading_zeros(number).size() <= kMaxNumberBytes;
}

}  // namespace

Bytes without_leading_zeros(Bytes bytes) {
  const auto first = std::ranges::find_if(bytes, [](std::uint8_t byte) { return byte != 0; });
  return bytes.subspan(static_cast<std::size_t>(first - bytes.begin()));
}

Number to_number(Bytes bytes) {
  const Bytes digits = without_leading_zeros(bytes);
  return {digits.begin(), digits.end()};
}

std::optional<Number> number_from_hex(std::string_view text) {
  Number bytes;
  if (text.empty() || !decode_hex(text, bytes, OddHex::LeadingZero)) return std::nullopt;
  return to_number(bytes);
}

std::optional<Number> number_from_decimal(std::string_view text) {
  // Also the bound of a conversion whose time grows with the square of the digits.
  constexpr std::size_t kMaxDigits = 1234;  // of 4096 bits
  if (text.empty() || text.size() > kMaxDigits) return std::nullopt;
  if (!std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; })) return std::nullopt;
  BIGNUM* raw = nullptr;
  const bool is_read = BN_dec2bn(&raw, std::string(text).c_str()) != 0;
  const Bignum number(raw);
  if (!is_read) return std::nullopt;
  return from_bignum(number.get());
}

std::string number_to_hex(Bytes number) {
  std::string text = to_hex(without_leading_zeros(number));
  if (text.empty()) return "0";
  if (text.front() == '0') text.erase(0, 1);
  return text;
}

std::string number_to_decimal(Bytes number) {
  if (!is_usable(number)) return {};
  const Bignum value = to_bignum(number);
  const std::unique_ptr<char, OpensslMemoryDeleter> text(value ? BN_bn2dec(value.get()) : nullptr);
  return text ? std::string(text.get()) : std::string();
}

std::size_t bit_length(Bytes number) {
  const Bytes digits = without_leading_zeros(number);
  if (digits.empty()) return 0;
  return 8 * (digits.size() - 1) + static_cast<std::size_t>(std::bit_width(digits.front()));
}

int compare_numbers(Bytes a, Bytes b) {
  a = without_leading_zeros(a);
  b = without_leading_zeros(b);
  if (a.size() != b.size()) return a.size() < b.size() ? -1 : 1;
  return a.empty() ? 0 : std::memcmp(a.data(), b.data(), a.size());
}

void write_padded(Bytes number, std::span<std::uint8_t> out) {
  const Bytes digits = without_leading_zeros(number);
  assert(digits.size() <= out.size());
  const Bytes fitting = digits.last(std::min(digits.size(), out.size()));
  const std::size_t zeros = out.size() - fitting.size();
  std::ranges::fill(out.first(zeros), std::uint8_t{0});
  std::ranges::copy(fitting, out.subspan(zeros).begin());
}

std::optional<Number> power_mod(Bytes base, Bytes exponent, Bytes modulus) {
  if (!is_usable(base) || !is_usable(exponent) || !is_usable(modulus)) return std::nullopt;
  const Bignum b = to_bignum(base), e = to_bignum(exponent), m = to_bignum(modulus);
  const Bignum result(BN_new());
  const BignumContext context(BN_CTX_new());
  if (!b || !e || !m || !result || !context || BN_is_zero(m.get())) return std::nullopt;
  if (BN_mod_exp(result.get(), b.get(), e.get(), m.get(), context.get()) != 1) return std::nullopt;
  return from_bignum(result.get());
}

std::optional<Number> product_mod(Bytes a, Bytes b, Bytes modulus) {
  if (!is_usable(a) || !is_usable(b) || !is_usable(modulus)) return std::nullopt;
  const Bignum x = to_bignum(a), y = to_bignum(b), m = to_bignum(modulus);
  const Bignum result(BN_new());
  const BignumContext context(BN_CTX_new());
  if (!x || !y || !m || !result || !context || BN_is_zero(m.get())) return std::nullopt;
  if (BN_mod_mul(result.get(), x.get(), y.get(), m.get(), context.get()) != 1) return std::nullopt;
  return from_bignum(result.get());
}

std::optional<Number> inverse_mod(Bytes number, Bytes modulus) {
  if (!is_usable(number) || !is_usable(modulus)) return std::nullopt;
  const Bignum n = to_bignum(number), m = to_bignum(modulus);
  const BignumContext context(BN_CTX_new());
  if (!n || !m || !context || BN_is_zero(m.get())) return std::nullopt;
  const Bignum result(BN_mod_inverse(nullptr, n.get(), m.get(), context.get()));
  if (!result) return std::nullopt;
  return from_bignum(result.get());
}

}  // namespace overhear
