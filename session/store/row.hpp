// What is known of a record at a glance: enough to list, sort, count and draw it without looking at the record itself.
#pragma once

#include <cstdint>

#include "base/finding.hpp"
#include "dissectors/message.hpp"
#include "session/filter/subject.hpp"
#include "session/store/spill.hpp"

namespace overhear {

// A text in a StringTable; 0 is the empty one.
using StringId = std::uint32_t;

struct Row {
  Timestamp time;               // of a finding known before all traffic: 0, without has_time
  std::int64_t latency_ns = 0;  // with is_answer
  Spill::Place place;           // of the record
  std::uint32_t length = 0;     // of the record
  std::uint32_t session = 0;    // 0: of none
  std::uint32_t number = 0;     // of the message that it is or belongs to; 0: of none
  std::uint32_t size = 0;       // bytes on the wire, at most UINT32_MAX
  std::uint32_t reply_to = 0;   // with is_answer
  StringId type = 0;            // of a message; of others the finding's code, the event, …
  StringId user = 0;            // what it means, as all names here
  StringId room = 0;
  StringId client = 0;  // who the session's client is
  RecordKind kind : 3 = RecordKind::Message;
  bool was_opened : 1 = false;             // decrypted, with what the record says
  std::uint8_t protocol = 0;               // in all_protocols(); kNoProtocol
  std::uint8_t findings = 0;               // on it, at most 255
  Severity severity : 2 = Severity::Note;  // the gravest of those
  Direction direction : 1 = Direction::Client;
  bool has_direction : 1 = false;
  bool has_time : 1 = true;
  bool is_answer : 1 = false;
  bool is_encrypted : 1 = false;  // and could not be opened
  bool is_end : 1 = false;        // of a session

  static constexpr std::uint8_t kNoProtocol = 255;
};
static_assert(sizeof(Row) == 64);

}  // namespace overhear
