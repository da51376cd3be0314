#include "decrypt/tls_key_schedule.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "decrypt/hex.hpp"
#include "tests/support/rfc8448.hpp"

namespace overhear {
namespace {

std::vector<std::uint8_t> bytes(std::string_view hex) {
  std::vector<std::uint8_t> out;
  EXPECT_TRUE(decode_hex(hex, out));
  return out;
}

constexpr std::uint16_t kAes128Gcm = 0x1301;

struct TrafficKeys {
  const char* name;
  std::string_view secret;
  std::string_view key;
  std::string_view iv;
};

class Rfc8448Keys : public ::testing::TestWithParam<TrafficKeys> {};

TEST_P(Rfc8448Keys, AreDerivedFromTheSecret) {
  const auto keys = derive_tls13_keys(*find_tls_suite(kAes128Gcm), bytes(GetParam().secret));
  ASSERT_TRUE(keys);
  EXPECT_EQ(to_hex(Bytes(keys->key).first(16)), GetParam().key);
  EXPECT_EQ(to_hex(keys->iv), GetParam().iv);
}

using namespace testing::rfc8448;
constexpr TrafficKeys kKeys[] = {
    {"Section3ClientHandshake", kClientHandshakeSecret, "dbfaa693d1762c5b666af5d950258d01", "5bd3c71b836e0b76bb73265f"},
    {"Section3ServerHandshake", kServerHandshakeSecret, "3fce516009c21727d0f2e4e86ee403bc", "5d313eb2671276ee13000b30"},
    {"Section3ClientApplication", kClientApplicationSecret, "17422dda596ed5d9acd890e3c63f5051",
     "5b78923dee08579033e523d9"},
    {"Section3ServerApplication", kServerApplicationSecret, "9f02283b6c9c07efc26bb9f2ac92e356",
     "cf782b88dd83549aadf1e984"},
    {"Section4Early", "3fbbe6a60deb66c30a32795aba0eff7eaa10105586e7be5c09678d63b6caab62",
     "920205a5b7bf2115e6fc5c2942834f54", "6d475f0993c8e564610db2b9"},
    {"Section4ClientHandshake", "2faac08f851d35fea3604fcb4de82dc62c9b164a70974d0462e27f1ab278700f",
     "b1530806f4adfeac83f1413032bbfa82", "eb50c16be7654abf99dd06d9"},
    {"Section4ServerHandshake", "fe927ae271312e8bf0275b581c54eef020450dc4ecffaa05a1a35d27518e7803",
     "27c6bdc0a3dcea39a47326d79bc9e4ee", "9569ecdd4d0536705e9ef725"},
    {"Section4ClientApplication", "2abbf2b8e381d23dbebe1dd2a7d16a8bf484cb4950d23fb7fb7fa8547062d9a1",
     "3cf122f301c6358ca7989553250efd72", "ab1aec26aa78b8fc1176b9ac"},
    {"Section4ServerApplication", "cc21f1bf8feb7dd5fa505bd9c4b468a9984d554a993dc49e6d285598fb672691",
     "e857c690a34c5a9129d833619684f95e", "0685d6b561aab9ef1013faf9"},
};
INSTANTIATE_TEST_SUITE_P(Traces, Rfc8448Keys, ::testing::ValuesIn(kKeys),
                         [](const auto& test) { return test.param.name; });

TEST(TlsKeySchedule, RefusesASecretOfAnotherHash) {
  const auto secret = bytes(kClientHandshakeSecret);
  EXPECT_FALSE(derive_tls13_keys(*find_tls_suite(0x1302), secret));  // SHA-384
  EXPECT_FALSE(derive_tls13_keys(*find_tls_suite(kAes128Gcm), Bytes(secret).first(31)));
}

TEST(TlsSuites, AreFoundByTheirNumberAndKnowTheirName) {
  ASSERT_NE(find_tls_suite(0xC02F), nullptr);
  EXPECT_EQ(find_tls_suite(0xC02F)->name, "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256");
  EXPECT_EQ(find_tls_suite(0x0084), nullptr);  // Camellia
  int count = 0;
  for (unsigned id = 0; id <= 0xFFFF; ++id) {
    const TlsSuite* const suite = find_tls_suite(static_cast<std::uint16_t>(id));
    if (suite == nullptr) continue;
    ++count;
    EXPECT_EQ(suite->id, id);
    const std::string name(suite->name);
    SCOPED_TRACE(name);
    // The name says what the row says.
    EXPECT_EQ(name.find("_WITH_") == std::string::npos, suite->version == TlsVersion::Tls13);
    EXPECT_EQ(name.find("CBC") != std::string::npos, is_cbc(suite->cipher));
    EXPECT_EQ(name.find("AES_128") != std::string::npos, key_bytes(suite->cipher) == 16);
    EXPECT_EQ(name.ends_with("SHA384"), suite->hash == TlsHash::Sha384);
    EXPECT_EQ(name.ends_with("CBC_SHA"), is_cbc(suite->cipher) && suite->mac == TlsHash::Sha1);
  }
  EXPECT_EQ(count, 126);
}

}  // namespace
}  // namespace overhear
