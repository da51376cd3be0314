// What a filter judges: one record of the analysis, whichever kind it is, as the values that its fields have. A message
// knows all about itself; of the others, what is known about their session is filled in by who keeps account of it.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "dissectors/message.hpp"

namespace overhear {

enum class RecordKind : std::uint8_t { Message, Finding, Session, Event, Room };
inline constexpr std::string_view kRecordKinds[] = {"message", "finding", "session", "event", "room"};

// Valid as long as the record that it was made of. What is absent makes a field absent.
struct Subject {
  RecordKind kind = RecordKind::Message;
  const Message* message = nullptr;
  std::uint32_t session = 0;  // 0: none
  std::uint32_t number = 0;   // of the message that it is or belongs to; 0: none
  std::optional<Timestamp> time;
  std::optional<Direction> direction;
  std::optional<std::uint64_t> size;
  const Endpoint* client = nullptr;
  const Endpoint* server = nullptr;
  const Protocol* protocol = nullptr;
  std::string_view session_user;  // as it stands in JSON
  std::span<const std::uint64_t> packets;
  std::span<const Finding> findings;
  std::span<const Finding> action_findings;
  std::string_view event;
  std::string_view layer;
  std::string_view user;  // of what happened in a room, as the one below: what they mean
  std::string_view room;
  std::optional<std::int64_t> since_start_ns;
  std::optional<std::int64_t> since_previous_ns;  // of a message: since the one before it in its session
};

Subject subject_of(const Message& message);
Subject subject_of(const LooseFinding& finding);
Subject subject_of(const SessionRecord& session);
Subject subject_of(const Event& event);
Subject subject_of(const RoomEvent& event);

// Takes records as they are judged, with all that is known about their sessions.
class SubjectSink {
 public:
  virtual ~SubjectSink() = default;

  // Valid during the call.
  virtual void on_subject(const Subject& subject) = 0;
};

}  // namespace overhear
