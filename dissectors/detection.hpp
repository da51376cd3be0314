// What a connection speaks, told by its first bytes; by the port where they tell nothing. What the user said outranks
// both.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "dissectors/json/json_index.hpp"
#include "dissectors/json/json_progress.hpp"
#include "dissectors/message.hpp"
#include "dissectors/protocol.hpp"

namespace overhear {

// How the messages of a connection are carried: which layer reads it.
enum class Carriage : std::uint8_t { Tls, Http, WebSocket, Mcp, Plain, Opaque };

struct Verdict {
  Carriage carriage = Carriage::Opaque;
  const Protocol* protocol = nullptr;  // null: not known yet
  std::optional<Direction> sender;     // of the bytes looked at, where they tell
  bool is_recognized = false;          // by a whole message that no other protocol of ours looks like
  // How a side whose first bytes do not tell is read on a bare stream, where no protocol says it.
  StreamFraming framing = StreamFraming::Json;
};

// What the connection is besides its bytes.
struct Hints {
  const Protocol* forced = nullptr;   // the user said so
  const Protocol* by_port = nullptr;  // it is at home on one of the ports
  bool is_midstream = false;
  bool is_inside_tls = false;   // where no other TLS is looked for
  bool is_behind_http = false;  // where no other HTTP is left again
};

// Looks at the beginning of one stream as it comes. One per stream.
class Detector {
 public:
  // `text`: all that has come. nullopt: more is needed. With `is_end` there always is a verdict.
  std::optional<Verdict> look(std::string_view text, const Hints& hints, const Limits& limits, JsonIndex& json,
                              bool is_end);

 private:
  std::optional<Verdict> look_at_object(std::string_view text, const Hints& hints, const Limits& limits,
                                        JsonIndex& json, bool is_end);

  std::optional<JsonProgress> object_;  // the first one, as far as it has come
};

// The protocol that a JSON object looks like, and how sure that is; `preferred` wins between equals.
struct Recognized {
  const Protocol* protocol = nullptr;
  Recognition recognition;
};
Recognized recognize(const JsonIndex& json, const Protocol* preferred);

}  // namespace overhear
