// Newline-delimited JSON: one record a line, as things happen.
#pragma once

#include "session/export/output.hpp"
#include "session/export/record_writer.hpp"

namespace overhear {

class NdjsonExporter final : public MessageSink {
 public:
  // `with_events`: sessions' beginnings and ends and what is no message are records too. `output` outlives this.
  NdjsonExporter(Output& output, std::string_view source, bool with_events);

  void on_message(const Message& message) override;
  void on_finding(const LooseFinding& finding) override;
  void on_session_opened(const SessionRecord& session) override;
  void on_session_closed(const SessionRecord& session) override;
  void on_event(const Event& event) override;
  void on_room_event(const RoomEvent& event) override;

 private:
  void end_line();

  Output& output_;
  RecordWriter writer_;
  bool with_events_;
};

}  // namespace overhear
