#include "dissectors/proxy_protocol/proxy_header.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dissectors/detecting_layer.hpp"
#include "tests/support/layer_script.hpp"

namespace overhear::testing {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const std::string kSignature = hex("0d 0a 0d 0a 00 0d 0a 51 55 49 54 0a");
const std::string kV4 = kSignature + hex("21 11 00 0c cb 00 71 07 c0 00 02 0a c8 22 22 b8");
const std::string kV6 =
    kSignature + hex("21 21 00 24 20010db8000000000000000000000007 20010db800000000000000000000000a "
                     "c822 22b8");

struct Case {
  const char* name;
  std::string bytes;
  ProxyHeader::Status status;
  std::size_t size;
  std::string client;
  std::string server;
};

class ProxyHeaders : public ::testing::TestWithParam<Case> {};

TEST_P(ProxyHeaders, AreReadAsTheSpecificationWritesThem) {
  const auto& [name, bytes, status, size, client, server] = GetParam();
  const ProxyHeader header = parse_proxy_header(bytes);
  EXPECT_EQ(header.status, status);
  EXPECT_EQ(header.size, size);
  EXPECT_EQ(header.client ? to_string(*header.client) : "", client);
  EXPECT_EQ(header.server ? to_string(*header.server) : "", server);
  if (status != ProxyHeader::Status::Whole) return;
  for (std::size_t cut = 1; cut < size; ++cut) {
    EXPECT_EQ(parse_proxy_header(bytes.substr(0, cut)).status, ProxyHeader::Status::NeedMore) << cut;
  }
}

constexpr auto kWhole = ProxyHeader::Status::Whole;
constexpr auto kMalformed = ProxyHeader::Status::Malformed;
INSTANTIATE_TEST_SUITE_P(
    , ProxyHeaders,
    ::testing::Values(Case{"Tcp4", "PROXY TCP4 203.0.113.7 192.0.2.10 51234 8888\r\n{", kWhole, 46, "203.0.113.7:51234",
                           "192.0.2.10:8888"},
                      Case{"Tcp6", "PROXY TCP6 2001:db8::7 2001:db8::a 51234 8888\r\n", kWhole, 47,
                           "[2001:db8::7]:51234", "[2001:db8::a]:8888"},
                      Case{"Unknown", "PROXY UNKNOWN\r\n", kWhole, 15, "", ""},
                      Case{"UnknownWithMore", "PROXY UNKNOWN what ever 1 2\r\n", kWhole, 29, "", ""},
                      Case{"BadPort", "PROXY TCP4 203.0.113.7 192.0.2.10 99999 8888\r\n", kMalformed, 46, "", ""},
                      Case{"BadAddress", "PROXY TCP4 203.0.113.700 192.0.2.10 1 2\r\n", kMalformed, 41, "", ""},
                      Case{"Short", "PROXY TCP4 203.0.113.7\r\n", kMalformed, 24, "", ""},
                      Case{"TooLong", "PROXY TCP4 " + std::string(200, '1'), kMalformed, 107, "", ""},
                      Case{"BareLineFeed", "PROXY TCP4 203.0.113.7 192.0.2.10 1 2\n", kMalformed, 38, "", ""},
                      Case{"BinaryV4", kV4, kWhole, 28, "203.0.113.7:51234", "192.0.2.10:8888"},
                      Case{"BinaryV6", kV6, kWhole, 52, "[2001:db8::7]:51234", "[2001:db8::a]:8888"},
                      Case{"BinaryWithTlvs", kSignature + hex("21 11 00 11 cb007107 c000020a c822 22b8 01 00 02 68 32"),
                           kWhole, 33, "203.0.113.7:51234", "192.0.2.10:8888"},
                      Case{"BinaryLocal", kSignature + hex("20 00 00 00"), kWhole, 16, "", ""},
                      Case{"BinaryUnix", kSignature + hex("21 31 00 02 00 00"), kWhole, 18, "", ""},
                      Case{"BinaryTooShort", kSignature + hex("21 11 00 04 cb007107"), kMalformed, 20, "", ""},
                      Case{"BinaryVersion3", kSignature + hex("31 11 00 0c"), kMalformed, 16, "", ""},
                      Case{"SomethingElse", "POST / HTTP/1.1\r\n", ProxyHeader::Status::None, 0, "", ""},
                      Case{"Nothing", "", ProxyHeader::Status::None, 0, "", ""}),
    [](const auto& test) { return test.param.name; });

LayerSetup detecting() {
  LayerSetup setup;
  setup.make = layer<DetectingLayer>(Hints{}, [](Direction sender, const Verdict&) { return sender; });
  return setup;
}

TEST(ProxyHeader, IsToldAndTakenOffWhateverFollows) {
  const std::string message = R"({"type":"message","data":{"message":"hello"}})";
  for (const std::string& header : {std::string("PROXY TCP4 203.0.113.7 192.0.2.10 51234 8888\r\n"), kV4}) {
    Script script;
    script.client(header + message).server(message).fin();
    cut_anywhere(script, detecting());
    const Heard heard = run(script, detecting());
    EXPECT_THAT(heard.messages(), ElementsAre(message, message));
    EXPECT_EQ(heard.units.size(), 2u);
    EXPECT_THAT(heard.events, Contains(HasSubstr("203.0.113.7:51234 to 192.0.2.10:8888")));
    EXPECT_THAT(heard.findings, ElementsAre("client tcp.proxied"));
  }
}

TEST(ProxyHeader, ThatCannotBeReadIsShownAndWhatFollowsRead) {
  const std::string message = R"({"type":"message","data":{"message":"hello"}})";
  Script script;
  script.client("PROXY TCP4 nobody nowhere 1 2\r\n" + message).fin();
  cut_anywhere(script, detecting());
  const Heard heard = run(script, detecting());
  EXPECT_THAT(heard.messages(), ElementsAre(message));
  ASSERT_EQ(heard.units.size(), 2u);
  EXPECT_TRUE(heard.units[0].has("tcp.proxy_header"));
}

}  // namespace
}  // namespace overhear::testing
