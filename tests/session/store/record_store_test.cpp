#include "session/store/record_store.hpp"

#include <gtest/gtest.h>

#include <cstdio>
#include <filesystem>

#include "session/capture_analysis.hpp"
#include "session/export/ndjson_exporter.hpp"
#include "session/statistics/json_statistics.hpp"

namespace overhear::testing {
namespace {

// Tells several of the same.
class Both final : public MessageSink {
 public:
  Both(MessageSink& first, MessageSink& second) : first_(first), second_(second) {}

  void on_message(const Message& message) override {
    each([&](auto& sink) { sink.on_message(message); });
  }
  void on_finding(const LooseFinding& finding) override {
    each([&](auto& sink) { sink.on_finding(finding); });
  }
  void on_session_opened(const SessionRecord& s) override {
    each([&](auto& sink) { sink.on_session_opened(s); });
  }
  void on_session_closed(const SessionRecord& s) override {
    each([&](auto& sink) { sink.on_session_closed(s); });
  }
  void on_event(const Event& event) override {
    each([&](auto& sink) { sink.on_event(event); });
  }
  void on_room_event(const RoomEvent& event) override {
    each([&](auto& sink) { sink.on_room_event(event); });
  }

 private:
  void each(const auto& tell) {
    tell(first_);
    tell(second_);
  }

  MessageSink& first_;
  MessageSink& second_;
};

// What an exporter wrote.
class Written {
 public:
  Written() : file_(std::tmpfile()), output_(fileno(file_)), exporter_(output_, "x", true) {}
  ~Written() { std::fclose(file_); }

  MessageSink& sink() { return exporter_; }
  std::string text() {
    output_.flush();
    std::fseek(file_, 0, SEEK_END);
    std::string text(static_cast<std::size_t>(std::ftell(file_)), '\0');
    std::fseek(file_, 0, SEEK_SET);
    text.resize(std::fread(text.data(), 1, text.size(), file_));
    return text;
  }

 private:
  std::FILE* file_;
  Output output_;
  NdjsonExporter exporter_;
};

struct Capture {
  std::string path;
  std::vector<std::string> key_logs;
};

std::vector<Capture> samples() {
  std::vector<Capture> found;
  for (const auto& entry : std::filesystem::directory_iterator(OVERHEAR_SAMPLES)) {
    if (entry.path().extension() != ".pcapng" && entry.path().extension() != ".pcap") continue;
    Capture capture{entry.path().string(), {}};
    auto keys = entry.path();
    keys.replace_extension(".keylog");
    if (std::filesystem::exists(keys)) capture.key_logs.push_back(keys.string());
    found.push_back(capture);
  }
  return found;
}

void expect_same(const Capture& capture, std::size_t in_memory, std::uint64_t packets_a_batch) {
  SCOPED_TRACE(capture.path);
  const auto spill = std::make_shared<Spill>(in_memory);
  const AnalysisOptions options;
  StoreWriter writer(spill);
  RecordStore store(spill, options.limits);
  Written direct;
  Both both(direct.sink(), writer);
  CaptureInput input;
  input.paths = {capture.path};
  input.key_logs = capture.key_logs;
  const auto analysis = CaptureAnalysis::open(input, options, both);
  ASSERT_TRUE(analysis) << analysis.error().message;
  while (*(*analysis)->step(packets_a_batch)) store.take(writer.take());
  store.take(writer.take());
  Written again;
  for (std::size_t index = 0; index < store.size(); ++index) store.tell(index, again.sink());
  EXPECT_EQ(direct.text(), again.text());
  EXPECT_EQ(store.messages(), (*analysis)->analysis().messages());
  EXPECT_EQ(store.sessions().size(), (*analysis)->analysis().sessions());
  EXPECT_EQ(spill->trouble(), "");
}

TEST(RecordStore, TellsAgainWhatItWasTold) {
  ASSERT_GE(samples().size(), 10u);
  for (const Capture& capture : samples()) {
    expect_same(capture, 64u << 20, 100);
    expect_same(capture, 0, 1);  // all in the file
  }
}

TEST(RecordStore, RowsSayWhatTheRecordsSay) {
  for (const Capture& capture : samples()) {
    const auto spill = std::make_shared<Spill>();
    const AnalysisOptions options;
    StoreWriter writer(spill);
    RecordStore store(spill, options.limits);
    CaptureInput input;
    input.paths = {capture.path};
    input.key_logs = capture.key_logs;
    const auto analysis = CaptureAnalysis::open(input, options, writer);
    ASSERT_TRUE(analysis);
    while (*(*analysis)->step(1000)) {
    }
    store.take(writer.take());
    std::uint64_t bytes = 0;
    for (std::size_t index = 0; index < store.size(); ++index) {
      const Row& row = store.row(index);
      if (row.kind != RecordKind::Message) continue;
      const Message& message = store.message(index);
      EXPECT_EQ(row.session, message.session);
      EXPECT_EQ(row.number, message.number);
      EXPECT_EQ(row.time, message.time);
      EXPECT_EQ(row.size, message.size);
      EXPECT_EQ(row.findings, message.findings.size() + message.action_findings.size());
      EXPECT_EQ(store.text(row.user), unescaped(message.user));
      EXPECT_EQ(store.text(row.room), unescaped(message.room));
      EXPECT_EQ(store.text(row.type), unescaped(message.type));
      EXPECT_EQ(row.is_answer, message.reply_to.has_value());
      EXPECT_EQ(store.find({row.session, row.number}), index);
      bytes += message.size;
    }
    EXPECT_GT(bytes, 0u);
    for (const SessionSummary& session : store.sessions()) {
      EXPECT_TRUE(session.is_closed);
      EXPECT_FALSE(session.reason.empty());
      EXPECT_NE(session.client, Endpoint{});
    }
  }
}

TEST(Spill, KeepsRecordsOfAnySize) {
  Spill spill(0);
  std::vector<std::pair<Spill::Place, std::string>> kept;
  for (const std::size_t size :
       {std::size_t{0}, std::size_t{1}, std::size_t{17u << 20}, std::size_t{3}, std::size_t{16u << 20}}) {
    const std::string record(size, static_cast<char>('a' + kept.size()));
    kept.emplace_back(spill.append(as_bytes(record)), record);
  }
  for (const auto& [place, record] : kept) EXPECT_TRUE(as_text(spill.read(place, record.size())) == record);
  EXPECT_EQ(spill.trouble(), "");
}

TEST(Spill, WithoutAFolderMemoryHasToDo) {
  ::setenv("TMPDIR", "/nowhere/at/all", 1);
  Spill spill(0);
  const auto place = spill.append(as_bytes("kept"));
  ::unsetenv("TMPDIR");
  EXPECT_EQ(as_text(spill.read(place, 4)), "kept");
  EXPECT_EQ(spill.trouble(), "/nowhere/at/all: No such file or directory");
}

}  // namespace
}  // namespace overhear::testing
