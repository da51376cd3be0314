// Records of an analysis as bytes, and the bytes as records again: nothing is lost on the way. The bytes mean something
// in this process alone, since tables are named by where they lie.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/bytes.hpp"
#include "base/limits.hpp"
#include "dissectors/message.hpp"

namespace overhear {

class RecordPacker {
 public:
  // What they give holds until the next call.
  Bytes pack(const Message& message);
  Bytes pack(const LooseFinding& finding);
  Bytes pack(const SessionRecord& session);
  Bytes pack(const Event& event);
  Bytes pack(const RoomEvent& event);

 private:
  std::vector<std::uint8_t> bytes_;
};

class RecordUnpacker {
 public:
  // `limits` are those of the analysis, and outlive this.
  explicit RecordUnpacker(const Limits& limits) : limits_(limits) {}

  // REQUIRES: packed from such a record. What they give refers to `bytes` and to this, and holds until the next call.
  // `with_json`: else Message::json, and what points into it, is null.
  const Message& message(Bytes bytes, bool with_json = true);
  const LooseFinding& finding(Bytes bytes);
  const SessionRecord& session(Bytes bytes);
  const Event& event(Bytes bytes);
  const RoomEvent& room_event(Bytes bytes);

 private:
  friend class Unpacking;

  struct EndpointText {
    Endpoint endpoint;
    std::string text;
  };

  const Limits& limits_;
  JsonIndex json_;
  std::vector<std::uint64_t> packets_;
  std::vector<Finding> findings_;
  std::vector<Finding> action_findings_;
  std::vector<Action> actions_;
  std::vector<Move> moves_;
  Finding finding_;
  EndpointText source_;
  EndpointText destination_;
  Message message_;
  LooseFinding loose_;
  SessionRecord session_;
  Event event_;
  RoomEvent room_event_;
};

}  // namespace overhear
