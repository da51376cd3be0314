// What the road ends in: one unit of a chat protocol, as it stood on the wire, and what is known about it.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "base/endpoint.hpp"
#include "base/finding.hpp"
#include "base/time.hpp"
#include "dissectors/json/json_index.hpp"

namespace overhear {

struct Protocol;
struct MessageType;

// Who sent it.
enum class Direction : std::uint8_t { Client, Server };

constexpr Direction other(Direction d) {
  return d == Direction::Client ? Direction::Server : Direction::Client;
}
constexpr std::string_view to_string(Direction d) {
  return d == Direction::Client ? "client" : "server";
}

// What kind of WebSocket message it came in.
enum class FrameKind : std::uint8_t { None, Text, Binary };

struct MessageName {
  std::uint32_t session = 0;
  std::uint32_t number = 0;
};

// One action inside a message that carries several (GradAgenda's batch).
struct Action {
  std::uint32_t index = 0;  // in order, nested ones flattened
  const MessageType* type_spec = nullptr;
  std::string_view type;
  std::string_view id;
  const JsonNode* json = nullptr;
  // Of what is said in it: as in Message.
  std::string_view user;
  std::string_view room;
  std::string_view text;
  const JsonNode* said_at = nullptr;
  std::optional<MessageName> delivered_from;
  std::uint32_t first_finding = 0;  // its findings in Message::action_findings
  std::uint32_t findings = 0;
};

// What a message tells of who is who and where. Texts are as they stand in JSON; an empty user is the session's client.
struct Move {
  enum class Kind : std::uint8_t {
    Enters,
    Leaves,
    Opens,   // the room, called `name` where that is told, is there from now on
    Closes,  // and is not any more
    Lists,   // the moves behind this one that say Present name all who are in the room
    Present,
    Renames,    // the user, to `name`, where the name is who it is
    NamesUser,  // whom one may call `name` from now on, and is still the same user
    NamesRoom,  // the same of a room
    LogsIn,     // no room is meant
    SignsUp,    // nor here
  };
  Kind kind = Kind::Enters;
  std::string_view user;
  std::string_view room;
  std::string_view name;
  bool is_own = false;  // the user is the session's client under another name; that of who leaves may be in `name`
};

// How a request ended, where its answer tells.
enum class Outcome : std::uint8_t { None, Success, Failure };

// Valid during the sink's call; all views refer to the session's buffers. Strings taken out of JSON (type, id, user,
// room, text) are as they stand in it, escapes included.
struct Message {
  std::uint32_t session = 0;  // 1-based, by the session's first packet
  std::uint32_t number = 0;   // 1-based within the session
  Direction direction = Direction::Client;
  Endpoint source;
  Endpoint destination;
  std::string_view source_text;  // the same as "127.0.0.1:8888"
  std::string_view destination_text;
  Timestamp time_first;  // of its first byte
  Timestamp time;        // of its last byte
  std::span<const std::uint64_t> packets;
  std::uint64_t size = 0;  // bytes on the wire, with framing and encryption
  std::uint64_t end = 0;   // how far its last byte is in the stream that it was cut out of
  FrameKind frame = FrameKind::None;

  const Protocol* protocol = nullptr;
  const MessageType* type_spec = nullptr;  // the table's row; null where the type is not in the table
  std::string_view type;                   // empty where the message has none
  std::string_view id;                     // correlation id; empty where there is none

  std::optional<std::uint32_t> reply_to;  // the number of the request that this answers
  std::int64_t latency_ns = 0;            // from the request's last byte to this one's first; with reply_to
  std::string_view reply_type;            // the request's type; with reply_to

  // The line of some session that this brings to its client, as far as it was seen.
  using Name = MessageName;
  std::optional<Name> delivered_from;

  std::string_view decrypted;       // by which key: "mcp-dh-private-key", …; empty for what travelled in clear
  std::string_view variant;         // which form of encryption was found
  bool is_encrypted = false;        // could not be opened: body is the ciphertext
  bool boundaries_unknown = false;  // several messages or a part of one may be in here

