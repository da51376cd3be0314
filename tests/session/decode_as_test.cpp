#include "session/decode_as.hpp"

#include <gtest/gtest.h>

#include "dissectors/registry.hpp"

namespace overhear::testing {
namespace {

TEST(DecodeAs, APortAndAProtocol) {
  for (const Protocol* protocol : all_protocols()) {
    const auto rule = parse_decode_as("tcp.port==9100," + std::string(protocol->name));
    ASSERT_TRUE(rule.has_value()) << rule.error();
    EXPECT_EQ(rule->port, 9100);
    EXPECT_EQ(rule->protocol, protocol);
  }
  EXPECT_EQ(parse_decode_as("tcp.port==1,mcp")->port, 1);
  EXPECT_EQ(parse_decode_as("tcp.port==65535,mcp")->port, 65535);
}

TEST(DecodeAs, AnythingElseIsAnErrorThatQuotesWhatIsWrong) {
  struct Row {
    std::string_view text;
    std::string_view quoted;
  };
  for (const auto& [text, wrong] :
       {Row{"", "''"}, Row{"9100,mcp", "'9100,mcp'"}, Row{"tcp.port==", "''"}, Row{"tcp.port==0,mcp", "'0'"},
        Row{"tcp.port==65536,mcp", "'65536'"}, Row{"tcp.port==-1,mcp", "'-1'"}, Row{"tcp.port==1x,mcp", "'1x'"},
        Row{"tcp.port== 1,mcp", "' 1'"}, Row{"tcp.port==99999999999999999999,mcp", "'9"}, Row{"tcp.port==1", "''"},
        Row{"tcp.port==1,", "''"}, Row{"tcp.port==1,irc", "'irc'"}, Row{"tcp.port==1,MCP", "'MCP'"},
        Row{"tcp.port==1,data", "'data'"}, Row{"udp.port==1,mcp", "'udp.port==1,mcp'"}}) {
    const auto rule = parse_decode_as(text);
    ASSERT_FALSE(rule.has_value()) << text;
    EXPECT_NE(rule.error().find(wrong), std::string::npos) << rule.error();
  }
}

}  // namespace
}  // namespace overhear::testing
