// The records of the export format (schema "overhear/1") as JSON objects, one function each. NDJSON writes them a line
// each, the JSON document in lists. The format is described in docs/export.md and docs/*.schema.json.
#pragma once

#include <string>
#include <string_view>

#include "dissectors/message.hpp"
#include "session/export/json_text.hpp"

namespace overhear {

inline constexpr std::string_view kExportSchema = "overhear/1";

class RecordWriter {
 public:
  void capture(std::string& out, std::string_view source);
  void message(std::string& out, const Message& message);
  void finding(std::string& out, const LooseFinding& finding);
  void session(std::string& out, const SessionRecord& session, std::string_view event);
  void event(std::string& out, const Event& event);

 private:
  void time(std::string& out, std::string_view key, Timestamp time);
  void endpoint(std::string& out, std::string_view key, const Endpoint& endpoint);
  void actions(std::string& out, const Message& message);
  void body(std::string& out, const Message& message);

  TimeFormatter times_;
};

}  // namespace overhear
