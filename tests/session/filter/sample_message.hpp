// A message with a value in nearly every field, and a shorthand for asking a filter about it.
#pragma once

#include <gtest/gtest.h>

#include <string_view>
#include <vector>

#include "dissectors/registry.hpp"
#include "session/filter/filter.hpp"
#include "tests/support/capture_builder.hpp"

namespace overhear::testing {

inline constexpr std::string_view kSampleBody =
    R"({"type":"Message.CreateTextMessage.17","data":{"room":1,"users":[{"id":7,"name":"alice"},{"id":8,"name":"bob"}],)"
    R"("a b":{"c":true},"none":null,"time":1763640000123,"text":"h\u00e9","list":[[1,2]],"neg":-5,"half":5e-1,)"
    R"("big":123456789012345678901234567890}})";

struct SampleMessage {
  SampleMessage() {
    (void)json.parse(kSampleBody, {});
    message.session = 3;
    message.number = 12;
    message.source = endpoint("10.0.0.1:51234");
    message.destination = endpoint("[::1]:3072");
    message.time = {1'795'176'000 * kSecond + kSecond / 2};  // 2026-11-20T12:00:00.5Z
    message.time_first = {message.time.ns - 1};
    message.packets = packets;
    message.size = 61;
    message.protocol = find_protocol("mcp");
    message.type = "Message.CreateTextMessage";
    message.id = "17";
    message.reply_to = 11;
    message.reply_type = "Room.Join";
    message.latency_ns = 250'000'000;
    message.decrypted = "mcp-key";
    message.body = kSampleBody;
    message.json = &json;
    message.client_name = "anna";
    message.user = "alice";
    message.room = "1";
    message.text = R"(hello \"world\"\n)";
    findings = {
        {.rule = &note, .spec = {}, .text = {}, .field = {}, .bytes = {}},
        {.rule = &warning, .spec = {}, .text = "room is a string, not an integer", .field = "/data/room", .bytes = {}}};
    message.findings = findings;
  }
  SampleMessage(const SampleMessage&) = delete;

  Subject subject() const { return subject_of(message); }

  const Rule note{"tcp.gap", Severity::Note, "RFC 9293, 3.4", "bytes were not captured"};
  const Rule warning{"app.schema", Severity::Warning, "MCP 2.1.0, Room.Join", {}};
  const std::vector<std::uint64_t> packets{41, 42};
  std::vector<Finding> findings;
  JsonIndex json;
  Message message;
};

inline bool matches(const char* text, const Subject& subject) {
  const auto filter = Filter::compile(text);
  if (!filter) {
    ADD_FAILURE() << text << ": " << filter.error().text << " at " << filter.error().begin;
    return false;
  }
  return filter->matches(subject);
}

}  // namespace overhear::testing
