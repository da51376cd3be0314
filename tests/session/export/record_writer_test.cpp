// Keys and their order, what is absent, and which body a message gets.
#include "session/export/record_writer.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "dissectors/registry.hpp"
#include "tests/support/capture_builder.hpp"

namespace overhear::testing {
namespace {

constexpr Rule kRule{"mcp.test_fact", Severity::Error, "MCP 2.1.0", "what the rule says"};
constexpr Rule kBare{"tcp.test_fact", Severity::Note, {}, "no document speaks of it"};

// A message with only what every message has.
Message plain(std::string_view body, JsonIndex& json) {
  Message message;
  message.session = 3;
  message.number = 12;
  message.source = endpoint("127.0.0.1:51234");
  message.source_text = "127.0.0.1:51234";
  message.destination = endpoint("[::1]:3072");
  message.destination_text = "[::1]:3072";
  message.time_first = message.time = {kSecond};
  message.size = body.size();
  message.protocol = find_protocol("mcp");
  message.body = body;
  if (json.parse(body, {}) == JsonIndex::Status::Valid) message.json = &json;
  return message;
}

std::string written(const Message& message) {
  TextBuffer out;
  RecordWriter().message(out, message);
  return std::string(out.view());
}

std::string written(const LooseFinding& finding) {
  TextBuffer out;
  RecordWriter().finding(out, finding);
  return std::string(out.view());
}

TEST(RecordWriter, AbsentMeansAbsent) {
  JsonIndex json;
  EXPECT_EQ(written(plain(R"({"a":1})", json)),
            R"({"record":"message","session":3,"number":12,"time":"1970-01-01T00:00:01.000000000Z",)"
            R"("direction":"client","src":"127.0.0.1:51234","dst":"[::1]:3072","protocol":"mcp","size":7,)"
            R"("body":{"a":1}})");
}

TEST(RecordWriter, AllKeysStandInTheirOrder) {
  JsonIndex json;
  Message message = plain("{\"a\":\"\x7f\"}", json);
  const std::vector<std::uint64_t> packets{41, 42};
  const std::vector<Finding> findings{
      {.rule = &kRule, .spec = "MCP 2.1.0, Room.Join", .text = "room is a string", .field = "/data/room", .bytes = 5},
      {.rule = &kBare, .spec = {}, .text = {}, .field = {}, .bytes = {}}};
  const std::vector<Finding> of_actions{{.rule = &kRule, .spec = {}, .text = {}, .field = {}, .bytes = {}}};
  std::vector<Action> actions(2);
  actions[0].type = "first";
  actions[0].id = "a";
  actions[0].delivered_from = {2, 7};
  actions[0].user = "ann";
  actions[0].room = "m1";
  actions[0].text = "hi\x7f";
  actions[1].index = 1;
  actions[1].findings = 1;
  message.direction = Direction::Server;
  message.time_first = {0};
  message.type = "Room.Join";
  message.id = "17";
  message.packets = packets;
  message.decrypted = "mcp-key";
  message.variant = "raw";
  message.is_encrypted = true;  // never beside a body in life: this is about the order
  message.boundaries_unknown = true;
  message.reply_to = 11;
  message.latency_ns = 532000;
  message.findings = findings;
  message.actions = actions;
  message.action_findings = of_actions;
  message.content = "inside";
  EXPECT_EQ(written(message),
            R"({"record":"message","session":3,"number":12,"time":"1970-01-01T00:00:01.000000000Z",)"
            R"("time_first":"1970-01-01T00:00:00.000000000Z","direction":"server","src":"127.0.0.1:51234",)"
            R"("dst":"[::1]:3072","protocol":"mcp","type":"Room.Join","id":"17","size":9,"packets":[41,42],)"
            R"("decrypted":"mcp-key","variant":"raw","encrypted":true,"boundaries":"unknown","reply_to":11,)"
            R"("latency_ns":532000,"findings":[{"severity":"error","code":"mcp.test_fact","field":"/data/room",)"
            R"("spec":"MCP 2.1.0, Room.Join","text":"room is a string","bytes":5},)"
            R"({"severity":"note","code":"tcp.test_fact","text":"no document speaks of it"}],)"
            R"("actions":[{"index":0,"type":"first","id":"a","delivered_from":{"session":2,"number":7},"user":"ann",)"
            R"("room":"m1","text":"hi\u007f"},{"index":1,"findings":[{"severity":"error",)"
            R"("code":"mcp.test_fact","spec":"MCP 2.1.0","text":"what the rule says"}]}],"content":"inside",)"
            R"("escaped":true,"body":{"a":"\u007f"}})");
}

TEST(RecordWriter, ATypeWithEscapesStaysAsItWasSent) {
  JsonIndex json;
  Message message = plain("{}", json);
  message.type = R"(Room\u002eJoin)";
  message.id = "x\x7f";
  const auto record = nlohmann::json::parse(written(message));
  EXPECT_EQ(record["type"], "Room.Join");
  EXPECT_EQ(record["id"], "x\x7f");
  EXPECT_NE(written(message).find(R"("type":"Room\u002eJoin","id":"x\u007f")"), std::string::npos);
}

TEST(RecordWriter, WhatCommonReadersRefuseIsBase64) {
  JsonIndex json;
  const std::string deep = std::string(600, '[') + std::string(600, ']');
  const std::string huge = "{\"n\":" + std::string(4301, '7') + "}";
  for (const std::string& body : {std::string("{\"a\":"), std::string("\xff\x01"), std::string("\xEF\xBB\xBF{}"),
                                  std::string("{\"a\":\"\xff\"}"), deep, huge}) {
    const std::string line = written(plain(body, json));
    EXPECT_EQ(line.find("\"body\":"), std::string::npos);
    const auto record = nlohmann::json::parse(line);
    EXPECT_TRUE(record.contains("body_base64")) << body.substr(0, 20);
    EXPECT_FALSE(record.contains("escaped"));
  }
  EXPECT_EQ(nlohmann::json::parse(written(plain("\xff\x01", json)))["body_base64"], "/wE=");
  EXPECT_EQ(nlohmann::json::parse(written(plain("", json)))["body_base64"], "");
}

TEST(RecordWriter, NumbersUpToTheLimitOfCommonReadersAreBodies) {
  JsonIndex json;
  const std::string body = "{\"n\":" + std::string(4300, '7') + "}";
  EXPECT_NE(written(plain(body, json)).find("\"body\":" + body), std::string::npos);
}

TEST(RecordWriter, FindingsAboutPacketsSessionsAndTheCapture) {
  const Finding finding{.rule = &kRule, .spec = {}, .text = {}, .field = {}, .bytes = 67};
  EXPECT_EQ(written(LooseFinding{&finding, Timestamp{0}, 3, 12, Direction::Server, 44}),
            R"({"record":"finding","time":"1970-01-01T00:00:00.000000000Z","session":3,"message":12,)"
            R"("direction":"server","packets":[44],"severity":"error","code":"mcp.test_fact","spec":"MCP 2.1.0",)"
            R"("text":"what the rule says","bytes":67})");
  EXPECT_EQ(written(LooseFinding{&finding, {}, 0, 0, {}, 0}),
            R"({"record":"finding","severity":"error",)"
            R"("code":"mcp.test_fact","spec":"MCP 2.1.0","text":"what the rule says","bytes":67})");
  const Finding many{.rule = &kRule, .spec = {}, .text = {}, .field = {}, .bytes = {}, .count = 84};
  EXPECT_EQ(written(LooseFinding{&many, {}, 0, 0, {}, 0}),
            R"({"record":"finding","severity":"error",)"
            R"("code":"mcp.test_fact","spec":"MCP 2.1.0","text":"what the rule says","count":84})");
}

TEST(RecordWriter, AFindingThatQuotesHostileBytesIsValidJson) {
  const Finding finding{.rule = &kBare,
                        .spec = {},
                        .text = std::string("says \"\x1b[2J\"\n\xff\u202e\\", 16),
                        .field = "/\x7f/\xc3",
                        .bytes = {}};
  const std::string line = written(LooseFinding{&finding, {}, 0, 0, {}, 0});
  EXPECT_TRUE(nlohmann::json::accept(line));
  for (const char c : line) EXPECT_TRUE(static_cast<unsigned char>(c) >= 0x20 && c != 0x7F);
  EXPECT_NE(line.find(R"(says \"\u001b[2J\"\n)"), std::string::npos);
}

TEST(RecordWriter, SessionsAndEvents) {
  SessionRecord session;
  session.session = 3;
  session.client = endpoint("10.0.0.1:1");
  session.server = endpoint("10.0.0.2:2");
  TextBuffer out;
  RecordWriter writer;
  writer.session(out, session, "opened");
  EXPECT_EQ(out.view(), R"({"record":"session","session":3,"event":"opened","time":"1970-01-01T00:00:00.000000000Z",)"
                        R"("client":"10.0.0.1:1","server":"10.0.0.2:2"})");
  out.clear();
  session.protocol = find_protocol("scrp");
  session.reason = "fin";
  session.messages = 2;
  session.bytes_client = 10;
  writer.session(out, session, "closed");
  EXPECT_EQ(out.view(), R"({"record":"session","session":3,"event":"closed","time":"1970-01-01T00:00:00.000000000Z",)"
                        R"("client":"10.0.0.1:1","server":"10.0.0.2:2","protocol":"scrp","reason":"fin","messages":2,)"
                        R"("bytes_client":10,"bytes_server":0})");
  out.clear();
  writer.event(out, {3, {0}, Direction::Client, "ws", "ping", 4, "\x1b[2J"});
  EXPECT_EQ(out.view(), R"({"record":"event","session":3,"time":"1970-01-01T00:00:00.000000000Z","direction":"client",)"
                        R"("layer":"ws","event":"ping","size":4,"detail":"\u001b[2J"})");
}

TEST(RecordWriter, TheCapturesNameIsEscaped) {
  TextBuffer out;
  RecordWriter().capture(out, "a\"b\x1b.pcap");
  EXPECT_EQ(out.view(), R"({"record":"capture","schema":"overhear/1","source":"a\"b\u001b.pcap"})");
}

}  // namespace
}  // namespace overhear::testing
