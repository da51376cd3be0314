// One JSON document: messages as they happen; findings, events and sessions behind them. Only those that must wait are
// kept, and beyond a bound in a temporary file.
#pragma once

#include "session/export/output.hpp"
#include "session/export/record_writer.hpp"
#include "session/export/spool.hpp"

namespace overhear {

class JsonExporter final : public MessageSink {
 public:
  JsonExporter(Output& output, std::string_view source, bool with_events);

  void on_message(const Message& message) override;
  void on_finding(const LooseFinding& finding) override;
  void on_session_opened(const SessionRecord& session) override;
  void on_session_closed(const SessionRecord& session) override;
  void on_event(const Event& event) override;
  void on_room_event(const RoomEvent& event) override;

  // Writes what has waited and ends the document. False: a temporary file failed, the document lacks something.
  bool finish();

 private:
  Output& output_;
  RecordWriter writer_;
  bool with_events_;
  bool has_messages_ = false;
  Spool findings_;
  Spool events_;
  Spool sessions_;
};

}  // namespace overhear
