// The records of the export format (schema "overhear/1") as JSON objects, one function each. NDJSON writes them a line
// each, the JSON document in lists. The format is described in docs/export.md and docs/*.schema.json.
#pragma once

#include <string_view>

#include "dissectors/message.hpp"
#include "session/export/json_text.hpp"

namespace overhear {

inline constexpr std::string_view kExportSchema = "overhear/1";

class RecordWriter {
 public:
  void capture(TextBuffer& out, std::string_view source);
  void message(TextBuffer& out, const Message& message);
  void finding(TextBuffer& out, const LooseFinding& finding);
  void session(TextBuffer& out, const SessionRecord& session, std::string_view event);
  void event(TextBuffer& out, const Event& event);
  void room_event(TextBuffer& out, const RoomEvent& event);

 private:
  void append_time(TextBuffer& out, Timestamp time);
  void actions(TextBuffer& out, const Message& message);
  void body(TextBuffer& out, const Message& message);

  TimeFormatter times_;
};

}  // namespace overhear
