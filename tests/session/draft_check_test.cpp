#include "session/draft_check.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/utf8.hpp"
#include "dissectors/registry.hpp"

namespace overhear::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

using Lines = std::vector<std::string>;

Lines check(std::string_view protocol, Direction from, std::string_view text, const Limits& limits = {}) {
  return check_draft(protocol.empty() ? nullptr : find_protocol(protocol), from, text, limits);
}
Lines client(std::string_view protocol, std::string_view text) {
  return check(protocol, Direction::Client, text);
}
Lines server(std::string_view protocol, std::string_view text) {
  return check(protocol, Direction::Server, text);
}

TEST(DraftCheck, HasNothingAgainstWhatTheSpecificationsName) {
  EXPECT_THAT(client("mcp", R"({"type":"Room.Join.7","data":{"room":1}})"), IsEmpty());
  EXPECT_THAT(client("scrp", R"({"req_id":1,"method":"GET_TIME"})"), IsEmpty());
  EXPECT_THAT(server("scrp", R"({"resp_id":1,"time":5,"err":900})"), IsEmpty());
  EXPECT_THAT(client("cchat", R"({"ver":1,"type":"leave"})"), IsEmpty());
  EXPECT_THAT(server("chatmaster", R"({"type":"request","data":{"request":"login"}})"), IsEmpty());
  EXPECT_THAT(server("gradagenda", R"({"type":"status-response","cdid":"1","status":"succeeded"})"), IsEmpty());
}

TEST(DraftCheck, SaysOfAFieldWhereItIsAndWhereThatIsWritten) {
  EXPECT_THAT(client("mcp", R"({"type":"Room.Join.7","data":{"room":"1"}})"),
              ElementsAre("/data/room is a string, not an integer (MCP 2.1.0, Room.Join)"));
  EXPECT_THAT(client("mcp", R"({"type":"Room.Join.7","data":{}})"),
              ElementsAre("/data/room is missing (MCP 2.1.0, Room.Join)"));
  EXPECT_THAT(client("mcp", R"({"type":"Room.Join.7","data":{"room":1,"colour":"red"}})"),
              ElementsAre("/data/colour the specification does not name this field (MCP 2.1.0, Room.Join)"));
  EXPECT_THAT(server("gradagenda", R"({"type":"status-response","cdid":"1","status":"so so"})"),
              ElementsAre(StartsWith("/status \"so so\" is none of the values of ")));
  EXPECT_THAT(client("scrp", R"({"req_id":1,"method":"LOG_IN","user_id":"j j","user_password":"secret"})"),
              ElementsAre(StartsWith("/user_id is not 1 to 16 ")));
}

TEST(DraftCheck, SaysWhatTypeIsNone) {
  EXPECT_THAT(client("mcp", R"({"type":"Room.Paint.7","data":{}})"),
              ElementsAre(StartsWith("/type a message type that the specification does not name (MCP 2.1.0")));
  EXPECT_THAT(client("mcp", R"({"data":{}})"), ElementsAre(StartsWith("/type is missing (MCP 2.1.0")));
  EXPECT_THAT(client("chatmaster", R"({"type":7})"), ::testing::Contains(StartsWith("/type is an integer")));
}

TEST(DraftCheck, SaysWhoMustNotSendIt) {
  const std::string_view join = R"({"type":"Room.Join.7","data":{"room":1}})";
  EXPECT_THAT(server("mcp", join), ElementsAre("this side must not send this message (MCP 2.1.0, Room.Join)"));
  EXPECT_THAT(client("cchat", R"({"ver":1,"type":"error","errcode":"0x0","errdetail":""})"),
              ElementsAre(HasSubstr("must not send")));
}

TEST(DraftCheck, LooksIntoABatch) {
  const Lines lines =
      client("gradagenda", R"({"type":"batch-mode-action","actions":[{"type":"authenticate"},{"type":"what"}]})");
  EXPECT_THAT(lines, ::testing::Contains(StartsWith("/actions/0/user-id is missing (GradAgenda")));
  EXPECT_THAT(lines, ::testing::Contains(StartsWith("/actions/1/type a message type that")));
}

