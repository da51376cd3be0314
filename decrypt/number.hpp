// Big natural numbers as they travel between the parts of decrypt/: big-endian bytes without leading zeros (zero is
// empty), so that two numbers are equal exactly when their bytes are. Arithmetic is OpenSSL's, behind this door.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"

namespace overhear {

using Number = std::vector<std::uint8_t>;

// The bytes without leading zeros: a view into `bytes`.
Bytes without_leading_zeros(Bytes bytes);
Number to_number(Bytes bytes);
// Hex of either case, odd length and leading zeros allowed; nullopt for empty text and for anything else.
std::optional<Number> number_from_hex(std::string_view text);
std::optional<Number> number_from_decimal(std::string_view text);
// As BigInteger.toString(16): lower case without a leading zero digit, "0" for zero.
std::string number_to_hex(Bytes number);
std::string number_to_decimal(Bytes number);
std::size_t bit_length(Bytes number);
// <0, 0, >0 as memcmp. Leading zeros do not count.
int compare_numbers(Bytes a, Bytes b);
// The order for maps and sets (g++ 12 warns, wrongly, where vectors compare themselves).
struct NumberOrder {
  bool operator()(const Number& a, const Number& b) const { return compare_numbers(a, b) < 0; }
};

// Big-endian into all of `out`, zeros in front. REQUIRES: the number fits.
void write_padded(Bytes number, std::span<std::uint8_t> out);

// base^exponent mod modulus. nullopt where the modulus is zero or one of the numbers is over `kMaxNumberBytes`.
std::optional<Number> power_mod(Bytes base, Bytes exponent, Bytes modulus);
// a * b mod modulus, the same.
std::optional<Number> product_mod(Bytes a, Bytes b, Bytes modulus);
// The number whose product with `number` is 1; nullopt where there is none.
std::optional<Number> inverse_mod(Bytes number, Bytes modulus);

// 4096 bits: an exponentiation with more would let one message cost a second.
inline constexpr std::size_t kMaxNumberBytes = 512;

}  // namespace overhear
