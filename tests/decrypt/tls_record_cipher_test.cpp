#include "decrypt/tls_record_cipher.hpp"

#include <gtest/gtest.h>

#include "decrypt/certificate.hpp"
#include "decrypt/hex.hpp"
#include "tests/support/rfc8448.hpp"

namespace overhear {
namespace {

using namespace testing::rfc8448;

std::vector<std::uint8_t> bytes(std::string_view hex) {
  std::vector<std::uint8_t> out;
  EXPECT_TRUE(decode_hex(hex, out));
  return out;
}

TlsRecordCipher cipher_of(std::string_view secret) {
  const TlsSuite& suite = *find_tls_suite(0x1301);
  return {suite, *derive_tls13_keys(suite, bytes(secret)), false};
}

struct Opened {
  bool is_open = false;
  unsigned type = 0;
  std::vector<std::uint8_t> content;
};

Opened open(std::string_view secret, std::uint64_t sequence, const std::vector<std::uint8_t>& record) {
  std::vector<std::uint8_t> out(record.size());
  const auto opened = cipher_of(secret).open(sequence, record, out);
  if (!opened) return {};
  out.resize(opened->size);
  return {true, opened->type, out};
}

TEST(TlsRecordCipher, OpensTheRecordsOfRfc8448) {
  const Opened flight = open(kServerHandshakeSecret, 0, bytes(kServerFlight));
  EXPECT_EQ(flight.type, 22u);
  ASSERT_EQ(flight.content.size(), 657u);
  EXPECT_EQ(flight.content[0], 8);  // EncryptedExtensions
  EXPECT_EQ(open(kClientHandshakeSecret, 0, bytes(kClientFinished)).content.size(), 36u);
  std::vector<std::uint8_t> data(50);
  for (std::size_t i = 0; i < data.size(); ++i) data[i] = static_cast<std::uint8_t>(i);
  EXPECT_EQ(open(kClientApplicationSecret, 0, bytes(kClientData)).content, data);
  EXPECT_EQ(open(kServerApplicationSecret, 1, bytes(kServerData)).content, data);
  EXPECT_EQ(open(kServerApplicationSecret, 1, bytes(kServerData)).type, 23u);
}

TEST(TlsRecordCipher, RefusesWhatWasNotSealedSo) {
  const auto record = bytes(kClientData);
  EXPECT_FALSE(open(kServerApplicationSecret, 0, record).is_open);
  EXPECT_FALSE(open(kClientApplicationSecret, 1, record).is_open);
  for (std::size_t i = 0; i < record.size(); ++i) {
    auto changed = record;
    changed[i] ^= 0x10;
    EXPECT_FALSE(open(kClientApplicationSecret, 0, changed).is_open) << i;
  }
  for (std::size_t size = kTlsHeaderBytes; size < record.size(); ++size) {
    EXPECT_FALSE(open(kClientApplicationSecret, 0, {record.begin(), record.begin() + static_cast<std::ptrdiff_t>(size)})
                     .is_open);
  }
}

TEST(Certificate, NamesItsSubject) {
  const Opened flight = open(kServerHandshakeSecret, 0, bytes(kServerFlight));
  constexpr std::size_t kBegin = 40 + 4 + 1 + 3 + 3;  // EncryptedExtensions, and the lengths in front
  EXPECT_EQ(certificate_subject(Bytes(flight.content).subspan(kBegin, 0x1b0)), "CN=rsa");
  EXPECT_EQ(certificate_subject(as_bytes("no certificate")), "");
  EXPECT_EQ(certificate_subject({}), "");
}

}  // namespace
}  // namespace overhear