// Version 2.0.0 has no ids, and which is spoken the handshake has said.
TEST(DraftCheck, SaysNothingThatTheSessionSoFarDecides) {
  EXPECT_THAT(client("mcp", R"({"type":"Room.Join","data":{"room":1}})"), IsEmpty());
  EXPECT_THAT(client("mcp", R"({"type":"Message.CreateTextMessage.7","data":{"text":"before any login"},"room":1})"),
              IsEmpty());
  EXPECT_THAT(client("cchat", R"({"ver":1,"type":"leave"})"), IsEmpty()) << "who is in no room";
  EXPECT_THAT(server("scrp", R"({"resp_id":77,"err":900})"), IsEmpty()) << "which nobody asked for";
  // Each draft stands alone, whatever was checked before.
  EXPECT_THAT(client("mcp", R"({"type":"Authentication.Login.1","data":{"username":"ada","password":"x"}})"),
              client("mcp", R"({"type":"Authentication.Login.1","data":{"username":"ada","password":"x"}})"));
}

TEST(DraftCheck, SaysWhereTextIsNoJson) {
  struct Case {
    std::string_view text;
    std::string_view line;
  };
  const Case table[] = {
      {"", "line 1, column 1: the text ends inside a value (RFC 8259)"},
      {"{", "line 1, column 2: the text ends inside a value (RFC 8259)"},
      {"{\n  \"a\": 1\n  \"b\": 2\n}", "line 3, column 3: a comma or the end of an object is missing (RFC 8259)"},
      {"{\n  \"où\": \"☕\", x}", "line 2, column 14: a name in quotes is missing (RFC 8259)"},
      {"{\"a\":1}}", "line 1, column 8: something stands behind the value (RFC 8259)"},
      {"{\"a\":1,\r\n}", "line 2, column 1: a name in quotes is missing (RFC 8259)"},
      {"{}\n\nx\n", "line 3, column 1: something stands behind the value (RFC 8259)"},
      {"plain words", "line 1, column 1: neither a value nor a literal (RFC 8259)"},
  };
  for (const auto& [text, line] : table) {
    EXPECT_THAT(client("mcp", text), ElementsAre(line));
    EXPECT_THAT(client("", text), ElementsAre(line));
  }
}

TEST(DraftCheck, LooksAtJsonAloneWithoutAProtocol) {
  for (const Protocol* protocol : {static_cast<const Protocol*>(nullptr), &data_protocol()}) {
    const auto lines = [&](std::string_view text) { return check_draft(protocol, Direction::Client, text, {}); };
    EXPECT_THAT(lines(R"({"anything":[1,2]})"), IsEmpty());
    EXPECT_THAT(lines(R"({"word":1,"word":2})"), ElementsAre(StartsWith("/word a name stands twice in one object")));
    EXPECT_THAT(lines("[1]"), ElementsAre("the message is an array, not an object"));
    EXPECT_THAT(lines(std::string(600, '[') + std::string(600, ']')), ElementsAre(StartsWith("JSON nests deeper")));
  }
}

TEST(DraftCheck, LooksNoFurtherIntoWhatNestsTooDeep) {
  const std::string deep = std::string(600, '[') + std::string(600, ']');
  EXPECT_THAT(client("mcp", R"({"type":"Room.Join.7","data":)" + deep + '}'),
              ElementsAre(StartsWith("JSON nests deeper")));
}

TEST(DraftCheck, SaysWhatIsTooLongForAFrame) {
  const auto of_size = [](std::size_t size) {
    const std::string text = R"({"type":"status-response","cdid":"1","status":"succeeded"})";
    return text + std::string(size - text.size(), ' ');
  };
  EXPECT_THAT(server("gradagenda", of_size(4096)), IsEmpty());
  EXPECT_THAT(server("gradagenda", of_size(4097)),
              ElementsAre("4097 bytes, and a frame may carry 4096: too much unless it is compressed (GradAgenda, 1)"));
}

TEST(DraftCheck, WritesUtf8WhateverIsCut) {
  for (std::size_t size = 50; size < 62; ++size) {
    const std::string value = std::string(size, 'a') + "☕☕☕☕";
    for (const Lines& lines :
         {server("gradagenda", R"({"type":"status-response","cdid":"1","status":")" + value + "\"}"),
          server("cchat", R"({"ver":1,"type":"error","errcode":")" + value + R"(","errdetail":""})")}) {
      ASSERT_THAT(lines, ElementsAre(HasSubstr(value.substr(0, 40))));
      EXPECT_TRUE(is_utf8(lines.front())) << size;
    }
  }
}

TEST(DraftCheck, IsBounded) {
  std::string text = R"({"type":"Room.Join.7","data":{"room":1)";
  for (int i = 0; i < 10'000; ++i) text += ",\"x" + std::to_string(i) + "\":1";
  const Lines lines = client("mcp", text + "}}");
  EXPECT_LT(lines.size(), 100);
  EXPECT_EQ(lines.back(), "9984 more like these (MCP 2.1.0, Room.Join)");
}

}  // namespace
}  // namespace overhear::testing
