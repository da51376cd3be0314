#include "decrypt/keystream.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "decrypt/hex.hpp"
#include "tests/decrypt/test_keys.hpp"

namespace overhear {
namespace {

using test::unhex;

AesKey key_of(std::string_view hex) {
  AesKey key;
  const auto bytes = unhex(hex);
  key.size = bytes.size();
  std::copy(bytes.begin(), bytes.end(), key.bytes.begin());
  return key;
}

const AesKey kKey = key_of("603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4");

// The keystream as one run of the cipher gives it.
std::vector<std::uint8_t> whole(std::size_t size) {
  std::vector<std::uint8_t> bytes(size);
  AesCtr(kKey).xor_at(0, bytes, bytes.data());
  return bytes;
}

// NIST SP 800-38A, F.5: the counter block is not zero there, so the vectors meet the cipher below Keystream.
TEST(AesCtr, AgreesWithTheVectorsOfNistSp80038a) {
  struct Vector {
    std::string_view key, ciphertext;
  };
  const Vector vectors[] = {
      {"2b7e151628aed2a6abf7158809cf4f3c",
       "874d6191b620e3261bef6864990db6ce9806f66b7970fdff8617187bb9fffdff"
       "5ae4df3edbd5d35e5b4f09020db03eab1e031dda2fbe03d1792170a0f3009cee"},
      {"8e73b0f7da0e6452c810f32b809079e562f8ead2522c6b7b",
       "1abc932417521ca24f2b0459fe7e6e0b090339ec0aa6faefd5ccc2c6f4ce8e94"
       "1e36b26bd1ebc670d1bd1d665620abf74f78a7f6d29809585a97daec58c6b050"},
      {"603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4",
       "601ec313775789a5b7a7f504bbf3d228f443e3ca4d62b59aca84e990cacaf5c5"
       "2b0930daa23de94ce87017ba2d84988ddfc9c58db67aada613c2dd08457941a6"},
  };
  const auto plain = unhex(
      "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51"
      "30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710");
  std::array<std::uint8_t, 16> counter{};
  for (std::uint8_t i = 0; i < 16; ++i) counter[i] = static_cast<std::uint8_t>(0xf0 + i);
  for (const Vector& vector : vectors) {
    AesCtr cipher(key_of(vector.key), counter);
    std::vector<std::uint8_t> out(plain.size());
    cipher.xor_at(0, plain, out.data());
    EXPECT_EQ(to_hex(out), vector.ciphertext);
    for (std::size_t at = 0; at < plain.size(); ++at) {
      std::vector<std::uint8_t> part(plain.size() - at);
      cipher.xor_at(at, Bytes(plain).subspan(at), part.data());
      EXPECT_EQ(to_hex(part), vector.ciphertext.substr(2 * at));
    }
  }
}

TEST(AesCtr, TheCounterCarriesBeyondSixtyFourBits) {
  std::array<std::uint8_t, 16> below{}, zero_high{};
  below.fill(0xff);
  below[7] = 0x00;  // ...00 ffffffffffffffff: the next is ...01 0000000000000000
  std::array<std::uint8_t, 16> above = below;
  above[7] = 0x01;
  std::fill(above.begin() + 8, above.end(), std::uint8_t{0});
  std::vector<std::uint8_t> zeros(16), left(16), right(16);
  AesCtr(kKey, below).xor_at(16, zeros, left.data());
  AesCtr(kKey, above).xor_at(0, zeros, right.data());
  EXPECT_EQ(left, right);
  // And wraps at the end.
  below.fill(0xff);
  AesCtr(kKey, below).xor_at(16, zeros, left.data());
  AesCtr(kKey, zero_high).xor_at(0, zeros, right.data());
  EXPECT_EQ(left, right);
}

// AES-256 of the zero block under F.5.5's key, by Python's cryptography.
TEST(Keystream, BeginsWithTheEncryptedZeroBlock) {
  Keystream stream(kKey);
  std::vector<std::uint8_t> bytes(32);
  stream.xor_at(0, bytes, bytes.data());
  EXPECT_EQ(to_hex(bytes), "e568f68194cf76d6174d4cc04310a85491151e5d0b7a1f1bc0d7acd0ae3e51e4");
}

TEST(Keystream, AnyPieceEqualsTheWholeRun) {
  constexpr std::size_t kKept = 2048;
  const auto expected = whole(3 * kKept);
  for (const std::size_t at : {0, 1, 15, 16, 17, 31, 33, 500, 511, 512, 513, 1023, 1024, 2047, 2048, 2049, 4100}) {
    for (const std::size_t size : {0, 1, 7, 8, 15, 16, 31, 32, 33, 300, 511, 512, 513, 1025, 2000}) {
      Keystream fresh(kKey, kKept);
      std::vector<std::uint8_t> out(size);
      fresh.xor_at(at, std::vector<std::uint8_t>(size), out.data());
      ASSERT_EQ(out, std::vector(expected.begin() + static_cast<std::ptrdiff_t>(at),
                                 expected.begin() + static_cast<std::ptrdiff_t>(at + size)))
          << at << " + " << size;
    }
  }
}

TEST(Keystream, GrowsAcrossCallsWithoutASeam) {
  const auto expected = whole(200'000);
  Keystream stream(kKey);
  std::vector<std::uint8_t> out(expected.size());
  for (std::size_t at = 0, size = 1; at < out.size(); at += size, size = size * 3 / 2 + 1) {
    size = std::min(size, out.size() - at);
    stream.xor_at(at, Bytes(out).subspan(at, size), out.data() + at);  // in place
  }
  EXPECT_EQ(out, expected);
}

TEST(Keystream, AContinuousStreamFarOutIsComputed) {
  const std::uint64_t far = (std::uint64_t{1} << 36) + 5;
  Keystream stream(kKey);
  std::vector<std::uint8_t> bytes(40), expected(40);
  stream.xor_at(far, bytes, bytes.data());
  AesCtr(kKey).xor_at(far - 5, std::vector<std::uint8_t>(40), expected.data());
  EXPECT_TRUE(std::equal(expected.begin() + 5, expected.end(), bytes.begin()));
}

TEST(Keystream, StaysSmallForShortMessagesAndBoundedForLongOnes) {
  Keystream stream(kKey);
  EXPECT_EQ(stream.memory(), 0u);
  std::vector<std::uint8_t> bytes(300);
  stream.xor_at(0, bytes, bytes.data());
  EXPECT_EQ(stream.memory(), 512u);
  bytes.resize(1u << 20);
  stream.xor_at(0, bytes, bytes.data());
  EXPECT_EQ(stream.memory(), Keystream::kKept);
}

}  // namespace
}  // namespace overhear
