// The document and the lines: both with the same records, also when what must wait outgrows memory.
#include "session/export/json_exporter.hpp"

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "dissectors/registry.hpp"
#include "session/export/ndjson_exporter.hpp"
#include "tests/support/capture_builder.hpp"

namespace overhear::testing {
namespace {

constexpr Rule kRule{"tcp.test_fact", Severity::Warning, {}, "a fact"};

class File {
 public:
  File() : descriptor_(::memfd_create("export", 0)) {}
  File(const File&) = delete;
  ~File() { ::close(descriptor_); }
  int descriptor() const { return descriptor_; }
  std::string text() const {
    std::string out(static_cast<std::size_t>(::lseek(descriptor_, 0, SEEK_END)), '\0');
    ::lseek(descriptor_, 0, SEEK_SET);
    EXPECT_EQ(::read(descriptor_, out.data(), out.size()), static_cast<ssize_t>(out.size()));
    return out;
  }

 private:
  int descriptor_;
};

// Some findings, messages, events and sessions, mixed.
void tell(MessageSink& sink, std::size_t times) {
  JsonIndex json;
  const std::string_view body = R"({"a":1})";
  ASSERT_EQ(json.parse(body, {}), JsonIndex::Status::Valid);
  Message message;
  message.source = endpoint("10.0.0.1:1");
  message.source_text = "10.0.0.1:1";
  message.destination = endpoint("10.0.0.2:2");
  message.destination_text = "10.0.0.2:2";
  message.protocol = find_protocol("mcp");
  message.body = body;
  message.json = &json;
  SessionRecord session;
  session.session = 1;
  session.client = message.source;
  session.server = message.destination;
  sink.on_session_opened(session);
  for (std::size_t i = 0; i < times; ++i) {
    const Finding finding{.rule = &kRule, .spec = {}, .text = "fact " + std::to_string(i), .field = {}, .bytes = {}};
    sink.on_finding({&finding, {}, 1, 0, {}, i + 1});
    message.session = 1;
    message.number = static_cast<std::uint32_t>(i + 1);
    sink.on_message(message);
    sink.on_event({1, {}, Direction::Client, "ws", "ping", i, {}});
  }
  session.reason = "fin";
  sink.on_session_closed(session);
}

std::string document(std::size_t times, bool with_events) {
  File file;
  Output output(file.descriptor());
  JsonExporter exporter(output, "x.pcap", with_events);
  tell(exporter, times);
  EXPECT_TRUE(exporter.finish());
  output.flush();
  EXPECT_EQ(output.error(), 0);
  return file.text();
}

std::string lines(std::size_t times, bool with_events) {
  File file;
  Output output(file.descriptor());
  NdjsonExporter exporter(output, "x.pcap", with_events);
  tell(exporter, times);
  output.flush();
  return file.text();
}

TEST(JsonExporter, ADocumentHasItsListsInOrder) {
  const auto whole = nlohmann::ordered_json::parse(document(3, true));
  std::vector<std::string> keys;
  for (const auto& [key, value] : whole.items()) keys.push_back(key);
  EXPECT_EQ(keys, (std::vector<std::string>{"schema", "capture", "messages", "findings", "events", "sessions"}));
  EXPECT_EQ(whole["schema"], "overhear/1");
  EXPECT_EQ(whole["capture"]["source"], "x.pcap");
  EXPECT_EQ(whole["messages"].size(), 3u);
  EXPECT_EQ(whole["findings"][2]["text"], "fact 2");
  EXPECT_EQ(whole["events"].size(), 3u);
  ASSERT_EQ(whole["sessions"].size(), 1u);
  EXPECT_EQ(whole["sessions"][0]["event"], "closed");
}

TEST(JsonExporter, WithoutEventsThereIsNoListOfThem) {
  const auto whole = nlohmann::json::parse(document(3, false));
  EXPECT_FALSE(whole.contains("events"));
  EXPECT_EQ(whole["sessions"].size(), 1u);
}

TEST(JsonExporter, ACaptureWithoutAnythingIsADocumentToo) {
  File file;
  Output output(file.descriptor());
  JsonExporter exporter(output, "x.pcap", true);
  EXPECT_TRUE(exporter.finish());
  output.flush();
  const auto whole = nlohmann::json::parse(file.text());
  EXPECT_TRUE(whole["messages"].empty());
  EXPECT_TRUE(whole["sessions"].empty());
}

TEST(JsonExporter, WhatOutgrowsMemoryWaitsInAFileAndIsWhole) {
  const std::size_t times = 40'000;  // some 4 MB of findings
  const auto whole = nlohmann::json::parse(document(times, true));
  ASSERT_EQ(whole["findings"].size(), times);
  ASSERT_EQ(whole["events"].size(), times);
  for (std::size_t i = 0; i < times; ++i) {
    ASSERT_EQ(whole["findings"][i]["text"], "fact " + std::to_string(i));
    ASSERT_EQ(whole["events"][i]["size"], i);
  }
}

TEST(NdjsonExporter, RecordsAreLinesInTheOrderOfTelling) {
  const std::string text = lines(2, true);
  std::vector<std::string> kinds;
  std::size_t start = 0;
  for (std::size_t end = 0; (end = text.find('\n', start)) != std::string::npos; start = end + 1) {
    kinds.push_back(nlohmann::json::parse(text.substr(start, end - start))["record"]);
  }
  EXPECT_EQ(start, text.size());
  EXPECT_EQ(kinds, (std::vector<std::string>{"capture", "session", "finding", "message", "event", "finding", "message",
                                             "event", "session"}));
}

TEST(NdjsonExporter, EventsAndSessionsComeOnlyWhenAskedFor) {
  const std::string text = lines(2, false);
  EXPECT_EQ(text.find("\"record\":\"event\""), std::string::npos);
  EXPECT_EQ(text.find("\"record\":\"session\""), std::string::npos);
  EXPECT_NE(text.find("\"record\":\"finding\""), std::string::npos);
}

}  // namespace
}  // namespace overhear::testing
