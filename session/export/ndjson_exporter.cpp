#include "session/export/ndjson_exporter.hpp"

namespace overhear {

NdjsonExporter::NdjsonExporter(Output& output, std::string_view source, bool with_events)
    : output_(output), with_events_(with_events) {
  writer_.capture(output_.buffer(), source);
  end_line();
}

void NdjsonExporter::end_line() {
  output_.buffer() += '\n';
  output_.end_record();
}

void NdjsonExporter::on_message(const Message& message) {
  writer_.message(output_.buffer(), message);
  end_line();
}

void NdjsonExporter::on_finding(const LooseFinding& finding) {
  writer_.finding(output_.buffer(), finding);
  end_line();
}

void NdjsonExporter::on_session_opened(const SessionRecord& session) {
  if (!with_events_ || !session.is_shown) return;
  writer_.session(output_.buffer(), session, "opened");
  end_line();
}

void NdjsonExporter::on_session_closed(const SessionRecord& session) {
  if (!with_events_ || !session.is_shown) return;
  writer_.session(output_.buffer(), session, "closed");
  end_line();
}

void NdjsonExporter::on_event(const Event& event) {
  if (!with_events_) return;
  writer_.event(output_.buffer(), event);
  end_line();
}

void NdjsonExporter::on_room_event(const RoomEvent& event) {
  if (!with_events_) return;
  writer_.room_event(output_.buffer(), event);
  end_line();
}

}  // namespace overhear