  std::string_view body;            // verbatim: the message's text, or bytes where json is null
  const JsonIndex* json = nullptr;  // null: body is not (valid) JSON
  std::string_view content;         // what was opened inside the body (cchat's content)

  std::string_view client_name;       // who the session's client is, as far as its messages have told
  std::string_view user;              // who speaks or is spoken of
  std::string_view room;              // room, channel or session of the chat
  std::string_view text;              // what was said
  const JsonNode* said_at = nullptr;  // when, by its author's clock; null where the protocol's rules do not ask
  std::string_view to;                // to whom alone
  bool is_text_sealed = false;        // something was said that could not be read
  // A request's moves happen when its answer says that it succeeded.
  std::span<const Move> moves;
  bool are_moves_asked = false;
  Outcome outcome = Outcome::None;
  std::string_view reason;  // of a failure
  // What that kept from happening: moves of the request, or that it was said.
  struct Refusal {
    std::string_view user;  // who asked
    std::string_view room;
    bool is_line = false;
  };
  std::optional<Refusal> refusal;

  std::span<const Finding> findings;
  std::span<const Action> actions;
  std::span<const Finding> action_findings;
};

// An occurrence that is no message: a session opened or closed, a ping, an HTTP upgrade. For --events.
struct Event {
  std::uint32_t session = 0;
  Timestamp time;
  std::optional<Direction> direction;
  std::string_view layer;  // "ws", "http"
  std::string_view event;  // "ping", "upgrade"
  std::optional<std::uint64_t> size;
  std::string_view detail;  // for people; may hold any bytes
};

// A finding that rides on no message.
struct LooseFinding {
  const Finding* finding = nullptr;
  std::optional<Timestamp> time;  // absent where it was known before the first packet
  std::uint32_t session = 0;      // 0: about a packet or the capture
  std::uint32_t message = 0;      // 0: about no message of the session
  std::optional<Direction> direction;
  std::uint64_t packet = 0;  // 0: about none
};

struct SessionRecord {
  std::uint32_t session = 0;
  Timestamp time;
  Endpoint client;
  Endpoint server;
  const Protocol* protocol = nullptr;  // null: nothing was said, or not known yet
  std::string_view user;               // who the client is, as far as its messages told; escapes included
  std::string_view reason;             // of its end
  std::uint64_t messages = 0;
  std::uint64_t bytes_client = 0;  // stream bytes by who sent them
  std::uint64_t bytes_server = 0;
  // Behind a filter: whether this record is to be shown, and whether something of the session was.
  bool is_shown = true;
  bool is_mentioned = true;
};

// Something that changed about who is who and where, over all sessions with one server. Comes right behind what told
// it: a message, or (message is 0) the end of a session.
struct RoomEvent {
  std::uint32_t session = 0;
  std::uint32_t message = 0;
  Timestamp time;
  const Protocol* protocol = nullptr;
  Endpoint server;
  std::string_view event;     // entered, left, present, opened, closed, renamed, named, logged_in, signed_up
  std::string_view user;      // what it means, not how it was written; empty where nobody is meant
  std::string_view room;      // the same; empty where none is meant
  std::string_view name;      // of renamed and named the new one; else what the room, or who left, is called
  std::uint64_t members = 0;  // of the room, from now on
};

// What an analysis ends in: an exporter that streams, a store that keeps, a test that compares. Calls come in the
// order of the packets that completed the things they tell.
class MessageSink {
 public:
  virtual ~MessageSink() = default;

  virtual void on_message(const Message& message) = 0;
  virtual void on_finding(const LooseFinding& finding) = 0;
  virtual void on_session_opened(const SessionRecord& session) = 0;
  virtual void on_session_closed(const SessionRecord& session) = 0;
  virtual void on_event(const Event& event) = 0;
  // For those who show it.
  virtual void on_room_event(const RoomEvent&) {}
};

}  // namespace overhear
