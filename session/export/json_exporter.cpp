#include "session/export/json_exporter.hpp"

namespace overhear {

JsonExporter::JsonExporter(Output& output, std::string_view source, bool with_events)
    : output_(output), with_events_(with_events) {
  TextBuffer& out = output_.buffer();
  out += "{\"schema\":\"";
  out += kExportSchema;
  out += "\",\"capture\":";
  writer_.capture(out, source);
  out += ",\n\"messages\":[";
}

void JsonExporter::on_message(const Message& message) {
  output_.buffer() += has_messages_ ? ",\n" : "\n";
  has_messages_ = true;
  writer_.message(output_.buffer(), message);
  output_.end_record();
}

void JsonExporter::on_finding(const LooseFinding& finding) {
  writer_.finding(findings_.begin_object(), finding);
  findings_.end_object();
}

void JsonExporter::on_session_opened(const SessionRecord&) {}

void JsonExporter::on_session_closed(const SessionRecord& session) {
  if (!session.is_shown && !session.is_mentioned) return;
  writer_.session(sessions_.begin_object(), session, "closed");
  sessions_.end_object();
}

void JsonExporter::on_event(const Event& event) {
  if (!with_events_) return;
  writer_.event(events_.begin_object(), event);
  events_.end_object();
}

void JsonExporter::on_room_event(const RoomEvent& event) {
  if (!with_events_) return;
  writer_.room_event(events_.begin_object(), event);
  events_.end_object();
}

bool JsonExporter::finish() {
  output_.buffer() += "\n],\n\"findings\":[";
  bool is_whole = findings_.drain(output_);
  if (with_events_) {
    output_.buffer() += "],\n\"events\":[";
    is_whole &= events_.drain(output_);
  }
  output_.buffer() += "],\n\"sessions\":[";
  is_whole &= sessions_.drain(output_);
  output_.buffer() += "]}\n";
  return is_whole;
}

}  // namespace overhear
