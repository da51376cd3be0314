// A protocol is a table and a little state. The table (constant data) names its messages, their fields, enumerations
// and codes, each with its place in the specification; it serves the field checks, `overhear protocols` and the viewer.
// The state (a Dissector, one per session) knows what a table can't say. A protocol is one folder and one line in the
// registry.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "dissectors/conformance.hpp"
#include "dissectors/json/json_index.hpp"
#include "dissectors/message.hpp"

namespace overhear {

// Which JSON types a field may have; a set of bits.
enum JsonTypes : std::uint8_t {
  kString = 1,
  kInteger = 2,
  kNumber = 4 | kInteger,  // an integer is a number
  kBoolean = 8,
  kObject = 16,
  kArray = 32,
  kNull = 64,
  kAnyType = 127,
};
constexpr JsonTypes operator|(JsonTypes a, JsonTypes b) {
  return static_cast<JsonTypes>(static_cast<unsigned>(a) | static_cast<unsigned>(b));
}
constexpr JsonTypes type_bit(JsonKind kind) {
  switch (kind) {
    case JsonKind::Object: return kObject;
    case JsonKind::Array: return kArray;
    case JsonKind::String: return kString;
    case JsonKind::Integer: return kInteger;
    case JsonKind::Decimal: return static_cast<JsonTypes>(4);
    case JsonKind::True:
    case JsonKind::False: return kBoolean;
    case JsonKind::Null: return kNull;
  }
  return kNull;
}

// Where a row of a table comes from.
enum class Origin : std::uint8_t {
  Specified,  // the specification names it
  Observed,   // real implementations send it, the specification does not: shown with a note
};

enum class Presence : std::uint8_t { Required, Optional };

struct EnumValue {
  std::string_view value;  // as it stands in the message: "succeeded", "0"
  std::string_view name;   // "ROOM_ACCESS_PUBLIC"; empty where the value is the name
  std::string_view meaning;
  Origin origin = Origin::Specified;
};

struct Enumeration {
  std::string_view name;
  std::string_view section;
  std::span<const EnumValue> values;
};

// What a string must look like.
struct Form {
  std::string_view meaning;  // "1 to 16 letters, digits and underscores"
  std::string_view example;  // "john_42"
  std::string_view section;
  const Rule* rule = nullptr;                        // the finding about one that does not
  bool (*fits)(std::string_view meaning) = nullptr;  // escapes resolved
  std::string_view code = {};                        // the protocol's own that refuses it
};

struct Field {
  std::string_view name;
  JsonTypes types = kAnyType;
  Presence presence = Presence::Required;
  std::string_view meaning;
  std::span<const Field> fields = {};   // of an object, or of each element if the field is an array of objects
  JsonTypes elements = kAnyType;        // of an array
  const Enumeration* values = nullptr;  // what it may be
  const Form* form = nullptr;           // of a string, or of each string in an array
  Origin origin = Origin::Specified;
  bool is_secret = false;  // masked where people look
};

// What part a message plays in an exchange. A push comes unasked, or answers who asked for what it tells.
enum class Role : std::uint8_t { None, Request, Answer, Push };

// What it means that nothing answers a request.
enum class Reply : std::uint8_t {
  Optional,   // nothing: there need not be an answer
  Customary,  // worth a note: the specification promises none, or the servers that there are never send it
  Required,   // the specification is broken
};

// How often a request may be answered.
enum class Times : std::uint8_t { Once, OncePerType, Many };

struct MessageType {
  std::string_view name;  // "Room.Join", "LOG_IN", "command/login"
  bool from_client = false;
  bool from_server = false;
  Role role = Role::None;
  std::string_view section;  // "MCP 2.1.0, Room.Join"
  std::string_view meaning;
  std::span<const Field> fields;
  std::span<const std::string_view> answers = {};  // for a request: the types that answer it, where the table says so
  std::span<const std::string_view> codes = {};    // the codes that its answer may carry
  Origin origin = Origin::Specified;
  bool fields_open = false;       // the specification leaves the fields open: further ones are fine
  Reply reply = Reply::Required;  // of a request
  Times times = Times::Once;
};

// A numbered error or status of a protocol.
struct Code {
  std::string_view value;  // "403", "0x10"
  std::string_view name;   // "ID_PASSWORD_NOT_MATCH"
  std::string_view section;
  std::string_view meaning;
  Origin origin = Origin::Specified;
};

// What a request and its answer both speak of, where that tells them from others: room, text, …; empty: not known.
struct About {
  std::string_view what;
  std::string_view which;
};

// One question or one answer, as pairing sees it. Views hold as long as the dissection that they are a part of.
struct Part {
  const MessageType* type_spec = nullptr;
  std::string_view type;
  Role role = Role::None;
  Reply reply = Reply::Optional;
  std::string_view key = {};
  About about = {};
  std::string_view code = {};
  bool fits_any = false;
  bool is_of_others = false;
  bool has_parts = false;  // a batch itself, whose actions are parts of their own
};

// What a dissector says about one message. Reused; cleared by the session before each call. Views point into the JSON
// text, into tables or into the dissector's own state, and must hold until the next call.
struct Dissection {
  const MessageType* type_spec = nullptr;
  std::string type;  // the name shown; kept as a string since some protocols compose it ("command/login")
  std::string id;
  Role role = Role::None;
  // What pairs a request with its answers: the id where there is one. Without one, by order: an answer whose type or
  // code is among those of the request's row, and which speaks of the same.
  std::string key;
  Reply reply = Reply::Optional;  // of a request
  bool also_answers = false;      // a request that itself answers one
  About about;                    // of both
  std::string_view code;          // of an answer that is one of the protocol's codes
  bool fits_any = false;          // such an answer, to whatever was asked, if none else fits better
  bool is_of_others = false;      // a push that tells what somebody else did: it answers nothing here
  std::vector<Part> parts;        // of a batch, beside the message itself
  std::vector<Move> moves;        // of a request: what it asks for
  Outcome outcome = Outcome::None;
  std::string reason;  // of a failure: as it stands in JSON, or of the protocol's words for it
  std::string_view user;
  std::string_view room;
  std::string_view text;
  const JsonNode* said_at = nullptr;   // as in Message
  std::string_view to;                 // to whom alone that was said
  bool is_text_sealed = false;         // something was said that could not be read
  std::string content;                 // what was opened inside the body
  std::string_view content_opened_by;  // key source of `content`
  FindingList findings;
  std::vector<Action> actions;
  FindingList action_findings;

