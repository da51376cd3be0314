// One message after another through a protocol's dissector and summary, as a session would do it, without a session.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "dissectors/protocol.hpp"
#include "session/exchanges.hpp"

namespace overhear::testing {

// What was made of one message. Strings are copies.
struct Dissected {
  const MessageType* type_spec = nullptr;
  std::string type;
  std::string id;
  Role role = Role::None;
  std::string key;
  std::string user;
  std::string room;
  std::string text;
  std::string to;
  std::string reason;
  bool is_text_sealed = false;
  std::string content;
  std::string content_opened_by;
  std::vector<std::string> findings;  // "app.schema /data/room"; the code alone where no field is meant
  std::vector<Severity> severities;   // of the findings
  std::vector<std::string> texts;     // of the findings
  std::vector<std::string> actions;   // of a batch: "0 type id: summary [app.schema /actions/0/cdid]"
  std::size_t action_findings = 0;    // how many
  std::uint32_t number = 0;
  std::uint32_t reply_to = 0;  // 0: it answers nothing
  std::int64_t latency_ns = 0;
  std::string summary;  // as people see it
  std::string summary_with_secrets;

  bool has_above_note() const;
};

// A request that was never answered, as it is told at the end: "3 app.unanswered warning".
using Unanswered = std::string;

// A conversation: one dissector, which keeps its state, and the pairing of answers. Messages come 100 ms apart.
class Talk {
 public:
  explicit Talk(const Protocol& protocol, KeyStore* keys = nullptr);

  // `json` must be valid JSON and an object: all else never reaches a dissector. Throws std::invalid_argument.
  Dissected hear(Direction sender, std::string_view json);
  Dissected client(std::string_view json) { return hear(Direction::Client, json); }
  Dissected server(std::string_view json) { return hear(Direction::Server, json); }
  // Unless all that was said is known, no answer lacks its request, and nothing comes out of order.
  void hear_all();
  void lose();
  // A message that cannot be read.
  void garble(Direction sender);
  void wait(std::int64_t ns) { now_.ns += ns; }
  void leave(Direction sender, bool is_refusal = false) { exchanges_.on_leaving(sender, now_, is_refusal); }
  std::vector<Unanswered> finish();
  // What is said of the whole conversation when nothing follows: "mcp.no_heartbeat".
  std::vector<std::string> end();
  // In what WebSocket frames messages come from now on.
  void use_frames(FrameKind frame) { frame_ = frame; }
  // By which key they are opened from now on; empty: they come in clear.
  void use_key(std::string_view key) { key_ = key; }

 private:
  const Protocol& protocol_;
  Limits limits_;
  std::unique_ptr<Dissector> dissector_;
  std::unique_ptr<Conformance> conformance_;  // null where the protocol has none
  FrameKind frame_ = FrameKind::None;
  std::string key_;
  JsonIndex json_;
  Dissection dissection_;
  QuestionBudget budget_;
  Exchanges exchanges_;
  Timestamp now_;
  std::uint32_t messages_ = 0;
  bool has_losses_ = false;
};

// What the protocol says about a value that nobody told it of: "strong client", "weak", "none".
std::string recognized(const Protocol& protocol, std::string_view json);

// How a message that a row of a table asks for is to differ from it.
enum class Change : std::uint8_t { None, LeaveOut, WrongType };

// A JSON object with all specified fields of the row. The field at the pointer `field` is left out or has a type that
// the row does not allow; `names` gives the values of fields ("/type" → "\"Room.Join.7\"").
std::string fulfil(const MessageType& type, const std::map<std::string, std::string>& values,
                   Change change = Change::None, std::string_view field = {});
// The pointers of all specified fields of a row, nested ones too ("/data/rooms/0/id").
struct FieldAt {
  std::string pointer;
  const Field* field = nullptr;
};
std::vector<FieldAt> fields_of(const MessageType& type);

}  // namespace overhear::testing