  void clear();
};

class KeyStore;

// The state of one protocol on one connection.
class Dissector {
 public:
  virtual ~Dissector() = default;

  // `json` is Valid and an object. Never fails: what it does not know it shows with a note.
  virtual void dissect(const JsonIndex& json, Direction direction, Dissection& out) = 0;

  // Who the client of this connection is, as its own messages have told (as sent, escapes included); empty: not known.
  // Holds until the next call of dissect().
  virtual std::string_view client_name() const = 0;
  // The same, also behind a leave.
  virtual std::string_view last_client_name() const { return client_name(); }
};

// How sure a look at one message is.
enum class Evidence : std::uint8_t {
  None,
  Weak,    // could be this protocol
  Strong,  // no other protocol of ours looks like that
};

struct Recognition {
  Evidence evidence = Evidence::None;
  std::optional<Direction> sender;  // where the message's shape tells who sent it
};

struct Environment {
  const Limits* limits = nullptr;
  KeyStore* keys = nullptr;  // null: no keys
};

// How messages lie on a bare TCP stream where their first bytes do not tell.
enum class StreamFraming : std::uint8_t { Json, LengthPrefix, WebSocket, Mcp };

struct Protocol {
  std::string_view name;       // "mcp"
  std::string_view title;      // "Miricat Chat Protocol"
  std::string_view version;    // "2.1.0"
  std::string_view transport;  // for people: "JSON over TCP, AES-256-CTR behind a Diffie-Hellman handshake"
  std::span<const std::uint16_t> ports;
  std::span<const MessageType> messages;
  std::span<const Enumeration* const> enumerations;
  std::span<const Code> codes;
  std::span<const Rule* const> rules;

  // Whether a message (an object) looks like this protocol's.
  Recognition (*recognize)(const JsonIndex& json) = nullptr;
  std::unique_ptr<Dissector> (*make_dissector)(const Environment& environment) = nullptr;
  // Null where the table says it all.
  std::unique_ptr<Conformance> (*make_conformance)(const Limits& limits) = nullptr;
  // Appends one line for people: "alice → room 3: hello". Secrets are masked unless asked for. The text may hold
  // anything that was on the wire: who prints it escapes it.
  void (*summarize)(const Message& message, bool show_secrets, std::string& out) = nullptr;
  // The same for one action of a batch; null where the protocol has none.
  void (*summarize_action)(const Message& message, const Action& action, bool show_secrets, std::string& out) = nullptr;
  StreamFraming framing = StreamFraming::Json;
  // Whether answers name their request: then one that does not is never held against the session.
  bool has_ids = false;
  // How many requests of one session may wait for their answer at a time; few where answers are also told by what they
  // speak of, which takes a look at each.
  std::uint16_t waiting_requests = 1024;
  // The findings about an answer whose request was not seen, or has its answer already; null where there is nothing to
  // say.
  const Rule* orphan_answer = nullptr;
  const Rule* answered_twice = nullptr;
  // The finding about a request whose id another has that still waits; null where ids may come again.
  const Rule* reused_id = nullptr;
  // The dissector's finding that rests on what the session said before; null where a message alone tells all of them.
  const Rule* by_session = nullptr;
  // The largest payload of a WebSocket data frame and the finding about a larger one; null where there is no limit.
  std::uint64_t frame_limit = 0;
  const Rule* over_frame_limit = nullptr;
  // Whether who is in a room leaves it when the connection ends.
  bool leaves_with_session = false;
  // Whether who enters a room leaves the one before, of which nobody need be told.
  bool is_in_one_room = false;
};

}  // namespace overhear
